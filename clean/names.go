package clean

import "encoding/binary"

// names finds a row of a table by its ASCII name, whatever the case. It is an
// open-addressing hash table built once per Cleaner: a lookup is a few
// nanoseconds and allocates nothing.
type names struct {
	slots [1024]uint16
	rows  []string
}

// newNames indexes rows; row 0 stands for "not in the table".
func newNames(rows []string) *names {
	n := &names{rows: rows}
	for i := 1; i < len(rows); i++ {
		at := nameHash([]byte(rows[i]))
		for n.slots[at] != 0 {
			at = (at + 1) % uint32(len(n.slots))
		}
		n.slots[at] = uint16(i)
	}
	return n
}

// find returns the row of name, or 0.
func (n *names) find(name []byte) uint16 { return n.findHashed(name, nameHash(name)) }

// findHashed is find where the hash is known.
func (n *names) findHashed(name []byte, hash uint32) uint16 {
	for at := hash; ; at = (at + 1) % uint32(len(n.slots)) {
		row := n.slots[at]
		if row == 0 || equalFold(name, n.rows[row]) {
			return row
		}
	}
}

// nameHash mixes the first and last bytes without their case bit, and the
// length. Collisions cost a comparison, never a wrong answer.
func nameHash(name []byte) uint32 {
	n := len(name)
	var head uint64
	switch {
	case n >= 8:
		head = binary.LittleEndian.Uint64(name) ^ uint64(binary.LittleEndian.Uint32(name[n-4:])|0x20202020)<<5
	case n >= 4:
		head = uint64(binary.LittleEndian.Uint32(name)) | uint64(binary.LittleEndian.Uint32(name[n-4:]))<<32
	case n > 0:
		head = uint64(name[0]) | uint64(name[n/2])<<8 | uint64(name[n-1])<<16
	}
	head = (head | 0x2020202020202020) ^ uint64(n)<<56
	return uint32((head * 0x9E3779B97F4A7C15) >> 54)
}

// lower folds A to Z only: HTML names are compared that way, and a Unicode
// fold would take U+212A KELVIN SIGN for a k.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// equalFold compares b, of any case, with s, in lower case.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := 0; i < len(b); i++ {
		if b[i] != s[i] && lower(b[i]) != s[i] {
			return false
		}
	}
	return true
}

// hasPrefixFold reports whether b starts with s, in lower case.
func hasPrefixFold(b []byte, s string) bool {
	return len(b) >= len(s) && equalFold(b[:len(s)], s)
}

// lowerString copies b into a string in lower case.
func lowerString(b []byte) string {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = lower(c)
	}
	return string(out)
}

// nameKey is a hash of a name in lower case, for counting nested elements of
// names the table does not hold.
func nameKey(name []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range name {
		h = (h ^ uint64(lower(c))) * 1099511628211
	}
	return h
}
