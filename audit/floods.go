package audit

import (
	"hash/maphash"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/lachan-waf/lachan/audit/ring"
	"github.com/lachan-waf/lachan/policies"
)

// maxFloods bounds the kinds that are watched at once. Past it events are
// written whole, as without folding: the queue's bound counts what is too much.
const maxFloods = 4096

// floods folds events of one kind: the first few are written whole, then one
// record at a time says how many there were. Nothing is lost by it: whole events,
// the counts of `fold` and those of `gap` add up to what was recorded.
type floods struct {
	first  int
	every  time.Duration
	spare  bool // what comes from loopback
	seed   maphash.Seed
	ticker *time.Ticker // nil: nothing is folded

	mu     sync.Mutex
	aside  *ring.Tally // has what the records have not told of yet
	kinds  map[kind]*flood
	folded uint64
	closed bool
}

// kind is what the events of a flood have in common.
type kind struct {
	site    string
	network netip.Prefix // /24 of IPv4, /64 of IPv6
	action  Action
	rule    int
	finding string // kind of the finding
	host    string // and where it pointed
	reason  string
	path    uint64 // hash of the path's template
}

// flood is one kind's count.
type flood struct {
	whole       int // written so
	quiet       bool
	sample      Event
	count       uint64 // since the last record
	first, last time.Time
}

func newFloods(fold policies.Fold) *floods {
	f := &floods{first: fold.First, every: time.Duration(fold.Every), spare: fold.SpareLoopback, seed: maphash.MakeSeed(), kinds: map[kind]*flood{}}
	if f.first > 0 && f.every > 0 {
		f.ticker = time.NewTicker(f.every)
	}
	return f
}

// recall has the ring know how many events wait for a record.
func (f *floods) recall(r *ring.Ring) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.aside = r.Aside()
}

func (f *floods) due() <-chan time.Time {
	if f.ticker == nil {
		return nil
	}
	return f.ticker.C
}

func (f *floods) close() {
	if f.ticker != nil {
		f.ticker.Stop()
	}
}

// folds reports that the event is counted and need not be written.
func (f *floods) folds(e *Event) bool {
	if f.ticker == nil || !foldable(e.Action) || f.spare && e.Client.Addr().Unmap().IsLoopback() {
		return false
	}
	k := f.kindOf(e)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return false
	}
	known := f.kinds[k]
	if known == nil {
		if len(f.kinds) < maxFloods {
			f.kinds[k.clone()] = &flood{whole: 1}
		}
		return false
	}
	return f.add(known, e)
}

// add counts an event of a kind that is known.
func (f *floods) add(known *flood, e *Event) bool {
	known.quiet = false
	if known.whole < f.first {
		known.whole++
		return false
	}
	if known.count == 0 {
		known.first, known.last = e.Time, e.Time
		known.sample = sample(e)
	}
	known.count++
	known.last = later(known.last, e.Time)
	f.folded++
	f.aside.Add(e.Time)
	return true
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// foldable are the actions that a stranger can cause.
func foldable(a Action) bool {
	switch a {
	case Block, Detect, Strip, Redirect, Deny:
		return true
	}
	return false
}

// take returns the records that are due, and forgets the kinds that have been
// quiet for a whole round. After the last one nothing is folded any more.
func (f *floods) take(last bool) (records []Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = f.closed || last
	for k, known := range f.kinds {
		switch {
		case known.count > 0:
			records = append(records, known.record())
			known.count = 0
		case known.quiet:
			delete(f.kinds, k)
		default:
			known.quiet = true
		}
	}
	return records
}

func (k *flood) record() Event {
	e := k.sample
	e.Fold = &Flood{Action: string(e.Action), Count: k.count, First: k.first, Last: k.last}
	e.Action = Fold
	return e
}

func (f *floods) figures() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.folded
}

func (f *floods) kindOf(e *Event) kind {
	k := kind{site: e.Site, network: network(e.Client.Addr()), action: e.Action, reason: e.Reason, path: f.template(e.URL.Path)}
	if e.Match != nil {
		k.rule = e.Match.RuleID
	}
	if e.Finding != nil {
		k.finding, k.host = e.Finding.Kind, e.Finding.Host
	}
	return k
}

// network is what a visitor without standing can change addresses in.
func network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := 64
	if a.Is4() {
		bits = 24
	}
	p, _ := a.Prefix(bits)
	return p
}

// templateSegments is how much of a path tells one page from another.
const templateSegments = 3

// template hashes a path with what varies between pages of a kind taken out:
// segments with a digit or of some length are alike, and so is what is deep.
func (f *floods) template(path string) uint64 {
	var h maphash.Hash
	h.SetSeed(f.seed)
	for n := 0; n < templateSegments && path != ""; n++ {
		segment, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		path = rest
		if len(segment) > 24 || strings.ContainsAny(segment, "0123456789") {
			segment = "*"
		}
		_, _ = h.WriteString(segment)
		_ = h.WriteByte('/')
	}
	return h.Sum64()
}

// clone keeps nothing of the request alive.
func (k kind) clone() kind {
	k.site, k.finding = strings.Clone(k.site), strings.Clone(k.finding)
	k.host, k.reason = strings.Clone(k.host), strings.Clone(k.reason)
	return k
}

// sample keeps of the first event that is folded what all have in common, and
// its path for an example.
func sample(e *Event) Event {
	s := Event{
		Action: e.Action, Site: strings.Clone(e.Site), Client: e.Client, Reason: strings.Clone(e.Reason), Secrets: e.Secrets,
		HTTP: HTTP{Method: strings.Clone(startOf(e.HTTP.Method, maxWord)), Status: e.HTTP.Status},
		URL:  URL{Domain: strings.Clone(startOf(e.URL.Domain, maxName)), Path: strings.Clone(startOf(e.URL.Path, maxName))},
	}
	if m := e.Match; m != nil {
		s.Match = &Match{RuleID: m.RuleID, Name: m.Name, Ruleset: m.Ruleset, Version: m.Version, Score: m.Score}
	}
	if f := e.Finding; f != nil {
		s.Finding = &Finding{Kind: strings.Clone(f.Kind), Element: strings.Clone(f.Element), Host: strings.Clone(startOf(f.Host, maxName))}
	}
	return s
}

// startOf bounds a text that nothing has bounded yet.
func startOf(s string, limit int) string {
	start, _ := head(s, limit)
	return start
}
