package search

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lachan-waf/lachan/audit/trail"
)

// Query says which events are wanted: those to which all of it applies, and of a
// list any of it. The zero value wants all.
type Query struct {
	From, To time.Time // From is in it, To is not; zero: no bound
	// Text stands in one of the event's values. ASCII letters match in either case,
	// others as they are, and with Fold all without regard to diacritics.
	Text string
	Fold bool

	Sites []string
	// Actions of the events, or of those that a `fold` record stands for.
	Actions   []string
	Rules     []string // numbers: of any rule that matched
	Addresses []netip.Prefix
	// Paths are prefixes of url.path; with a * or ? patterns for all of it, where *
	// is any text and ? any one byte.
	Paths    []string
	IDs      []string // of events or requests
	Severity int      // the least
}

// ErrQuery is wrapped by what is wrong with a query.
var ErrQuery = errors.New("search")

func (q *Query) check() error {
	if !q.From.IsZero() && !q.To.IsZero() && !q.From.Before(q.To) {
		return fmt.Errorf("%w: the time to search from is not before the time to search to", ErrQuery)
	}
	for _, rule := range q.Rules {
		if _, err := strconv.ParseUint(rule, 10, 32); err != nil {
			return fmt.Errorf("%w: %q is no rule's number", ErrQuery, rule)
		}
	}
	return nil
}

// condition is one part of a query.
type condition struct {
	needles needles // one of them stands in each line to which it applies; nil: not known
	applies func(*facts) bool
}

// conditions are ordered by how few lines they are likely to apply to.
func (q *Query) conditions() (all []condition) {
	add := func(given bool, of func() condition) {
		if given {
			all = append(all, of())
		}
	}
	add(len(q.IDs) > 0, q.byID)
	add(len(q.Addresses) > 0, q.byAddress)
	add(len(q.Rules) > 0, q.byRule)
	add(len(q.Paths) > 0, q.byPath)
	add(len(q.Sites) > 0, q.bySite)
	add(len(q.Actions) > 0, q.byAction)
	add(q.Severity > 0, q.bySeverity)
	return all
}

// quoted makes needles: each text as a whole value after what stands before it.
func quoted(before string, texts []string) (n needles) {
	if len(texts) > maxNeedles {
		return nil
	}
	for _, text := range texts {
		n = append(n, []byte(before+`"`+escaped(text)+`"`))
	}
	return n
}

func oneOf(texts []string, raw []byte) bool {
	plain := unescaped(raw)
	return slices.ContainsFunc(texts, func(text string) bool { return text == string(plain) })
}

func (q *Query) byID() condition {
	var ids []string
	for _, id := range q.IDs {
		ids = append(ids, upperULID(id))
	}
	return condition{quoted(`"id":`, ids), func(f *facts) bool { return oneOf(ids, f.id) || oneOf(ids, f.request) }}
}

// upperULID is for identifiers that somebody has read out.
func upperULID(id string) string {
	if len(id) == 26 {
		return strings.ToUpper(id)
	}
	return id
}

func (q *Query) byRule() condition {
	return condition{quoted("", q.Rules), func(f *facts) bool {
		return oneOf(q.Rules, f.rule) || slices.ContainsFunc(f.rules, func(raw []byte) bool { return oneOf(q.Rules, raw) })
	}}
}

func (q *Query) bySite() condition {
	return condition{quoted(`"service":{"name":`, q.Sites), func(f *facts) bool { return oneOf(q.Sites, f.site) }}
}

func (q *Query) byAction() condition {
	return condition{quoted(`"action":`, q.Actions), func(f *facts) bool {
		return oneOf(q.Actions, f.action) || f.folded != nil && oneOf(q.Actions, f.folded)
	}}
}

func (q *Query) bySeverity() condition {
	return condition{nil, func(f *facts) bool { return f.severity >= q.Severity }}
}

