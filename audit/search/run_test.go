package search

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/trail"
)

// found runs a query, and returns the identifiers of the requests it finds.
func found(t *testing.T, path string, q Query, o Options) (ids []string, f Figures) {
	t.Helper()
	f, err := Run(t.Context(), path, q, o, func(line []byte) error {
		ids = append(ids, requestOf(t, line))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids, f
}

func requestOf(t *testing.T, line []byte) string {
	t.Helper()
	var e struct {
		HTTP struct{ Request struct{ ID string } }
	}
	if err := json.Unmarshal(line, &e); err != nil {
		t.Fatalf("%v in %q", err, line)
	}
	return e.HTTP.Request.ID
}

// event is a line, parsed by encoding/json.
type event struct {
	id     string
	values map[string]any
}

// all reads a trail the slow way.
func all(t *testing.T, path string) (events []event) {
	t.Helper()
	r := trail.OpenReader(path, 1)
	defer r.Close()
	for {
		line, err := r.Next(trail.Everything)
		if errors.Is(err, io.EOF) {
			return events
		}
		if err != nil {
			t.Fatal(err)
		}
		e := event{id: requestOf(t, line.Raw)}
		if err := json.Unmarshal(line.Raw, &e.values); err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
}

// at is the value under a dotted path.
func at(e map[string]any, path string) any {
	var v any = e
	for name := range strings.SplitSeq(path, ".") {
		o, _ := v.(map[string]any)
		v = o[name]
	}
	return v
}

func is(path string, values ...any) func(map[string]any) bool {
	return func(e map[string]any) bool { return slices.Contains(values, at(e, path)) }
}

func TestQueriesFindWhatAPlainReaderFinds(t *testing.T) {
	path := written(t, 256<<10, 4000, time.Minute, ordinary)
	events := all(t, path)
	day3 := begin.Add(24 * time.Hour)
	in := func(e map[string]any) bool {
		stamp := fmt.Sprint(at(e, "@timestamp"))
		return stamp >= trail.FormatStamp(day3) && stamp < trail.FormatStamp(day3.Add(time.Hour))
	}
	queries := map[string]struct {
		q     Query
		wants func(e map[string]any) bool
	}{
		"all":          {Query{}, func(map[string]any) bool { return true }},
		"action":       {Query{Actions: []string{"block"}}, is("event.action", "block")},
		"two actions":  {Query{Actions: []string{"strip", "block"}}, is("event.action", "block", "strip")},
		"site":         {Query{Sites: []string{"xa-b"}}, is("service.name", "xa-b")},
		"request":      {Query{IDs: []string{"r0000000000000000000002711"}}, is("http.request.id", "R0000000000000000000002711")},
		"rule":         {Query{Rules: []string{"949110"}}, is("rule.id", "942100")}, // among those that matched
		"no such rule": {Query{Rules: []string{"94211"}}, func(map[string]any) bool { return false }},
		"severity":     {Query{Severity: 73}, func(e map[string]any) bool { n, _ := at(e, "event.severity").(float64); return n >= 73 }},
		"address":      {Query{Addresses: []netip.Prefix{netip.MustParsePrefix("203.3.1.9/32")}}, is("source.ip", "203.3.1.9")},
		"network": {Query{Addresses: []netip.Prefix{netip.MustParsePrefix("203.2.0.0/15")}}, func(e map[string]any) bool {
			ip := fmt.Sprint(at(e, "source.ip"))
			return strings.HasPrefix(ip, "203.2.") || strings.HasPrefix(ip, "203.3.")
		}},
		"path": {Query{Paths: []string{"/wp-"}}, is("url.path", "/wp-login.php", "/wp-admin/admin-ajax.php")},
		"glob": {Query{Paths: []string{"*/admin?ajax.*"}}, is("url.path", "/wp-admin/admin-ajax.php")},
		"time": {Query{From: day3, To: day3.Add(time.Hour)}, in},
		"text": {Query{Text: "LIBinjection"}, is("event.action", "block")},
		"text and time and site": {Query{Text: "Nhà cái", From: day3, To: day3.Add(time.Hour), Sites: []string{"portal"}}, func(e map[string]any) bool {
			return in(e) && is("event.action", "strip")(e) && is("service.name", "portal")(e)
		}},
		"text with quotes": {Query{Text: `<a href="https://nhacai.test/">`}, is("event.action", "strip")},
		"folded text":      {Query{Text: "dang ky", Fold: true}, is("event.action", "strip")},
		"not folded":       {Query{Text: "dang ky"}, func(map[string]any) bool { return false }},
		"a name of ours":   {Query{Text: "user_agent"}, func(map[string]any) bool { return false }},
	}
	for name, tt := range queries {
		t.Run(name, func(t *testing.T) {
			var want []string
			for _, e := range events {
				if tt.wants(e.values) {
					want = append(want, e.id)
				}
			}
			got, figures := found(t, path, tt.q, Options{Workers: 4})
			if !slices.Equal(got, want) {
				t.Errorf("%d lines, want %d: %.200v, %.200v", len(got), len(want), got, want)
			}
			if tt.q.From.IsZero() != (figures.Skipped == 0) {
				t.Errorf("%+v", figures)
			}
			slices.Reverse(want)
			if got, _ := found(t, path, tt.q, Options{Workers: 4, Reverse: true}); !slices.Equal(got, want) {
				t.Errorf("from the end: %d lines, want %d", len(got), len(want))
			}
			for _, reverse := range []bool{false, true} {
				got, _ := found(t, path, tt.q, Options{Workers: 4, Reverse: reverse, Limit: 3})
				if first := want[:min(3, len(want))]; reverse && !slices.Equal(got, first) || len(got) != len(first) {
					t.Errorf("limited: %v, want %v", got, first)
				}
			}
		})
	}
}

// What an attacker writes cannot look like what Lachan says.
func TestValuesAreNoStructure(t *testing.T) {
	path := written(t, 1<<20, 10, time.Minute, func(i int) audit.Event {
		return audit.Event{Action: audit.Detect, RequestID: fmt.Sprint(i), Site: "portal", HTTP: audit.HTTP{
			UserAgent: `","event":{"action":"block"},"service":{"name":"other"}`,
		}, URL: audit.URL{Path: `/"action":"block","kind":"`}}
	})
	for _, q := range []Query{{Actions: []string{"block"}}, {Sites: []string{"other"}}} {
		if ids, _ := found(t, path, q, Options{}); len(ids) > 0 {
			t.Errorf("%+v finds %v", q, ids)
		}
	}
	if ids, _ := found(t, path, Query{Text: `"ACTION":"block"`}, Options{}); len(ids) != 10 {
		t.Errorf("the text is found in %d lines", len(ids))
	}
}

func TestFilesThatAreNoTrailAreTold(t *testing.T) {
	path := written(t, 256<<10, 2000, time.Minute, ordinary)
	files, err := trail.Files(path)
	if err != nil || len(files) < 4 {
		t.Fatal(len(files), err)
	}
	if err := os.WriteFile(files[1].Path, []byte("no Zstandard"), 0o600); err != nil {
		t.Fatal(err)
	}
	n := 0
	figures, err := Run(t.Context(), path, Query{}, Options{}, func([]byte) error { n++; return nil })
	if err == nil || !strings.Contains(err.Error(), files[1].Path) {
		t.Errorf("%v", err)
	}
	if n == 0 || figures.Files != len(files) {
		t.Errorf("%d lines, %+v", n, figures)
	}
}

// A search has an end, and memory: what is not ours is passed over.
func TestJunkIsPassedOver(t *testing.T) {
	dir := t.TempDir()
	path := dir + "/audit.jsonl"
	line := func(i int) string {
		return fmt.Sprintf(`{"@timestamp":"2026-11-01T00:00:0%d.000000Z","event":{"action":"block"},"http":{"request":{"id":"%d"}},"lachan":{}}`, i, i)
	}
	text := line(0) + "\n" + strings.Repeat("x", 3*blockSize) + "\n" + line(1) + "\n\n{\"event\":\n" + line(2) + "\n" + line(3)[:40]
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ids, figures := found(t, path, Query{}, Options{})
	if !slices.Equal(ids, []string{"0", "1", "2"}) || figures.Unread != 2 {
		t.Errorf("%v, %+v", ids, figures)
	}
}

func TestAnErrorOfTheReaderEndsTheSearch(t *testing.T) {
	path := written(t, 256<<10, 2000, time.Minute, ordinary)
	closed := errors.New("closed")
	n := 0
	_, err := Run(t.Context(), path, Query{}, Options{}, func([]byte) error { n++; return closed })
	if !errors.Is(err, closed) || n != 1 {
		t.Errorf("%d lines, %v", n, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, path, Query{}, Options{}, func([]byte) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestQueriesThatCannotBeMeant(t *testing.T) {
	for _, q := range []Query{{From: begin, To: begin}, {Rules: []string{"9421*"}}} {
		if _, err := Run(t.Context(), t.TempDir()+"/a", q, Options{}, nil); !errors.Is(err, ErrQuery) {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	path := written(b, 32<<20, 160_000, 5*time.Second, ordinary)
	for name, q := range map[string]Query{
		"id":      {IDs: []string{"R0000000000000000000099999"}},
		"action":  {Actions: []string{"block"}},
		"network": {Addresses: []netip.Prefix{netip.MustParsePrefix("203.3.4.0/24")}},
		"text":    {Text: "no such text"},
		"folded":  {Text: "khong co", Fold: true},
		"all":     {Severity: 1},
	} {
		b.Run(name, func(b *testing.B) {
			perCore(b, func() (Figures, error) {
				return Run(b.Context(), path, q, Options{Workers: 1}, func([]byte) error { return nil })
			})
		})
	}
	b.Run("count", func(b *testing.B) {
		perCore(b, func() (Figures, error) {
			_, figures, err := CountBy(b.Context(), path, Query{}, ByPath, 10, time.UTC, Options{Workers: 1})
			return figures, err
		})
	})
}

// perCore reports decompressed megabytes for each second of a processor, which
// other work on the machine does not change.
func perCore(b *testing.B, search func() (Figures, error)) {
	total, begun := uint64(0), processorTime(b)
	for b.Loop() {
		figures, err := search()
		if err != nil {
			b.Fatal(err)
		}
		total += figures.Bytes
		b.SetBytes(int64(figures.Bytes))
	}
	b.ReportMetric(float64(total)/1e6/(processorTime(b)-begun).Seconds(), "MB/cpu-s")
}

func processorTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
