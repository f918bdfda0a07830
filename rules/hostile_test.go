package rules

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lachan-waf/lachan/policies"
)

// hostile are bodies of 64 kB made to cost as much as they can.
func hostile() map[string]func() (*Request, io.Reader) {
	const size = 64 << 10
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	many := func(format string, n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	bodies := map[string][2]string{
		"JSON of 1,000 keys":       {"application/json", "{" + many(`"k%d":"select union from where (1' or <a href=",`, 999) + `"z":1}`},
		"JSON of 10,000 keys":      {"application/json", "{" + many(`"k%d":"",`, 9000) + `"z":1}`},
		"deep JSON":                {"application/json", strings.Repeat(`{"a'(":`, 1000) + `"x"` + strings.Repeat("}", 1000)},
		"JSON of paths":            {"application/json", strings.Repeat(`{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":`, 400) + "[" + many("%d,", 300) + "1]" + strings.Repeat("}", 400)},
		"JSON of one text":         {"application/json", `{"a":"` + fill(`' or 1=1 ( <a `) + `"}`},
		"form of 1,000 arguments":  {form, many("a%d=select+union+from+where+(1'+or+%%3Ca+href%%3D&", 1000)[:size*6/10]},
		"form of many empty names": {form, strings.Repeat("a&", 999)},
		"form of one name":         {form, strings.Repeat("a='(select+1&", 999)},
		"multipart of 900 fields":  {multipart, many("------lachan7MA4YWxk\r\nContent-Disposition: form-data; name=\"a%d\"\r\n\r\n'(;\r\n", 800) + partsEnd},
		"multipart of one field":   {multipart, part(`name="a"`, "", fill("'\"(<--/**/;")) + partsEnd},
		"XML of attributes":        {"text/xml", "<a>" + many(`<b c%d="' or (select 1) &lt;a "/>`, 1700) + "</a>"},
		"text without a type":      {"text/plain", fill("a='(&")},
	}
	for _, pattern := range []string{"'", "(", "<", "\\", "a", "a ", "$(", "${", "../", "<a ", "%27", "/*", "--", ";", "`", "select ", "union select ", "<script", "\\'", "a=", "{{", "\x00", "%u00", "&#", "[", "!", "+", "@", "cat /etc ", "on=", "c\\a\\t ", "=~", "url(", "-1e", "0x", "http://a.", "\xff"} {
		bodies["one value of "+pattern] = [2]string{form, "a=" + fillEscaped(pattern, size)}
	}
	requests := map[string]func() (*Request, io.Reader){}
	for name, b := range bodies {
		requests[name] = func() (*Request, io.Reader) { return post("/tim?a=1", b[0], b[1]) }
	}
	return requests
}

// fillEscaped repeats a text such that the decoded value is as long as a form of size allows.
func fillEscaped(text string, size int) string {
	escaped := url.QueryEscape(text)
	return strings.Repeat(escaped, size/len(escaped))
}

// No 64 kB of anything cost more than the default budget; and where a budget is
// smaller, or the rules are many, it holds.
func TestBudgetHolds(t *testing.T) {
	engines := NewEngines(Options{})
	for _, tt := range []struct {
		budget   time.Duration
		paranoia int
		refuses  int // at least
	}{{250 * time.Millisecond, 1, 0}, {250 * time.Millisecond, 4, 0}, {2 * time.Millisecond, 4, 20}} {
		e := acquireFrom(t, engines, site(func(w *policies.WAF) {
			// A threshold beyond reach: only the budget ends an inspection.
			w.CPUBudget, w.Paranoia, w.InboundThreshold = policies.Duration(tt.budget), tt.paranoia, 10000
		}))
		refused, dearest, which := 0, time.Duration(0), ""
		for name, make := range hostile() {
			r, body := make()
			used := cpu(func() {
				v := inspect(t, e, r, body)
				if v.Status == 503 {
					refused++
					assertOverBudget(t, v)
				}
			})
			if used > tt.budget+margin {
				t.Errorf("%s: %v of a budget of %v", name, used, tt.budget)
			}
			if used > dearest {
				dearest, which = used, name
			}
		}
		t.Logf("budget %v, level %d: %d refused; the dearest took %v: %s", tt.budget, tt.paranoia, refused, dearest, which)
		if refused < tt.refuses {
			t.Errorf("budget %v: %d bodies were refused", tt.budget, refused)
		}
	}
}

// intricate are bodies of 1 MiB made to cost their parsers as much as they can.
func intricate() map[string][2]string {
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	many := func(format string) string {
		var b strings.Builder
		for i := 0; b.Len() < size; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	levels := func(open, within, end string, n int) string {
		return strings.Repeat(open, n) + within + strings.Repeat(end, n)
	}
	const field = "------lachan7MA4YWxk\r\nContent-Disposition: form-data; name=\"a%d\""
	return map[string][2]string{
		"JSON, deep again and again":   {"application/json", "[" + fill(levels("[", "", "]", 1000)+",") + "1]"},
		"JSON, deep and wide":          {"application/json", levels(`{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa":`, "["+fill("1,")+"1]", "}", 1000)},
		"JSON, long names":             {"application/json", levels(`{"`+strings.Repeat("a", 900)+`":`, "["+strings.Repeat("1,", 900)+"1]", "}", 1000)},
		"JSON, empty objects":          {"application/json", "[" + fill("{},") + "1]"},
		"JSON, escapes":                {"application/json", `{"a":"` + fill(`\u0041`) + `"}`},
		"JSON, quotes that stay open":  {"application/json", `{"a":` + fill(`"\"`)},
		"lines of JSON":                {"text/plain", fill("{}\n")},
		"JSON called a form":           {form, "{" + many(`"k%d":1,`) + `"z":1}`},
		"JSON called a form, deep":     {form, levels(`{"`+strings.Repeat("a", 90)+`":`, "1", "}", 9000)},
		"JSON called a form, one name": {form, `{"` + fill("a") + `":[` + strings.Repeat("1,", 900) + "1]}"},
		"form of empty names":          {form, fill("&")},
		"form of escapes":              {form, "a=" + fill("%41")},
		"form of many names":           {form, many("a%d=1&")},
		"multipart of fields":          {multipart, many(field+"\r\n\r\n1\r\n") + partsEnd},
		"multipart of files":           {multipart, many(field+"; filename=\"b\"\r\n\r\n1\r\n") + partsEnd},
		"multipart of near ends":       {multipart, part(`name="a"`, "", fill("\r\n------lachan7MA4YWx")) + partsEnd},
		"XML of elements":              {"text/xml", "<a>" + fill("<b/>") + "</a>"},
		"XML of attributes":            {"text/xml", "<a " + many(`c%d="" `) + "/>"},
		"deep XML":                     {"text/xml", fill("<a>")},
		"pieces of text":               {"application/octet-stream", fill("\x00aaaaaaaaaaaaaaa")},
	}
}

// Parsers are not interrupted: no body takes them as long as the default budget,
// with one that ends as soon as they have.
func TestParsingIsBounded(t *testing.T) {
	const budget = 250 * time.Millisecond
	for _, mode := range []policies.WAFMode{policies.WAFBlock, policies.WAFDetect} {
		e := acquire(t, site(func(w *policies.WAF) {
			w.Mode, w.SecondOpinion, w.CPUBudget = mode, policies.On, policies.Duration(time.Millisecond)
			w.RequestBody.Limit = 2 << 20
		}))
		dearest, which := time.Duration(0), ""
		for name, b := range intricate() {
			r, body := post("/tim?a=1", b[0], b[1])
			used := cpu(func() {
				if v := inspect(t, e, r, body); !v.WouldBlock {
					t.Errorf("%s passes", name)
				}
			})
			if used > budget*raceFactor {
				t.Errorf("%s: %v", name, used)
			}
			if used > dearest {
				dearest, which = used, name
			}
		}
		t.Logf("%s: the dearest took %v: %s", mode, dearest, which)
	}
}

// What is refused unread is far from what sites are sent.
func TestHonestBodiesAreRead(t *testing.T) {
	item := `{"id":17,"title":"Bàn ghế","tags":["gỗ","nhà bếp"],"address":{"street":"Trần Phú","geo":{"lat":21.03,"lon":105.85}}}`
	for name, b := range map[string][2]string{
		"JSON of 1,000 values, 30 deep": {"application/json", strings.Repeat(`{"a":[`, 15) + strings.Repeat(item+",", 100) + item + strings.Repeat("]}", 15)},
		"JSON of one long text":         {"application/json", `{"html":"` + strings.Repeat(`<p>{[a]}</p>\n`, 70000) + `"}`},
		"multipart of 300 files":        {multipart, strings.Repeat(part(`name="f[]"; filename="a.png"`, "image/png", "\x89PNG\r\n\x1a\n"), 300) + partsEnd},
	} {
		e := acquire(t, site(func(w *policies.WAF) { w.SecondOpinion, w.InboundThreshold = policies.On, 10000 }))
		r, body := post("/api", b[0], b[1])
		if v := inspect(t, e, r, body); v.WouldBlock {
			t.Errorf("%s: %d %s", name, v.Status, v.Reason)
		}
	}
}

// margin is for what cannot be interrupted: a parser, a pattern on one long value.
const margin = 60 * time.Millisecond * raceFactor

// cpu measures what f takes of a processor.
func cpu(f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	clock := func() time.Duration {
		var now unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &now); err != nil {
			panic(err)
		}
		return time.Duration(now.Nano())
	}
	start := clock()
	f()
	return clock() - start
}

func assertOverBudget(t *testing.T, v Verdict) {
	t.Helper()
	if !v.Blocked || !v.WouldBlock || v.Status != 503 || v.Reason != "inspecting the request costs more than waf.cpu_budget allows" {
		t.Errorf("blocked %v, would block %v, status %d, %q", v.Blocked, v.WouldBlock, v.Status, v.Reason)
	}
}

// A megabyte with many rules costs more than a small budget in every layout.
func TestOverBudget(t *testing.T) {
	engines := NewEngines(Options{})
	long := "a=" + strings.Repeat("select+x+from+y+where+", 1<<20/22)
	for _, tt := range []struct {
		name  string
		mode  policies.WAFMode
		rules string
	}{
		{"block", policies.WAFBlock, ""},
		{"detect", policies.WAFDetect, ""},
		// Rules of the operator's are not screened; the first of these answers yes
		// to everything once its operator no longer looks.
		{"own rules", policies.WAFBlock, `SecRule ARGS "!@rx (?:select|x|from|y|where|\s)*" "id:%d,phase:2,deny,status:418,msg:'negated'"` + "\n" + manyRules(300)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := acquireFrom(t, engines, site(func(w *policies.WAF) {
				w.Mode, w.Paranoia, w.InboundThreshold, w.CPUBudget = tt.mode, 4, 10000, policies.Duration(5*time.Millisecond)
				if tt.rules != "" {
					w.Rules = []string{write(t, t.TempDir(), "own.conf", strings.Replace(tt.rules, "%d", "99", 1))}
				}
			}))
			r, body := post("/", form, long)
			v := inspect(t, e, r, body)
			if v.Blocked != (tt.mode == policies.WAFBlock) || !v.WouldBlock || v.Status != 503 || v.Reason == "" {
				t.Errorf("blocked %v, would block %v, status %d, %q", v.Blocked, v.WouldBlock, v.Status, v.Reason)
			}
			for _, m := range v.Matches {
				if m.RuleID == 99 {
					t.Error("a rule matched a value that its operator did not look at")
				}
			}
			assertReplay(t, v, long)
		})
	}
}

