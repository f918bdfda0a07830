package proxy_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/lachan-waf/lachan/proxy/evidence"
)

const fullEvidence = portal + "  response: {evidence: full}\n"

// kept returns the evidence of the site, once its folder holds n records.
func (f *fixture) kept(n int) []evidence.Record {
	f.t.Helper()
	var records []evidence.Record
	if err := f.stop(); err != nil { // which waits for the disk
		f.t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(f.dir, "state", "portal", "evidence", "*.json"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		var r evidence.Record
		if err != nil || json.Unmarshal(text, &r) != nil {
			f.t.Fatalf("%s: %v\n%s", file, err, text)
		}
		records = append(records, r)
	}
	if len(records) != n {
		f.t.Fatalf("%d documents kept, want %d: %+v", len(records), n, records)
	}
	return records
}

// unpacked reads one side of a document.
func (f *fixture) unpacked(side evidence.Side) string {
	f.t.Helper()
	packed, err := os.Open(filepath.Join(f.dir, "state", "portal", "evidence", side.File))
	if err != nil {
		f.t.Fatal(err)
	}
	defer packed.Close()
	r, err := zstd.NewReader(packed)
	if err != nil {
		f.t.Fatal(err)
	}
	defer r.Close()
	plain, err := io.ReadAll(r)
	if err != nil {
		f.t.Fatal(err)
	}
	return string(plain)
}

func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// TestFullEvidence: the document is kept before and after, and the events of
// its findings lead there.
func TestFullEvidence(t *testing.T) {
	f := start(t, fullEvidence, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		encode(t, w, "gzip", infected)
	})
	got := f.get("https://portal.test/tin?token=secret", "Accept-Encoding", "br")
	body := decode(t, got)
	mustBeClean(t, body)
	for _, e := range f.events("strip", 2) {
		if e.at("lachan.finding.before_sha256") != hashOf(infected) || e.at("lachan.finding.after_sha256") != hashOf(body) {
			t.Errorf("event %v", e)
		}
	}
	r := f.kept(1)[0]
	if f.unpacked(r.Before) != infected || f.unpacked(r.After) != body {
		t.Error("what is kept is not what went by")
	}
	if r.RequestID != got.Header.Get("X-Request-Id") || r.URL != "https://portal.test/tin" || r.Findings != 2 || !r.Complete || r.After.SHA256 != hashOf(body) {
		t.Errorf("%+v", r)
	}
	for _, offset := range r.Offsets {
		if !bytes.HasPrefix([]byte(infected[offset:]), []byte("<script")) && !bytes.HasPrefix([]byte(infected[offset:]), []byte("<iframe")) {
			t.Errorf("at %d there is %.20q", offset, infected[offset:])
		}
	}
}

// TestFullEvidenceOfNothing: a clean page leaves nothing, nor does one that is
// only reported on.
func TestFullEvidenceOfNothing(t *testing.T) {
	f := start(t, fullEvidence, html("<p>Tin tức</p>"))
	f.get("https://portal.test/")
	f.kept(0)
	f = start(t, portal+"  response: {evidence: full, mode: report}\n", html(infected))
	f.get("https://portal.test/")
	for _, e := range f.events("detect", 2) {
		if e.at("lachan.finding.before_sha256") != hashOf(infected) || e.at("lachan.finding.after_sha256") != hashOf(infected) {
			t.Errorf("event %v", e)
		}
	}
	f.kept(0)
}

// TestFullEvidenceOfABrokenPage: where the origin dies the findings are told
// all the same, without hashes of a document nobody has seen.
func TestFullEvidenceOfABrokenPage(t *testing.T) {
	f := start(t, fullEvidence, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, infected+strings.Repeat("<p>Xã</p>", 1000))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	resp, err := f.client.Get("https://portal.test/")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the visitor is told of a whole page")
	}
	resp.Body.Close()
	for _, e := range f.events("strip", 2) {
		if e.at("lachan.finding.host") != "evil.test" || e.at("lachan.finding.before_sha256") != "" {
			t.Errorf("event %v", e)
		}
	}
	if r := f.kept(1)[0]; r.Complete || r.Findings != 2 || !strings.HasPrefix(f.unpacked(r.Before), infected) {
		t.Errorf("%+v", r)
	}
}

// count returns lachan.finding.count of an event.
func count(t *testing.T, e event) int {
	t.Helper()
	n, err := strconv.Atoi(e.at("lachan.finding.count"))
	if err != nil {
		t.Fatalf("%v: %v", e, err)
	}
	return n
}

// TestFindingsThatAreAlike are one event, which tells of the first.
func TestFindingsThatAreAlike(t *testing.T) {
	const link, other, script = `<a href="https://evil.test/">slot gacor`, `<a href="https://evil.test/">togel`, `<script src=//evil.test/x.js></script>`
	page := "<p>a</p>" + link + "</a>" + script + strings.Repeat("<p>b</p>"+link+"</a>", 299) + other + "</a>" + script
	for _, config := range []string{portal, fullEvidence} {
		f := start(t, config, html(page))
		if got := f.get("https://portal.test/").body; got != "<p>a</p>"+strings.Repeat("<p>b</p>", 299) {
			t.Errorf("%.200s", got)
		}
		events := f.events("strip", 3)
		for i, want := range []struct {
			snippet, offset string
			count           int
		}{
			{link, strconv.Itoa(len("<p>a</p>")), 300},
			{script, strconv.Itoa(len("<p>a</p>" + link + "</a>")), 2},
			{other, strconv.Itoa(strings.Index(page, other)), 1},
		} {
			e := events[i]
			if e.at("lachan.finding.snippet") != want.snippet || e.at("lachan.finding.offset") != want.offset || count(t, e) != want.count {
				t.Errorf("event %v, want %+v", e, want)
			}
		}
	}
}

// TestFindingsThatAreNotAlike: no more events wait than there is room for, and
// none is lost where the page breaks off.
func TestFindingsThatAreNotAlike(t *testing.T) {
	const link = `<a href="https://evil.test/">slot gacor</a>`
	f := start(t, portal, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		for i := range 100 {
			fmt.Fprintf(w, `%s<a href="https://evil.test/%d">slot gacor</a>`, link, i)
		}
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	if resp, err := f.client.Get("https://portal.test/"); err == nil { // it may break off before its head
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	alike, others := 0, 0
	for _, e := range f.events("strip", 102) { // the link's own number goes out twice
		if n := count(t, e); e.at("lachan.finding.target") == "https://evil.test/" {
			alike += n
		} else {
			others += n
		}
	}
	if alike != 100 || others != 100 {
		t.Errorf("%d alike and %d others, want 100 each", alike, others)
	}
}
