package csp_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

// page is as CMSs write them: scripts of every sort, handlers, a frame.
const page = `<!DOCTYPE html><html><head><meta charset="utf-8"><title>Xã</title>
<style>#a { color: rgb(1, 2, 3) }</style>
<script>window.ran = ["inline"];</script>
<script nonce="theirs">ran.push("nonce of the origin");</script>
<script src="/app.js"></script>
<script type="module">ran.push("module");</script>
<script type="importmap">{"imports": {"mot": "/mot.mjs"}}</script>
<script type="module">import "mot";</script>
</head><body>
<a id="b" href="javascript:void(ran.push('URL'))">xem</a>
<p id="a" style="margin: 7px" onclick="ran.push('handler')">Tin tức</p>
<iframe srcdoc="<script>parent.ran.push('srcdoc')</script>"></iframe>
<svg><script href="/svg.js"/></svg>
<script>ran.push(eval("'eval'")); ran.push(new Function("return 'Function'")()); setTimeout("ran.push('timer')", 1);</script>
</body></html>`

// app slips in what its page does not hold: the cleaner never sees it.
const app = `ran.push("external");
addEventListener("load", function () {
	document.getElementById("a").click();
	document.getElementById("b").click();
	var own = document.createElement("script"); own.src = "/own.js"; document.head.appendChild(own);
	var s = document.createElement("script");
	s.src = "EVIL/pwn.js";
	s.onload = function () { window.settled = "loaded" };
	s.onerror = function () { window.settled = "refused" };
	document.head.appendChild(s);
});`

// origin serves the page, and evil what must not be fetched.
func origin(evil string) http.Handler {
	files := map[string]string{
		"/app.js": strings.ReplaceAll(app, "EVIL", evil), "/own.js": `ran.push("own, at run time")`,
		"/svg.js": `ran.push("svg")`, "/mot.mjs": `ran.push("imported")`,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if text, found := files[r.URL.Path]; found {
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = io.WriteString(w, text)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
	})
}

// TestBrowserRefusesWhatSlipsIn: a real browser behind the real binary.
func TestBrowserRefusesWhatSlipsIn(t *testing.T) {
	evil := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(w, "window.pwn = 1")
	}))
	t.Cleanup(evil.Close)
	to, err := url.Parse(evil.URL)
	if err != nil {
		t.Fatal(err)
	}
	upstream := httptest.NewServer(origin("https://evil.test:" + to.Port()))
	t.Cleanup(upstream.Close)
	server := lachantest.Start(t, fmt.Sprintf(sites, upstream.URL))
	browser := start(t, "MAP *.portal.test 127.0.0.1, MAP evil.test 127.0.0.1")

	for _, test := range []struct {
		site    string
		want    outcome
		reports int
	}{
		{"off", outcome{Settled: "loaded and ran", URL: true}, 0},
		{"report-only", outcome{Settled: "loaded and ran", URL: true}, 1},
		{"enforce", outcome{Settled: "refused"}, 1},
		{"plain", outcome{Settled: "refused"}, 1},
	} {
		t.Run(test.site, func(t *testing.T) {
			host := test.site + ".portal.test"
			address := server.URL(host)
			if test.site == "plain" {
				address = server.HTTPURL(host)
			}
			if got := visit(t, browser, address); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
			events := reported(server, test.site)
			for deadline := time.Now().Add(20 * time.Second); events < test.reports && time.Now().Before(deadline); events = reported(server, test.site) {
				time.Sleep(50 * time.Millisecond)
			}
			if events != test.reports {
				t.Errorf("%d events, want %d", events, test.reports)
			}
		})
	}
}

const sites = `
sites:
- {name: off, hosts: [off.portal.test], upstream: "%[1]s", tls: internal, response: {csp: off}}
- {name: report-only, hosts: [report-only.portal.test], upstream: "%[1]s", tls: internal}
- {name: enforce, hosts: [enforce.portal.test], upstream: "%[1]s", tls: internal, response: {csp: enforce}}
- {name: plain, hosts: [plain.portal.test], upstream: "%[1]s", tls: off, response: {csp: enforce}}
`

// outcome is what became of the page in the browser.
type outcome struct {
	Settled string // what slips in: refused, or loaded and ran
	Missing string // of the page's own scripts
	Style   string // where it is not as written
	URL     bool   // whether a javascript: URL ran
}

// visit loads the page, of which everything must run but what slips in.
func visit(t *testing.T, browser context.Context, address string) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(browser, 60*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[outcome](`(async () => {
		const all = ["inline", "nonce of the origin", "external", "module", "imported", "handler", "own, at run time", "srcdoc", "svg", "eval", "Function", "timer"];
		for (let i = 0; i < 200 && !(window.settled && all.every(s => ran.includes(s))); i++) await new Promise(r => setTimeout(r, 50));
		const style = getComputedStyle(document.getElementById("a"));
		return {
			Settled: (window.settled || "") + (window.pwn ? " and ran" : ""),
			Missing: all.filter(s => !ran.includes(s)).join(),
			Style: style.color === "rgb(1, 2, 3)" && style.margin === "7px" ? "" : style.color + " " + style.margin,
			URL: ran.includes("URL"),
		};
	})()`, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// reported counts the events of a site that tell of evil.test.
func reported(server *lachantest.Server, site string) (n int) {
	for _, e := range server.Events() {
		if e.Text("service.name") == site && e.Text("lachan.finding.host") == "evil.test" && strings.Contains(e.Text("lachan.finding.reasons"), "csp-report") {
			n++
		}
	}
	return n
}

// start runs Debian's Chromium with an empty profile.
func start(t *testing.T, hosts string) context.Context {
	t.Helper()
	opts := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath("/usr/bin/chromium"), chromedp.UserDataDir(t.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("short-reporting-delay", true), // a minute otherwise
		chromedp.Flag("host-resolver-rules", hosts+", MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx); cancel() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	return ctx
}
