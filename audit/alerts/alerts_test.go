package alerts

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is a watch over a real trail, with a clock of its own.
type fixture struct {
	*Watch
	log         *audit.Log
	path, state string
	clock       time.Time
	cursors     []trail.Cursor
}

func newFixture(t *testing.T, rules ...policies.AlertRule) *fixture {
	t.Helper()
	dir := t.TempDir()
	f := &fixture{path: filepath.Join(dir, "audit.jsonl"), state: filepath.Join(dir, "state"), clock: time.Date(2026, 11, 26, 3, 0, 0, 0, time.UTC)}
	l, err := audit.Open(policies.Audit{File: f.path}, audit.Info{State: f.state})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(context.Background()) })
	f.log = l
	f.watch(t, rules...)
	return f
}

func (f *fixture) watch(t *testing.T, rules ...policies.AlertRule) {
	t.Helper()
	cfg := policies.Alerts{
		Language: policies.BothTongues, Every: policies.Duration(15 * time.Minute), Rules: rules,
		Channels: []policies.AlertChannel{{Name: "hook", Type: policies.ChannelWebhook, URL: "http://127.0.0.1:1/"}},
	}
	w, err := newWatch(cfg, Source{Path: f.path, State: f.state, Durable: f.log.Durable, Sinks: func() []trail.Cursor { return f.cursors }},
		Options{Host: "cms01", Now: func() time.Time { return f.clock }})
	if err != nil {
		t.Fatal(err)
	}
	f.Watch = w
	t.Cleanup(func() { w.reader.Close() })
}

// records writes events and waits until they may be read.
func (f *fixture) records(events ...audit.Event) {
	for _, e := range events {
		if e.Time.IsZero() {
			e.Time = f.clock
		}
		f.log.Record(e)
	}
	for {
		seq, more := f.log.Durable()
		if seq >= f.log.Stats().Written && f.log.Stats().Queued == 0 {
			return
		}
		<-more
	}
}

// after lets time pass and returns the alerts that became due.
func (f *fixture) after(t *testing.T, d time.Duration) (due []Alert) {
	t.Helper()
	durable, _ := f.log.Durable()
	if err := f.read(durable); err != nil {
		t.Fatal(err)
	}
	f.clock = f.clock.Add(d)
	f.sinks()
	f.send()
	for _, box := range f.boxes {
		due = append(due, box.waiting...)
		box.waiting = nil
	}
	return due
}

func strip(site, host string) audit.Event {
	return audit.Event{Action: audit.Strip, Site: site, URL: audit.URL{Path: "/"}, Finding: &audit.Finding{Kind: "script", Element: "script", Host: host}}
}

func block(site string) audit.Event {
	return audit.Event{Action: audit.Block, Site: site, Client: netip.MustParseAddrPort("203.0.113.7:1"), Match: &audit.Match{RuleID: 942100, Name: "SQL"}}
}

func TestTheFirstInjectionIsTold(t *testing.T) {
	f := newFixture(t, policies.AlertRule{When: policies.WhenInjection})
	f.records(strip("portal", "evil.test"), strip("portal", "evil2.test"), strip("school", "evil.test"))
	if early := f.after(t, time.Second); len(early) != 0 {
		t.Errorf("told before what comes with it: %+v", early)
	}
	due := f.after(t, settleTime)
	if len(due) != 2 {
		t.Fatalf("%+v", due)
	}
	for _, a := range due {
		if want := map[string]int{"portal": 2, "school": 1}[a.Site]; a.Count != want || !a.Removed || strings.Contains(a.Examples[0], "evil.test") || !strings.Contains(a.Examples[0], "evil[.]test") {
			t.Errorf("%+v", a)
		}
	}
	f.clock = f.clock.Add(time.Hour)
	f.records(strip("portal", "evil.test"))
	if again := f.after(t, time.Hour); len(again) != 0 {
		t.Errorf("told again: %+v", again)
	}
	f.clock = f.clock.Add(8 * 24 * time.Hour)
	f.records(strip("portal", "evil3.test"))
	if again := f.after(t, time.Hour); len(again) != 1 {
		t.Errorf("not told after a clean week: %+v", again)
	}
}

