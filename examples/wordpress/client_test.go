package wordpress_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// userAgent is a current desktop browser's: CRS scores missing or odd ones.
const userAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"

// client is a browser without the rendering: cookies, Referer, the headers that
// WordPress's own scripts send.
type client struct {
	http  *http.Client
	to    *target
	nonce string // REST nonce of the logged-in user
	count *int   // requests sent
}

// response is a finished exchange.
type response struct {
	status int
	header http.Header
	body   string
	where  string // method and target, for messages
}

func newClient(t *testing.T, to *target) *client {
	t.Helper()
	jar, _ := cookiejar.New(nil)
	tr := &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: to.roots, ServerName: to.certName},
		ForceAttemptHTTP2: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, to.addr)
		},
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &client{to: to, count: new(int), http: &http.Client{
		Jar: jar, Transport: tr, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (c *client) do(t *testing.T, method, path, contentType string, body []byte, header http.Header) response {
	t.Helper()
	u := path
	if strings.HasPrefix(path, "/") {
		u = c.to.base + path
	}
	req, err := http.NewRequestWithContext(t.Context(), method, u, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		req.Header = header.Clone()
	}
	setDefault(req.Header, "User-Agent", userAgent)
	setDefault(req.Header, "Accept", "text/html,application/xhtml+xml,application/json,*/*;q=0.8")
	setDefault(req.Header, "Accept-Language", "vi,en;q=0.8")
	setDefault(req.Header, "Referer", c.to.base+"/")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	res, err := c.http.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatalf("%s %s: read: %v", method, path, err)
	}
	*c.count++
	return response{res.StatusCode, res.Header, string(b), method + " " + path}
}

func setDefault(h http.Header, key, value string) {
	if h.Get(key) == "" {
		h.Set(key, value)
	}
}

// want fails the test unless the status is one of those given (200 if none).
func (r response) want(t *testing.T, status ...int) response {
	t.Helper()
	if len(status) == 0 {
		status = []int{http.StatusOK}
	}
	for _, s := range status {
		if r.status == s {
			return r
		}
	}
	text := r.body
	if len(text) > 600 {
		text = text[:600]
	}
	t.Fatalf("%s: status %d, want %v (request %s) %s\n%s", r.where, r.status, status, r.header.Get("X-Request-Id"), r.header.Get("Location"), text)
	return r
}

// json decodes the body into a generic value.
func (r response) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("%s: %v in %.300q", r.where, err, r.body)
	}
	return v
}

func (r response) id(t *testing.T) int {
	t.Helper()
	f, ok := r.json(t)["id"].(float64)
	if !ok {
		t.Fatalf("%s: no id in %.300q", r.where, r.body)
	}
	return int(f)
}

func (c *client) get(t *testing.T, path string) response {
	t.Helper()
	return c.do(t, http.MethodGet, path, "", nil, nil)
}

func (c *client) post(t *testing.T, path string, form url.Values) response {
	t.Helper()
	return c.do(t, http.MethodPost, path, "application/x-www-form-urlencoded; charset=UTF-8", []byte(form.Encode()),
		http.Header{"Origin": {c.to.base}})
}

// ajax calls admin-ajax.php as jQuery does.
func (c *client) ajax(t *testing.T, action string, form url.Values) response {
	t.Helper()
	form.Set("action", action)
	return c.do(t, http.MethodPost, "/wp-admin/admin-ajax.php", "application/x-www-form-urlencoded; charset=UTF-8",
		[]byte(form.Encode()), http.Header{"X-Requested-With": {"XMLHttpRequest"}, "Origin": {c.to.base}})
}

// rest calls the REST API as Gutenberg does: PUT, PATCH and DELETE travel as POST with
// X-HTTP-Method-Override.
func (c *client) rest(t *testing.T, method, path string, body any) response {
	t.Helper()
	h := http.Header{"X-Wp-Nonce": {c.nonce}, "Accept": {"application/json, */*;q=0.1"}}
	if method == http.MethodGet || method == http.MethodOptions {
		return c.do(t, method, "/wp-json"+path, "", nil, h)
	}
	if method != http.MethodPost {
		h.Set("X-HTTP-Method-Override", method)
	}
	b, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	return c.do(t, http.MethodPost, "/wp-json"+path+sep+"_locale=user", "application/json", b, h)
}

// upload sends a multipart form with one file.
func (c *client) upload(t *testing.T, path string, fields map[string]string, field, fileName, fileType string, data []byte, h http.Header) response {
	t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	p, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name=%q; filename="%s"`, field, fileName)},
		"Content-Type":        {fileType},
	})
	if err == nil {
		_, err = p.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return c.do(t, http.MethodPost, path, w.FormDataContentType(), buf.Bytes(), h)
}

// login passes the real form, cookie test included, and fetches the REST nonce.
func (c *client) login(t *testing.T, user, password string) {
	t.Helper()
	f := c.get(t, "/wp-login.php").want(t).form(t, "loginform")
	f.Set("log", user)
	f.Set("pwd", password)
	c.post(t, "/wp-login.php", f).want(t, http.StatusFound)
	m := regexp.MustCompile(`createNonceMiddleware\( "([0-9a-f]+)"`).FindStringSubmatch(c.get(t, "/wp-admin/post-new.php").want(t).body)
	if m == nil {
		t.Fatal("login: no REST nonce in the editor's page")
	}
	c.nonce = m[1]
}

// form reads the fields a browser would submit from the form with the given id
// (or action, for forms without one).
func (r response) form(t *testing.T, id string) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "form" && (attr(n, "id") == id || attr(n, "action") == id) {
			return fields(n)
		}
	}
	t.Fatalf("%s: no form %q", r.where, id)
	return nil
}

func fields(form *html.Node) url.Values {
	v := url.Values{}
	for n := range form.Descendants() {
		name := attr(n, "name")
		if n.Type != html.ElementNode || name == "" || has(n, "disabled") {
			continue
		}
		switch n.Data {
		case "textarea":
			v.Add(name, strings.TrimPrefix(text(n), "\n"))
		case "select":
			addSelected(v, name, n)
		case "input":
			addInput(v, name, n)
		}
	}
	return v
}

func addInput(v url.Values, name string, n *html.Node) {
	switch attr(n, "type") {
	case "submit", "button", "image", "file", "reset":
	case "checkbox", "radio":
		if has(n, "checked") {
			if !has(n, "value") {
				v.Add(name, "on")
				return
			}
			v.Add(name, attr(n, "value"))
		}
	default:
		v.Add(name, attr(n, "value"))
	}
}

func addSelected(v url.Values, name string, n *html.Node) {
	var first *html.Node
	for o := range n.Descendants() {
		if o.Data != "option" {
			continue
		}
		if has(o, "selected") {
			v.Add(name, attr(o, "value"))
			return
		}
		if first == nil {
			first = o
		}
	}
	if first != nil && !has(n, "multiple") {
		v.Add(name, attr(first, "value"))
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, key string) bool {
	for _, a := range n.Attr {
		if a.Key == key {
			return true
		}
	}
	return false
}

func text(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}
