package clean

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// endless are documents in which something never ends. Whatever an intruder has
// put into them, none of it may come out.
var endless = []struct{ name, head, unit string }{
	{"text", "<p>", "dòng chữ "},
	{"tag", "<p ", "evil.test "},
	{"tag name", "<p", "evil.test"},
	{"attribute", `<p title="`, "evil.test "},
	{"attribute of a link", `<a href="//evil.test/`, "evil.test"},
	{"unquoted attribute", "<p title=", "evil.test"},
	{"attribute of a script", `<script src="//evil.test/`, "evil.test"},
	{"attribute of an image", `<img src="data:image/png;base64,`, "evil.test"},
	{"srcdoc", `<iframe srcdoc="`, "&lt;script src=//evil.test>&lt;/script>"},
	{"end tag", "<p>x</p ", "evil.test "},
	{"comment", "<!--", " evil.test --"},
	{"bogus comment", "<?", "evil.test "},
	{"doctype", "<!doctype ", "evil.test "},
	{"cdata", "<svg><![CDATA[", "<b>evil.test "},
	{"script", "<script>", "evil.test();"},
	{"script in a comment", "<script><!--", "<script>evil.test()</script "},
	{"script in svg", "<svg><script>", "evil.test();"},
	{"style", "<style>", "@import '//evil.test';"},
	{"style with classes", "<style>", ".a{display:none}.b,"},
	{"styles", "", "<style>.x{display:none}.y{display:none}</style>"},
	{"style in svg", "<svg><style>", "a{b:url(//evil.test)}"},
	{"title", "<title>", "x <b>"},
	{"textarea", "<textarea>", "x <b>"},
	{"title in noscript", "<noscript><title>", "x <b>"},
	{"plaintext", "<plaintext>", "x <b>"},
	{"xmp", "<xmp>", "<script src=//evil.test></script>"},
	{"iframe", "<iframe>", "<script src=//evil.test></script>"},
	{"noframes", "<noframes>", "<script src=//evil.test></script>"},
	{"noscript", "<noscript>", "<p title='<b>'><script src=//evil.test></script>"},
	{"svg", "<svg>", "<g><script href=//evil.test></script>"},
	{"svg title", "<svg><title>", "x &lt; "},
	{"math", "<math>", "<mi><annotation-xml encoding=text/html>"},
	{"select", "<select>", "<option><script src=//evil.test></script>"},
	{"frameset", "<frameset>", "<frame src=//evil.test>"},
	{"template", "<template>", "<script src=//evil.test></script>"},
	{"table", "<table>", "<tr><td><a href=//evil.test>x"},
	{"hidden block", "<div style=display:none>", "<a href=//evil.test>x</a>"},
	{"hidden block that goes", "<div hidden><a href=//evil.test>x</a><a href=//evil.test>x</a>", "<b>evil.test</b> "},
	{"hidden block of odd tags", "<div hidden>", "<p a=1 a=2>"},
	{"hidden block of a text that is escaped", "<div hidden><noscript><title>", "<b>"},
	{"hidden blocks", "", "<div style=display:none><a href=//evil.test>"},
	{"link", "<a href=//evil.test>", "chữ "},
	{"link with images", "<a href=//evil.test>", "<img src=/a.png>"},
	{"links", "", "<a href=//evil.test>"},
	{"object", "<object data=//evil.test>", "<p>x"},
	{"object with tags", "<object data=//evil.test><p ", "evil.test "},
	{"HTML in a formula", "<math><mtext>", "<i><a href=//evil.test>"},
	{"tags that go in a drawing", "<svg>", "<q><script href=//evil.test></script>"},
	{"elements around others", "<style>.w .q{display:none}[x] .q{opacity:0}</style>", "<div class=w x><p class=q>"},
	{"rules in rules", "<style>", ".a{&.b{.c{display:none}"},
	{"halves of rules", "<style>", ".a{height:0}.b{overflow:hidden}"},
	{"linked data", "<script type=application/ld+json>", `{"url":"https://evil.test/"},`},
	{"data of a plugin", `<script type="text/rocketscript">`, "evil.test();"},
	{"elements", "", "<div>"},
	{"odd elements", "", "<p a=1 a=2 \">"},
	{"lesser-than signs", "", "<"},
}

// endlessSize is how much of an endless document is read: 10 GB where
// LACHAN_SOAK is set, as `make soak` does.
func endlessSize(ordinary int) int {
	if os.Getenv("LACHAN_SOAK") != "" {
		return 10_000_000_000
	}
	return ordinary
}

// heapNow is the heap that is in use. Two collections empty the pools.
func heapNow() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// load is what reading an endless document has cost.
type load struct {
	held  int64         // the most that the Writer held, seen at each doubling of what was read
	first time.Duration // of the processor, for the first MiB
	all   time.Duration
}