func TestManyBlocksAreToldOnce(t *testing.T) {
	f := newFixture(t, policies.AlertRule{When: policies.WhenBlocks, Above: 10, Within: policies.Duration(5 * time.Minute), Sites: []string{"portal"}})
	for range 10 {
		f.records(block("portal"), block("school"))
	}
	if due := f.after(t, time.Minute); len(due) != 0 {
		t.Errorf("ten are not above ten: %+v", due)
	}
	f.records(block("portal"))
	due := f.after(t, time.Minute)
	if len(due) != 1 || due[0].Site != "portal" || due[0].Count != 11 {
		t.Fatalf("%+v", due)
	}
	for range 40 {
		f.records(block("portal"))
	}
	if due := f.after(t, time.Minute); len(due) != 0 {
		t.Errorf("told again within a quarter of an hour: %+v", due)
	}
	if due := f.after(t, 20*time.Minute); len(due) != 1 || due[0].Count < 33 {
		t.Errorf("what came meanwhile is not summed up: %+v", due)
	}
}

func TestSlowBlocksAreNoFlood(t *testing.T) {
	w := window{length: 5 * time.Minute}
	at := time.Now()
	for range 100 {
		if n := w.add(at, 1); n > 6 {
			t.Fatalf("%d within five minutes, one came each minute", n)
		}
		at = at.Add(time.Minute)
	}
	if len(w.steps) > 6 {
		t.Errorf("%d steps kept", len(w.steps))
	}
}

func TestTroublesAreTold(t *testing.T) {
	f := newFixture(t,
		policies.AlertRule{When: policies.WhenDisk}, policies.AlertRule{When: policies.WhenGap},
		policies.AlertRule{When: policies.WhenCertificate}, policies.AlertRule{When: policies.WhenSink, Within: policies.Duration(5 * time.Minute)})
	notice := func(kind, name, trouble string) audit.Event {
		return audit.Event{Action: audit.Notice, Reason: kind, Error: trouble, Notice: &audit.NoticeDetail{Kind: kind, Name: name}}
	}
	f.records(notice("disk", "/var/log", "fills up"), notice("certificate", "a.example", "429"), notice("certificate", "b.example", ""),
		audit.Event{Action: audit.Gap, Loss: &audit.Loss{Count: 42, Reason: "queue full"}})
	f.cursors = []trail.Cursor{{Name: "soc", Error: "refused", Since: f.clock.Add(-time.Hour)}, {Name: "new", Error: "refused", Since: f.clock}, {Name: "well"}}
	f.after(t, time.Second)
	told := map[policies.AlertWhen]Alert{}
	for _, a := range f.after(t, settleTime) {
		if other, twice := told[a.When]; twice {
			t.Errorf("two of %s: %+v %+v", a.When, other, a)
		}
		told[a.When] = a
	}
	if len(told) != 4 || told[policies.WhenGap].Count != 42 || told[policies.WhenSink].Subject != "soc" || told[policies.WhenCertificate].Subject != "a.example" {
		t.Errorf("%+v", told)
	}
}

