package clean

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// repeat writes the pieces of a document that is too long to be built.
func repeat(t *testing.T, c *Cleaner, head, middle string, count int, tail string) (string, []Finding) {
	t.Helper()
	var out strings.Builder
	var findings []Finding
	w := c.NewWriter(&limited{&out}, Document{URL: pageURL, Report: func(f Finding) { findings = append(findings, f) }})
	write := func(s string) {
		if _, err := io.WriteString(w, s); err != nil {
			t.Fatal(err)
		}
	}
	write(head)
	for range count {
		write(middle)
	}
	write(tail)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String(), findings
}

// limited keeps the first bytes only.
type limited struct{ b *strings.Builder }

func (l *limited) Write(p []byte) (int, error) {
	if room := 64<<10 - l.b.Len(); room > 0 {
		l.b.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// TestLimits: what no browser page needs is removed in bounded memory, and
// the page behind it is cleaned as ever.
func TestLimits(t *testing.T) {
	const mega = 64 // times the piece of 64 KiB: far beyond every bound
	piece := strings.Repeat("x", 64<<10)
	const tail = "><p>b</p><script src=//evil.test></script>"
	tests := []struct{ name, head, middle, tail, want string }{
		{"tag", "a<p ", piece, tail, "a<p>b</p>"},
		{"attribute", `a<p title="`, piece, `"` + tail, "a<p>b</p>"},
		{"attributes", "a<p ", strings.Repeat("a b ", 16<<10), tail, "a<p>b</p>"},
		{"tag name", "a<p", piece, tail, "a<p>b</p>"},
		{"end tag of a style", "<style>p{}</style ", piece, tail, "<p>b</p>"},
		{"end tag", "a<p>x</p ", piece, tail, "a<p>x</p><p>b</p>"},
		{"end tag of a title", "<title>x</title ", piece, tail, "<p>b</p>"},
		{"comment", "a<!-- ", piece, "--" + tail, "a<p>b</p>"},
		{"comment without end", "a<!-- ", piece, "<p>b</p>", "a"},
		{"bogus comment", "a<? ", piece, tail, "a<p>b</p>"},
		{"script tag", "a<script ", piece, ">pwn=1</script" + tail, "a<p>b</p>"},
		{"script", "a<script>", piece, "</script" + tail, "a<p>b</p>"},
		{"script end tag", "a<script>x()</script ", piece, tail, "a<p>b</p>"},
		{"style", "a<style>", piece, "</style" + tail, "a<p>b</p>"},
		{"iframe tag", "a<iframe ", piece, "><img onerror=pwn=1></iframe" + tail, "a<p>b</p>"},
		{"style in svg", "<svg><style>", piece, "</style></svg" + tail, "<svg></svg><p>b</p>"},
		{"tag in a removed element", "a<object data=//evil.test><p ", piece, "></object" + tail, "a<p>b</p>"},
	}
	c := newCleaner(t, portal(t))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, findings := repeat(t, c, test.head, test.middle, mega, test.tail)
			if out != test.want {
				t.Errorf("%.200q, want %q", out, test.want)
			}
			if len(findings) == 0 {
				t.Fatal("no finding")
			}
			whole, _ := cleanString(t, c, test.head+strings.Repeat(test.middle, mega)+test.tail)
			if whole != test.want {
				t.Errorf("in one write: %.200q", whole)
			}
		})
	}
}

func TestNesting(t *testing.T) {
	c := newCleaner(t, portal(t))
	for _, tag := range []string{"<div>", "<div hidden>", "<div hidden><a href=//evil.test></a><a href=//evil.test></a>", "<svg>", "<svg><g>", "<a href=//evil.test>", "<select>", "<template>", "<object data=//evil.test>", "<noscript>", "<math><mi>", "<svg><foreignObject><div>"} {
		repeat(t, c, "", strings.Repeat(tag, 1000), 1000, "x")
	}
}

// TestManyFindings: the findings of a flood are counted, not passed on.
func TestManyFindings(t *testing.T) {
	c := newCleaner(t, portal(t))
	_, findings := cleanString(t, c, strings.Repeat("<embed src=//evil.test>", maxFindings+234))
	if len(findings) != maxFindings+1 {
		t.Fatal(len(findings))
	}
	if last := findings[maxFindings]; fmt.Sprint(last.Reasons) != "[limit further-234]" {
		t.Errorf("%+v", last)
	}
}
