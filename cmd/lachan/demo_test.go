package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/cmd/lachan/portal"
)

// leavesNothing fails the test for a goroutine or a file that outlives it.
func leavesNothing(t *testing.T) {
	t.Helper()
	before := goleak.IgnoreCurrent()
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	t.Cleanup(func() {
		goleak.VerifyNone(t, before)
		left, err := os.ReadDir(temporary)
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
}

func TestDemoOnce(t *testing.T) {
	leavesNothing(t)
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := (&demoCmd{Once: true}).run(ctx, &out, false)
	t.Logf("\n%s", &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, plant := range portal.Plants() {
		if !strings.Contains(out.String(), plant.Name) {
			t.Errorf("the table says nothing of the %s", plant.Name)
		}
	}
	if strings.Contains(out.String(), "✗") || strings.Contains(out.String(), "\x1b") {
		t.Error("a mark or colour that should not be there")
	}
}

// TestDemoStream ends the demonstration as Ctrl-C does.
func TestDemoStream(t *testing.T) {
	leavesNothing(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out := &waiter{want: "Events follow", found: cancel}
	if err := (&demoCmd{}).run(ctx, out, false); err != nil {
		t.Fatal(err)
	}
	for i, check := range demoChecks() {
		if want := string(rune('1'+i)) + ". " + check.title; !bytes.Contains(out.text, []byte(want)) {
			t.Errorf("not printed: %q", want)
		}
	}
}

// waiter is a writer that calls found once want was written.
type waiter struct {
	text  []byte
	want  string
	found func()
}

func (w *waiter) Write(p []byte) (int, error) {
	w.text = append(w.text, p...)
	if bytes.Contains(w.text, []byte(w.want)) {
		w.found()
	}
	return len(p), nil
}

// TestDemoCommands pastes every printed line into a shell.
func TestDemoCommands(t *testing.T) {
	if out, err := exec.Command("./install-test-tools.sh").CombinedOutput(); err != nil {
		t.Fatalf("install-test-tools.sh: %v\n%s", err, out)
	}
	stage, err := openDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := stage.close(); err != nil {
			t.Error(err)
		}
	}()
	raw := []string{`bongda88\.evil\.test(?s:.*)fromCharCode`, `location\.replace(?s:.*)http-equiv="refresh"`, `(?i)302(?s:.*)location: https://casino`, `nội bộ`, `www-data`}
	safe := []string{`^$`, `^$`, `502(?s:.*)<h1>`, `"request_id":"[0-9A-Z]{26}"`, `<code>[0-9A-Z]{26}</code>`}
	for i, check := range demoChecks() {
		for _, side := range []struct{ name, site, want string }{{"raw", stage.raw, raw[i]}, {"protected", stage.safe, safe[i]}} {
			t.Run(check.title+"/"+side.name, func(t *testing.T) {
				got := shell(t, stage.line(check, side.site))
				if !regexp.MustCompile(side.want).MatchString(got) {
					t.Errorf("%s\nprinted %q, want %s", stage.line(check, side.site), got, side.want)
				}
				if side.name == "protected" && strings.Contains(got, "evil.test") {
					t.Errorf("%s\nprinted %q", stage.line(check, side.site), got)
				}
			})
		}
	}
}

// shell returns what a line prints. Its status is grep's, which is 1 where
// nothing was found.
func shell(t *testing.T, line string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, "sh", "-c", line)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, _ := command.Output()
	if stderr.Len() > 0 || ctx.Err() != nil {
		t.Errorf("%s\n%s%v", line, &stderr, ctx.Err())
	}
	return string(out)
}

func TestDemoFailureIsTold(t *testing.T) {
	var out bytes.Buffer
	seen := []observation{{check: 1, what: "kept", ok: true}, {check: 2, what: "lost", raw: "1 of 1 marks", safe: "1 of 1 marks"}}
	if err := reportDemo(&out, seen, true); err == nil || !strings.Contains(err.Error(), "1 of 2") {
		t.Errorf("error %v", err)
	}
	if !strings.Contains(out.String(), "\x1b[31m✗\x1b[0m") || !strings.Contains(out.String(), "1 of 2 as they should be") {
		t.Errorf("printed %q", &out)
	}
}

// TestDemoChecksCanFail gives the checks sites that protect nothing.
func TestDemoChecksCanFail(t *testing.T) {
	stage, err := openDemo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stage.close() }()
	client, err := stage.client()
	if err != nil {
		t.Fatal(err)
	}
	defer client.close()
	client.safe = client.raw
	for _, check := range demoChecks() {
		seen, err := check.run(t.Context(), client)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range seen {
			if o.ok && o.action != "" {
				t.Errorf("%s: %s passes without protection", check.title, o.what)
			}
		}
	}
}

func TestObservationMatch(t *testing.T) {
	events := demoEvents{}
	for _, line := range []string{
		`{"event":{"action":"block"},"http":{"request":{"id":"A"}}}`,
		`{"event":{"action":"strip"},"http":{"request":{"id":"B"}},"lachan":{"finding":{"host":"ads.evil.test"}}}`,
		`{"event":{"action":"config"}}`,
	} {
		if err := events.add([]byte(line)); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		id     string
		action audit.Action
		marks  []string
		want   bool
	}{
		{"A", audit.Block, nil, true},
		{"B", audit.Strip, nil, true},
		{"B", audit.Strip, []string{"cdn.evil.test", "ads.evil.test"}, true},
		{"B", audit.Strip, []string{"cdn.evil.test"}, false},
		{"B", audit.Block, nil, false},
		{"C", audit.Block, nil, false},
		{"", audit.Config, nil, false},
		{"A", "", nil, false},
		{"B", "", nil, true},
		{"", "", nil, true},
	}
	for _, tt := range tests {
		o := observation{ok: true, requestID: tt.id, action: tt.action, marks: tt.marks}
		if o.match(events); o.ok != tt.want {
			t.Errorf("%q %q: %v, want %v", tt.id, tt.action, o.ok, tt.want)
		}
	}
	if err := events.add([]byte("{")); err == nil {
		t.Error("a torn line is taken")
	}
}

func TestShellQuote(t *testing.T) {
	for in, want := range map[string]string{"/var/a-1/root.pem": "/var/a-1/root.pem", "/var/a b": "'/var/a b'", "it's": `'it'\''s'`} {
		if got := shellQuote(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