func TestABrokenChainIsTold(t *testing.T) {
	f := newFixture(t, policies.AlertRule{When: policies.WhenChain})
	f.records(block("a"), block("a"), block("a"))
	if due := f.after(t, time.Minute); len(due) != 0 {
		t.Fatalf("%+v", due)
	}
	f.records(block("a"))
	if err := f.log.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(f.path)
	if err != nil {
		t.Fatal(err)
	}
	at := strings.LastIndex(string(text), "203.0.113.7")
	text[at] = '9'
	if err := os.WriteFile(f.path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	f.after(t, 0)
	if due := f.after(t, time.Minute); len(due) != 1 || due[0].When != policies.WhenChain || !strings.Contains(due[0].Examples[0], "not what was written") {
		t.Errorf("%+v", due)
	}
}

// What was read and not told is read again; what was told is not.
func TestARestartForgetsNothing(t *testing.T) {
	rule := policies.AlertRule{When: policies.WhenGap}
	f := newFixture(t, rule)
	f.records(audit.Event{Action: audit.Gap, Loss: &audit.Loss{Count: 1, Reason: "x"}})
	f.after(t, 0)
	f.remember()
	f.watch(t, rule)
	// The fixture's first watch had nothing to remember: it began at the end.
	if f.memory.Seq != f.saved {
		t.Fatal("a new watch does not begin at the end")
	}
	f.records(audit.Event{Action: audit.Gap, Loss: &audit.Loss{Count: 2, Reason: "x"}})
	f.after(t, 0)
	if due := f.after(t, settleTime); len(due) != 1 || due[0].Count != 2 {
		t.Fatalf("%+v", due)
	}
	f.remember()
	f.records(audit.Event{Action: audit.Gap, Loss: &audit.Loss{Count: 3, Reason: "x"}})
	f.after(t, 0)
	f.remember() // waits to be told
	f.watch(t, rule)
	f.after(t, 0)
	if due := f.after(t, settleTime); len(due) != 1 || due[0].Count != 3 {
		t.Errorf("%+v", due)
	}
}

func TestTextsAreWholeInBothLanguages(t *testing.T) {
	both, err := loadTexts(policies.BothTongues, "")
	if err != nil {
		t.Fatal(err)
	}
	a := Alert{When: policies.WhenInjection, Site: "cổng", Host: "cms01", Count: 3, Removed: true, Examples: []string{"một", "two"}, Missed: 2, First: time.Now(), Last: time.Now()}
	m, err := both.message(a)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"nội dung lạ bị cài cắm", "planted content", "một", "cms01", "2 cảnh báo", "2 earlier alerts"} {
		if !strings.Contains(m.Body, want) {
			t.Errorf("no %q in:\n%s", want, m.Body)
		}
	}
	if m.Subject != "[Lachan] cổng: phát hiện nội dung bị cài cắm" {
		t.Errorf("subject %q", m.Subject)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "en.txt"), []byte(`{{define "injection"}}{{.Nothing}}{{end}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadTexts(policies.English, dir); err == nil || !strings.Contains(err.Error(), "en.txt") {
		t.Errorf("a wrong text: %v", err)
	}
}

func TestExamplesAreDead(t *testing.T) {
	for in, want := range map[string]string{
		"https://evil.test/x.js?v=1.2":   "https[:]//evil[.]test/x[.]js?v=1.2",
		"a\x1b[31m\u202eb\nc":            "a [31m b c",
		"me@evil.test":                   "me[at]evil[.]test",
		"cờ-bạc.vn":                      "cờ-bạc[.]vn",
		strings.Repeat("x", 10000) + "y": strings.Repeat("x", maxExample+1) + "…",
	} {
		if got := dead(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func testMessage() message {
	return message{Subject: "Cảnh báo", Body: "Nội dung\n", Alert: Alert{When: policies.WhenInjection, Site: "portal", Count: 1, Examples: []string{"x"}}}
}

func secretFile(t *testing.T, s string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(s+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWebhooksAreSigned(t *testing.T) {
	var got told
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		stamp, sum, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("X-Lachan-Signature"), "t="), ",v1=")
		mac := hmac.New(sha256.New, []byte("key"))
		mac.Write([]byte(stamp + "." + string(body)))
		if want := hex.EncodeToString(mac.Sum(nil)); sum != want {
			http.Error(w, "bad signature", http.StatusForbidden)
			return
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	c, err := newWebhook(policies.AlertChannel{URL: server.URL, SecretFile: secretFile(t, "key")})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.send(t.Context(), testMessage()); err != nil || got.Site != "portal" || got.Title != "Cảnh báo" || got.When != "injection" {
		t.Errorf("%v %+v", err, got)
	}
	wrong, err := newWebhook(policies.AlertChannel{URL: server.URL, SecretFile: secretFile(t, "other")})
	if err != nil {
		t.Fatal(err)
	}
	if err := wrong.send(t.Context(), testMessage()); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("%v", err)
	}
}

func TestTelegramSendsText(t *testing.T) {
	var chat, text string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/botTOKEN/sendMessage" {
			http.NotFound(w, r)
			return
		}
		var body struct {
			Chat string `json:"chat_id"`
			Text string
		}
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		chat, text = body.Chat, body.Text
	}))
	c, err := newTelegram(policies.AlertChannel{URL: server.URL, TokenFile: secretFile(t, "TOKEN"), Chat: "-1"})
	if err != nil {
		t.Fatal(err)
	}
	m := testMessage()
	m.Body = strings.Repeat("ấ", 5000)
	if err := c.send(t.Context(), m); err != nil || chat != "-1" || len([]rune(text)) != maxTelegram {
		t.Errorf("%v %q %d", err, chat, len([]rune(text)))
	}
	server.Close()
	if err := c.send(t.Context(), m); err == nil || strings.Contains(err.Error(), "TOKEN") {
		t.Errorf("the token is in the error: %v", err)
	}
}

// smtpServer takes one letter after the other, without TLS and passwords.
func smtpServer(t *testing.T) (address string, letters <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	out := make(chan string, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			out <- converse(conn)
		}
	}()
	return l.Addr().String(), out
}

// converse speaks SMTP until QUIT and returns the letter with its envelope.
func converse(conn net.Conn) string {
	defer conn.Close()
	lines := bufio.NewScanner(conn)
	var letter strings.Builder
	fmt.Fprint(conn, "220 test\r\n")
	for data := false; lines.Scan(); {
		line := lines.Text()
		verb := strings.ToUpper(line)
		switch {
		case data && line == ".":
			data = false
			fmt.Fprint(conn, "250 ok\r\n")
		case data:
			letter.WriteString(line + "\r\n")
		case strings.HasPrefix(verb, "DATA"):
			data = true
			fmt.Fprint(conn, "354 go on\r\n")
		case strings.HasPrefix(verb, "QUIT"):
			fmt.Fprint(conn, "221 bye\r\n")
			return letter.String()
		default:
			fmt.Fprint(conn, "250 ok\r\n")
		}
	}
	return letter.String()
}

func TestLettersReadWell(t *testing.T) {
	address, letters := smtpServer(t)
	c, err := newEmail(policies.AlertChannel{URL: "smtp://" + address, From: "waf@vendor.example", To: []string{"ops@vendor.example"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.send(t.Context(), testMessage()); err != nil {
		t.Fatal(err)
	}
	letter, err := mail.ReadMessage(strings.NewReader(<-letters))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(letter.Header.Get("Subject"))
	if err != nil || subject != "Cảnh báo" || letter.Header.Get("To") != "<ops@vendor.example>" || letter.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("%q %v %v", subject, err, letter.Header)
	}
}

// flaky fails a few times.
type flaky struct {
	mu    sync.Mutex
	fails int
	sent  []message
}

func (f *flaky) send(_ context.Context, m message) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails > 0 {
		f.fails--
		return errors.New("not now")
	}
	f.sent = append(f.sent, m)
	return nil
}

func TestAnOutboxKeepsTheNewestAndCountsTheRest(t *testing.T) {
	texts, err := loadTexts(policies.English, "")
	if err != nil {
		t.Fatal(err)
	}
	f := newFixture(t, policies.AlertRule{When: policies.WhenGap})
	to := &flaky{}
	box := newOutbox(policies.AlertChannel{Name: "x"}, to, texts, f.Watch.log)
	for i := range maxWaiting + 7 {
		box.put(Alert{When: policies.WhenGap, Count: i})
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { box.run(ctx) })
	for !box.empty() {
		time.Sleep(time.Millisecond)
	}
	cancel()
	running.Wait()
	if len(to.sent) != maxWaiting || to.sent[0].Alert.Count != 7 || to.sent[0].Alert.Missed != 7 || to.sent[1].Alert.Missed != 0 {
		t.Errorf("%d sent, the first %+v", len(to.sent), to.sent[0].Alert)
	}
}
