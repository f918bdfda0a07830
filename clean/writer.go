package clean

import (
	"bytes"
	"errors"
	"io"
)

const (
	// maxHold is the longest tag, comment, inline script or style that is held
	// back to be judged; a longer one is removed.
	maxHold = 512 << 10
	// maxScript bounds inline scripts more tightly: none of the CMSs' own
	// comes near, and signals are sought in all of it.
	maxScript = 256 << 10
	// maxTitle is the longest title: all of it is compared with the lexicon.
	maxTitle = maxLexicon
	// maxTag is the longest start tag that is kept apart: that of a link while
	// its text is awaited, or a rebuilt one of an element that is held.
	maxTag = 16 << 10
	// holdStep is how much of a write is copied at a time to complete what is held.
	holdStep = 4 << 10
	// maxIdleHold is the longest hold that is kept while nothing is held.
	maxIdleHold = 64 << 10
	// maxWindow is the longest hold: what checkBounds lets stand, and a step.
	maxWindow = maxHold + maxEndTag + holdStep
)

// What a Writer keeps between two writes of up to 32 KiB is under 1 MiB:
//
//	hold                  maxWindow                       520 KiB
//	rewriter.start        maxTag, where it had to be rebuilt 18
//	output.asided         maxLink, rounded up by append    80
//	link.tag              maxTag, and what was aside       96
//	familiar              its slots, each full            205
//	hidden.sheet          maxSelectors, steps and tests    44
//	tokenizer.tag.attrs   maxAttributes of 48 B            16
//	island and opened     512 of 16 B, 4 of 512 of 8 B     24
//	the rest              output.buf, removal, transcoder  20
//
// together about 1023 KiB, in a document that needs all of it at once. A block
// takes 2 maxBlock and its findings, but is let go where the hold has grown as
// long as that. While a token of maxHold is judged, in one write, copies of it
// up to eight times as long come and go. A longer write is itself held as long
// as it takes.

// Writer cleans one document. It holds back an unfinished token, an inline
// script or style until its end, and a hidden element and the text of a link to
// another host while they are judged, each within a bound; everything else is
// passed on in the call that brought it. It is not safe for concurrent use.
type Writer struct{ r *rewriter } // a handle, so that a late second Close cannot meet another document

var errClosed = errors.New("clean: write after close")

// NewWriter returns a Writer that sends the cleaned document to dst.
// It is short enough to be inlined, so that a Writer which stays with its caller
// costs no allocation.
func (c *Cleaner) NewWriter(dst io.Writer, doc Document) *Writer {
	return &Writer{r: c.newRewriter(dst, doc)}
}

func (c *Cleaner) newRewriter(dst io.Writer, doc Document) *rewriter {
	r, _ := c.rewriters.Get().(*rewriter)
	if r == nil {
		r = &rewriter{}
	}
	r.reset(c, dst, doc)
	return r
}

// Write cleans p. An error is that of the writer below, and stays.
func (w *Writer) Write(p []byte) (int, error) {
	if w.r == nil {
		return 0, errClosed
	}
	return w.r.write(p)
}

// Close ends the document: what was held back is judged as it stands. It does
// not close the writer below. Closing again does nothing.
func (w *Writer) Close() error {
	if w.r == nil {
		return nil
	}
	r, c := w.r, w.r.c
	w.r = nil
	err := r.close()
	if r.release() {
		c.rewriters.Put(r)
	}
	return err
}

// Abort ends a document whose rest will never come: what was held back is
// dropped without a judgement, and nothing more is written. It reports what
// was being removed, as far as that had come. After it Close does nothing.
func (w *Writer) Abort() {
	if w.r == nil {
		return
	}
	r, c := w.r, w.r.c
	w.r = nil
	r.abort()
	if r.release() {
		c.rewriters.Put(r)
	}
}

// rewriter is the state of one document, pooled for its buffers.
type rewriter struct {
	c        *Cleaner
	doc      Document
	resolver resolver
	decode   *transcoder
	xhtml    *xhtml    // nil for HTML
	raw      io.Writer // receives the input untouched, where the policy is to report

	tok    tokenizer
	hold   []byte
	offset int64  // of the window's first byte in the decoded input
	cursor int    // up to where the window has been passed on or removed
	mark   int    // where the held element begins, or -1
	body   int    // where its content begins
	start  []byte // its start tag, where that had to be rebuilt
	odd    bool   // whether start is to be used
	sort   sort   // what its script is
	aside  bool   // its style sheet is for some visitors only
	nonce  []byte // the attribute that scripts get, with a space before it; empty: none
	out    output

	place    place
	drop     drop
	link     link
	hidden   hidden
	identity identity
	block    block
	removal  removal
	verdict  verdict
	skimmed  *skimTables
	likely   likely
	familiar familiar
	findings int
	depth    int // of documents in attributes
}

func (w *rewriter) reset(c *Cleaner, dst io.Writer, doc Document) {
	if doc.URL == "" {
		doc.URL = c.home
	}
	charset := charsetOf(doc.Charset)
	w.c, w.doc, w.resolver = c, doc, newResolver(doc.URL, charset.passed())
	w.decode, w.raw, w.xhtml = charset.transcoder(), nil, nil
	if doc.XHTML {
		w.xhtml = &xhtml{elements: c.elements}
	}
	w.tok.elements, w.tok.attributes = c.elements, c.attributes
	w.skimmed = skimmed()
	w.tok.reset()
	w.hold, w.offset, w.cursor, w.mark, w.start = w.hold[:0], 0, 0, -1, w.start[:0]
	w.out = output{dst: dst, limit: maxLink, buf: w.out.buf[:0], asided: w.out.asided[:0], blocked: w.out.blocked[:0]}
	w.place.reset()
	w.drop.reset()
	w.link.reset()
	w.hidden.reset()
	w.block.reset()
	w.familiar.forgetClasses()
	w.identity.reset()
	w.findings, w.depth = 0, 0
	if c.reportOnly {
		w.raw, w.out.mute, w.doc.Nonce = dst, true, ""
	}
	w.nonce = w.nonce[:0]
	if w.doc.Nonce != "" {
		w.nonce = append(append(append(w.nonce, ` nonce="`...), w.doc.Nonce...), '"')
	}
	w.familiar.forNonce(w.doc.Nonce)
}

