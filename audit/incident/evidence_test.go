package incident

import (
	"errors"
	"io"
	"iter"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

func TestEvidenceOfThePeriodAndOfItsEvents(t *testing.T) {
	c := incidentOf(trail(t))
	c.Evidence = each2(
		document("20261101T000000.000Z-01OLD", start.Add(-600*time.Hour), "<p>never named", "<p>"),
		document("20261102T000000.000Z-01SAME", start.Add(-500*time.Hour), infected, cleaned), // kept once, weeks ago
		document("20261126T010500.000Z-01NOW", start.Add(5*time.Minute), "<p>of a visitor", "<p>"),
		document("20261127T010500.000Z-01LATE", start.Add(24*time.Hour), "<p>late", "<p>"),
		document("../../etc/passwd", start.Add(5*time.Minute), "<p>", "<p>"),
	)
	b := write(t, c)
	for name, want := range map[string]bool{"01OLD": false, "01SAME": true, "01NOW": true, "01LATE": false, "passwd": false} {
		found := false
		for file := range b.files {
			found = found || strings.Contains(file, name)
		}
		if found != want {
			t.Errorf("%s: %v", name, found)
		}
	}
	if b.files["evidence/20261102T000000.000Z-01SAME.before.html.txt"] != infected || b.files["evidence/20261102T000000.000Z-01SAME.after.html.txt"] != cleaned || b.Documents != 2 {
		t.Errorf("%d documents", b.Documents)
	}
	for _, want := range []string{"Named by events but not, or no longer, kept: 1 HTML document.", "Not readable: 1 record"} {
		if !strings.Contains(b.files["report.en.html"], want) {
			t.Errorf("not told: %s", want)
		}
	}
	if !strings.Contains(b.files["evidence/README.txt"], "INFECTED") {
		t.Error("no warning")
	}
}

// A bundle without evidence is one all the same, and says what it lacks.
func TestNoEvidence(t *testing.T) {
	for name, documents := range map[string]iter.Seq2[Document, error]{"no store": nil, "nothing kept": each2()} {
		c := incidentOf(trail(t))
		c.Evidence = documents
		b := write(t, c)
		if b.Documents != 0 || !strings.Contains(b.files["evidence/README.txt"], "No document was kept") ||
			!strings.Contains(b.files["report.en.html"], "kept: 2 HTML documents") || !strings.Contains(b.files["report.vi.html"], "2 trang HTML mà sự kiện nhắc đến không còn") {
			t.Errorf("%s: %+v", name, b.Result)
		}
	}
}

func TestDamagedEvidenceIsTold(t *testing.T) {
	broken := errors.New("broken disk")
	damaged := document("20261126T010501.000Z-01A", start.Add(5*time.Minute), infected, cleaned)
	damaged.Before.SHA256 = sumOf("something else")
	gone := document("20261126T010502.000Z-01B", start.Add(5*time.Minute), infected, cleaned)
	gone.After.Open = func() (io.ReadCloser, error) { return nil, broken }
	cut := document("20261126T010503.000Z-01C", start.Add(5*time.Minute), infected, cleaned)
	cut.Before.Open = func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader("<p>"), iotest.ErrReader(broken))), nil
	}
	long := document("20261126T010504.000Z-01D", start.Add(5*time.Minute), infected, cleaned)
	long.Before.SHA256, long.Before.Truncated = sumOf("of the whole"), true
	c := incidentOf(trail(t))
	c.Evidence = each2(damaged, gone, cut, long)
	report := write(t, c).files["report.en.html"]
	for _, name := range []string{"01A.before.html.txt", "01B.after.html.txt", "01C.before.html.txt"} {
		if !strings.Contains(report, name) {
			t.Errorf("%s is not told", name)
		}
	}
	if strings.Contains(report, "01D") {
		t.Error("a document of which the beginning is kept is no damaged one")
	}
}
