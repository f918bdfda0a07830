package rules

import (
	"os"
	"strconv"
	"testing"
)

// TestFalseAlarms: of 2,000 requests that mean no harm (make false-alarms:
// 20,000) fewer than one in a thousand are blocked at paranoia level 1. The
// first of each kind that is blocked is shown.
func TestFalseAlarms(t *testing.T) {
	n := 2000
	if text := os.Getenv("LACHAN_REQUESTS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	stock, weighed := opinionPair(t)
	tr := newTraffic(t, 20261126)
	before, after, shown := 0, 0, map[string]int{}
	for range n {
		kind, s := tr.next()
		if inspect(t, stock, s.request, s.reader()).Blocked {
			before++
		}
		v := inspect(t, weighed, s.request, s.reader())
		if !v.Blocked {
			continue
		}
		after++
		if shown[kind]++; shown[kind] <= 2 {
			t.Logf("%s: %s %.300q %.500q\n%s", kind, s.request.Method, s.request.Target, s.body, standing(v))
		}
	}
	t.Logf("%d requests: %.2f %% blocked by CRS alone, %.2f %% with the second opinion %v", n, percentOf(before, n), percentOf(after, n), shown)
	if after*1000 >= n {
		t.Errorf("%d of %d blocked", after, n)
	}
	if before*20 < n {
		t.Errorf("CRS alone blocks only %d of %d: the requests show nothing", before, n)
	}
}

func percentOf(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }

// standing lists the matches that count.
func standing(v Verdict) (text string) {
	if len(v.Matches) == 0 {
		text = v.Reason
	}
	for _, m := range v.Matches {
		if m.Downgraded == "" {
			text += "  " + strconv.Itoa(m.RuleID) + " " + m.Text()[:min(len(m.Text()), 300)] + "\n"
		}
	}
	return text
}
