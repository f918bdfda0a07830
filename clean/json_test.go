package clean

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func TestJSON(t *testing.T) {
	c := newCleaner(t, strict(t))
	long := strings.Repeat("x", 200)
	for in, want := range map[string]string{
		`{"a":"<p>chào</p>","b":[1,-2.5e+3,true,false,null,{}],"c":{}}`:            `{"a":"<p>chào</p>","b":[1,-2.5e+3,true,false,null,{}],"c":{}}`,
		`{"a":"x<script src=\"//evil.test\"></script>y"}`:                          `{"a":"xy"}`,
		`["\u003cscript src=//evil.test\u003E\u003c/script\u003e\u003cb\u003e"]`:   `["\u003cb\u003e"]`,
		`["\u003Cb onclick=\"location='\/\/evil.test'\"\u003E\u1ea1\ud83d\ude00"]`: `["\u003cb\u003e\u1ea1\ud83d\ude00"]`,
		`["<b><script src=//evil.test><\/script>\n\t\"ạ\\"]`:                       `["<b>\n\t\"ạ\\"]`,
		`{"<script src=//evil.test></script>":1}`:                                  `{"<script src=//evil.test></script>":1}`,
		")]}',\n[\"<script src=//evil.test></script>\"]":                           ")]}',\n[\"\"]",
		`while(1);["<script src=//evil.test></script>"]`:                           `while(1);[""]`,
		"{\"a\":\"<iframe src=//evil.test></iframe>\"}\n[1]\n2\n":                  "{\"a\":\"\"}\n[1]\n2\n",
		"\x1E{\"a\":\"<iframe src=//evil.test></iframe>\"}\n\x1E[1]\n\x1E\"b\"\n":  "\x1E{\"a\":\"\"}\n\x1E[1]\n\x1E\"b\"\n",
		"\n{\"a\":1}\r\n\r\n{\"a\":\"<b>\"}":                                       "\n{\"a\":1}\r\n\r\n{\"a\":\"<b>\"}",
		"\uFEFF {}":                                                                "\uFEFF {}",
		"":                                                                         "",
		`["` + long + `\/",1]`:                                                     `["` + long + `\/",1]`,
		`["` + long + `\"<script src=//evil.test>",1]`:                             `["` + long + `\"",1]`,
		`["` + long + `\u003c",1]`:                                                 `["` + long + `",1]`,
		`["<b>` + long + `",1]`:                                                    `["",1]`,
		`["<b>` + long + `\` + `u00e1",{"a":"<b onclick=eval(atob('eA'))>"}]`:      `["",{"a":"<b>"}]`,
	} {
		out, findings := cleanBody(t, c, MediumJSON, []byte(in), 0, smallHold)
		if out != want || (in != want) != (len(findings) > 0) {
			t.Errorf("%s\nbecame %s\nwant   %s %+v", in, out, want, findings)
		}
	}
}

func TestJSONRefused(t *testing.T) {
	c := newCleaner(t, strict(t))
	for _, in := range []string{
		`{`, `[`, `[1,]`, `{"a":1,}`, `{"a"}`, `{a:1}`, `{'a':1}`, `[01]`, `[1.]`, `[.5]`, `[1e]`, `[-]`, `[nul]`, `[True]`, `["a`, "[\"a\nb\"]", `["\x"]`, `["\u12g4"]`,
		`]`, `[}`, `{"a":]`, `[1 2]`, `:`, `,`, `<br />{"a":1}`, `["a""b"]`, `{"a":1:2}`, "[\"\x00\"]", `{"` + strings.Repeat("k", 200) + `":1}`, `[` + strings.Repeat("1", 200) + `]`,
		strings.Repeat("[", maxJSONDepth+1), `["` + strings.Repeat("x", 200) + "\n\"]", `["` + strings.Repeat("x", 200) + `\x"]`, `["` + strings.Repeat("x", 200),
	} {
		var unreadable *UnreadableError
		if out, _, err := tryBody(c, MediumJSON, []byte(in), 0, smallHold); !errors.As(err, &unreadable) {
			t.Errorf("%.40s: %v, %s", in, err, out)
		}
	}
}

// TestJSONReferences: references are told of, and stay.
func TestJSONReferences(t *testing.T) {
	c := newCleaner(t, strict(t))
	const in = `{"link":"https:\/\/evil.test\/a","guid":{"rendered":"https://evil.test/b"},"href":["//evil.test/c"],"url":"/own","text":"https://evil.test/d",` +
		`"_links":{"curies":[{"href":"https://api.w.org/{rel}"}]},"target":"_blank"}`
	out, findings := cleanBody(t, c, MediumJSON, []byte(in), 0)
	var targets []string
	for _, f := range findings {
		targets = append(targets, f.Target)
		if f.Removed || f.Kind != "link" {
			t.Errorf("%+v", f)
		}
	}
	if out != in || strings.Join(targets, " ") != "https://evil.test/a https://evil.test/b https://evil.test/c" {
		t.Errorf("%s %q", out, targets)
	}
}

// sameShape reports whether two JSON values differ in nothing but strings.
func sameShape(a, b any) bool {
	switch a := a.(type) {
	case string:
		_, is := b.(string)
		return is
	case []any:
		other, is := b.([]any)
		if !is || len(a) != len(other) {
			return false
		}
		for i := range a {
			if !sameShape(a[i], other[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		other, is := b.(map[string]any)
		if !is || len(a) != len(other) {
			return false
		}
		for key := range a {
			if !sameShape(a[key], other[key]) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

func jsonShape(t *testing.T, in, out string) {
	t.Helper()
	var before, after any
	decoder := json.NewDecoder(strings.NewReader(in))
	decoder.UseNumber()
	if decoder.Decode(&before) != nil || decoder.More() {
		return
	}
	decoder = json.NewDecoder(strings.NewReader(out))
	decoder.UseNumber()
	if err := decoder.Decode(&after); err != nil || !sameShape(before, after) {
		t.Fatalf("%s\nbecame %s: %v", in, out, err)
	}
}
