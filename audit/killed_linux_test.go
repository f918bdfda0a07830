package audit

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lachan-waf/lachan/policies"
)

// victimEnv makes the test binary a process that records and is killed.
const victimEnv = "LACHAN_TEST_VICTIM"

func TestMain(m *testing.M) {
	if order := os.Getenv(victimEnv); order != "" {
		var v victim
		if err := json.Unmarshal([]byte(order), &v); err != nil {
			panic(err)
		}
		v.run()
	}
	goleak.VerifyTestMain(m)
}

// victim records so many events as fast as it can, of which a part are alike, and
// dies with whatever the writer is at.
type victim struct {
	Path, State string
	Events      int
	Full        bool // long lines, and soon no room for them: the queue gets full
}

// recorders is how many goroutines share the events.
const recorders = 4

func (v victim) run() {
	cfg := policies.Audit{File: v.Path, Fold: policies.Fold{First: 3, Every: policies.Duration(2 * time.Millisecond)}}
	other := Event{Action: Config}
	if v.Full {
		other.Error = strings.Repeat("long ", 2000)
		v.limit()
	}
	l, err := Open(cfg, Info{State: v.State})
	if err != nil {
		panic(err)
	}
	alike := Event{Action: Deny, Client: netip.MustParseAddrPort("203.0.113.7:40000"), Reason: "flood"}
	var all sync.WaitGroup
	for r := range recorders {
		all.Go(func() {
			for i := r; i < v.Events; i += recorders {
				if i%7 < 4 {
					l.Record(other)
				} else {
					l.Record(alike)
				}
			}
		})
	}
	all.Wait()
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {}
}

// limit has writes fail, some of them half done, when the file has grown a little.
func (v victim) limit() {
	var size int64
	if info, err := os.Stat(v.Path); err == nil {
		size = info.Size()
	}
	room := uint64(size) + 3<<20 + 1234
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: room, Max: room}); err != nil {
		panic(err)
	}
}

// Whatever the writer is at when Lachan is killed: events in the trail, those that
// floods stand for and those that gaps count are as many as were recorded.
func TestKilledLogAddsUp(t *testing.T) {
	dir := t.TempDir()
	v := victim{Path: filepath.Join(dir, "audit.jsonl"), State: filepath.Join(dir, "state")}
	dice := rand.New(rand.NewPCG(1, 2))
	recorded, gaps := 0, map[string]uint64{}
	for kills := range 15 {
		v.Events, v.Full = 500+dice.IntN(15_000), kills%5 == 1
		if v.Full {
			v.Events += 3 * maxQueuedLines
		}
		order, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), victimEnv+"="+string(order))
		if out, err := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != -1 {
			t.Fatalf("it was not killed: %v\n%s", err, out)
		}
		recorded += v.Events
		if kills%3 == 0 {
			continue // the next process finds it, and is killed as well
		}
		l, err := Open(policies.Audit{File: v.Path}, Info{State: v.State})
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		if sum := addUp(t, v.Path, gaps); sum != uint64(recorded) {
			t.Fatalf("after %d kills the trail tells of %d events, %d were recorded; gaps %v", kills+1, sum, recorded, gaps)
		}
	}
	if gaps[killed] == 0 || gaps[queueFull] == 0 {
		t.Errorf("gaps are %v: something was not put to the test", gaps)
	}
}

// addUp sums what the trail tells of, and by reason what its gaps do.
func addUp(t *testing.T, path string, gaps map[string]uint64) (sum uint64) {
	t.Helper()
	clear(gaps)
	ids := map[string]bool{}
	for _, e := range readLog(t, path) {
		if ids[e.Event.ID] {
			t.Fatalf("event %s is there twice", e.Event.ID)
		}
		ids[e.Event.ID] = true
		switch Action(e.Event.Action) {
		case Checkpoint:
		case Fold:
			sum += e.Lachan.Fold.Count
		case Gap:
			gaps[e.Lachan.Gap.Reason] += e.Lachan.Gap.Count
			sum += e.Lachan.Gap.Count
		default:
			sum++
		}
	}
	return sum
}
