package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/lachan-waf/lachan/audit/search"
	"github.com/lachan-waf/lachan/audit/trail"
)

func TestBarsAreAsLongAsCounts(t *testing.T) {
	counts := []search.Count{{Value: "Xã Tân Bình", Events: 80}, {Value: "b", Events: 35}, {Value: "c", Events: 1}, {Value: "d\x1b[2J", Events: 0}}
	want := "Xã Tân Bình  80  " + strings.Repeat("█", 20) + "\n" +
		"b            35  " + strings.Repeat("█", 8) + "▊\n" +
		"c             1  ▎\n" +
		"d\\u001b[2J    0\n"
	if got := (bars{width: 11 + 2 + 4 + 20, blocks: true}).draw(counts); got != want {
		t.Errorf("\n%s", got)
	}
	plain := (bars{width: 11 + 2 + 4 + 20}).draw(counts)
	if !strings.Contains(plain, "80  "+strings.Repeat("#", 20)+"\n") || !strings.Contains(plain, "1  #\n") || strings.Contains(plain, "█") {
		t.Errorf("\n%s", plain)
	}
}

func TestBarsFitTheirTerminal(t *testing.T) {
	counts := []search.Count{{Value: "/" + strings.Repeat("đường-dẫn-dài/", 50), Events: 1 << 60}, {Value: "/", Events: 1}}
	for _, blocks := range []bool{false, true} {
		for line := range strings.Lines(bars{width: 80, blocks: blocks}.draw(counts)) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%d columns: %s", n, line)
			}
		}
	}
}

func TestUTF8Locales(t *testing.T) {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		t.Setenv(name, "")
	}
	if utf8Locale() {
		t.Error("of no locale")
	}
	t.Setenv("LANG", "vi_VN.UTF-8")
	if !utf8Locale() {
		t.Error("of vi_VN.UTF-8")
	}
	t.Setenv("LC_ALL", "C") // outranks it
	if utf8Locale() {
		t.Error("of C")
	}
}

func TestCountsSayWhatTheyLeaveOut(t *testing.T) {
	var out bytes.Buffer
	c := &search.Counts{By: search.ByPath, Events: 500, Folded: 400, Without: 1, Lost: 7, Gaps: 1, Within: 3, Top: []search.Count{{Value: "/", Events: 499}}, Values: 3}
	if err := printCounts(&out, c, bars{width: 80}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"500 events, 400 of them in records of floods; 1 have no path\n", "7 more are missing, as 1 gap says", "up to 3 too low", "… and 2 more",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

func TestProgressComesAndGoes(t *testing.T) {
	var out bytes.Buffer
	p := &progress{out: &out, what: "verifying", total: 200, begun: time.Now().Add(-10 * time.Second)}
	p.add(50)
	if got, want := p.line(), "verifying [#######.......................] 25 %, 0:30 left"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p.add(500) // the file has grown since
	if got := p.line(); !strings.HasSuffix(got, strings.Repeat("#", barWidth)+"] 100 %") {
		t.Errorf("%q", got)
	}
	var none *progress // no terminal
	none.add(1)
	none.stop()
}

func TestVerdictSaysItFirst(t *testing.T) {
	r := &trail.Report{Files: 2, Lines: 9, First: 1, Last: 9, Checkpoints: 1, Signed: 8, SignedAt: time.Unix(0, 0).UTC(), Findings: []trail.Finding{}}
	if got := verdict(r); got != "whole: 9 lines from 1 to 9 in 2 files, signed up to line 8 at 1970-01-01T00:00:00Z\n" {
		t.Errorf("%q", got)
	}
	r.Unverified, r.More, r.Remarks = true, 4, []string{"late"}
	r.Findings = append(r.Findings, trail.Finding{Fault: trail.Altered, File: "a\x1b[2J.jsonl", Line: 3, Text: "t"})
	want := "NOT whole: 5 findings in 9 lines from 1 to 9 in 2 files; signed up to line 8, but there is no key to check the signatures with\n" +
		`a\u001b[2J.jsonl:3: altered: t` + "\n… and 4 more\nremark: late\n"
	if got := verdict(r); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
