package incident

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the reports in testdata")

// The reports of the incident in fixture_test.go, as they were read by people.
func TestReports(t *testing.T) {
	b := write(t, incidentOf(trail(t)))
	for _, name := range []string{"report.vi.html", "report.en.html", "custody.html", "chain.txt", "clock.txt", "configuration.txt"} {
		golden(t, name, b.files[name])
	}
	for _, name := range []string{"report.vi.docx", "report.en.docx", "custody.docx"} {
		golden(t, name+".xml", unzip(t, []byte(b.files[name]))["word/document.xml"])
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// Events are byte for byte those of the trail: the site's, of the period, in order.
func TestEventsAreCopiedAsTheyAre(t *testing.T) {
	l := trail(t)
	b := write(t, incidentOf(l))
	var want strings.Builder
	for _, i := range []int{4, 5, 6, 10, 11, 12, 13} {
		want.WriteString(l.lines[i] + "\n")
	}
	if diff := cmp.Diff(want.String(), b.files["events.jsonl"]); diff != "" {
		t.Error(diff)
	}
	for name, content := range b.files {
		if strings.Contains(content, "secret-of-the-other-site") || strings.Contains(content, "203.0.113.81") {
			t.Errorf("%s tells of another site", name)
		}
	}
}

func TestSameCaseGivesTheSameBytes(t *testing.T) {
	l := trail(t)
	first := write(t, incidentOf(l))
	for range 5 { // maps are ranged over in ever another order
		if again := write(t, incidentOf(l)); !bytes.Equal(first.raw, again.raw) {
			t.Fatal("the bundle differs")
		}
	}
	later := incidentOf(l)
	later.Now = later.Now.Add(time.Second)
	if bytes.Equal(first.raw, write(t, later).raw) {
		t.Error("the time of creation is nowhere")
	}
}

func run(t *testing.T, dir, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatalf("%v: make test-tools installs it", err)
	}
	return string(out), err
}

func TestManifestIsWhatSha256sumReads(t *testing.T) {
	b := write(t, incidentOf(trail(t)))
	dir := b.unpack()
	out, err := run(t, dir, "sha256sum", "--strict", "-c", "manifest.txt")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name := range b.files {
		listed := strings.Contains(out, name+": OK\n")
		if left := name == "manifest.txt" || strings.HasPrefix(name, "custody."); listed == left {
			t.Errorf("%s: listed: %v", name, listed)
		}
	}
	if sumOf(b.files["manifest.txt"]) != b.ManifestSHA256 || !strings.Contains(b.files["custody.html"], b.ManifestSHA256) {
		t.Error("the custody sheet has another hash than the manifest")
	}
	if err := os.WriteFile(filepath.Join(dir, "events.jsonl"), []byte("{}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, dir, "sha256sum", "--strict", "-c", "manifest.txt"); err == nil {
		t.Errorf("altered events pass:\n%s", out)
	}
}

func TestLanguages(t *testing.T) {
	c := incidentOf(trail(t))
	c.Languages = []string{"vi"}
	b := write(t, c)
	if b.files["report.vi.docx"] == "" || b.files["report.en.html"] != "" || strings.Contains(b.files["report.vi.html"], "report.en") {
		t.Error("not Vietnamese alone")
	}
}

func TestNoEvents(t *testing.T) {
	c := incidentOf(trail(t))
	c.From = c.To.Add(-time.Minute)
	var out bytes.Buffer
	_, err := Write(context.Background(), &out, c)
	var none *NoEventsError
	const want = `no events of site "portal" from 2026-11-26 08:15:30 +07:00 to 2026-11-26 08:16:30 +07:00; ` +
		`the last before is of 2026-11-26 08:14:00 +07:00, the first after is of 2026-11-26 08:17:00 +07:00`
	if !errors.As(err, &none) || err.Error() != want {
		t.Errorf("%v", err)
	}
	c.Site, c.Lines = "nobody", each([]string{"no JSON"})
	if _, err := Write(context.Background(), &out, c); err == nil || !strings.HasSuffix(err.Error(), "; there is none at any other time (1 lines of the trail could not be read)") {
		t.Errorf("%v", err)
	}
	if out.Len() > 0 {
		t.Errorf("%d bytes were written", out.Len())
	}
}

// An event before the period may be the incident's first: the report says so.
func TestEarlierEventIsTold(t *testing.T) {
	c := incidentOf(trail(t))
	c.From = start.Add(5*time.Minute + 30*time.Second)
	b := write(t, c)
	if !strings.Contains(b.files["report.en.html"], "the nearest at 2026-11-26 08:05:00") || !strings.Contains(b.files["report.vi.html"], "gần nhất lúc 2026-11-26 08:05:00") {
		t.Error("not told")
	}
	if strings.Contains(write(t, incidentOf(trail(t))).files["report.en.html"], "the nearest at") {
		t.Error("told of nothing")
	}
}

// Lines that cannot be read are counted and told.
func TestUnreadableLines(t *testing.T) {
	l := trail(t)
	l.lines = append(l.lines, "", "{", "\x00\xff", `{"@timestamp":5}`, strings.Repeat("[", 60000))
	b := write(t, incidentOf(l))
	if b.Unreadable != 5 || !strings.Contains(b.files["report.en.html"], "5 lines of the trail could not be read") {
		t.Errorf("%d unreadable", b.Unreadable)
	}
}

// A trail that differs from one reading to the next gives no bundle.
func TestTrailThatChanges(t *testing.T) {
	l := trail(t)
	for reading := range Readings - 1 {
		c, n := incidentOf(l), 0
		c.Lines = func(yield func([]byte, error) bool) {
			lines := l.lines
			if n++; n > reading+1 {
				lines = lines[1:]
			}
			each(lines)(yield)
		}
		if _, err := Write(context.Background(), new(bytes.Buffer), c); !errors.Is(err, errChanged) {
			t.Errorf("after reading %d: %v", reading+1, err)
		}
	}
	c := incidentOf(l)
	broken := errors.New("the disk is broken")
	c.Lines = func(yield func([]byte, error) bool) { yield(nil, broken) }
	if _, err := Write(context.Background(), new(bytes.Buffer), c); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Write(ctx, new(bytes.Buffer), incidentOf(l)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// What an attacker sends ever anew is counted, within bounds, and the rest told.
func TestTablesAreBounded(t *testing.T) {
	l := newLedger(t)
	many := maxKeys + 50
	c := incidentOf(l)
	c.To = start.Add(24 * time.Hour)
	var lines iter.Seq2[[]byte, error] = func(yield func([]byte, error) bool) {
		for i := range many {
			line := fmt.Sprintf(`{"@timestamp":"2026-11-26T02:00:00Z","event":{"action":"block"},"service":{"name":"portal"},"source":{"ip":"2001:db8::%x"},"rule":{"id":"942100","name":"x"},"lachan":{}}`, i)
			if !yield([]byte(line), nil) {
				return
			}
		}
	}
	c.Lines = lines
	report := write(t, c).files["report.en.html"]
	if n := strings.Count(report, "2001:db8::"); n != maxSources {
		t.Errorf("%d addresses", n)
	}
	if !strings.Contains(report, fmt.Sprint(maxKeys-maxSources, " more addresses")) || !strings.Contains(report, "50 more, from addresses beyond") {
		t.Error("the rest is not told")
	}
}

func TestDeadlines(t *testing.T) {
	a, err := readAuthorities(Templates())
	if err != nil {
		t.Fatal(err)
	}
	due := a.deadlines(start, start.Add(24*time.Hour), hanoi)
	if len(due) != 2 || due[0].Passed || due[0].Distance != "0:00" || due[1].Passed || due[1].Distance != "48:00" || due[1].At.Local() != "2026-11-29 08:00:00 +07:00" || due[1].At.UTC() != "2026-11-29 01:00:00 UTC" {
		t.Errorf("%+v", due)
	}
	if due := a.deadlines(start, start.Add(24*time.Hour+time.Minute), hanoi); !due[0].Passed || due[0].Distance != "0:01" {
		t.Errorf("%+v", due)
	}
}

func TestClockIsRead(t *testing.T) {
	c := ReadClock()
	if c.Err != nil || c.Max <= 0 {
		t.Errorf("%+v", c)
	}
}

// Every file is listed where people look for it.
func TestAppendixIsComplete(t *testing.T) {
	b := write(t, incidentOf(trail(t)))
	var listed []string
	for _, row := range contents([]string{"vi", "en"}) {
		listed = append(listed, strings.Split(row.Name, ", ")...)
	}
	for name := range b.files {
		folder, _, _ := strings.Cut(name, "/")
		if !slices.Contains(listed, name) && !slices.Contains(listed, folder+"/") {
			t.Errorf("%s is not listed", name)
		}
	}
}
