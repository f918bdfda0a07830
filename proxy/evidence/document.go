package evidence

import (
	"io"
	"time"
)

// About says which response a document is.
type About struct {
	Site      string
	RequestID string
	// URL has no query: what stands there may be a secret. The events of the
	// request have it, redacted.
	URL string
}

// Sums are the hashes of a whole document before and after the cleaning, in
// hex; empty where the whole was not seen.
type Sums struct{ Before, After string }

// maxOffsets bounds the offsets that a Record lists.
const maxOffsets = 1000

// Document gathers one response while it streams. It is not safe for
// concurrent use. Close must be called.
type Document struct {
	store         *Store
	about         About
	at            time.Time
	before, after side
	offsets       []int64
	findings      int
	removed       bool
	held          int64
	complete      bool
	givenUp       bool
}

// Begin starts to gather a document.
func (s *Store) Begin(about About) *Document {
	return &Document{store: s, about: about, at: s.now(), before: newSide(), after: newSide()}
}

// Before returns a reader that gathers what is read through it.
func (d *Document) Before(r io.Reader) io.Reader { return &reading{r, d} }

// After returns a writer that gathers what is written through it.
func (d *Document) After(w io.Writer) io.Writer { return &writing{w, d} }

// Hold reserves memory for what the caller keeps until Close. It reports false
// where the document has been given up: nothing need wait for its end then.
func (d *Document) Hold(n int) bool {
	if !d.givenUp && d.store.budget.take(int64(n)) {
		d.held += int64(n)
		return true
	}
	d.giveUp()
	return false
}

// Found notes a finding: where, and whether anything was removed. A document
// from which nothing was removed is not kept.
func (d *Document) Found(offset int64, removed bool) {
	d.findings++
	d.removed = d.removed || removed
	if len(d.offsets) < maxOffsets {
		d.offsets = append(d.offsets, offset)
	}
}

// Close ends the document and sends it on its way to the disk. complete says
// that it was seen to its end; of another the hashes would be of no document.
func (d *Document) Close(complete bool) Sums {
	d.complete = complete
	d.store.budget.give(d.held)
	d.held = 0
	var sums Sums
	if complete && !d.givenUp {
		sums = Sums{Before: d.before.hex(), After: d.after.hex()}
	}
	switch {
	case !d.removed:
		d.free()
	case d.givenUp:
		d.store.queue.lose(d.about.Site, lostMemory, d.store.now())
	default:
		d.store.queue.put(d)
	}
	return sums
}

func (d *Document) gather(to *side, p []byte) {
	if !d.givenUp && !to.write(d.store, p) {
		d.giveUp()
	}
}

func (d *Document) giveUp() {
	d.givenUp = true
	d.free()
}

func (d *Document) free() {
	d.before.free(d.store)
	d.after.free(d.store)
}

type reading struct {
	from io.Reader
	doc  *Document
}

func (r *reading) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	r.doc.gather(&r.doc.before, p[:n])
	return n, err
}

type writing struct {
	to  io.Writer
	doc *Document
}

func (w *writing) Write(p []byte) (int, error) {
	w.doc.gather(&w.doc.after, p)
	return w.to.Write(p)
}
