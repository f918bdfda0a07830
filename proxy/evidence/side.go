package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// maxSide is how much of a document is kept of each side; the hash is of the
// whole, and Record says what is missing.
const maxSide = 8 << 20

// chunk is the piece in which memory is reserved: a page of a few kilobytes
// takes two.
type chunk [16 << 10]byte

// side is a document before or after the cleaning, as it goes by.
type side struct {
	sum    hash.Hash
	size   int64 // of the whole
	chunks []*chunk
	kept   int
}

// write takes p over. It reports false where the memory is used up.
func (d *side) write(s *Store, p []byte) bool {
	d.sum.Write(p)
	d.size += int64(len(p))
	p = p[:min(len(p), maxSide-d.kept)]
	for len(p) > 0 {
		at := d.kept % len(chunk{})
		if at == 0 {
			if !s.budget.take(int64(len(chunk{}))) {
				return false
			}
			d.chunks = append(d.chunks, s.chunks.Get().(*chunk))
		}
		n := copy(d.chunks[len(d.chunks)-1][at:], p)
		d.kept += n
		p = p[n:]
	}
	return true
}

// free gives the memory back.
func (d *side) free(s *Store) {
	for _, c := range d.chunks {
		s.chunks.Put(c)
	}
	s.budget.give(int64(len(d.chunks) * len(chunk{})))
	d.chunks, d.kept = nil, 0
}

// WriteTo writes what is kept.
func (d *side) WriteTo(w io.Writer) (int64, error) {
	var wrote int64
	for _, c := range d.chunks {
		n, err := w.Write(c[:min(d.kept-int(wrote), len(c))])
		wrote += int64(n)
		if err != nil {
			return wrote, err
		}
	}
	return wrote, nil
}

func (d *side) hex() string { return hex.EncodeToString(d.sum.Sum(nil)) }

func newSide() side { return side{sum: sha256.New()} }
