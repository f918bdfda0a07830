package sinks

import (
	"context"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/checkpoint"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// resend is short, so that the tests are.
const resend = 3 * time.Second

// slack is what may come on top of the window before an event counts as
// delivered: the next keepalive (a second), the cursor on the disk (a second), and
// a busy machine.
const slack = 4 * time.Second

func syslogSink(d *syslogd) policies.Sink {
	sink := policies.DefaultSink()
	sink.Name, sink.Type, sink.URL = "soc", policies.SinkSyslog, "tls://"+d.addr
	sink.Resend, sink.Batch.Delay = policies.Duration(resend), policies.Duration(100*time.Millisecond)
	sink.CA, sink.Cert, sink.Key = filepath.Join(d.dir, "ca.pem"), filepath.Join(d.dir, "client.pem"), filepath.Join(d.dir, "client.key")
	return sink
}

// What the receiver or the sender loses when it is killed comes again.
func TestKillsLoseNothingRsyslog(t *testing.T) {
	t.Parallel()
	fiveAndTwo(newRsyslog(t)).run(t)
}

func TestKillsLoseNothingSyslogNG(t *testing.T) {
	t.Parallel()
	fiveAndTwo(newSyslogNG(t)).run(t)
}

// fiveAndTwo kills the receiver five times and the sender twice.
func fiveAndTwo(receiver *syslogd) killing {
	return killing{receiver: receiver, events: 100_000, perSecond: 4000, kills: "rrsrrsr"}
}

// What is recorded is not lost, though the writer has not come to it.
func TestKilledInTheActLosesNothing(t *testing.T) {
	dir := t.TempDir()
	s := sender{Trail: filepath.Join(dir, "audit.jsonl"), State: filepath.Join(dir, "state"), Dies: true}
	got := newRecorded(s.Trail)
	defer got.reader.Close()
	for tries := 0; got.read(t) == s.To; tries++ { // until it dies before all is written
		if tries == 50 {
			t.Fatal("the writer is always as fast")
		}
		s.From, s.To = s.To, s.To+2000
		if err := s.start(t).Wait(); err == nil {
			t.Fatal("it lives")
		}
	}
	l, err := audit.Open(policies.Audit{File: s.Trail}, audit.Info{State: s.State})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := got.read(t); n != s.To || len(got.ids) != n {
		t.Errorf("%d events of %d requests, of %d", len(got.ids), n, s.To)
	}
}

// killing is a run with a real receiver, and kills spread over it.
type killing struct {
	receiver  *syslogd
	events    int
	perSecond int
	kills     string // r: of the receiver, s: of the sender

	sender  sender
	process *process
	trail   recorded
	breaks  breaks
}

func (k killing) run(t *testing.T) {
	dir := t.TempDir()
	k.sender = sender{
		Trail: filepath.Join(dir, "audit.jsonl"), State: filepath.Join(dir, "state"),
		To: k.events, PerSecond: k.perSecond, Sink: syslogSink(k.receiver),
	}
	k.trail = newRecorded(k.sender.Trail)
	defer k.trail.reader.Close()
	k.receiver.start(t)
	k.process = k.sender.start(t)
	for i, whom := range k.kills {
		k.await(t, (i+1)*k.events/(len(k.kills)+1))
		k.kill(t, whom)
	}
	k.await(t, k.events)
	got := k.arrived(t)
	k.process.stop(t)
	k.verify(t)
	k.judge(t, got)
}

// await waits until the trail has events of so many requests: none that was
// recorded is missing.
func (k *killing) await(t *testing.T, requests int) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); k.trail.read(t) < requests; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the trail has events of %d requests", len(k.trail.requests))
		}
	}
}

func (k *killing) kill(t *testing.T, whom rune) {
	if whom == 'r' {
		k.holdAndKill(t, func() { time.Sleep(time.Second) })
		return
	}
	k.breaks = append(k.breaks, time.Now())
	k.sender.From = k.process.kill() // what it had recorded is for the next to write
	k.process = k.sender.start(t)
}

// holdAndKill ends the receiver with messages in its hands: while it is held,
// for less than the window, its system acknowledges what it will never read.
func (k *killing) holdAndKill(t *testing.T, meanwhile func()) {
	t.Helper()
	if err := k.receiver.running.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	meanwhile()
	k.breaks = append(k.breaks, time.Now())
	k.receiver.kill()
	time.Sleep(500 * time.Millisecond)
	k.receiver.start(t)
}

// arrived waits until the cursor says that all is delivered for good.
func (k *killing) arrived(t *testing.T) *arrivals {
	t.Helper()
	got := newArrivals(k.receiver)
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		cursor, err := trail.LoadCursor(k.sender.State, "soc")
		if err != nil {
			t.Fatal(err)
		}
		if cursor.Seq >= k.trail.seq {
			got.read(t)
			return got
		}
		if time.Now().After(deadline) {
			t.Fatalf("the cursor stands at %+v\n%s", cursor, k.receiver.stderr.Bytes())
		}
	}
}

func (k *killing) verify(t *testing.T) {
	t.Helper()
	public, err := checkpoint.ReadPublic(k.sender.State)
	if err != nil {
		t.Fatal(err)
	}
	report, err := trail.Verify(context.Background(), k.sender.Trail, trail.VerifyOptions{Public: public})
	if err != nil {
		t.Fatal(err)
	}
	if !report.Whole() || report.Checkpoints == 0 || int(report.Lines) < k.events {
		t.Errorf("the trail: %+v", report)
	}
}

// judge holds what arrived against the trail. An event may come again where a
// break followed within the window.
func (k *killing) judge(t *testing.T, got *arrivals) {
	t.Helper()
	lost, late := 0, 0
	for id := range k.trail.ids {
		if len(got.times[id]) == 0 {
			lost++
		}
	}
	for _, times := range got.times {
		for _, at := range times[:len(times)-1] {
			if !k.breaks.follow(at, resend+slack) {
				late++
			}
		}
	}
	t.Logf("%d events of %d requests in the trail; %s", len(k.trail.ids), len(k.trail.requests), got)
	if lost > 0 || late > 0 {
		t.Errorf("%d lost; %d came again although no break followed within %v", lost, late, resend+slack)
	}
}

// breaks are the times of kills.
type breaks []time.Time

func (b breaks) follow(at time.Time, within time.Duration) bool {
	for _, kill := range b {
		if d := kill.Sub(at); d > -time.Second && d <= within { // a killed process's last messages are written late
			return true
		}
	}
	return false
}
