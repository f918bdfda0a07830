package clean

import (
	"encoding/json"
	"io/fs"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nlnwa/whatwg-url/url"
	"golang.org/x/net/html"
)

// html5lib is the folder of the html5lib suites, which golang.org/x/net ships.
func html5lib(t *testing.T) string {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "golang.org/x/net").Output()
	if err != nil {
		t.Fatal("find golang.org/x/net: ", err)
	}
	return filepath.Join(strings.TrimSpace(string(dir)), "html", "testdata", "html5lib-tests")
}

type tokenizerCase struct {
	Description   string
	Input         string
	Output        [][]any
	InitialStates []string
	LastStartTag  string
	DoubleEscaped bool
}

// TestTokenizerSuite compares the tags, comments and doctypes this tokenizer
// finds with those the html5lib suites expect. What EOF cuts is no token here.
// The four cases of xmlViolation.test are of another list: they are about trees
// that are to become XML, which no browser builds.
func TestTokenizerSuite(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(html5lib(t), "tokenizer", "*.test"))
	if err != nil || len(files) == 0 {
		t.Fatal("no suites: ", err)
	}
	count := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var suite struct{ Tests []tokenizerCase }
		if err := json.Unmarshal(data, &suite); err != nil {
			t.Fatal(file, err)
		}
		for _, c := range suite.Tests {
			count++
			c.run(t, filepath.Base(file))
		}
	}
	t.Logf("%d cases", count)
	if count < 1000 {
		t.Error("the suites are incomplete")
	}
}

func (c tokenizerCase) run(t *testing.T, file string) {
	input := c.Input
	if c.DoubleEscaped {
		input = unescapeSuite(input)
	}
	input = strings.ReplaceAll(strings.ReplaceAll(input, "\r\n", "\n"), "\r", "\n")
	states := c.InitialStates
	if states == nil {
		states = []string{"Data state"}
	}
	var want []string
	for _, token := range c.Output {
		if s := describe(token, c.DoubleEscaped); s != "" {
			want = append(want, s)
		}
	}
	for _, name := range states {
		got, cut := tokens(input, name, c.LastStartTag)
		expected := want
		if cut && len(expected) > 0 && !strings.HasPrefix(expected[len(expected)-1], "<") {
			expected = expected[:len(expected)-1]
		}
		if diff := cmp.Diff(strings.Join(expected, "\n"), strings.Join(got, "\n")); diff != "" {
			t.Errorf("%s: %s (%s): %q\n%s", file, c.Description, name, input, diff)
		}
	}
}

// describe writes an expected token; text is nothing.
func describe(token []any, escaped bool) string {
	str := func(v any) string {
		s, _ := v.(string)
		if escaped {
			s = unescapeSuite(s)
		}
		return s
	}
	switch token[0] {
	case "StartTag":
		var b strings.Builder
		b.WriteString("<" + str(token[1]))
		attrs, _ := token[2].(map[string]any)
		var list []string
		for name, value := range attrs {
			list = append(list, str(name)+"="+strconv.Quote(str(value)))
		}
		b.WriteString(sorted(list))
		return b.String()
	case "EndTag":
		return "</" + str(token[1])
	case "Comment":
		return "comment " + strconv.Quote(str(token[1]))
	case "DOCTYPE":
		return "doctype"
	}
	return ""
}

