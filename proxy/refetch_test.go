package proxy_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/proxy"
)

const refetching = portal + "  waf: {mode: off}\n  response: {redirects: refetch}\n"

// lures are the ways in which an origin picks the visitors it sends away.
var lures = map[string]func(*http.Request) bool{
	"search":  func(r *http.Request) bool { return strings.Contains(r.Referer(), "google.") },
	"crawler": func(r *http.Request) bool { return strings.Contains(r.UserAgent(), "Googlebot") },
	"mobile":  func(r *http.Request) bool { return strings.Contains(r.UserAgent(), "Mobile") },
	"hints":   func(r *http.Request) bool { return r.Header.Get("Sec-Ch-Ua-Mobile") == "?1" },
	"sender":  func(r *http.Request) bool { return r.Header.Get("From") != "" },
	"cookie":  func(r *http.Request) bool { return strings.Contains(r.Header.Get("Cookie"), "from=search") },
}

// luring sends away whom the path names and counts what it is asked.
func luring(asked *atomic.Int64, send func(w http.ResponseWriter)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if lures[strings.Trim(r.URL.Path, "/")](r) {
			http.SetCookie(w, &http.Cookie{Name: "lured", Value: "1"})
			send(w)
			return
		}
		html(infected)(w, r)
	}
}

var lured = map[string][]string{
	"search":  {"Referer", "https://www.google.com/"},
	"crawler": {"User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)", "From", "googlebot(at)googlebot.com"},
	"mobile":  {"User-Agent", "Mozilla/5.0 (iPhone) Mobile/15E148 Safari/604.1"},
	"hints":   {"Sec-Ch-Ua-Mobile", "?1"},
	"sender":  {"From", "bingbot@microsoft.com"},
	"cookie":  {"Cookie", "from=search; session=abc"},
}

func TestRefetchServesThePageOthersSee(t *testing.T) {
	for name, send := range map[string]func(http.ResponseWriter){
		"Location": func(w http.ResponseWriter) {
			w.Header().Set("Location", "https://casino.evil.test/")
			w.WriteHeader(http.StatusFound)
		},
		"Refresh": func(w http.ResponseWriter) {
			w.Header().Set("Refresh", "0;url=https://casino.evil.test/")
			html("<p>lure</p>")(w, nil)
		},
	} {
		var asked atomic.Int64
		f := start(t, refetching, luring(&asked, send))
		n := 0
		for lure, fields := range lured {
			got := f.get("https://portal.test/"+lure, fields...)
			if got.StatusCode != http.StatusOK || len(got.Cookies()) > 0 || got.Header.Get("Refresh") != "" {
				t.Errorf("%s, %s: %d %v", name, lure, got.StatusCode, got.Header)
			}
			mustBeClean(t, got.body)
			n++
			last := f.events("redirect", n)[n-1]
			if last.at("lachan.finding.host") != "casino.evil.test" || !strings.Contains(last.at("lachan.finding.reasons"), "refetched") || last.at("http.response.status_code") != "200" {
				t.Errorf("%s, %s: %v", name, lure, last)
			}
			if got := f.do(http.MethodHead, "https://portal.test/"+lure, "", fields...); got.StatusCode != http.StatusOK {
				t.Errorf("%s, HEAD, %s: %d", name, lure, got.StatusCode)
			}
			n++
		}
	}
}

func TestRefetchSendsNothingNew(t *testing.T) {
	seen := make(chan http.Header, 8)
	f := start(t, refetching, func(w http.ResponseWriter, r *http.Request) {
		h := r.Header.Clone()
		h.Set("Target", r.RequestURI)
		h.Set("Host", r.Host)
		seen <- h
		http.Redirect(w, r, "https://evil.test/", http.StatusFound)
	})
	f.get("https://portal.test/a;b?gclid=%zz", "Cookie", "session=abc", "Authorization", "Basic YTpi", "Accept-Language", "vi", "X-Odd", "1", "If-None-Match", `"v1"`)
	if len(seen) != 3 {
		t.Fatalf("asked %d times", len(seen))
	}
	first := <-seen
	for i, cookie := range []string{"session=abc", ""} {
		again := <-seen
		for name, values := range again {
			if name != "User-Agent" && fmt.Sprint(values) != fmt.Sprint(first[name]) {
				t.Errorf("%d: %s: %q, at first %q", i, name, values, first[name])
			}
		}
		if again.Get("Cookie") != cookie || again.Get("X-Odd") != "" || again.Get("If-None-Match") != "" || again.Get("Authorization") == "" || again.Get("X-Forwarded-For") == "" {
			t.Errorf("%d: %v", i, again)
		}
	}
}