// utf8 reports whether the reader's bytes are UTF-8, transcoded or as they came.
func (w *rewriter) utf8() bool {
	return w.decode != nil || charsetOf(w.doc.Charset).name == "utf-8"
}

func (w *rewriter) write(p []byte) (int, error) {
	if w.raw != nil {
		w.out.write(p)
	}
	if w.decode != nil {
		w.decode.write(p, w.read)
	} else {
		w.read(p)
	}
	w.checkHead()
	w.out.flush()
	if len(w.hold) == 0 && cap(w.hold) > maxIdleHold {
		w.hold = nil // what was in it may now wait below, for a slow reader
	}
	if w.out.err != nil {
		return 0, w.out.err
	}
	return len(p), nil
}

func (w *rewriter) close() error {
	if w.decode != nil {
		w.decode.close(w.read)
	}
	if w.xhtml != nil {
		w.xhtml.close(w.feed)
	}
	w.eof()
	w.out.flush()
	w.reportFurther()
	return w.out.err
}

func (w *rewriter) abort() {
	w.out.mute = true
	if w.drop.active || w.tok.blind {
		w.passText(w.hold, len(w.hold))
		w.endDrop()
	}
	w.reportFurther()
}

// release drops the references to the document, and reports whether the
// buffers are small enough to be kept.
func (w *rewriter) release() bool {
	w.c, w.doc, w.resolver, w.decode, w.raw, w.xhtml, w.out.dst = nil, Document{}, resolver{}, nil, nil, nil, nil
	w.removal.finding, w.link.finding, w.identity.first, w.verdict.value = Finding{}, Finding{}, Finding{}, nil
	w.block.reset()
	return cap(w.hold) <= 2*maxHold && cap(w.out.asided) <= 4*maxLink && cap(w.out.blocked) <= 4*maxBlock
}

// read takes a piece of the decoded document.
func (w *rewriter) read(p []byte) {
	if w.xhtml != nil {
		w.xhtml.write(p, w.feed)
	} else {
		w.feed(p)
	}
}

// feed reads a piece of HTML. The window is the piece itself,
// or, while something is held back, the hold with some of the piece behind it.
func (w *rewriter) feed(p []byte) {
	for len(p) > 0 && w.out.err == nil {
		if len(w.hold) == 0 {
			w.run(p, false)
			w.settle(p)
			return
		}
		p = p[w.feedHeld(p):]
	}
}

// feedHeld completes what is held with bytes of p, and tells how many it took.
func (w *rewriter) feedHeld(p []byte) int {
	before, n := len(w.hold), min(len(p), holdStep)
	w.holdMore(p[:n])
	w.run(w.hold, true)
	if w.tok.inText() && w.mark < 0 {
		n = w.tok.pos - before
		window := w.hold[:w.tok.pos]
		w.hold = w.hold[:0]
		w.settle(window)
		return n
	}
	w.compact()
	return n
}

// settle passes on what the window holds of finished text and keeps the rest.
func (w *rewriter) settle(b []byte) {
	if w.tok.blind {
		w.settleBlind(b)
		return
	}
	from := w.heldFrom(len(b))
	w.checkBlock(from)
	w.passText(b, from)
	w.witness(b, from)
	w.checkLink()
	w.hold = w.hold[:0]
	w.holdMore(b[from:])
	w.shift(from)
	w.checkBounds()
}

// holdMore puts p behind what is held. The buffer doubles, but only up to what
// checkBounds lets stand; append would go on to twice that.
func (w *rewriter) holdMore(p []byte) {
	if need := len(w.hold) + len(p); need > cap(w.hold) {
		grown := make([]byte, len(w.hold), max(need, min(2*cap(w.hold), maxWindow)))
		copy(grown, w.hold)
		w.hold = grown
	}
	w.hold = append(w.hold, p...)
}

// compact drops from the hold what is done with.
func (w *rewriter) compact() {
	if from := w.heldFrom(len(w.hold)); from > 0 {
		w.passText(w.hold, from)
		w.witness(w.hold, from)
		w.hold = w.hold[:copy(w.hold, w.hold[from:])]
		w.shift(from)
	}
	w.checkBounds()
}

// heldFrom is where the bytes begin that a later write will be judged with.
func (w *rewriter) heldFrom(end int) int {
	switch {
	case w.mark >= 0:
		return w.mark
	case w.tok.start >= 0:
		return w.tok.start
	}
	return end
}

func (w *rewriter) shift(n int) {
	w.tok.shift(n)
	w.cursor -= n
	w.offset += int64(n)
	if w.mark >= 0 {
		w.mark -= n
		w.body -= n
	}
}

// run deals with every token that the window completes; where the window is
// the hold, only until nothing is held any more.
func (w *rewriter) run(b []byte, held bool) {
	plain := !held && bytes.IndexByte(b, 0) < 0 // at every NUL some reader takes a tag otherwise
	for {
		if plain && w.skims() {
			w.skim(b)
		}
		k := w.tok.next(b)
		if k == tokenNone {
			return
		}
		w.token(b, k)
		w.tok.took()
		w.checkLink()
		if held && w.mark < 0 {
			return
		}
	}
}
