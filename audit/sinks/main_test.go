package sinks

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// senderEnv makes the test binary a sender: a program that can be killed.
const senderEnv = "LACHAN_TEST_SENDER"

func TestMain(m *testing.M) {
	if text := os.Getenv(senderEnv); text != "" {
		var s sender
		err := json.Unmarshal([]byte(text), &s)
		if err == nil {
			err = s.run()
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if order := os.Getenv(childEnv); order != "" {
		send(order)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(longTrailDir)
		os.Exit(code)
	}))
}

// sender writes events to a trail and ships them, until its standard input ends.
type sender struct {
	Trail, State string
	From, To     int // numbers of the events
	PerSecond    int
	Sink         policies.Sink
	Dies         bool // by SIGKILL when all are recorded, without a pause, and ships none
}

// beat is how often a sender writes.
const beat = 10 * time.Millisecond

func (s sender) run() error {
	l, err := audit.Open(policies.Audit{File: s.Trail}, audit.Info{State: s.State, Hostname: "edge"})
	if err != nil {
		return err
	}
	if s.Dies {
		for i := s.From; i < s.To; i++ {
			l.Record(numbered(i))
		}
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	shipping, err := Start([]policies.Sink{s.Sink}, Source{Path: s.Trail, State: s.State, Durable: l.Durable}, Options{})
	if err != nil {
		return err
	}
	stop := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(stop)
	}()
	s.write(l, stop)
	<-stop
	shipping.Close()
	return l.Close(context.Background())
}

func (s sender) write(l *audit.Log, stop <-chan struct{}) {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	each := max(1, s.PerSecond*int(beat)/int(time.Second))
	for i := s.From; i < s.To; {
		for range each {
			l.Record(numbered(i))
			i++
		}
		fmt.Println(i) // so many are recorded, and must not be lost any more
		select {
		case <-ticker.C:
		case <-stop:
			return
		}
	}
}

// numbered is an event as the rules cause it.
func numbered(i int) audit.Event {
	return audit.Event{
		Action: audit.Block, Site: "portal", RequestID: strconv.Itoa(i), Client: netip.MustParseAddrPort("203.0.113.7:40000"),
		HTTP: audit.HTTP{Method: "GET"}, URL: audit.URL{Domain: "portal.example", Path: "/tìm-kiếm", Query: "q=1'+or+'1'='1"},
		Reason: "SQL injection",
	}
}

// process is a sender at work.
type process struct {
	*exec.Cmd
	input    io.Closer
	recorded chan int // when its output has ended: how many events it had recorded
}

func (s sender) start(t *testing.T) *process {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), senderEnv+"="+string(text))
	cmd.Stderr = os.Stderr
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd, input, make(chan int, 1)}
	go func() {
		n := s.From
		for lines := bufio.NewScanner(output); lines.Scan(); {
			n, _ = strconv.Atoi(lines.Text())
		}
		p.recorded <- n
	}()
	t.Cleanup(func() { p.kill() })
	return p
}

// kill ends it with SIGKILL, and returns how many events it had recorded.
func (p *process) kill() (recorded int) {
	_ = p.Process.Kill()
	recorded = <-p.recorded
	p.recorded <- recorded
	_ = p.Wait()
	return recorded
}

func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.input.Close(); err != nil {
		t.Error(err)
	}
	p.recorded <- <-p.recorded
	if err := p.Wait(); err != nil {
		t.Error(err)
	}
}

// recorded counts the events of requests in a trail, and the requests.
type recorded struct {
	reader   *trail.Reader
	ids      map[string]bool
	requests map[string]bool
	seq      uint64 // of the last line of all
}

func newRecorded(path string) recorded {
	return recorded{reader: trail.OpenReader(path, 1), ids: map[string]bool{}, requests: map[string]bool{}}
}

func (r *recorded) read(t *testing.T) int {
	t.Helper()
	for {
		line, err := r.reader.Next(trail.Everything)
		if err == io.EOF {
			return len(r.requests)
		}
		if err != nil {
			t.Fatal(err)
		}
		r.seq = line.Seq
		if trail.HasAction(line.Raw, "block") {
			r.ids[between(line.Raw, `"event":{"id":"`)] = true
			r.requests[between(line.Raw, `"request":{"id":"`)] = true
		}
	}
}
