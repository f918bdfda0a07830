package incident

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit/chain"
)

// verify runs the bundle's verify.py, which shares no code with what made the
// bundle: not even SHA-256, for sealed lines.
func verify(t *testing.T, b *bundle) (string, error) {
	t.Helper()
	return run(t, b.unpack(), "python3", "-I", "verify.py")
}

func TestProofIsVerifiedByAStranger(t *testing.T) {
	b := write(t, incidentOf(trail(t)))
	out, err := verify(t, b)
	if err != nil || b.Verdict != "whole" || !strings.Contains(out, "7 events are part of an unbroken chain up to line 16; 3 checkpoints\nsigned by lachan/cms01.test") {
		t.Errorf("%s: %v\n%s", b.Verdict, err, out)
	}
}

// Lines of every length end their content at every place of a block.
func TestSealedLinesOfEveryLength(t *testing.T) {
	l := newLedger(t)
	l.checkpoint()
	l.block("portal", "203.0.113.9", "942100", "")
	for i := range 130 {
		l.block("other", "203.0.113.80", "942100", strings.Repeat("x", i))
	}
	for range 900 { // seq of four digits
		l.block("other", "203.0.113.80", "1", "")
	}
	l.checkpoint()
	c := incidentOf(l)
	c.To = l.now
	b := write(t, c)
	if out, err := verify(t, b); err != nil || b.Verdict != "whole" {
		t.Errorf("%s: %v\n%s", b.Verdict, err, out)
	}
}

// tampering is something that somebody does to a bundle.
type tampering struct {
	name   string
	change func(b *bundle)
	want   string
}

// rows rewrites the lines of chain.jsonl.
func rows(b *bundle, change func(rows []map[string]any) []map[string]any) {
	b.t.Helper()
	var all []map[string]any
	for line := range strings.Lines(b.files["chain.jsonl"]) {
		var row map[string]any
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.UseNumber()
		if err := decoder.Decode(&row); err != nil {
			b.t.Fatal(err)
		}
		all = append(all, row)
	}
	var out strings.Builder
	for _, row := range change(all) {
		text, err := json.Marshal(row)
		if err != nil {
			b.t.Fatal(err)
		}
		out.Write(text)
		out.WriteByte('\n')
	}
	b.files["chain.jsonl"] = out.String()
}

