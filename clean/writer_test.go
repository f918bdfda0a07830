package clean

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lachan-waf/lachan/policies"
)

// TestPages cleans the sample pages; NAME.html must become NAME.golden, or
// stay as it is where there is none.
func TestPages(t *testing.T) {
	c := newCleaner(t, portal(t))
	files, err := filepath.Glob("testdata/pages/*.html")
	if err != nil || len(files) == 0 {
		t.Fatal("no pages: ", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			in, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".html") + ".golden")
			if errors.Is(err, os.ErrNotExist) {
				want = in
			}
			for _, size := range []int{0, 1, 13, 1000} {
				out, findings := cleanBy(t, c, in, size, Document{})
				if diff := cmp.Diff(string(want), out); diff != "" {
					t.Fatalf("in pieces of %d: %s\n%+v", size, diff, findings)
				}
			}
			again, _ := cleanBy(t, c, want, 0, Document{})
			if again != string(want) {
				t.Errorf("cleaning again: %s", cmp.Diff(string(want), again))
			}
		})
	}
}

// TestRealPage: a page of the Go project, which x/net ships, keeps its text.
func TestRealPage(t *testing.T) {
	in, err := os.ReadFile(filepath.Join(html5lib(t), "..", "go1.html"))
	if err != nil {
		t.Fatal(err)
	}
	out, _ := cleanBy(t, newCleaner(t, portal(t)), in, 0, Document{})
	if diff := cmp.Diff(visible(t, string(in)), visible(t, out)); diff != "" {
		t.Error(diff)
	}
}

// TestReportOnly: under report the bytes pass untouched, and all is told.
func TestReportOnly(t *testing.T) {
	site := portal(t)
	site.Response.Mode = policies.ResponseReport
	c := newCleaner(t, site)
	in := `<p "x><a href="//evil.test/">slot gacor</a><script src=//evil.test></script><iframe src=//evil.test>`
	for _, size := range []int{0, 1} {
		out, findings := cleanBy(t, c, []byte(in), size, Document{})
		if out != in {
			t.Error(out)
		}
		if len(findings) != 3 {
			t.Errorf("%+v", findings)
		}
		for _, f := range findings {
			if f.Removed {
				t.Errorf("removed: %+v", f)
			}
		}
	}
}

// TestFinding shows the evidence for one removal.
func TestFinding(t *testing.T) {
	c := newCleaner(t, portal(t))
	const removed = `<script src="https://evil.test/a.js?x=1">/* ẩn */</script>`
	in := "<p>Xã</p>" + removed + "<p>"
	want := Finding{
		Kind: "script", Element: "script", Attribute: "src",
		Target: "https://evil.test/a.js", Host: "evil.test",
		Offset:  int64(strings.Index(in, removed)),
		Snippet: removed, Reasons: []string{reasonOffList},
		SHA256: sha256.Sum256([]byte(removed)), Removed: true,
	}
	for _, size := range []int{0, 1, 7} {
		_, findings := cleanBy(t, c, []byte(in), size, Document{})
		if diff := cmp.Diff([]Finding{want}, findings); diff != "" {
			t.Error(diff)
		}
	}
}

func TestSnippet(t *testing.T) {
	got := snippetOf([]byte(strings.Repeat("ậ", 200)))
	if len(got) > maxSnippet || !strings.HasPrefix(got, "ậậ") {
		t.Errorf("%d bytes", len(got))
	}
}

// TestConcurrent: one Cleaner serves many documents at once.
func TestConcurrent(t *testing.T) {
	c := newCleaner(t, portal(t))
	page := infectedPage(20000)
	want, _ := cleanString(t, c, page)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				var out bytes.Buffer
				w := c.NewWriter(&out, Document{URL: pageURL})
				io.Copy(w, strings.NewReader(page))
				w.Close()
				if out.String() != want {
					t.Error("differs")
				}
			}
		})
	}
	wg.Wait()
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// TestErrors: the writer's error comes back and stays; a closed Writer writes nothing.
func TestErrors(t *testing.T) {
	c := newCleaner(t, portal(t))
	broken := errors.New("broken pipe")
	w := c.NewWriter(failing{broken}, Document{})
	if _, err := w.Write([]byte("abc")); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := w.Write([]byte("abc")); !errors.Is(err, broken) {
		t.Error(err)
	}
	if err := w.Close(); !errors.Is(err, broken) {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if _, err := w.Write([]byte("abc")); !errors.Is(err, errClosed) {
		t.Error(err)
	}
	if _, err := New(nil, nil); err == nil {
		t.Error("no error without a site")
	}
}

// TestStreams: what needs no judging is passed on in the call that brought it.
func TestStreams(t *testing.T) {
	c := newCleaner(t, portal(t))
	var out bytes.Buffer
	w := c.NewWriter(&out, Document{})
	for _, s := range []string{"<!doctype html><p>đầu", " tiếp <b>", "x</b> <a href=\"/y\">y"} {
		io.WriteString(w, s)
		if !strings.HasSuffix(out.String(), s) {
			t.Errorf("%q was held back: %q", s, out.String())
		}
	}
	w.Close()
}

func TestFingerprint(t *testing.T) {
	site := portal(t)
	a := newCleaner(t, site).Fingerprint()
	if b := newCleaner(t, site).Fingerprint(); a != b || a == "" {
		t.Error(a, b)
	}
	site.Response.Links = policies.LinksReport
	if b := newCleaner(t, site).Fingerprint(); a == b {
		t.Error("another policy has the same fingerprint")
	}
}

// TestTable checks that the lookup and the tables agree.
func TestTable(t *testing.T) {
	elements, attributes := newNames(elementNames()), newNames(attributeNames[:])
	for el := elOther + 1; el < elCount; el++ {
		if got := element(elements.find([]byte(strings.ToUpper(el.String())))); got != el || el.String() == "" {
			t.Errorf("element %d %q is found as %d", el, el, got)
		}
	}
	for id := attrOther + 1; id < attrCount; id++ {
		if got := attr(attributes.find([]byte(attributeNames[id]))); got != id || attributeNames[id] == "" {
			t.Errorf("attribute %d is found as %d", id, got)
		}
	}
	for _, name := range []string{"", "x", "scrip", "scripts", "s\x00ript", "ſcript", "toolongtobeanything"} {
		if got := elements.find([]byte(name)); got != 0 {
			t.Errorf("%q is found as %d", name, got)
		}
	}
}
