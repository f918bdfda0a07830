package hostlist

import (
	"errors"
	"hash/maphash"
	"math/bits"
	"slices"
	"strings"
)

// maxEntries bounds one list: the hashes of four million hosts are 32 MiB.
const maxEntries = 4 << 20

var errTooMany = errors.New("more than 4194304 entries")

// below is the bit of an entry that says that the hosts below are listed too.
const below = 1

// table is a set of hosts: their hashes in order, and where in that order the
// hashes with the same first bits begin. A host is looked for among the few
// hashes of one such bucket. A binary search of the whole would wait for
// memory twenty times; a hash table is no faster and twice as large.
type table struct {
	seed   maphash.Seed
	hashes []uint64
	starts []uint32 // of each bucket, and the end of the last
	shift  uint     // of a hash to its bucket's number
}

func (t *table) add(host string, entry uint64) error {
	if len(t.hashes) == maxEntries {
		return errTooMany
	}
	t.hashes = append(t.hashes, t.hash(host)|entry)
	return nil
}

func (t *table) hash(host string) uint64 { return maphash.String(t.seed, host) &^ below }

// seal ends the adding. What growing has left unused goes.
func (t *table) seal() {
	slices.Sort(t.hashes)
	t.hashes = append(make([]uint64, 0, len(t.hashes)), slices.Compact(t.hashes)...)
	size := max(0, bits.Len(uint(len(t.hashes)))-2) // two to four hashes in a bucket
	t.shift = uint(64 - size)
	t.starts = make([]uint32, 1<<size+1)
	for _, h := range t.hashes {
		t.starts[h>>t.shift+1]++
	}
	for i := 1; i < len(t.starts); i++ {
		t.starts[i] += t.starts[i-1]
	}
}

// covers says whether host, or a host it is below with all that is, was added.
// No entry is a single label.
func (t *table) covers(host string) bool {
	if len(t.hashes) == 0 || host == "" {
		return false
	}
	if t.has(host, false) {
		return true
	}
	for {
		dot := strings.IndexByte(host, '.')
		if dot < 0 {
			return false
		}
		if host = host[dot+1:]; strings.IndexByte(host, '.') >= 0 && t.has(host, true) {
			return true
		}
	}
}

// has looks for host with the hosts below it or, unless that is asked for, alone.
func (t *table) has(host string, withBelow bool) bool {
	want := t.hash(host)
	bucket := want >> t.shift
	for _, h := range t.hashes[t.starts[bucket]:t.starts[bucket+1]] {
		if h == want|below || h == want && !withBelow {
			return true
		}
	}
	return false
}
