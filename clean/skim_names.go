package clean

import "encoding/binary"

const (
	maxNames    = 256 // that are remembered, 64 bytes each
	maxSiblings = 8   // of them in one place
	maxLead     = wordRoom
)

// skimNames remembers the names of the attributes that tags were passed over
// with, in their order: a page has a few dozen kinds of tags, and what comes
// behind <a href="…" is most often what came there before. To see that it does
// costs a comparison; to find out what else it is, five times that.
//
// It is a tree: an element's first attributes, behind each what came next. On
// the way to a name no other has the same, so that it is no duplicate.
type skimNames struct {
	nodes [maxNames]skimName // but the first
	count int
	first [maxSkimmed]uint8 // by an element's number
}

// skimName is one attribute's name with what surrounds it, ` class="`, cut into
// machine words; and what its value is held against.
type skimName struct {
	lead, mask [3]uint64
	length     uint8 // of the lead
	quote      byte  // with which it ends, or one of those below
	demand     demand
	other      uint8 // its bit, where it is not in the tables
	id         attr  // or noAttr
	before     uint8 // the name before it, or 0
	next       uint8 // another in its place, or 0
	behind     uint8 // the first of those that came behind it, or 0
}

// What stands for a quote where there is none.
const (
	noValue  = 0
	unquoted = 1
)

const noAttr = attr(len(attrs{}) * 64)

// starts reports whether b, cut into words, starts with n.
func (n *skimName) starts(b0, b1, b2 uint64) bool {
	return (b0^n.lead[0])&n.mask[0]|(b1^n.lead[1])&n.mask[1]|(b2^n.lead[2])&n.mask[2] == 0
}

// ends reports whether c may stand behind a lead without a quote, which may
// also be the beginning of another.
func (n *skimName) ends(c byte) bool {
	if n.quote == unquoted {
		return c != '"' && c != '\''
	}
	return c == '>' || c == '/' || isSpace(c)
}

// follow reads the attributes from b[at] on as long as they have the names that
// others of el had. It returns where it stands, at the tag's end or before a name
// that it does not know, and behind which name; at is -1 where the tag must be
// read.
func (w *rewriter) follow(b []byte, at int, el *skimElement) (to int, name uint8) {
	names := &w.familiar.names
	for here := names.first[el.number]; at+maxLead < len(b) && b[at] != '>'; {
		head := b[at : at+maxLead]
		b0, b1, b2 := binary.LittleEndian.Uint64(head), binary.LittleEndian.Uint64(head[8:]), binary.LittleEndian.Uint64(head[16:])
		for here != 0 && !names.nodes[here].starts(b0, b1, b2) {
			here = names.nodes[here].next
		}
		if here == 0 {
			break
		}
		n := &names.nodes[here]
		value := at + int(n.length)
		end, next := value, value
		switch {
		case n.quote > unquoted:
			end = closingQuote(b, value, n.quote)
			next = end + 1
		case !n.ends(b[value]):
			here = n.next
			continue
		case n.quote == unquoted:
			end = unquotedEnd(b, value)
			next = end
		}
		if end < 0 || n.demand.of != demandNothing && !w.skimValue(b[value:end], n.demand) {
			return -1, 0
		}
		at = next
		name, here = here, n.behind
	}
	return at, name
}

// seen returns the attributes up to a name, and the bits of those that are in no
// table.
func (t *skimNames) seen(name uint8) (seen attrs, others uint64) {
	for ; name != 0; name = t.nodes[name].before {
		if n := &t.nodes[name]; n.id != noAttr {
			seen.add(n.id)
		} else {
			others |= 1 << n.other
		}
	}
	return seen, others
}

// add remembers a name behind another, or as the first of el. It returns 0
// where there is no room.
func (t *skimNames) add(el *skimElement, before uint8, lead []byte, n skimName) uint8 {
	if len(lead) > maxLead || t.count == maxNames-1 {
		return 0
	}
	place := &t.first[el.number]
	if before != 0 {
		place = &t.nodes[before].behind
	}
	for range maxSiblings {
		if *place == 0 {
			t.count++
			n.before, n.length = before, uint8(len(lead))
			n.lead, n.mask = wordsOfLead(lead)
			*place, t.nodes[t.count] = uint8(t.count), n
			return *place
		}
		place = &t.nodes[*place].next
	}
	return 0
}

func wordsOfLead(lead []byte) (words, mask [3]uint64) {
	for i, c := range lead {
		words[i/8] |= uint64(c) << (i % 8 * 8)
		mask[i/8] |= 0xFF << (i % 8 * 8)
	}
	return words, mask
}

// makeRoom forgets the names where no more can be remembered.
func (t *skimNames) makeRoom() (forgot bool) {
	if t.count < maxNames-1 {
		return false
	}
	t.count, t.first = 0, [maxSkimmed]uint8{}
	return true
}