func (q *Query) byAddress() condition {
	return condition{addressNeedles(q.Addresses), func(f *facts) bool {
		a, err := netip.ParseAddr(string(f.ip))
		return err == nil && slices.ContainsFunc(q.Addresses, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
	}}
}

// addressNeedles are addresses, or how all of a network begin. A prefix that
// could be written in several ways has none.
func addressNeedles(networks []netip.Prefix) (n needles) {
	if len(networks) > maxNeedles {
		return nil
	}
	for _, p := range networks {
		a := p.Masked().Addr()
		whole := p.IsSingleIP()
		begin := ""
		switch {
		case whole:
			begin = a.String() + `"`
		case a.Is4() && p.Bits() >= 8:
			parts := strings.SplitAfter(a.String(), ".")
			begin = strings.Join(parts[:p.Bits()/8], "")
		case a.Is6() && p.Bits() >= 16 && a.As16()[0] != 0: // the first group, written out
			begin, _, _ = strings.Cut(a.String(), ":")
			begin += ":"
		default:
			return nil
		}
		n = append(n, []byte(`"ip":"`+begin))
	}
	return n
}

func (q *Query) byPath() condition {
	var n needles
	for _, p := range q.Paths {
		begin, _, _ := strings.Cut(strings.ReplaceAll(p, "?", "*"), "*")
		n = append(n, []byte(`"path":"`+escaped(begin)))
	}
	if len(n) > maxNeedles {
		n = nil
	}
	return condition{n, func(f *facts) bool {
		plain := unescaped(f.path)
		return f.path != nil && slices.ContainsFunc(q.Paths, func(pattern string) bool { return pathMatches(pattern, plain) })
	}}
}

func pathMatches(pattern string, path []byte) bool {
	if !strings.ContainsAny(pattern, "*?") {
		return bytes.HasPrefix(path, []byte(pattern))
	}
	return glob(pattern, path)
}

// glob goes back to the last * only, which is enough, and keeps it from taking
// exponential time.
func glob(pattern string, s []byte) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// matcher holds a query's lines apart from others. It is for one goroutine.
type matcher struct {
	from, to   string // stamps; to "": no bound
	conditions []condition
	lead       int // the condition whose needles are hunted; -1: none
	text       *text
	reader     *reader
	copy       []byte // of a block, with its letters lowered
	unread     uint64 // lines that are no events
}

// byText is the lead where no condition is rarer than a text.
const byText = -2

func (q *Query) matcher() *matcher {
	m := &matcher{conditions: q.conditions(), lead: -1, text: newText(q.Text, q.Fold)}
	if !q.From.IsZero() {
		m.from = trail.FormatStamp(q.From)
	}
	if !q.To.IsZero() {
		m.to = trail.FormatStamp(q.To)
	}
	m.reader = newReader(m.text.clone())
	for i, c := range m.conditions {
		if c.needles != nil {
			m.lead = i
			break
		}
	}
	if rarer := len(q.IDs)+len(q.Addresses)+len(q.Rules) > 0; m.text != nil && !m.text.folds && !rarer {
		m.lead = byText
	}
	return m
}

// block yields the events of whole lines that are wanted. The facts are valid
// until the next.
func (m *matcher) block(block []byte, yield func(line []byte, f *facts) bool) bool {
	look := func(line []byte) bool { return !m.wants(line) || yield(line, &m.reader.facts) }
	switch {
	case m.lead == byText:
		m.copy = appendLower(m.copy[:0], block)
		return needles{m.text.want}.hunt(block, m.copy, look)
	case m.lead >= 0:
		return m.conditions[m.lead].needles.hunt(block, block, look)
	}
	return each(block, look)
}

// wants begins with what costs least.
func (m *matcher) wants(line []byte) bool {
	if len(line) == 0 || !m.inTime(line) || !m.mayHold(line) {
		return false
	}
	if !m.reader.read(line) {
		m.unread++
		return false
	}
	if !m.reader.found {
		return false
	}
	for _, c := range m.conditions {
		if !c.applies(&m.reader.facts) {
			return false
		}
	}
	return true
}

// inTime lets lines without a stamp pass: they are no events, and are told of.
func (m *matcher) inTime(line []byte) bool {
	stamp, ok := trail.Stamp(line)
	return !ok || stamp >= m.from && (m.to == "" || stamp < m.to)
}

func (m *matcher) mayHold(line []byte) bool {
	for i, c := range m.conditions {
		if i != m.lead && c.needles != nil && !c.needles.in(line) {
			return false
		}
	}
	return m.text == nil || m.lead == byText || m.text.in(line)
}
