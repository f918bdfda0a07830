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

// attackEvent is what a block looks like on an ordinary day: a query, a browser's
// long name, three rules that say what they saw, and nothing secret.
func attackEvent() Event {
	e := blockEvent()
	e.HTTP.UserAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
	e.HTTP.Referrer = "https://portal.example/tin-tuc/thong-bao-tuyen-dung?page=2"
	e.HTTP.Method, e.HTTP.RequestContentType, e.HTTP.RequestBytes = "GET", "", 0
	e.URL.Query = "q=1%27%20UNION%20SELECT%20user_login%2C2%20FROM%20wp_users--%20-&page=2&sort=asc"
	value := "1' UNION SELECT user_login,2 FROM wp_users-- -"
	e.Match = &Match{RuleID: 949110, Name: "Inbound Anomaly Score Exceeded", Ruleset: "crs", Version: "4.25.0",
		RuleIDs: []int{942100, 942190, 942270, 949110}, Score: 15, Variable: "ARGS:q", Value: value,
		Details: []Detail{
			{942100, []string{"ARGS:q"}, "SQL Injection Attack Detected via libinjection: Matched Data: sUEnk found within ARGS:q: " + value},
			{942190, []string{"ARGS:q"}, "Detects MSSQL code execution and information gathering attempts: Matched Data: UNION SELECT user found within ARGS:q: " + value},
			{942270, []string{"ARGS:q"}, "Looking for basic sql injection. Common attack string for mysql, oracle and others: Matched Data: union select user_login,2 from found within ARGS:q: " + value},
		}}
	return e
}

func BenchmarkEncode(b *testing.B) {
	for name, e := range map[string]Event{"attack": attackEvent(), "block": blockEvent(), "strip": stripEvent()} {
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

// BenchmarkRecord is the cost on the request's path, without the disk; secrets
// are cut from four fields of `block`.
func BenchmarkRecord(b *testing.B) {
	for name, e := range map[string]Event{"attack": attackEvent(), "block": blockEvent(), "strip": stripEvent()} {
		b.Run(name, func(b *testing.B) {
			l := startLog(b, nowhere{}, policies.Audit{}, testInfo(), newQueue(maxQueuedLines, maxQueuedBytes))
			e.ID = ""
			b.ReportAllocs()
			for b.Loop() {
				l.Record(e)
			}
			b.StopTimer()
			closeLog(b, l)
			b.ReportMetric(float64(l.Stats().Dropped)/float64(b.N), "lost/op")
		})
	}
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
			r := &redactor{}
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				r.redact(text)
			}
		})
	}
}
