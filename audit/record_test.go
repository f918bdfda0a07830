package audit

import (
	"runtime"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// TestRecordAllocates pins what an event costs the request's goroutine: what the
// pools have to grow now and then, which is less than once.
func TestRecordAllocates(t *testing.T) {
	if raceDetector {
		t.Skip("pools drop buffers under the race detector")
	}
	info := testInfo()
	info.Key = []byte("key")
	secrets, err := CompileSecrets(policies.Redact{Names: []string{"ma_ho_so"}, Patterns: []string{"HS-[0-9]{8}"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]Event{"attack": attackEvent(), "block": blockEvent(), "strip": stripEvent()} {
		t.Run(name, func(t *testing.T) {
			l := startLog(t, nowhere{}, policies.Audit{}, info, newQueue(maxQueuedLines, maxQueuedBytes))
			defer closeLog(t, l)
			e.ID, e.Secrets = "", secrets
			once := func() {
				l.Record(e)
				runtime.Gosched() // to the writer, which gives the line back
			}
			if n := testing.AllocsPerRun(2000, once); n > 0 {
				t.Errorf("%v allocations, want none", n)
			}
		})
	}
}
