package search

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// begin is when the trails of the tests begin.
var begin = time.Date(2026, 11, 1, 3, 4, 5, 0, time.UTC)

// written is a trail of a few days, written by package audit, its segments
// compressed. event gives what happens at each step of time.
func written(t testing.TB, rotate policies.Size, events int, step time.Duration, event func(i int) audit.Event) (path string) {
	t.Helper()
	dir := t.TempDir()
	path = filepath.Join(dir, "audit.jsonl")
	var clock atomic.Pointer[time.Time]
	set := func(at time.Time) { clock.Store(&at) }
	set(begin)
	log, err := audit.Open(policies.Audit{File: path, Rotate: rotate}, audit.Info{
		Version: "1.0.0", Hostname: "cms01.example", State: filepath.Join(dir, "state"), Now: func() time.Time { return *clock.Load() },
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range events {
		if i%max(int(disorder/2/step), 1) == 0 { // the writer's clock is never further off than that
			for log.Stats().Queued > 0 {
				time.Sleep(100 * time.Microsecond)
			}
			set(begin.Add(time.Duration(i) * step))
		}
		e := event(i)
		e.Time = begin.Add(time.Duration(i) * step)
		log.Record(e)
	}
	if err := log.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	files, err := trail.Files(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if _, err := trail.Compress(f); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// ordinary is what a portal sees: probes and attacks from many addresses, now and
// then something planted in a page.
func ordinary(i int) audit.Event {
	paths := []string{"/", "/tin-tuc/thong-bao-%d.html", "/wp-login.php", "/wp-admin/admin-ajax.php", "/tim-kiem", "/images/%d.png"}
	path := paths[i%len(paths)]
	if strings.Contains(path, "%d") {
		path = fmt.Sprintf(path, i)
	}
	e := audit.Event{
		Action: audit.Detect, RequestID: fmt.Sprintf("R%025d", i), Site: []string{"portal", "xa-a", "xa-b"}[i%3],
		Client: netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, byte(i % 7), byte(i / 256), byte(i)}), 40000),
		HTTP:   audit.HTTP{Method: "GET", Version: "2", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Status: 200},
		URL:    audit.URL{Scheme: "https", Domain: "www.example.gov.vn", Path: path, Query: fmt.Sprintf("trang=%d", i)},
	}
	switch {
	case i%10 == 3:
		e.Action, e.HTTP.Status = audit.Block, 403
		e.Match = &audit.Match{
			RuleID: 942100, Name: "SQL Injection Attack Detected via libinjection", Ruleset: "crs", Version: "4.25.0",
			RuleIDs: []int{942100, 949110}, Score: 5, Variable: "ARGS:q", Value: "1' OR '1'='1",
		}
	case i%10 == 7:
		e.Action = audit.Strip
		e.Finding = &audit.Finding{Kind: "link", Element: "a", Attribute: "href", Target: "https://nhacai.test/", Host: "nhacai.test", Snippet: `<a href="https://nhacai.test/">Nhà cái uy tín: Đăng ký</a>`, Reasons: []string{"host not allowed"}}
	}
	return e
}
