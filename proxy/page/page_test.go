package page

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

var update = flag.Bool("update", false, "write testdata/*.golden")

const requestID = "01JDC4T2M7J4V3W1Q8Z5N6K9RA"

func kinds() []Kind {
	return []Kind{Blocked, TooLarge, BadRequest, NotFound, Misdirected, BadGateway,
		GatewayTimeout, Unavailable, RedirectBlocked, Withheld, Gone, CleaningFailed}
}

func example(kind Kind) Problem {
	return Problem{Kind: kind, RequestID: requestID, Site: "portal", Contact: "Bộ phận Một cửa, điện thoại 1900 0000"}
}

func write(t *testing.T, p Problem, header map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "https://portal.example/", nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	Write(w, r, p)
	return w
}

func TestGolden(t *testing.T) {
	if len(kinds()) != len(entries) {
		t.Fatalf("%d kinds tested, %d exist", len(kinds()), len(entries))
	}
	for _, kind := range kinds() {
		forms := map[string]map[string]string{
			".html":    {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
			".vi.json": {"Accept": "application/json"},
			".en.json": {"Accept": "application/json", "Accept-Language": "en-GB,vi;q=0.5"},
		}
		for suffix, header := range forms {
			t.Run(string(kind)+suffix, func(t *testing.T) {
				got := write(t, example(kind), header).Body.Bytes()
				file := filepath.Join("testdata", string(kind)+suffix+".golden")
				if *update {
					if err := os.WriteFile(file, got, 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(got)); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

func TestStatusAndHeader(t *testing.T) {
	want := map[Kind]int{Blocked: 403, TooLarge: 413, BadRequest: 400, NotFound: 404, Misdirected: 421,
		BadGateway: 502, GatewayTimeout: 504, Unavailable: 503, RedirectBlocked: 502, Withheld: 502, Gone: 410, CleaningFailed: 502, "": 503, "odd": 503}
	for kind, status := range want {
		w := write(t, example(kind), nil)
		if w.Code != status {
			t.Errorf("%q: status %d, want %d", kind, w.Code, status)
		}
		if got := w.Header().Get("Retry-After") != ""; got != (status == 503) {
			t.Errorf("%q: Retry-After present: %v", kind, got)
		}
		for name, value := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"X-Request-Id": requestID, "Content-Type": "text/html; charset=utf-8", "Content-Language": "vi, en",
		} {
			if got := w.Header().Get(name); got != value {
				t.Errorf("%q: %s: %q, want %q", kind, name, got, value)
			}
		}
		if !strings.Contains(w.Header().Get("Vary"), "Accept") {
			t.Errorf("%q: Vary: %q", kind, w.Header().Get("Vary"))
		}
	}
	if w := write(t, Problem{Kind: BadRequest, Status: 431}, nil); w.Code != 431 {
		t.Errorf("own status: got %d", w.Code)
	}
}

func TestUpstreamFieldsGo(t *testing.T) {
	w := httptest.NewRecorder()
	for _, name := range upstreamFields {
		w.Header().Set(name, "x")
	}
	w.Header().Set("Strict-Transport-Security", "max-age=1")
	Write(w, httptest.NewRequest("GET", "/", nil), example(RedirectBlocked))
	for _, name := range upstreamFields {
		if got := w.Header().Get(name); got == "x" {
			t.Errorf("%s of the upstream survives", name)
		}
	}
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("Strict-Transport-Security is gone")
	}
}

func TestHeadHasNoBody(t *testing.T) {
	w := httptest.NewRecorder()
	Write(w, httptest.NewRequest(http.MethodHead, "/", nil), example(Blocked))
	get := write(t, example(Blocked), nil)
	if w.Body.Len() != 0 || w.Header().Get("Content-Length") != get.Header().Get("Content-Length") {
		t.Errorf("body %d bytes, Content-Length %q", w.Body.Len(), w.Header().Get("Content-Length"))
	}
}

func TestPageIsSmallAndSelfContained(t *testing.T) {
	const most = 6 << 10
	for _, kind := range kinds() {
		p := example(kind)
		p.Contact, p.Site = strings.Repeat("ế", maxContact), strings.Repeat("x", 4*maxSite)
		body := write(t, p, nil).Body.Bytes()
		if len(body) >= most {
			t.Errorf("%s: %d bytes", kind, len(body))
		}
		for node := range parse(t, body).Descendants() {
			if slices.Contains([]string{"script", "img", "link", "iframe", "base", "form"}, node.Data) {
				t.Errorf("%s: <%s>", kind, node.Data)
			}
			for _, attribute := range node.Attr {
				if attribute.Key == "href" && attribute.Val != "/" || attribute.Key == "src" || strings.HasPrefix(attribute.Key, "on") {
					t.Errorf("%s: %s=%q", kind, attribute.Key, attribute.Val)
				}
			}
		}
	}
}

// TestMarkupIsWellFormed holds the page to more than a parser forgives: every
// element closed in order, and nothing moved or implied by tree construction.
func TestMarkupIsWellFormed(t *testing.T) {
	void := []string{"meta"}
	for _, kind := range kinds() {
		body := write(t, example(kind), nil).Body.Bytes()
		var open, seen []string
		z := html.NewTokenizer(bytes.NewReader(body))
		for z.Next() != html.ErrorToken {
			token := z.Token()
			switch {
			case token.Type == html.StartTagToken && !slices.Contains(void, token.Data):
				open = append(open, token.Data)
				fallthrough
			case token.Type == html.StartTagToken:
				seen = append(seen, token.Data)
			case token.Type == html.EndTagToken:
				if len(open) == 0 || open[len(open)-1] != token.Data {
					t.Fatalf("%s: </%s> closes %v", kind, token.Data, open)
				}
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			t.Errorf("%s: left open: %v", kind, open)
		}
		var built []string
		for node := range parse(t, body).Descendants() {
			if node.Type == html.ElementNode {
				built = append(built, node.Data)
			}
		}
		if diff := cmp.Diff(seen, built); diff != "" {
			t.Errorf("%s: tags and tree differ:\n%s", kind, diff)
		}
	}
}

func TestLanguagesAndLandmarks(t *testing.T) {
	for _, kind := range kinds() {
		count := map[string]int{}
		for node := range parse(t, write(t, example(kind), nil).Body.Bytes()).Descendants() {
			count[node.Data]++
			for _, attribute := range node.Attr {
				count[node.Data+"["+attribute.Key+"="+attribute.Val+"]"]++
			}
		}
		for _, want := range []string{"main", "h1", "title", "code", "html[lang=vi]", "section[lang=en]"} {
			if count[want] != 1 {
				t.Errorf("%s: %d of %s", kind, count[want], want)
			}
		}
	}
}

func TestHostileValuesAreText(t *testing.T) {
	hostile := `</code><script>alert(1)</script><a href="https://casino.evil.test/" onclick=x>'"&` + "\x00\r\n\xff"
	p := Problem{Kind: Blocked, RequestID: hostile, Site: hostile, Contact: hostile}
	body := write(t, p, nil).Body.Bytes()
	for node := range parse(t, body).Descendants() {
		if node.Data == "script" || node.Type == html.ElementNode && node.Data == "a" && node.Attr[0].Val != "/" {
			t.Errorf("<%s> from a value", node.Data)
		}
	}
	if !bytes.Contains(body, []byte("&lt;script&gt;")) {
		t.Error("the value is not shown")
	}

	var got problemDetails
	w := write(t, p, map[string]string{"Accept": "application/json"})
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Instance != "" {
		t.Errorf("instance %q of a hostile id", got.Instance)
	}
	if !strings.HasPrefix(got.RequestID, "</code><script>") || len(got.RequestID) > maxRequestID {
		t.Errorf("request_id %q", got.RequestID)
	}
	if bytes.Contains(w.Body.Bytes(), []byte("<script")) {
		t.Error("JSON holds a raw tag")
	}
}

func TestEmptyValuesLeaveNoEmptyRows(t *testing.T) {
	body := write(t, Problem{Kind: NotFound}, nil).Body.String()
	for _, absent := range []string{"<code", "Mã yêu cầu", "Liên hệ", "<dd></dd>"} {
		if strings.Contains(body, absent) {
			t.Errorf("page holds %q", absent)
		}
	}
}

func TestPageKeepsQuietAboutRules(t *testing.T) {
	for _, kind := range kinds() {
		body := strings.ToLower(write(t, example(kind), nil).Body.String())
		for _, word := range []string{"coraza", "crs", "rule", "lachan", "modsecurity"} {
			if strings.Contains(body, word) {
				t.Errorf("%s: page names %q", kind, word)
			}
		}
	}
}

func parse(t *testing.T, body []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return root
}
