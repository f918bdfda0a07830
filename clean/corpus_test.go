package clean

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/nlnwa/whatwg-url/url"
	"golang.org/x/net/html"

	"github.com/lachan-waf/lachan/policies"
)

// evasion is a case of testdata/corpus/evasions.json.
type evasion struct {
	ID, Category, Kind, HTML string
	Body                     string             `json:"body_base64"`
	Headers                  map[string]*string `json:"header_overrides"`
	Probe                    string
}

func (e evasion) body(t *testing.T) []byte {
	if e.Body == "" {
		return []byte(e.HTML)
	}
	b, err := base64.StdEncoding.DecodeString(e.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func corpusSite(t testing.TB) *policies.Site {
	site := policies.DefaultSite()
	site.Name, site.Hosts = "site", []string{"site.test"}
	site.Response.Allow = policies.Allow{Links: patterns(t, "*.gov.vn", "chinhphu.vn", "www.facebook.com")}
	site.Response.InlineScripts = policies.ScriptsKnown
	site.Response.Bodies = policies.Bodies{CSS: policies.BodyClean, JS: policies.BodyClean, JSON: policies.BodyClean, Feeds: policies.BodyClean}
	return &site
}

// TestCorpus runs every evasion. Those that still pass through are listed in
// testdata/corpus_known.json with the class of the reason; the list must be exact.
func TestCorpus(t *testing.T) {
	var cases []evasion
	readJSON(t, "../testdata/corpus/evasions.json", &cases)
	known := map[string]string{}
	readJSON(t, "testdata/corpus_known.json", &known)
	c := newCleaner(t, corpusSite(t))
	for _, e := range cases {
		t.Run(e.ID, func(t *testing.T) {
			problem := e.survives(t, c)
			class, listed := known[e.ID]
			switch {
			case problem != "" && !listed:
				t.Error(problem)
			case problem == "" && listed:
				t.Errorf("passes now; take it off the list of known failures (%s)", class)
			}
		})
	}
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// survives cleans the case and describes what is wrong with the outcome.
func (e evasion) survives(t *testing.T, c *Cleaner) string {
	body := e.body(t)
	var types []string
	judged := false // by a header field
	for name, value := range e.Headers {
		if value == nil {
			continue
		}
		switch name {
		case "Content-Type":
			types = append(types, *value)
		case "Location":
			judged = true
			if _, allowed := c.Redirect(*value, "https://site.test/"); allowed && e.Kind == "must_block" {
				return "redirect allowed"
			}
		case ":status":
		case "Refresh":
			if _, allowed := c.Refresh(*value, "https://site.test/"); allowed && e.Kind == "must_block" {
				return "refresh allowed"
			}
		case "Content-Security-Policy":
			judged = true
			if policy := c.CSP(*value); strings.Contains(policy, "evil") {
				return "policy refers: " + policy
			}
		case "Link":
			judged = true
			if kept, _ := c.Link(*value, "https://site.test/"); kept != "" && e.Kind == "must_block" {
				return "link allowed"
			}
		default:
			judged = true
			if _, stays := c.Field(http.CanonicalHeaderKey(name), []string{*value}, "https://site.test/"); stays && e.Kind == "must_block" {
				return "needs the proxy: " + name
			}
		}
	}
	if types == nil {
		types = []string{"text/html"}
	}
	kind := Sniff(types, body[:min(len(body), SniffLen)])
	if !kind.HTML {
		if out, _ := cleanBody(t, c, MediumOf(kind.ContentType), body, 0); e.Kind == "must_block" && !judged && (out == "" && MediumOf(kind.ContentType) == MediumOther || strings.Contains(out, "evil.test") || strings.Contains(out, "pwn")) {
			return "passes: " + out
		}
		return ""
	}
	doc := Document{URL: "https://site.test/", Charset: kind.Charset}
	out, _ := cleanBy(t, c, body, 0, doc)
	if bytewise, _ := cleanBy(t, c, body, 1, doc); bytewise != out {
		return "differs when written byte by byte:\n" + out + "\n" + bytewise
	}
	again, _ := cleanBy(t, c, []byte(out), 0, Document{URL: doc.URL, Charset: charsetOf(kind.Charset).sent()})
	if again != out {
		return "cleaning again changes it:\n" + out + "\n" + again
	}
	if problem := live(t, out); problem != "" {
		return problem + " in " + out
	}
	if e.Kind == "must_block" {
		if problem := paranoid(e.Probe, out); problem != "" {
			return problem + " in " + out
		}
		return ""
	}
	if before, after := visible(t, string(body)), visible(t, out); before != after {
		return "text changed from " + before + " to " + after
	}
	return ""
}

// live looks for the intruder in the trees that x/net makes of out.
func live(t *testing.T, out string) string {
	for _, scripting := range []bool{true, false} {
		root, err := html.ParseWithOptions(strings.NewReader(out), html.ParseOptionEnableScripting(scripting))
		if err != nil {
			return err.Error()
		}
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			for _, a := range n.Attr {
				value := strings.ToLower(a.Val)
				if len(a.Key) > 2 && strings.HasPrefix(a.Key, "on") && strings.Contains(value, "pwn") || refers(n.Data, a.Key) && away(a.Key, value) {
					return "live <" + n.Data + " " + a.Key + "=" + a.Val + ">"
				}
			}
			if n.Data == "script" && !inertScript(n) && n.FirstChild != nil && strings.Contains(n.FirstChild.Data, "pwn") {
				return "live script"
			}
		}
	}
	return ""
}

// away reports whether a value names the intruder's host.
func away(attribute, value string) bool {
	if u, err := url.ParseRef("https://site.test/", value); err == nil && u.Hostname() == "evil.test" {
		return true
	}
	switch attribute {
	case "href", "src", "data", "action", "formaction", "poster":
		return false
	}
	return awayText.MatchString(value)
}

var awayText = regexp.MustCompile(`(^|[\s"'(=;,])(https?:)?//evil\.test`)

// inertScript reports whether a script element holds data by its type.
func inertScript(n *html.Node) bool {
	for _, a := range n.Attr {
		if kind := strings.ToLower(a.Val); a.Key == "type" && a.Val != "" && kind != "module" && !strings.Contains(kind, "script") {
			return true
		}
	}
	return false
}

// refers reports whether the attribute can refer to something.
func refers(element, attribute string) bool {
	switch attribute {
	case "style", "background":
		return true
	case "href", "src", "srcset", "data", "action", "formaction", "ping", "poster", "codebase", "code", "archive", "srcdoc", "content", "value", "values", "to", "from", "imagesrcset", "lowsrc", "dynsrc":
	default:
		return false
	}
	return strings.Contains(" a area script iframe frame object embed applet portal img image use link base meta form input button source video audio track param feimage set animate ", " "+element+" ")
}

var (
	handlerText = regexp.MustCompile(`(?is)<[^>&]*\son[a-z]+\s*=[^>]*pwn`)
	scriptText  = regexp.MustCompile(`(?is)<script[^>]*>[^<]*pwn`)
)

// paranoid reads no markup at all.
func paranoid(probe, out string) string {
	plain := strings.ToLower(html.UnescapeString(out))
	switch {
	case handlerText.MatchString(out):
		return "handler"
	case scriptText.MatchString(out):
		return "script"
	case probe != "js" && strings.Contains(plain, "evil"):
		return "host"
	case probe == "text" && (strings.Contains(plain, "slot") || strings.Contains(plain, "googletagmanager") || strings.Contains(plain, "attackertoken")):
		return "words"
	}
	return ""
}

// visible is the text a visitor with scripting sees.
func visible(t *testing.T, page string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "style" {
			text.WriteString(n.Data)
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}
