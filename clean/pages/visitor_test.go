package pages_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/lachan-waf/lachan/internal/cmstest"
)

// document is a page as the server sent it.
type document struct {
	url         string
	contentType []string
	body        []byte
}

// visitor is a browser as far as servers notice: it keeps cookies and follows
// redirects. Every host name leads to the private web host.
type visitor struct {
	base string
	http *http.Client
}

func newVisitor(t *testing.T, host *cmstest.Host, base string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, host.Addr)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &visitor{base: base, http: &http.Client{Jar: jar, Transport: transport, Timeout: time.Minute}}
}

func (v *visitor) get(t *testing.T, path string) document {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, v.base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v.do(t, req)
}

func (v *visitor) do(t *testing.T, req *http.Request) document {
	t.Helper()
	req.Header.Set("Accept-Language", "vi")
	req.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	resp, err := v.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s: %v", req.URL, err)
	}
	if resp.StatusCode >= http.StatusInternalServerError {
		t.Fatalf("%s: %s\n%.600s", req.URL, resp.Status, body)
	}
	return document{resp.Request.URL.String(), resp.Header.Values("Content-Type"), body}
}

// login fills in the form with a password on a page. The page that follows must
// say who is there.
func (v *visitor) login(t *testing.T, path, says string, answers url.Values) {
	t.Helper()
	page := v.get(t, path)
	root, err := html.Parse(strings.NewReader(string(page.body)))
	if err != nil {
		t.Fatal(err)
	}
	form := passwordForm(root)
	if form == nil {
		t.Fatalf("%s: no form with a password", page.url)
	}
	action, err := url.Parse(page.url)
	if err == nil {
		action, err = action.Parse(attribute(form, "action"))
	}
	if err != nil {
		t.Fatal(err)
	}
	fields := hidden(form)
	for name := range answers {
		fields.Set(name, answers.Get(name))
	}
	req, err := http.NewRequest(http.MethodPost, action.String(), strings.NewReader(fields.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if d := v.do(t, req); !strings.Contains(string(d.body), says) {
		t.Fatalf("login at %s: %q is not on the page that follows:\n%.600s", page.url, says, d.body)
	}
}

func passwordForm(root *html.Node) *html.Node {
	for n := range root.Descendants() {
		if n.Data != "input" || attribute(n, "type") != "password" {
			continue
		}
		for form := range n.Ancestors() {
			if form.Data == "form" {
				return form
			}
		}
	}
	return nil
}

func hidden(form *html.Node) url.Values {
	fields := url.Values{}
	for n := range form.Descendants() {
		if n.Data == "input" && attribute(n, "type") == "hidden" {
			fields.Set(attribute(n, "name"), attribute(n, "value"))
		}
	}
	return fields
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
