package search

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lachan-waf/lachan/audit/trail"
)

// Key is what events are counted by.
type Key string

// The keys. Host is the one that a finding leads to, Kind the kind of a finding.
const (
	ByAction Key = "action"
	BySite   Key = "site"
	ByRule   Key = "rule"
	ByIP     Key = "ip"
	ByPath   Key = "path"
	ByHost   Key = "host"
	ByKind   Key = "kind"
	ByHour   Key = "hour"
	ByDay    Key = "day"
)

// Count is how many events had a value.
type Count struct {
	Value  string `json:"value"`
	Events uint64 `json:"events"`
}

// Counts are the events of a query by one key. Records of floods count for all the
// events that they stand for.
type Counts struct {
	By      Key     `json:"by"`
	Events  uint64  `json:"events"`
	Folded  uint64  `json:"folded"`          // of them, those that stand in records of floods
	Without uint64  `json:"without"`         // of them, those that have no such value
	Lost    uint64  `json:"lost"`            // beside them, what gaps tell of
	Gaps    uint64  `json:"gaps"`            // that tell
	Within  uint64  `json:"within"`          // each count may be this much too low; as a rule 0
	Top     []Count `json:"counts"`          // the most first; by hour and day in order of time
	Values  int     `json:"distinct_values"` // how many there are beside; a lower bound where Within is not 0
}

// maxValues bounds how many values a worker counts: somebody can ask for any number
// of paths from any number of addresses.
const maxValues = 100_000

// tally counts with the method of Misra and Gries (1982), as Demaine and others
// have it for a batch: where there are too many values, all counts go down by
// what the middle one has, so that half of them are gone. A count is too low by
// at most the sum of that.
type tally struct {
	Counts
	key    func(f *facts) []byte
	values map[string]*uint64
	most   int
}

func newTally(by Key, zone *time.Location) *tally {
	return &tally{Counts: Counts{By: by}, key: keyOf(by, zone), values: map[string]*uint64{}, most: maxValues}
}

// keyOf returns what reads the value.
func keyOf(by Key, zone *time.Location) func(f *facts) []byte {
	switch by {
	case ByAction:
		return func(f *facts) []byte {
			if f.folded != nil {
				return f.folded
			}
			return f.action
		}
	case BySite:
		return func(f *facts) []byte { return f.site }
	case ByRule:
		return func(f *facts) []byte { return f.rule }
	case ByIP:
		return func(f *facts) []byte { return f.ip }
	case ByPath:
		return func(f *facts) []byte { return f.path }
	case ByHost:
		return func(f *facts) []byte { return f.host }
	case ByKind:
		return func(f *facts) []byte { return f.kind }
	case ByDay:
		return (&calendar{zone: zone, layout: dayLayout}).of
	case ByHour:
		return (&calendar{zone: zone, layout: hourLayout}).of
	}
	return nil
}

const (
	dayLayout  = time.DateOnly
	hourLayout = "2006-01-02 15:00"
)

// calendar remembers the minute it has seen last: zones change by no less.
type calendar struct {
	zone   *time.Location
	layout string
	minute string
	value  []byte
}

func (c *calendar) of(f *facts) []byte {
	const minute = len("2006-01-02T15:04")
	if len(f.stamp) < minute {
		return nil
	}
	if string(f.stamp[:minute]) != c.minute {
		c.minute, c.value = string(f.stamp[:minute]), nil
		if at, err := time.Parse("2006-01-02T15:04", c.minute); err == nil {
			c.value = []byte(at.In(c.zone).Format(c.layout))
		}
	}
	return c.value
}

// add counts a line.
func (t *tally) add(f *facts) {
	n := uint64(1)
	if f.folded != nil {
		n = f.count
		t.Folded += n
	}
	if f.missing > 0 {
		t.Gaps++
		t.Lost += f.missing
	}
	t.Events += n
	value := unescaped(t.key(f))
	if len(value) == 0 {
		t.Without += n
		return
	}
	t.count(value[:min(len(value), maxValue)], n)
}