// A forger who has no key cannot exchange an event, not even one that only sealed
// lines follow.
func TestTamperedBundles(t *testing.T) {
	for _, tamper := range []tampering{
		{"an altered event", func(b *bundle) {
			b.files["events.jsonl"] = strings.Replace(b.files["events.jsonl"], "930120", "930121", 1)
		}, "was altered"},
		{"an event under another's hash", func(b *bundle) {
			forged := newLedger(t)
			forged.block("portal", "203.0.113.200", "942100", "innocent")
			b.files["events.jsonl"] += strings.Replace(forged.lines[0], `"seq":1,`, `"seq":1,`, 1) + "\n"
		}, "not in the chain"},
		// The last event is exchanged, and the sealed line after it told to follow the
		// forgery. With hashes alone this would pass.
		{"an exchanged event before a sealed line", func(b *bundle) {
			lines := strings.SplitAfter(strings.TrimSuffix(b.files["events.jsonl"], "\n"), "\n")
			old, err := chain.Read([]byte(lines[6]))
			if err != nil {
				t.Fatal(err)
			}
			forged := newLedger(t)
			forged.prev = hex.EncodeToString(old.Prev[:])
			forged.lines = make([]string, old.Seq-1)
			forged.strip("portal", "innocent.test", "/", "script", "", "")
			lines[6] = forged.lines[old.Seq-1] + "\n"
			b.files["events.jsonl"] = strings.Join(lines, "")
			rows(b, func(rows []map[string]any) []map[string]any {
				for i, row := range rows {
					if fmt.Sprint(row["seq"]) == fmt.Sprint(old.Seq) {
						row["hash"] = forged.prev
						rows[i+1]["prev"] = forged.prev
					}
				}
				return rows
			})
		}, "does not follow the line before it"},
		{"a sealed line without its seal", func(b *bundle) {
			rows(b, func(rows []map[string]any) []map[string]any { delete(rows[1], "state"); return rows })
		}, "neither here nor sealed"},
		{"a seal that begins behind prev", func(b *bundle) {
			rows(b, func(rows []map[string]any) []map[string]any { rows[1]["rest"] = 1; return rows })
		}, "sealed in an unknown way"},
		{"a line taken out", func(b *bundle) {
			rows(b, func(rows []map[string]any) []map[string]any { return append(rows[:7:7], rows[8:]...) })
		}, "does not follow"},
		{"an event taken out of the chain", func(b *bundle) {
			rows(b, func(rows []map[string]any) []map[string]any { return rows[3:] })
		}, "not in the chain"},
		{"the end cut off", func(b *bundle) {
			rows(b, func(rows []map[string]any) []map[string]any { return rows[:len(rows)-1] })
		}, "no checkpoint follows"},
		{"another key", func(b *bundle) {
			b.files["chain.pub"] = strings.Replace(b.files["chain.pub"], "+ATt", "+ATs", 1)
		}, "not signed with the key given"},
		{"a forged signature", func(b *bundle) {
			old := b.files["chain.jsonl"]
			at := strings.LastIndex(old, "taYSY") + 40
			b.files["chain.jsonl"] = old[:at] + string('A'+(old[at]-'A'+1)%25) + old[at+1:]
		}, "is not what its hash says|was altered"},
	} {
		t.Run(tamper.name, func(t *testing.T) {
			b := write(t, incidentOf(trail(t)))
			tamper.change(b)
			out, err := verify(t, b)
			expected := false
			for want := range strings.SplitSeq(tamper.want, "|") {
				expected = expected || strings.Contains(out, want)
			}
			if err == nil || !expected {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// An attacker who can write the trail, but not sign, is found out by both.
func TestTamperedTrails(t *testing.T) {
	reseal := func(l *ledger, from int) { // as whoever knows the format can
		lines := l.lines[from:]
		l.lines, l.prev, l.now = l.lines[:from], strings.Repeat("0", 64), start.Add(time.Duration(from)*time.Minute)
		if from > 0 {
			before, err := chain.Read([]byte(l.lines[from-1]))
			if err != nil {
				t.Fatal(err)
			}
			l.prev = hex.EncodeToString(before.Hash[:])
		}
		for _, line := range lines {
			body, _, _ := strings.Cut(line, `"chain":`)
			at := strings.LastIndex(body, `"lachan":{`)
			members := body[strings.Index(body, `"event"`):at]
			l.add(strings.TrimSuffix(members, ","), strings.TrimSuffix(body[at+len(`"lachan":{`):], ","))
		}
	}
	for name, test := range map[string]struct {
		change  func(l *ledger)
		verdict string
		told    string
	}{
		"altered": {func(l *ledger) { l.lines[10] = strings.Replace(l.lines[10], "203.0.113.9", "203.0.113.8", 1) }, "broken", "seq 11: the line was altered"},
		"removed": {func(l *ledger) { l.lines = append(l.lines[:9], l.lines[10:]...) }, "broken", "seq 11: lines before it are missing"},
		"removed by Lachan": {func(l *ledger) {
			l.add(`"event":{"action":"notice"}`, `"notice":{"kind":"retention","first_seq":8,"last_seq":10,"value":1}`)
			l.checkpoint()
			l.lines = append(l.lines[:9], l.lines[10:]...)
		}, "broken", "seq 11: lines before it are missing; a later line of the trail says that Lachan itself removed them"},
		"removed, but others than Lachan says": {func(l *ledger) {
			l.add(`"event":{"action":"notice"}`, `"notice":{"kind":"retention","first_seq":8,"last_seq":9}`)
			l.checkpoint()
			l.lines = append(l.lines[:9], l.lines[10:]...)
		}, "broken", "seq 11: lines before it are missing<"},
		"moved":    {func(l *ledger) { l.lines[10], l.lines[11] = l.lines[11], l.lines[10] }, "broken", "seq 11: the line does not follow"},
		"unlinked": {func(l *ledger) { l.lines[10] = `{"@timestamp":"2026-11-26T01:11:00Z","event":{"action":"block"}}` }, "broken", "the line has no place in the chain"},
		"resealed": {func(l *ledger) {
			l.lines[10] = strings.Replace(l.lines[10], "203.0.113.9", "203.0.113.8", 1)
			reseal(l, 10)
		}, "broken", "seq 16: the checkpoint is not signed"},
		"no key":      {func(l *ledger) { l.public = "" }, "unsigned", "signatures were not checked"},
		"another key": {func(l *ledger) { l.public = "lachan/cms01.test+b5a61260+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdoq" }, "broken", "the checkpoint is not signed"},
		"no end":      {func(l *ledger) { l.lines = l.lines[:15] }, "uncovered", "no signed checkpoint follows"},
		"no chain": {func(l *ledger) {
			for i, line := range l.lines {
				body, _, _ := strings.Cut(line, `"chain":`)
				l.lines[i] = strings.TrimSuffix(body, ",") + "}}"
			}
		}, "none", "have no chain of hashes"},
	} {
		t.Run(name, func(t *testing.T) {
			l := trail(t)
			test.change(l)
			b := write(t, incidentOf(l))
			if b.Verdict != test.verdict || !strings.Contains(b.files["report.en.html"], test.told) {
				t.Errorf("%s\n%s", b.Verdict, b.files["chain.txt"])
			}
			if out, err := verify(t, b); err == nil {
				t.Errorf("verify.py: %s", out)
			}
		})
	}
}

// The proof begins with the first line, where no checkpoint is before it.
func TestProofFromTheFirstLine(t *testing.T) {
	l := newLedger(t)
	l.block("portal", "203.0.113.9", "942100", "x")
	l.block("other", "203.0.113.9", "942100", "x")
	l.checkpoint()
	b := write(t, incidentOf(l))
	if out, err := verify(t, b); err != nil || !strings.HasPrefix(b.files["chain.jsonl"], `{"seq":1,"prev":"000`) {
		t.Errorf("%v\n%s", err, out)
	}
}

// Lines from before an update that brought the chain do not count against it.
func TestChainThatBeginsLater(t *testing.T) {
	l := newLedger(t)
	l.block("portal", "203.0.113.9", "942100", "x")
	l.checkpoint()
	old := `{"@timestamp":"2026-11-25T01:00:00Z","event":{"action":"block"},"service":{"name":"%s"},"lachan":{}}`
	l.lines = append([]string{fmt.Sprintf(old, "other"), fmt.Sprintf(old, "portal")}, l.lines...)
	b := write(t, incidentOf(l))
	if out, err := verify(t, b); err != nil || b.Verdict != "whole" {
		t.Errorf("%s: %v\n%s", b.Verdict, err, out)
	}
	c := incidentOf(l)
	c.From = start.Add(-48 * time.Hour)
	if b := write(t, c); b.Verdict == "whole" {
		t.Error("an event that has no chain is said to be in it")
	}
}

// A checkpoint or gap with bytes that JSON cannot carry is sealed like any other line.
func TestDisclosedLineThatIsNoUTF8(t *testing.T) {
	l := newLedger(t)
	l.block("portal", "203.0.113.9", "942100", "x")
	l.add(`"event":{"action":"gap"}`, `"gap":{"count":1,"reason":"`+"\xff"+`"}`)
	l.checkpoint()
	b := write(t, incidentOf(l))
	if out, err := verify(t, b); err != nil || b.Verdict != "whole" {
		t.Errorf("%s: %v\n%s", b.Verdict, err, out)
	}
}

// The key that a SOC holds counts for more than the bundle's.
func TestVerifyWithAKeyFromElsewhere(t *testing.T) {
	b := write(t, incidentOf(trail(t)))
	dir := b.unpack()
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte("lachan/cms01.test+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := run(t, t.TempDir(), "python3", "-I", filepath.Join(dir, "verify.py"), "--key", key); err == nil || !strings.Contains(out, "not signed with the key given") {
		t.Errorf("%v\n%s", err, out)
	}
}

func FuzzSeal(f *testing.F) {
	l := newLedger(f)
	l.block("portal", "203.0.113.9", "942100", "x")
	l.checkpoint()
	for _, line := range l.lines {
		f.Add([]byte(line))
	}
	f.Add([]byte(`"chain":{"seq":1,"prev":"` + strings.Repeat("0", 64) + `","hash":"` + strings.Repeat("0", 64) + `"}}}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		l, err := chain.Read(line)
		if err != nil {
			return
		}
		again := fmt.Sprintf(`"chain":{"seq":%d,"prev":"%x","hash":"%x"}}}`, l.Seq, l.Prev[:], l.Hash[:])
		if !strings.HasSuffix(string(line), again) {
			t.Errorf("%+v of %q", l, line)
		}
		s, err := seal(line, l)
		if err != nil || s.Read%64 != 0 || s.Rest < 27 || s.Read+s.Rest != l.End {
			t.Errorf("%+v, %v", s, err)
		}
	})
}

func FuzzReadNote(f *testing.F) {
	f.Add("lachan-audit-chain/v1\nhost x\nseq 1\nhash " + strings.Repeat("0", 64) + "\ntime 2026-11-26T01:00:00Z\n\n— x AAAA\n")
	f.Fuzz(func(t *testing.T, signed string) {
		if _, err := openNote(signed, "lachan/cms01.test+b5a61260+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"); err == nil {
			t.Errorf("signed: %q", signed)
		}
		_, _ = openNote(signed, "")
	})
}
