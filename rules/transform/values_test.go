package transform_test

import (
	"encoding/json"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	crstests "github.com/corazawaf/coraza-coreruleset/v4/tests"
	"github.com/goccy/go-yaml"
)

// nasty are values at the edges of each transformation.
var nasty = []string{
	"", "a", "A", " ", "\x00", "\xff", "\\", "&", "%", "+", "/", ".", "#", "-", "*", ":",
	// escapes that end early, or are none
	`%4`, `%zz`, `%%41`, `%u`, `%u004`, `%u00zz%41`, `%U0041+%u+`, `%uff1f%uff00%uff5f`, `%u%u0041`, `%25u0041`,
	`\x4`, `\X41\x41`, `\u004`, `\u{}`, `\u{0ff01}\uff01\uFF5e\uff5f\uff00`, `\u{1234567}`, `\u{110000}`, `\u{41`, `\u{0041}`,
	`\400\377\1234\8\08`, `\a\b\f\n\r\t\v\?\'\"\\`, `a\`, `\\\`, "\\\n\\\r\n", "\\41 \\000041\t\\41\r\n", `\0`, `\d800\110000\ff01\0 \00000g`,
	// references
	"&amp", "&amp;", "&ampx", "&AMP", "&notin;", "&notit;", "&not", "&nGt;", "&nGg;", "&nGg", "&fjlig;", "&NotEqualTilde;",
	"&CounterClockwiseContourIntegral;", "&CounterClockwiseContourIntegral", "&ampCounterClockwiseContourIntegral;", "&;", "&&amp;amp;", "& lt;",
	"&#", "&#;", "&#x", "&#x;", "&#xg", "&#65", "&#65;", "&#065;x", "&#X41g", "&#0;", "&#128;", "&#159;&#129", "&#xd800;", "&#1114111;", "&#1114112;",
	"&#99999999999999999999;", "&#x00000000000000000041;", "&ltscript&gt",
	// letters
	"ſſKİıȺⱯßẞΣςǅ", "Tiếng Việt ĐẶC BIỆT", "Tie\u0302\u0301ng Vie\u0323\u0302t", "\xc3A\x28", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc0\x80", "\ufffdA", "😀A", "\u0130\u212a",
	// white space
	"a\u00a0b\u0085c\u2003d\u3000e\u180ef\ufeffg", "a\xa0b", "a\x85b", "à\xa0à", "\xc2", "\xc2 ", "\xa0\xa0 \t", " \v\f\r\n\ta \v", "\u00a0a\u00a0", "a b", "a  b",
	// comments
	"/*", "*/", "/**/", "/*/", "/*a*/", "/*a*/b", "/*a*//*b*/c", "/*a*/#b", "a/*b", "<!--a-->b", "<!--a*/bc", "/*a-->bc", "<!-->", "<!--->", "<!-", "a--b", "a-->b", "a-b", "a#b", "/*a*/--b", "-- -", "<!----", "/*/**/*/",
	// command lines
	"c^a\"t' /etc", "a , ;\t/b", "a \"(b", " ;\\ (", "( /", "A;B,,C", "cat\v\f/x", "/ /(  (",
	// paths
	"//", "/./", "./", "..", "../", "/..", "/../", "../..", "../../a/", "a/..", "a/../", "a/../..", "a/b/../../..", "/a/../../b/./c//d/", "...", "a/.../b", "./a", "a/.",
	`\`, `\\a\..\b`, `C:\a\b.txt`, "C:", "C:/", "c:a:b", "c::$DATA", "a.txt::$DATA", "a.txt:b/", "a:b/c:d", ":", "::", ":/", "a:/", "/:a", " ", " /a", "/ /a", ". .", "a. .", "a . /b .", ".. /a", "/.. ", "a/ ", "a/ /", " .", ". /", "c: ", "c:/ :x/",
	// numbers
	"41", "414", "4g", "4A4a", "00ff", "0x41",
}

// parts are what random values are put together from.
var parts = append(strings.Fields(`
	% %u %U %41 %2 %u0041 %uff1c %u2019 %00 +
	\ \\ \x \x41 \X4a \u \u00 \u0041 \u{ \u{41} } { \4 \41 \101 \777 \n \" \'
	& &# &#x &#65; &#x41 ; &lt &lt; &amp; &not &nGg; &nbsp;
	/* */ <!-- --> -- - # / // . .. ... /../ ./ c: : ::$DATA
	, ^ ( " ' * a A b B f F x X u U 0 4 7 9 4a4A select UNION é É ế Ế İ K ſ 😀 ß`),
	" ", "  ", "\t", "\n", "\r\n", "\v", "\f", "\x00", "\xff", "\xa0", "\x85", "\xc2", "\xc3", "\u00a0", "\u0085", "\u2003", "\ufffd")

// random puts parts together, and sometimes breaks one.
func random(r *rand.Rand) string {
	var b []byte
	for range r.IntN(12) {
		b = append(b, parts[r.IntN(len(parts))]...)
	}
	for len(b) > 0 && r.IntN(3) == 0 {
		switch i := r.IntN(len(b)); r.IntN(3) {
		case 0:
			b[i] = byte(r.Uint32())
		case 1:
			b = append(b[:i], b[i+1:]...)
		case 2:
			b = append(b, b[i:]...)
		}
	}
	return string(b)
}

// noise is random bytes.
func noise(r *rand.Rand) string {
	b := make([]byte, r.IntN(40))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return string(b)
}

// words calls visit with every string over the letters of at most length.
func words(letters string, length int, visit func(string)) {
	word := make([]byte, 0, length)
	var extend func()
	extend = func() {
		visit(string(word))
		if len(word) == length {
			return
		}
		for i := range len(letters) {
			word = append(word, letters[i])
			extend()
			word = word[:len(word)-1]
		}
	}
	extend()
}

// crsStrings are the distinct strings in the regression tests of CRS.
func crsStrings(tb testing.TB) []string {
	tb.Helper()
	var all []string
	err := fs.WalkDir(crstests.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(crstests.FS, path)
		if err != nil {
			return err
		}
		var document any
		if err := yaml.Unmarshal(text, &document); err != nil {
			return err
		}
		all = append(all, leaves(document)...)
		return nil
	})
	if err != nil || len(all) == 0 {
		tb.Fatalf("%d strings, %v", len(all), err)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// corazaStrings are the inputs of the engine's own tests of transformations.
func corazaStrings(tb testing.TB) []string {
	tb.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/corazawaf/coraza/v3").Output()
	if err != nil {
		tb.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(dir)), "internal/transformations/testdata/*.json"))
	if err != nil || len(files) == 0 {
		tb.Fatalf("%d files, %v", len(files), err)
	}
	var all []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		var document any
		if err := json.Unmarshal(text, &document); err != nil {
			tb.Fatal(err)
		}
		all = append(all, leaves(document)...)
	}
	return all
}

// leaves are the strings in a document, wherever they stand.
func leaves(document any) (all []string) {
	switch d := document.(type) {
	case string:
		all = append(all, d)
	case []any:
		for _, item := range d {
			all = append(all, leaves(item)...)
		}
	case map[string]any:
		for _, item := range d {
			all = append(all, leaves(item)...)
		}
	}
	return all
}
