package clean

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
	files, err := filepath.Glob(filepath.Join(html5lib(t), "tree-construction", "*.dat"))
	if err != nil || len(files) == 0 {
		t.Fatal("no suites: ", err)
	}
	c := newCleaner(t, corpusSite(t))
	count := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(data), "#data\n")[1:] {
			input, _, _ := strings.Cut(part, "\n#errors")
			count++
			treeCase(t, c, filepath.Base(file), input)
		}
	}
	t.Logf("%d cases", count)
	if count < 1000 {
		t.Error("the suites are incomplete")
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
		if problem := live(t, out) + liveScripts(t, out); problem != "" {
			t.Errorf("%s: %q: %s in %q", file, in, problem, out)
		}
	}
}

// liveScripts finds any script with content, as the policy knows none.
func liveScripts(t *testing.T, out string) string {
	root, err := html.Parse(strings.NewReader(out))
	if err != nil {
		return ""
	}
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == "script" && n.FirstChild != nil && strings.TrimSpace(n.FirstChild.Data) != "" {
			kind := ""
			for _, a := range n.Attr {
				if a.Key == "type" || a.Key == "src" || a.Key == "href" {
					kind = a.Val
				}
			}
			if kind == "" {
				return "script " + n.FirstChild.Data
			}
		}
	}
	return ""
}