// maxValue bounds a value; those that are alike up to it count as one.
const maxValue = 256

func (t *tally) count(value []byte, n uint64) {
	if known := t.values[string(value)]; known != nil {
		*known += n
		return
	}
	t.values[string(value)] = &n
	if len(t.values) > t.most {
		t.shrink()
	}
}

func (t *tally) shrink() {
	counts := make([]uint64, 0, len(t.values))
	for _, n := range t.values {
		counts = append(counts, *n)
	}
	slices.Sort(counts)
	middle := counts[len(counts)/2]
	t.Within += middle
	for value, n := range t.values {
		if *n <= middle {
			delete(t.values, value)
		} else {
			*n -= middle
		}
	}
}

func (t *tally) merge(u *tally) {
	t.Events += u.Events
	t.Folded += u.Folded
	t.Without += u.Without
	t.Lost += u.Lost
	t.Gaps += u.Gaps
	t.Within += u.Within
	for value, n := range u.values {
		t.count([]byte(value), *n)
	}
}

// result sorts, and keeps the top of them.
func (t *tally) result(top int) *Counts {
	c := t.Counts
	c.Top, c.Values = []Count{}, len(t.values)
	for value, n := range t.values {
		c.Top = append(c.Top, Count{strings.ToValidUTF8(value, "…"), *n})
	}
	slices.SortFunc(c.Top, func(a, b Count) int {
		if a.Events != b.Events && !c.By.ofTime() {
			return cmp.Compare(b.Events, a.Events)
		}
		return strings.Compare(a.Value, b.Value)
	})
	switch {
	case c.By.ofTime():
		c.Top = c.By.filled(c.Top)
	case top > 0 && len(c.Top) > top:
		c.Top = c.Top[:top]
	}
	return &c
}

// maxFilled is how many hours or days are shown though nothing happened in most.
const maxFilled = 10_000

// filled puts in the hours or days without events between those with some: a
// histogram of time without them lies. The values are in order.
func (k Key) filled(counts []Count) []Count {
	layout, step := dayLayout, 24*time.Hour
	if k == ByHour {
		layout, step = hourLayout, time.Hour
	}
	if len(counts) == 0 {
		return counts
	}
	// Of a clock on a wall, which knows no summer time.
	first, err1 := time.Parse(layout, counts[0].Value)
	last, err2 := time.Parse(layout, counts[len(counts)-1].Value)
	if err1 != nil || err2 != nil || last.Sub(first)/step >= maxFilled {
		return counts
	}
	var all []Count
	for at := first; !at.After(last); at = at.Add(step) {
		c := Count{Value: at.Format(layout)}
		if counts[0].Value == c.Value {
			c, counts = counts[0], counts[1:]
		}
		all = append(all, c)
	}
	return all
}

func (k Key) ofTime() bool { return k == ByHour || k == ByDay }

// CountBy counts the events of a query. top is how many values are listed, 0: all;
// hours and days are always all of them. They are those of zone.
func CountBy(ctx context.Context, path string, q Query, by Key, top int, zone *time.Location, o Options) (*Counts, Figures, error) {
	begun := time.Now()
	c, err := hire(path, &q, o)
	if err != nil {
		return nil, Figures{}, err
	}
	total := newTally(by, zone)
	var mu sync.Mutex
	c.work(ctx, &q, func(s *scan, _ int, f trail.File) error {
		part := newTally(by, zone)
		err := c.scan(ctx, s, f, func(_ []byte, f *facts) bool {
			part.add(f)
			return true
		})
		mu.Lock()
		defer mu.Unlock()
		total.merge(part)
		return err
	}, func(int) {})
	c.running.Wait()
	c.figures.Matches, c.figures.Took = total.Events, time.Since(begun)
	return total.result(top), c.figures, errors.Join(append(c.errs, ctx.Err())...)
}
