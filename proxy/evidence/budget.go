package evidence

import "sync/atomic"

// maxHeld bounds what all documents together hold in memory, from their first
// byte until they are on disk. Past it a document is given up: its findings
// are told with a snippet, as with `evidence: snippet`.
const maxHeld = 64 << 20

// budget is memory that many documents share.
type budget struct{ free atomic.Int64 }

// take reserves n bytes, or says that there are too few.
func (b *budget) take(n int64) bool {
	if b.free.Add(-n) >= 0 {
		return true
	}
	b.free.Add(n)
	return false
}

func (b *budget) give(n int64) { b.free.Add(n) }
