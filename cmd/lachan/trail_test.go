package main

import (
	"context"
	"net/netip"
	"os"
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// writeTrail is the command `trail CONFIG COUNT TIME` of scripts: one run of Lachan
// that ends as it should, with COUNT events, one each hour from TIME (RFC 3339) on, or
// all of now. The segments are compressed but for the last.
func writeTrail(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: trail CONFIG COUNT TIME|now")
	}
	cfg, err := policies.Load(ts.MkAbs(args[0]))
	ts.Check(err)
	count, err := strconv.Atoi(args[1])
	ts.Check(err)
	clock, step := time.Now(), time.Duration(0)
	if args[2] != "now" {
		clock, err = time.Parse(time.RFC3339, args[2])
		ts.Check(err)
		step = time.Hour
	}
	cfg.Audit.File = ts.MkAbs(cfg.Audit.File)
	for i := range count {
		at := clock.Add(time.Duration(i) * step)
		log, err := audit.Open(cfg.Audit, audit.Info{
			Version: "1.0.0", Hostname: "cms01.example", State: ts.MkAbs(auditState(cfg)), Now: func() time.Time { return at },
		})
		ts.Check(err)
		log.Record(scriptEvent(i))
		ts.Check(log.Close(context.Background()))
		if i == count/2 { // midnight
			cut(ts, cfg.Audit.File)
		}
	}
}

// cut makes a segment of the file that grows, and compresses it.
func cut(ts *testscript.TestScript, path string) {
	files, err := trail.Files(path)
	ts.Check(err)
	f := files[len(files)-1]
	name := trail.SegmentName(path, f.First, f.Begun)
	ts.Check(os.Rename(path, name))
	_, err = trail.Compress(trail.File{Path: name, First: f.First, Begun: f.Begun})
	ts.Check(err)
}

func scriptEvent(i int) audit.Event {
	e := audit.Event{
		Action: audit.Block, RequestID: "01KB0000000000000000000" + strconv.Itoa(100+i), Site: []string{"portal", "xa-a"}[i%2],
		Client: netip.MustParseAddrPort("203.0.113." + strconv.Itoa(i%4) + ":40000"),
		HTTP:   audit.HTTP{Method: "GET", Status: 403}, URL: audit.URL{Domain: "www.example.gov.vn", Path: "/tim-kiem/" + strconv.Itoa(i), Query: "q=1"},
		Match: &audit.Match{RuleID: 942100, Name: "SQL Injection", RuleIDs: []int{942100, 949110}, Score: 5},
	}
	if i%3 == 2 {
		e.Action, e.Match, e.HTTP.Status = audit.Strip, nil, 200
		e.Finding = &audit.Finding{Kind: "link", Element: "a", Target: "https://nhacai.test/", Host: "nhacai.test", Snippet: "<a>Nhà cái\x1b[2J</a>"}
		e.Message = "=Đăng ký\x1b[2J"
	}
	return e
}