func TestRefetchInVain(t *testing.T) {
	// The second and third answer, by the path.
	further := map[string]http.HandlerFunc{
		"/always": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "//evil.test/2", http.StatusSeeOther)
		},
		"/refresh": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Refresh", "0;//evil.test")
			html("x")(w, r)
		},
		"/broken":  func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"/cut":     func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"/hangs":   func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"/missing": func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) },
		"/moved":   func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/real", http.StatusFound) },
	}
	f := startWith(t, proxy.Options{Idle: 300 * time.Millisecond}, refetching, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Referer") == "" {
			further[r.URL.Path](w, r)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "lured", Value: "1"})
		http.Redirect(w, r, "https://evil.test/", http.StatusFound)
	})
	for path := range further {
		want := http.StatusBadGateway
		switch path {
		case "/missing":
			want = http.StatusNotFound
		case "/moved":
			want = http.StatusFound
		}
		got := f.get("https://portal.test"+path, "Referer", "https://www.google.com/")
		if got.StatusCode != want || strings.Contains(got.body, "evil.test") || len(got.Cookies()) > 0 || strings.Contains(got.Header.Get("Location"), "evil") {
			t.Errorf("%s: %d %v\n%s", path, got.StatusCode, got.Header, got.body)
		}
	}
	if e := f.events("redirect", len(further)); len(e) != len(further) {
		t.Errorf("%d events", len(e))
	}
}

func TestRefetchHangsOnceOnly(t *testing.T) {
	var asked atomic.Int64
	f := startWith(t, proxy.Options{Idle: 300 * time.Millisecond}, refetching, func(w http.ResponseWriter, r *http.Request) {
		switch asked.Add(1) {
		case 1:
			http.Redirect(w, r, "https://evil.test/", http.StatusFound)
		case 2:
			<-r.Context().Done()
		default:
			html(infected)(w, r)
		}
	})
	mustBeClean(t, f.get("https://portal.test/").body)
}

func TestWhatIsNeverRefetched(t *testing.T) {
	var asked atomic.Int64
	origin := func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Location", "https://evil.test/")
		w.WriteHeader(http.StatusFound)
	}
	f := start(t, refetching, origin)
	for name, ask := range map[string]func() int{
		"POST":          func() int { return f.do(http.MethodPost, "https://portal.test/", "a=1").StatusCode },
		"POST, empty":   func() int { return f.do(http.MethodPost, "https://portal.test/", "").StatusCode },
		"GET with body": func() int { return f.do(http.MethodGet, "https://portal.test/", "a=1").StatusCode },
		"range":         func() int { return f.get("https://portal.test/", "Range", "bytes=0-9").StatusCode },
		"handshake": func() int {
			status, _ := f.raw("portal.test", "GET / HTTP/1.1\r\nHost: portal.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
				"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
			return status
		},
	} {
		asked.Store(0)
		if status := ask(); status != http.StatusBadGateway || asked.Load() != 1 {
			t.Errorf("%s: %d, origin asked %d times", name, status, asked.Load())
		}
	}
	for _, policy := range []string{"redirects: block", "redirects: report", "{mode: report, redirects: refetch"} {
		policy = "  response: {" + strings.TrimPrefix(policy, "{") + "}\n"
		asked.Store(0)
		start(t, portal+policy, origin).get("https://portal.test/")
		if asked.Load() != 1 {
			t.Errorf("%s: origin asked %d times", policy, asked.Load())
		}
	}
}