func manyRules(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "SecRule ARGS \"@rx x%d.*y\" \"id:%d,phase:2,pass,t:urlDecodeUni,t:lowercase\"\n", i, 100+i)
	}
	return b.String()
}

// What was not looked at to the end is not remembered as harmless.
func TestBudgetLeavesNothingBehind(t *testing.T) {
	engines := NewEngines(Options{})
	tight := acquireFrom(t, engines, site(func(w *policies.WAF) { w.CPUBudget = 1 }))
	loose := acquireFrom(t, engines, site())
	for i := range 100 {
		r := request("GET", "/")
		r.Header["User-Agent"] = []string{fmt.Sprintf("sqlmap/1.8 (%d)", i)} // a rule of phase 1, which is ended
		for j := range 100 {
			r.Header[fmt.Sprintf("X-F%d", j)] = []string{fmt.Sprintf("harmless %d %d", i, j)}
		}
		inspect(t, tight, r, nil)
		if v := inspect(t, loose, r, nil); !v.Blocked {
			t.Fatal("an attack passes after an inspection that was ended")
		}
	}
}

// Nobody waits for the answer to a client that has gone.
func TestDisconnectEndsInspection(t *testing.T) {
	e := acquire(t, site(func(w *policies.WAF) {
		w.Rules = []string{write(t, t.TempDir(), "own.conf", manyRules(1500))}
		w.RequestBody.Limit = 8 << 20
	}))
	body := "a=" + strings.Repeat("x1 select ", 700_000)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, _ := post("/", form, body)
	end := time.AfterFunc(150*time.Millisecond, cancel)
	defer end.Stop()
	var err error
	used := cpu(func() { _, err = e.Inspect(ctx, r, strings.NewReader(body)) })
	if !errors.Is(err, context.Canceled) || used > 150*time.Millisecond+10*margin {
		t.Errorf("%v after %v", err, used)
	}
}
