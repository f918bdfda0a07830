package incident

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// hostile are texts that would do something, if they could.
func hostile() []string {
	return []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' autofocus onfocus=alert(1) x='`, `javascript:alert(1)`,
		`http://evil.test/`, `</style><script>`, `{{.Site}}`, `<!--`, `]]>`, `&lt;b&gt;&#x202e;`, `</w:t></w:r><w:r><w:instrText>INCLUDETEXT "/etc/passwd"`,
		"\x00\x01\x08\x0b\x1f\x7f", "\u0085\u2028\u2029", "moc\u202eexe.hp", "\u200b\ufeff\u2066\u00ad", "\ufffe\uffff", "\xff\xfe", "\U000e0041", "\ud7ff\U0010ffff",
		`=HYPERLINK("http://evil.test","x")`, `+cmd|' /C calc'!A0`, `@SUM(1)`, `-1+1`, strings.Repeat("ấ", 5000), strings.Repeat("a\u0301\u0302\u0303", 200),
	}
}

// hostileTrail has each text in every field that a report shows.
func hostileTrail(t testing.TB) *ledger {
	t.Helper()
	l := newLedger(t)
	for _, text := range hostile() {
		quoted, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		q := string(quoted)
		l.add(fmt.Sprintf(`"event":{"action":"strip"},"service":{"name":"portal"},"url":{"domain":%s,"path":%s}`, q, q),
			fmt.Sprintf(`"finding":{"kind":%s,"element":%s,"host":%s,"sha256":%s}`, q, q, q, q))
		l.add(fmt.Sprintf(`"event":{"action":"block"},"service":{"name":"portal"},"source":{"ip":%s},"rule":{"id":%s,"name":%s}`, q, q, q), `"score":5`)
		l.add(`"event":{"action":"gap"}`, fmt.Sprintf(`"gap":{"count":1,"reason":%s}`, q))
		l.add(fmt.Sprintf(`"event":{"action":%s},"service":{"name":"portal"}`, q), "")
	}
	l.checkpoint()
	return l
}

func hostileBundle(t testing.TB) *bundle {
	t.Helper()
	l := hostileTrail(t)
	c := incidentOf(l)
	c.To = l.now
	c.Number, c.Hostname, c.Version = hostile()[0], hostile()[1], hostile()[10]
	return write(t, c)
}

// Nothing of an event becomes markup, and everything that is text is visible.
func TestHostileTextStaysText(t *testing.T) {
	b, calm := hostileBundle(t), write(t, incidentOf(trail(t)))
	for _, name := range []string{"report.vi.html", "report.en.html", "custody.html"} {
		if got, want := elements(t, b.files[name]), elements(t, calm.files[name]); !slices.Equal(got, want) {
			t.Errorf("%s: elements and attributes %q, want %q", name, got, want)
		}
		plainText(t, name, b.files[name])
	}
	for _, name := range []string{"report.vi.docx", "report.en.docx", "custody.docx"} {
		for part, content := range unzip(t, []byte(b.files[name])) {
			inXML, want := tags(t, name+": "+part, content), tags(t, part, unzip(t, []byte(calm.files[name]))[part])
			for _, tag := range inXML {
				if !slices.Contains(want, tag) && tag != "w:tbl" {
					t.Errorf("%s: %s: element %s", name, part, tag)
				}
			}
			plainText(t, name, content)
		}
	}
	for _, name := range []string{"chain.txt", "clock.txt", "configuration.txt"} {
		plainText(t, name, b.files[name])
	}
}

// elements are the names of all elements with those of their attributes.
func elements(t *testing.T, page string) (names []string) {
	t.Helper()
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if !errors.Is(z.Err(), io.EOF) {
				t.Fatal(z.Err())
			}
			slices.Sort(names)
			return slices.Compact(names)
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			for _, a := range token.Attr {
				token.Data += " " + a.Key
			}
			names = append(names, token.Data)
		case html.CommentToken:
			names = append(names, "comment")
		}
	}
}

// tags are the names of an XML document's elements; it must be well-formed.
func tags(t *testing.T, name, document string) (names []string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(document)); ; {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if start, ok := token.(xml.StartElement); ok {
			names = append(names, start.Name.Space+":"+start.Name.Local)
		}
	}
	if err := xml.Unmarshal([]byte(document), new(struct{})); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return names
}

