package audit

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// nowhere takes everything at once, so that only the caller's side is measured.
type nowhere struct{}

func (nowhere) append([]byte) error  { return nil }
func (nowhere) sync() error          { return nil }
func (nowhere) size() (int64, error) { return 0, nil }
func (nowhere) rotate(string) error  { return nil }
func (nowhere) reopen() error        { return nil }
func (nowhere) close() error         { return nil }

func BenchmarkEncode(b *testing.B) {
	for name, e := range map[string]Event{"block": blockEvent(), "strip": stripEvent()} {
		b.Run(name, func(b *testing.B) {
			enc := newEncoder(testInfo())
			b.ReportAllocs()
			for b.Loop() {
				line, err := enc.line(&e)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(line.Len()))
				line.Free()
			}
		})
	}
}

// BenchmarkRecord is the cost on the request's path, without the disk.
func BenchmarkRecord(b *testing.B) {
	l := startLog(b, nowhere{}, policies.Audit{}, testInfo(), newQueue(maxQueuedLines, maxQueuedBytes))
	e := blockEvent()
	e.ID = ""
	b.ReportAllocs()
	for b.Loop() {
		l.Record(e)
	}
	b.StopTimer()
	closeLog(b, l)
	b.ReportMetric(float64(l.Stats().Dropped)/float64(b.N), "lost/op")
}

// BenchmarkDisk is what a real file sustains; events that wait are waited for.
func BenchmarkDisk(b *testing.B) {
	l := openLog(b, filepath.Join(b.TempDir(), "audit.jsonl"))
	e := blockEvent()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		l.Record(e)
		for i%1000 == 0 && l.Stats().Queued > maxQueuedLines/2 {
		}
	}
	closeLog(b, l)
	b.ReportMetric(float64(l.Stats().Dropped)/float64(b.N), "lost/op")
}

// BenchmarkRedact is the worst a field can ask for.
func BenchmarkRedact(b *testing.B) {
	for name, text := range map[string]string{
		"query":   "a=1&name=Nguyen&page=2&sort=asc&q=tim+kiem&lang=vi",
		"secrets": strings.Repeat("password=x&", 200),
		"encoded": strings.Repeat("a%253Db%2526", 200),
	} {
		b.Run(name, func(b *testing.B) {
			var r redactor
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r.text(text)
			}
		})
	}
}
