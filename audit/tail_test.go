package audit

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/notation"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// screen is what Tail writes to.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// take returns what has been written since the last call.
func (s *screen) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.b.String()
	s.b.Reset()
	return out
}

func tailOf(t *testing.T, path string, opts TailOptions) string {
	t.Helper()
	var s screen
	opts.Zone = time.FixedZone("ICT", 7*3600)
	if err := Tail(t.Context(), &s, path, opts); err != nil {
		t.Fatal(err)
	}
	return s.take()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

func TestTailIsReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	config := Event{Time: time.Unix(0, 0), ID: "x", Action: Config, Message: "configuration refused", Error: "lachan.yaml:3:1: unknown key"}
	write(t, path, encodeLine(t, blockEvent())+encodeLine(t, stripEvent())+encodeLine(t, config)+encodeLine(t, Event{Time: time.Unix(0, 0), Action: Deny, Reason: "unknown host"})+"\x1b[2Jno JSON\n")
	want := "2026-11-22 03:04:05 block    portal 203.0.113.7 POST /tim-kiem?q=1%27&token=[redacted] → 942100 SQL Injection (score 10) [403] 01KB0000000000000000000000\n" +
		"2026-11-22 10:04:05 strip    portal 2001:db8::7 GET / → script <script> evil.test (host not allowed, after </html>) 3 times [200]\n" +
		"1970-01-01 07:00:00 config   configuration refused: lachan.yaml:3:1: unknown key\n" +
		"1970-01-01 07:00:00 deny     unknown host\n" +
		`? \u001b[2Jno JSON` + "\n"
	if got := tailOf(t, path, TailOptions{Lines: -1}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := tailOf(t, path, TailOptions{Lines: 10, Color: true, Actions: []Action{Block}}); !strings.HasPrefix(got, "2026-11-22 03:04:05 \x1b[31mblock   \x1b[0m portal") {
		t.Errorf("in colour: %q", got)
	}
	if got := tailOf(t, path, TailOptions{Lines: 1, JSON: true, Actions: []Action{Strip}}); got != encodeLine(t, stripEvent()) {
		t.Errorf("as JSON: %q", got)
	}
	if got := tailOf(t, path, TailOptions{Lines: 1, JSON: true}); got != `? \u001b[2Jno JSON`+"\n" {
		t.Errorf("what is no JSON: %q", got)
	}
	if got := tailOf(t, path, TailOptions{Lines: 9, Sites: []string{"other"}}); got != "" {
		t.Errorf("of another site: %q", got)
	}
}

func TestTailNeutralisesTheTerminal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	hostile := "\x1b]0;x\x07\x9b31m\u009b1m\u202e" + strings.Repeat("A", 5000)
	// Once as our encoder writes it, once as somebody else might.
	write(t, path, encodeLine(t, everywhere(hostile)))
	write(t, path, `{"event":{"action":"block\u001b[0m"},"message":"\u001b[2J`+hostile+`"}`+"\n")
	got := tailOf(t, path, TailOptions{Lines: -1})
	for _, text := range strings.SplitAfter(got, "\n") {
		if len(text) > 2000 {
			t.Errorf("a line of %d bytes", len(text))
		}
		for _, r := range strings.TrimSuffix(text, "\n") {
			if r < 0x20 || notation.Deceptive(r) {
				t.Errorf("control %U reaches the terminal: %q", r, text)
			}
		}
	}
}

func numbered(from, to int) (text string) {
	for i := from; i < to; i++ {
		text += fmt.Sprintf(`{"event":{"action":"a%d"},"service":{"name":"s%d"},"pad":"%s"}`+"\n", i, i%2, strings.Repeat("x", i%300))
	}
	return text
}

// TestTailLines crosses the blocks of the backward reader.
func TestTailLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	write(t, path, numbered(0, 2000)+`{"half`)
	for _, n := range []int{0, 1, 2, 3, 500, 1999, 2000, 3000} {
		got := tailOf(t, path, TailOptions{Lines: n, JSON: true})
		if want := numbered(2000-min(n, 2000), 2000); got != want {
			t.Errorf("last %d: %d bytes, want %d", n, len(got), len(want))
		}
	}
	got := tailOf(t, path, TailOptions{Lines: 2, JSON: true, Sites: []string{"s0"}})
	if want := numbered(1996, 1997) + numbered(1998, 1999); got != want {
		t.Errorf("last two of a site: %q", got)
	}
}

func TestTailSkipsEndlessLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	write(t, path, numbered(0, 2)+strings.Repeat("x", 5*maxLine)+"\n"+numbered(2, 4))
	for _, n := range []int{-1, 10} {
		if got, want := tailOf(t, path, TailOptions{Lines: n, JSON: true}), numbered(0, 4); got != want {
			t.Errorf("Lines %d: %.200q", n, got)
		}
	}
}

func TestTailNeedsAFile(t *testing.T) {
	err := Tail(t.Context(), &screen{}, filepath.Join(t.TempDir(), "a"), TailOptions{})
	if err == nil || strings.Count(err.Error(), "/a:") != 1 {
		t.Errorf("Tail of nothing: %v", err)
	}
}

// follows runs f against a following Tail; sees waits for the next poll.
func follows(t *testing.T, path string, f func(sees func(want string))) {
	synctest.Test(t, func(t *testing.T) {
		var s screen
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- Tail(ctx, &s, path, TailOptions{Follow: true, JSON: true, Lines: 2}) }()
		f(func(want string) {
			t.Helper()
			time.Sleep(2 * pollInterval)
			synctest.Wait()
			if got := s.take(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestTailFollows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	follows(t, path, func(sees func(string)) {
		sees("") // waits for the file
		write(t, path, numbered(0, 3))
		sees(numbered(1, 3))
		write(t, path, numbered(3, 4)+`{"ha`)
		sees(numbered(3, 4))
		write(t, path, `lf":1}`+"\n")
		sees(`{"half":1}` + "\n")

		// logrotate, create: the old file still grows beside an empty new one.
		if err := os.Rename(path, path+".1"); err != nil {
			t.Error(err)
		}
		sees("")
		write(t, path, "")
		write(t, path+".1", numbered(4, 5))
		sees(numbered(4, 5))
		write(t, path+".1", numbered(5, 6))
		write(t, path, numbered(6, 7))
		sees(numbered(5, 7))

		// copytruncate
		if err := os.Truncate(path, 0); err != nil {
			t.Error(err)
		}
		sees("")
		write(t, path, numbered(7, 9))
		sees(numbered(7, 9))

		// A half-written line is taken back.
		write(t, path, `{"torn`)
		sees("")
		if err := os.Truncate(path, int64(len(numbered(7, 9)))); err != nil {
			t.Error(err)
		}
		sees("")
		write(t, path, numbered(9, 10))
		sees(numbered(9, 10))
	})
}

// sealedLine is the event as the first line of a trail.
func sealedLine(t *testing.T, e Event) string {
	t.Helper()
	var head chain.Head
	line, err := head.Seal(nil, []byte(encodeLine(t, e)))
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

func TestTailFollowsALog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	follows(t, path, func(sees func(string)) {
		l := openLog(t, path)
		l.Record(blockEvent())
		closeLog(t, l)
		sees(sealedLine(t, blockEvent()))
	})
}

// The trail is cut under a reader that follows: each event shows once.
func TestTailFollowsAcrossCuts(t *testing.T) {
	f := newFolder(t)
	synctest.Test(t, func(t *testing.T) {
		var s screen
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- Tail(ctx, &s, f.path, TailOptions{Follow: true, JSON: true, Lines: -1}) }()
		l := f.open(t, policies.Audit{Rotate: 4 << 10})
		for i := range 60 {
			l.Record(Event{Action: Block, RequestID: fmt.Sprint(i), Site: "portal"})
			time.Sleep(2 * pollInterval)
		}
		closeLog(t, l)
		time.Sleep(2 * pollInterval)
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		want := 0
		for _, e := range parseLog(t, []byte(s.take())) {
			if e.Event.Action != "block" {
				continue
			}
			if e.HTTP.Request.ID != fmt.Sprint(want) {
				t.Fatalf("event %s shows instead of %d", e.HTTP.Request.ID, want)
			}
			want++
		}
		if want != 60 {
			t.Errorf("%d events show", want)
		}
	})
	if files, err := trail.Files(f.path); err != nil || len(files) < 5 {
		t.Errorf("%d files, %v", len(files), err)
	}
}