var (
	invisible = regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f-\x{9f}\x{ad}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{206f}\x{feff}\x{fffe}\x{ffff}\x{e0000}-\x{e007f}]`)
	formula   = regexp.MustCompile(`>[=+@]|>-[^<]`)
	address   = regexp.MustCompile(`(?i)https?://[^s]`) // of schemas.openxmlformats.org
)

// withoutStyle is a page without its style sheet, which is not the events'.
func withoutStyle(page string) string {
	before, rest, _ := strings.Cut(page, "<style>")
	_, after, _ := strings.Cut(rest, "</style>")
	return before + after
}

func plainText(t *testing.T, name, content string) {
	t.Helper()
	content = withoutStyle(content)
	if at := invisible.FindStringIndex(content); at != nil {
		t.Errorf("%s: %q", name, content[max(0, at[0]-30):at[1]])
	}
	for _, pattern := range []*regexp.Regexp{formula, address} {
		if at := pattern.FindStringIndex(content); at != nil {
			t.Errorf("%s: %q", name, content[at[0]:min(len(content), at[1]+40)])
		}
	}
}

// The files themselves hold the hostile bytes as they are, and the proof holds.
func TestHostileTrailIsProved(t *testing.T) {
	b := hostileBundle(t)
	if out, err := verify(t, b); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestDisplay(t *testing.T) {
	for in, want := range map[string]string{
		"Xã Thanh Bình An, lễ hội": "Xã Thanh Bình An, lễ hội",
		"a\u202eb\x00\n\xff":       `a\u202eb\u0000\u000a\xff`,
		"=1":                       "'=1", "": "",
		"ti\u0301ch":             "ti\u0301ch", // composed otherwise, and as good
		strings.Repeat("x", 200): strings.Repeat("x", maxShown) + "…",
	} {
		if got := display(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := display(defang("HTTPS://www.evil.test/http://x.y")); got != "hxxpS://www[.]evil[.]test/hxxp://x[.]y" {
		t.Error(got)
	}
}

func FuzzDisplay(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		shown := display(text)
		if invisible.MatchString(shown) || len([]rune(shown)) > 10*maxShown+2 || shown != "" && strings.ContainsAny(shown[:1], "=+-@") {
			t.Errorf("%q", shown)
		}
	})
}

// A line that comes from anywhere is taken or counted, and what a report is given of
// it is fit to be shown.
func FuzzTrail(f *testing.F) {
	l := hostileTrail(f)
	for _, line := range append(l.lines[:8], trail(f).lines[2:8]...) {
		f.Add(line)
	}
	authorities, err1 := readAuthorities(Templates())
	words, err2 := readVocabulary(Templates())
	if err := errors.Join(err1, err2); err != nil {
		f.Fatal(err)
	}
	calm := trail(f)
	f.Fuzz(func(t *testing.T, line string) {
		own := *calm
		own.lines = slices.Insert(slices.Clone(calm.lines), 10, line)
		c := incidentOf(&own)
		s, err := c.survey(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		p, err := c.prove(t.Context(), io.Discard, s)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.copyEvents(t.Context(), io.Discard, s); err != nil {
			t.Fatal(err)
		}
		report := (&reporter{c, s, p, new(kept), words, authorities}).report()
		everyString(reflect.ValueOf(report), func(text string) {
			if invisible.MatchString(text) || text != "" && strings.ContainsAny(text[:1], "=+-@") || strings.Contains(text, "http://") {
				t.Errorf("%q", text)
			}
		})
	})
}

// everyString visits all that a template can reach.
func everyString(v reflect.Value, visit func(string)) {
	switch v.Kind() {
	case reflect.String:
		visit(v.String())
	case reflect.Pointer:
		everyString(v.Elem(), visit)
	case reflect.Slice:
		for i := range v.Len() {
			everyString(v.Index(i), visit)
		}
	case reflect.Struct:
		for field, value := range v.Fields() {
			if field.IsExported() {
				everyString(value, visit)
			}
		}
	}
}
