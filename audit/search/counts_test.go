package search

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lachan-waf/lachan/audit"
)

func TestCountsAreThoseOfAPlainReader(t *testing.T) {
	path := written(t, 256<<10, 3000, time.Minute, ordinary)
	events := all(t, path)
	zone := time.FixedZone("ICT", 7*3600)
	for by, field := range map[Key]string{
		ByAction: "event.action", BySite: "service.name", ByRule: "rule.id", ByIP: "source.ip", ByPath: "url.path",
		ByHost: "lachan.finding.host", ByKind: "lachan.finding.kind", ByDay: "@timestamp", ByHour: "@timestamp",
	} {
		want, without := map[string]uint64{}, uint64(0)
		for _, e := range events {
			value, ok := at(e.values, field).(string)
			if !ok {
				without++
				continue
			}
			if by.ofTime() {
				stamp, err := time.Parse(time.RFC3339, value)
				if err != nil {
					t.Fatal(err)
				}
				value = stamp.In(zone).Format(map[Key]string{ByDay: dayLayout, ByHour: hourLayout}[by])
			}
			want[value]++
		}
		c, _, err := CountBy(t.Context(), path, Query{}, by, 0, zone, Options{Workers: 3})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]uint64{}
		for i, count := range c.Top {
			if count.Events > 0 {
				got[count.Value] = count.Events
			}
			if i > 0 && !by.ofTime() && count.Events > c.Top[i-1].Events || i > 0 && by.ofTime() && count.Value < c.Top[i-1].Value {
				t.Errorf("%s: out of order at %+v", by, count)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || c.Events != uint64(len(events)) || c.Without != without || c.Values != len(want) {
			t.Errorf("%s: %+v %s", by, c, diff)
		}
		if c, _, _ = CountBy(t.Context(), path, Query{}, by, 2, zone, Options{}); len(c.Top) > 2 && !by.ofTime() {
			t.Errorf("%s: the top 2 are %d", by, len(c.Top))
		}
	}
}

func TestFloodsAndGapsCountForWhatTheyStand(t *testing.T) {
	attacks := func(i int) audit.Event {
		switch i {
		case 0:
			return audit.Event{Action: audit.Block, Site: "portal"}
		case 1:
			return audit.Event{Action: audit.Fold, Site: "portal", Fold: &audit.Flood{Action: string(audit.Block), Count: 400}}
		}
		return audit.Event{Action: audit.Gap, Loss: &audit.Loss{Count: 7}}
	}
	path := written(t, 1<<20, 3, time.Second, attacks)
	c, _, err := CountBy(t.Context(), path, Query{Actions: []string{"block", "gap"}}, ByAction, 0, time.UTC, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := &Counts{By: ByAction, Events: 402, Folded: 400, Lost: 7, Gaps: 1, Top: []Count{{"block", 401}, {"gap", 1}}, Values: 2}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Error(diff)
	}
}

// Somebody who asks for a new path each time does not hide who asks most, and does
// not take the memory.
func TestTooManyValuesKeepTheLargest(t *testing.T) {
	total := newTally(ByIP, time.UTC)
	total.most = 100
	for part := range 4 {
		one := newTally(ByIP, time.UTC)
		one.most = 100
		for i := range 5000 {
			a := netip.AddrFrom4([4]byte{10, byte(part), byte(i >> 8), byte(i)})
			if i%5 == 0 {
				a = netip.AddrFrom4([4]byte{203, 0, 113, 7})
			}
			one.add(&facts{ip: []byte(a.String())})
		}
		total.merge(one)
	}
	c := total.result(1)
	if n := c.Top[0]; n.Value != "203.0.113.7" || n.Events > 4000 || n.Events+c.Within < 4000 || c.Values > 100 {
		t.Errorf("%+v", c)
	}
	if c.Events != 20000 {
		t.Errorf("%d events", c.Events)
	}
}

func TestHoursWithoutEventsShow(t *testing.T) {
	got := ByHour.filled([]Count{{"2026-11-25 22:00", 3}, {"2026-11-26 01:00", 4}})
	want := []Count{{"2026-11-25 22:00", 3}, {"2026-11-25 23:00", 0}, {"2026-11-26 00:00", 0}, {"2026-11-26 01:00", 4}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, far := range [][]Count{{}, {{"2026-11-25 22:00", 3}}, {{"0000-01-01 22:00", 3}, {"2026-11-26 01:00", 4}}} {
		if got := ByHour.filled(far); len(got) != len(far) {
			t.Errorf("%v became %d", far, len(got))
		}
	}
}

// Hours come in order, and each stands for the minutes of its zone.
func TestHoursAreOfTheZone(t *testing.T) {
	kathmandu := &calendar{zone: time.FixedZone("NPT", 5*3600+45*60), layout: hourLayout}
	for stamp, want := range map[string]string{"2026-11-26T03:14:59": "2026-11-26 08:00", "2026-11-26T03:15:00": "2026-11-26 09:00", "2026-1": ""} {
		if got := string(kathmandu.of(&facts{stamp: []byte(stamp)})); got != want {
			t.Errorf("%s is of %q, want %q", stamp, got, want)
		}
	}
}