func sorted(list []string) string {
	for i := range list {
		for j := i; j > 0 && list[j] < list[j-1]; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	if len(list) == 0 {
		return ""
	}
	return " " + strings.Join(list, " ")
}

func unescapeSuite(s string) string {
	out, err := strconv.Unquote(`"` + strings.ReplaceAll(s, `"`, `\"`) + `"`)
	if err != nil {
		return s
	}
	return out
}

// tokens runs the tokenizer by itself, a byte at a time as well as whole.
func tokens(input, initial, last string) (out []string, cut bool) {
	var tok tokenizer
	tok.elements, tok.attributes = newNames(elementNames()), newNames(attributeNames[:])
	tok.reset()
	tok.raw = element(tok.elements.find([]byte(last)))
	switch initial {
	case "RCDATA state":
		tok.state = rcdataText
	case "RAWTEXT state":
		tok.state = rawtext
	case "PLAINTEXT state":
		tok.state = plaintext
	case "Script data state":
		tok.state = scriptData
	case "CDATA section state":
		tok.state = cdataSection
		tok.start = 0
	case "Data state":
	default:
		panic("unknown state " + initial)
	}
	b := []byte(input)
	for end := 1; end <= len(b); end++ {
		for {
			k := tok.next(b[:end])
			if k == tokenNone {
				break
			}
			if s := found(&tok, b, k); s != "" {
				out = append(out, s)
			}
			tok.took()
		}
	}
	return out, tok.start >= 0
}

// found writes a token in the manner of describe.
func found(tok *tokenizer, b []byte, k token) string {
	nul := func(s []byte) string { return strings.ReplaceAll(string(s), "\x00", "\uFFFD") }
	text := b[tok.start:tok.pos]
	switch k {
	case tokenTag:
		name := nul([]byte(lowerString(tok.tag.name.of(b))))
		if tok.tag.closing {
			return "</" + name
		}
		var list []string
		for _, a := range tok.tag.attrs {
			list = append(list, nul([]byte(lowerString(a.name.of(b))))+"="+strconv.Quote(nul(decodeAttribute(a.value.of(b)))))
		}
		return "<" + name + sorted(list)
	case tokenComment:
		return "comment " + strconv.Quote(nul(commentText(text)))
	case tokenBogus:
		if string(text) == "</>" {
			return ""
		}
		from := 1
		if text[1] != '?' {
			from = 2
		}
		return "comment " + strconv.Quote(nul(text[from:len(text)-1]))
	case tokenDoctype:
		return "doctype"
	}
	return ""
}

func commentText(text []byte) []byte {
	text = text[len("<!--"):]
	for _, end := range []string{"--!>", "-->", "->", ">"} {
		if strings.HasSuffix(string(text), end) {
			return text[:len(text)-len(end)]
		}
	}
	return nil
}

// TestTreeConstructionSuite cleans the inputs of the tree construction suites
// with a policy that allows nothing: whatever x/net's tree then shows of
// scripts, frames and handlers has survived.
func TestTreeConstructionSuite(t *testing.T) {
	c := newCleaner(t, corpusSite(t))
	count, live := 0, 0
	for file, input := range treeInputs(t) {
		count++
		if strays(t, input) != "" {
			live++
		}
		treeCase(t, c, file, input)
	}
	t.Logf("%d cases, %d of them live before", count, live)
	if count < 1700 || live < 100 {
		t.Error("the suites are incomplete")
	}
}

// treeInputs yields the inputs of the tree construction suites, and of the
// cases that x/net has added to them, with the name of their file.
func treeInputs(t *testing.T) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		err := filepath.WalkDir(filepath.Dir(html5lib(t)), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".dat" {
				return err
			}
			data, err := os.ReadFile(path)
			for _, part := range strings.Split("\n"+string(data), "\n#data\n")[1:] {
				input, _, _ := strings.Cut(part, "\n#errors")
				if !yield(filepath.Base(path), input) {
					return fs.SkipAll
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func treeCase(t *testing.T, c *Cleaner, file, input string) {
	// Every payload an intruder could add behind the suite's own oddities.
	for _, payload := range []string{"", "<img src=x onerror=pwn=1>", "</style></script></title></textarea><img src=x onerror=pwn=1>", "<script>pwn=1</script>", "\"'><script src=//evil.test></script>-->]]><a href=//evil.test>slot</a>"} {
		in := input + payload
		doc := Document{URL: "https://site.test/"}
		out, _ := cleanBy(t, c, []byte(in), 0, doc)
		if bytewise, _ := cleanBy(t, c, []byte(in), 1, doc); bytewise != out {
			t.Errorf("%s: %q: %q byte by byte, %q whole", file, in, bytewise, out)
		}
		if again, _ := cleanBy(t, c, []byte(out), 0, doc); again != out {
			t.Errorf("%s: %q: cleaned %q, again %q", file, in, out, again)
		}
		if problem := live(t, out) + strays(t, out); problem != "" {
			t.Errorf("%s: %q: %s in %q", file, in, problem, out)
		}
	}
}

// strays finds what the policy, which knows no script and of hosts only the
// site's own, would not let stand: a script, or a script, frame, form, link or
// base element that leads to another host.
func strays(t *testing.T, out string) string {
	for _, scripting := range []bool{true, false} {
		root, err := html.ParseWithOptions(strings.NewReader(out), html.ParseOptionEnableScripting(scripting))
		if err != nil {
			t.Fatal(err)
		}
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			if n.Data == "script" && !inertScript(n) && n.FirstChild != nil && strings.TrimSpace(n.FirstChild.Data) != "" {
				return "script " + n.FirstChild.Data
			}
			for _, a := range n.Attr {
				if leads(n.Data, a.Key) && strange(a.Val) {
					return "<" + n.Data + " " + a.Key + "=" + a.Val + ">"
				}
			}
		}
	}
	return ""
}

func leads(element, attribute string) bool {
	return strings.Contains(" a.href area.href base.href script.src script.href iframe.src frame.src embed.src object.data form.action button.formaction input.formaction ", " "+element+"."+attribute+" ")
}

// strange reports whether a reference leads away from the site and from the
// hosts that its policy allows.
func strange(reference string) bool {
	u, err := url.ParseRef("https://site.test/", reference)
	if err != nil {
		return false // leads nowhere
	}
	host := u.Hostname()
	return host != "site.test" && host != "www.facebook.com" && host != "chinhphu.vn" && !strings.HasSuffix(host, ".gov.vn") && u.Protocol() != "about:"
}