func feedEndless(t *testing.T, w *Writer, head, unit string, size int, base int64) (l load) {
	t.Helper()
	if _, err := io.WriteString(w, head); err != nil {
		t.Fatal(err)
	}
	piece := bytes.Repeat([]byte(unit), max(1, 32<<10/len(unit)))
	for read, look := 0, 64<<10; read < size; {
		began := cpuTime(t)
		for ; read < size && read < look; read += len(piece) {
			if _, err := w.Write(piece); err != nil {
				t.Fatal(err)
			}
		}
		l.all += cpuTime(t) - began
		if look <= 1<<20 {
			l.first = l.all
		}
		l.held, look = max(l.held, heapNow()-base), 2*look
	}
	return l
}

// watch is the end of a stream: it counts, and looks for what must not come.
type watch struct {
	n    int64
	last []byte
	evil bool
}

func (o *watch) Write(p []byte) (int, error) {
	o.n += int64(len(p))
	o.last = append(o.last, p...)
	o.evil = o.evil || bytes.Contains(o.last, []byte("evil.test"))
	o.last = append(o.last[:0], o.last[max(0, len(o.last)-16):]...)
	return len(p), nil
}

// TestEndless: whatever never ends is read in bounded memory, in time that grows
// with its length and no faster, and nothing of the intruder's gets through, nor
// goes without a finding.
func TestEndless(t *testing.T) {
	size := 16 << 20
	if os.Getenv("LACHAN_SOAK") != "" {
		size = 256 << 20
	}
	for _, test := range endless {
		t.Run(test.name, func(t *testing.T) {
			out, findings := new(watch), 0
			c := newCleaner(t, portal(t))
			base := heapNow()
			w := c.NewWriter(out, Document{URL: pageURL, Report: func(Finding) { findings++ }})
			l := feedEndless(t, w, test.head, test.unit, size, base)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if l.held > 1<<20 {
				t.Errorf("holds %d bytes", l.held)
			}
			if times := time.Duration(3 * size >> 20); l.all > times*l.first && l.all > 2*time.Second {
				t.Errorf("%v for the first MiB, %v for %d", l.first, l.all, size>>20)
			}
			if out.evil {
				t.Error("lets the intruder through")
			}
			if strings.Contains(test.head+test.unit, "evil.test") && findings == 0 {
				t.Error("no finding")
			}
		})
	}
}

// TestEndlessTag: one tag of 256 MB, or of 10 GB.
func TestEndlessTag(t *testing.T) {
	c := newCleaner(t, portal(t))
	base := heapNow()
	var findings []Finding
	out := new(watch)
	w := c.NewWriter(out, Document{URL: pageURL, Report: func(f Finding) { findings = append(findings, f) }})
	l := feedEndless(t, w, `<p>a</p><p title="`, "evil.test ", endlessSize(256<<20), base)
	io.WriteString(w, `"><p>b</p>`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if l.held > 1<<20 || out.evil || out.n != int64(len("<p>a</p><p>b</p>")) {
		t.Errorf("holds %d bytes, wrote %d, the intruder's: %v", l.held, out.n, out.evil)
	}
	if len(findings) != 1 || fmt.Sprint(findings[0].Reasons) != "[too-long limit]" || !findings[0].Removed {
		t.Errorf("%+v", findings)
	}
}

// cpuTime is the processor's, whoever else runs here.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestAbort: a document that breaks off leaves nothing of what was held back,
// and the evidence of what was being removed.
func TestAbort(t *testing.T) {
	for _, test := range []struct {
		in, out string
		kinds   string
	}{
		{"<p>a</p><p title=", "<p>a</p>", "[]"},
		{"<p>a</p><script>evil.test(", "<p>a</p>", "[]"},
		{"<p>a</p><a href=//evil.test>x", "<p>a</p>", "[]"},
		{"<p>a</p><script src=//evil.test>x", "<p>a</p>", "[script]"},
		{"<p>a</p><object data=//evil.test><p>x<b", "<p>a</p>", "[frame]"},
		{"<p>a</p><!-- " + strings.Repeat("x", maxHold+1), "<p>a</p>", "[limit]"},
		{strings.Repeat("<embed src=//evil.test>", maxFindings+2) + "<p", "", fmt.Sprint(append(strings.Fields(strings.Repeat("frame ", maxFindings)), "limit"))},
	} {
		var out bytes.Buffer
		var kinds []string
		w := newCleaner(t, portal(t)).NewWriter(&out, Document{URL: pageURL, Report: func(f Finding) { kinds = append(kinds, f.Kind) }})
		io.WriteString(w, test.in)
		w.Abort()
		if out.String() != test.out || fmt.Sprint(kinds) != test.kinds {
			t.Errorf("%.60q: %q %v, want %q %s", test.in, out.String(), kinds, test.out, test.kinds)
		}
		if _, err := w.Write([]byte("x")); err == nil || w.Close() != nil || out.String() != test.out {
			t.Errorf("%.60q: goes on after Abort", test.in)
		}
	}
}
