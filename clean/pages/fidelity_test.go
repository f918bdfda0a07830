package pages_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/lachan-waf/lachan/clean"
)

// segment is what one write brings: a TCP segment's worth, so that every page
// is read across many boundaries.
const segment = 1448

// cleaned runs a document through a cleaner, as the proxy would.
func cleaned(t *testing.T, c *clean.Cleaner, d document) (out []byte, findings []clean.Finding) {
	t.Helper()
	kind := clean.Sniff(d.contentType, d.body[:min(len(d.body), clean.SniffLen)])
	if !kind.HTML {
		t.Fatalf("%s is not HTML: %q", d.url, d.contentType)
	}
	var b bytes.Buffer
	w := c.NewWriter(&b, clean.Document{URL: d.url, Charset: kind.Charset, Report: func(f clean.Finding) { findings = append(findings, f) }})
	for rest := d.body; len(rest) > 0; {
		n := min(segment, len(rest))
		if _, err := w.Write(rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), findings
}

// untouched holds the cleaner to a page with its allowlists set: no finding, and
// the bytes as they came.
func (s *site) untouched(t *testing.T, d document) {
	t.Helper()
	out, findings := cleaned(t, s.cleaner, d)
	for _, f := range findings {
		if !slices.Contains(s.never, f.Snippet) {
			complain(t, f)
		}
	}
	want := s.wanted(t, d.body, findings)
	if !bytes.Equal(out, want) {
		t.Errorf("differs from what is wanted: %s", firstDifference(want, out))
	}
	kept := keeps(t, d.body, out)
	t.Logf("%7d bytes, %5d elements, %.2f %% kept, %5d attributes, %.2f %% kept, %d findings, %s",
		len(d.body), kept.elements, kept.elementShare(), kept.attributes, kept.attributeShare(), len(findings), identity(d.body, out))
	if kept.elements < 5 || kept.elementShare() < 99.9 {
		t.Errorf("keeps %.3f %% of %d elements", kept.elementShare(), kept.elements)
	}
}

func complain(t *testing.T, f clean.Finding) {
	t.Helper()
	t.Errorf("finding: %s %s %s %v %s: %s", f.Kind, f.Element, f.Attribute, f.Reasons, f.Target, f.Snippet)
}

func identity(in, out []byte) string {
	if bytes.Equal(in, out) {
		return "byte-identical"
	}
	return "tags rewritten"
}

// onlyUnwrapped holds the cleaner to the same page without an allowlist for
// links: the tags of links that lead away go, and not one byte more.
func (s *site) onlyUnwrapped(t *testing.T, d document) {
	t.Helper()
	out, findings := cleaned(t, s.unlinked, d)
	want := s.wanted(t, d.body, findings)
	if !bytes.Equal(out, want) {
		t.Errorf("without its links: differs from what is wanted: %s", firstDifference(want, out))
	}
}

// wanted is the page without the tags of the links that were found, and with
// the tags that are rewritten.
func (s *site) wanted(t *testing.T, page []byte, findings []clean.Finding) []byte {
	t.Helper()
	page = unwrapped(t, page, findings)
	return []byte(strings.NewReplacer(s.rewritten...).Replace(string(page)))
}

func unwrapped(t *testing.T, page []byte, findings []clean.Finding) (rest []byte) {
	t.Helper()
	at := 0
	for _, f := range findings {
		if f.Kind != "link" || f.Element != "a" || !f.Removed {
			complain(t, f)
			continue
		}
		from := int(f.Offset)
		start, text, end := link(t, page[from:])
		rest = append(rest, page[at:from]...)
		rest = append(rest, page[from+start:][:text]...)
		at = from + start + text + end
	}
	return append(rest, page[at:]...)
}

// link measures the link at the beginning of b: its start tag, what is in it, and
// its end tag. There is none where the next link ends it.
func link(t *testing.T, b []byte) (start, text, end int) {
	t.Helper()
	z := html.NewTokenizer(bytes.NewReader(b))
	if z.Next() != html.StartTagToken {
		t.Fatalf("no link at %.80q", b)
	}
	start = len(z.Raw())
	for {
		kind, raw := z.Next(), len(z.Raw())
		name, _ := z.TagName()
		switch {
		case kind == html.ErrorToken:
			t.Fatalf("no end of the link at %.80q", b)
		case kind == html.EndTagToken && string(name) == "a":
			return start, text, raw
		case kind == html.StartTagToken && string(name) == "a":
			return start, text, 0
		}
		text += raw
	}
}

func firstDifference(want, got []byte) string {
	i := 0
	for i < min(len(want), len(got)) && want[i] == got[i] {
		i++
	}
	around := func(b []byte) []byte { return b[max(0, i-120):min(len(b), i+120)] }
	return fmt.Sprintf("at byte %d\nwant …%q\n got …%q", i, around(want), around(got))
}
