package incident

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

var (
	hanoi = time.FixedZone("+07", 7*3600)
	start = time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC)
)

// zeros is a source of randomness that gives the same key each time.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// ledger writes a trail as its definition says, without the code under test.
type ledger struct {
	t      testing.TB
	signer note.Signer
	public string
	lines  []string
	prev   string
	now    time.Time
}

func newLedger(t testing.TB) *ledger {
	t.Helper()
	private, public, err := note.GenerateKey(zeros{}, "lachan/cms01.test")
	if err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	return &ledger{t: t, signer: signer, public: public, prev: strings.Repeat("0", 64), now: start}
}

// add seals an event: members in front of lachan, and those in it.
func (l *ledger) add(members, lachan string) {
	l.now = l.now.Add(time.Minute)
	line := `{"@timestamp":"` + l.now.Format("2006-01-02T15:04:05.000000Z") + `",` + members + `,"lachan":{`
	if lachan != "" {
		line += lachan + ","
	}
	line += fmt.Sprintf(`"chain":{"seq":%d,"prev":"%s"`, len(l.lines)+1, l.prev)
	sum := sha256.Sum256([]byte(line))
	l.prev = hex.EncodeToString(sum[:])
	l.lines = append(l.lines, line+`,"hash":"`+l.prev+`"}}}`)
}

func (l *ledger) checkpoint() {
	l.t.Helper()
	text := fmt.Sprintf("lachan-audit-chain/v1\nhost cms01.test\nseq %d\nhash %s\ntime %s\n", len(l.lines), l.prev, l.now.Format("2006-01-02T15:04:05.000000Z"))
	signed, err := note.Sign(&note.Note{Text: text}, l.signer)
	if err != nil {
		l.t.Fatal(err)
	}
	quoted, err := json.Marshal(string(signed))
	if err != nil {
		l.t.Fatal(err)
	}
	l.add(`"event":{"action":"checkpoint"}`, `"checkpoint":{"note":`+string(quoted)+`}`)
}

func (l *ledger) strip(site, host, path, kind, sum, before string) {
	l.add(fmt.Sprintf(`"event":{"action":"strip"},"service":{"name":"%s"},"source":{"ip":"198.51.100.7"},"url":{"domain":"www.%s.test","path":"%s"}`, site, site, path),
		fmt.Sprintf(`"finding":{"kind":"%s","element":"%s","host":"%s","count":3,"sha256":"%s","before_sha256":"%s"}`, kind, kind, host, sum, before))
}

func (l *ledger) block(site, ip, rule, name string) {
	l.add(fmt.Sprintf(`"event":{"action":"block"},"service":{"name":"%s"},"source":{"ip":"%s"},"url":{"domain":"www.%s.test","path":"/search"},"rule":{"id":"%s","name":"%s"}`, site, ip, site, rule, name), `"score":15`)
}

// trail is a small incident among another site's events.
func trail(t testing.TB) *ledger {
	l := newLedger(t)
	l.add(`"event":{"action":"config"}`, "")
	l.strip("other", "early.test", "/", "script", "", "")
	l.checkpoint()
	l.block("other", "203.0.113.80", "942100", "SQL Injection Attack Detected via libinjection")
	l.strip("portal", "cdn.casino.test", "/tin-tuc/lễ-hội", "script", strings.Repeat("ab", 32), sumOf(infected))
	l.strip("portal", "cdn.casino.test", "/", "script", strings.Repeat("cd", 32), strings.Repeat("99", 32))
	l.strip("portal", "ads.bet.test", "/", "frame", strings.Repeat("ef", 32), sumOf(infected))
	l.add(`"event":{"action":"gap"}`, `"gap":{"count":12,"first":"2026-11-26T01:05:00.000000Z","last":"2026-11-26T01:06:00.000000Z","reason":"queue full"}`)
	l.checkpoint()
	l.strip("other", "secret-of-the-other-site.test", "/", "script", "", "")
	l.block("portal", "203.0.113.9", "942100", "SQL Injection Attack Detected via libinjection")
	l.block("portal", "203.0.113.9", "930120", "OS File Access Attempt")
	l.add(`"event":{"action":"redirect"},"service":{"name":"portal"},"source":{"ip":"198.51.100.7"},"url":{"domain":"www.portal.test","path":"/"}`,
		`"finding":{"kind":"redirect","host":"lure.test"}`)
	l.add(`"event":{"action":"detect"},"service":{"name":"portal"},"url":{"domain":"www.portal.test","path":"/lien-he"}`,
		`"finding":{"kind":"link","element":"a","host":"backlinks.test","count":2}`)
	l.block("other", "203.0.113.81", "941100", "XSS Attack Detected via libinjection")
	l.checkpoint()
	l.block("portal", "203.0.113.99", "941100", "after the period")
	l.checkpoint()
	return l
}

const (
	infected = "<p>Xã</p><script src=//cdn.casino.test/x.js></script>"
	cleaned  = "<p>Xã</p>"
)

func sumOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func each(lines []string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, line := range lines {
			if !yield([]byte(line), nil) {
				return
			}
		}
	}
}

// incidentOf is the Case of a trail: the site portal in the first quarter of an hour.
func incidentOf(l *ledger) *Case {
	return &Case{
		Site: "portal", Number: "01/2026", From: start, To: start.Add(16*time.Minute + 30*time.Second), Zone: hanoi, Lines: each(l.lines), PublicKey: l.public,
		Evidence:      each2(document("20261126T010500.000Z-01KB", start.Add(5*time.Minute), infected, cleaned)),
		Configuration: []ConfigurationFile{{Path: "/etc/lachan/lachan.yaml", SHA256: sumOf("config")}},
		Clock:         Clock{Synchronised: true, Estimated: 120 * time.Microsecond, Max: 15 * time.Millisecond, Offset: -40 * time.Microsecond},
		Now:           start.Add(30 * time.Hour), Hostname: "cms01.test", Version: "v1.2.3",
	}
}

func document(name string, at time.Time, before, after string) Document {
	side := func(content string) Side {
		return Side{SHA256: sumOf(content), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
	}
	return Document{Name: name, Time: at, Before: side(before), After: side(after), Record: []byte("{}\n")}
}

func each2(documents ...Document) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for _, d := range documents {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// bundle is a bundle that was read back.
type bundle struct {
	*Result
	t     testing.TB
	raw   []byte
	files map[string]string
}

func write(t testing.TB, c *Case) *bundle {
	t.Helper()
	var out bytes.Buffer
	result, err := Write(context.Background(), &out, c)
	if err != nil {
		t.Fatal(err)
	}
	b := &bundle{Result: result, t: t, raw: out.Bytes(), files: unzip(t, out.Bytes())}
	return b
}

func unzip(t testing.TB, raw []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		in.Close()
		if _, twice := files[f.Name]; twice {
			t.Errorf("%s is there twice", f.Name)
		}
		files[f.Name] = string(content)
	}
	return files
}

// unpack writes the files to a folder.
func (b *bundle) unpack() string {
	b.t.Helper()
	dir := b.t.(*testing.T).TempDir()
	for name, content := range b.files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			b.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			b.t.Fatal(err)
		}
	}
	return dir
}
