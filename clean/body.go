package clean

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/lachan-waf/lachan/policies"
)

// UnreadableError says that a body cannot be read as what it claims to be, and
// so cannot be cleaned. None of what follows in it has been passed on.
type UnreadableError struct {
	Medium Medium
	Offset int64 // in the decoded body
	Reason string
}

func (e *UnreadableError) Error() string {
	return fmt.Sprintf("%s cannot be read at byte %d: %s", e.Medium, e.Offset, e.Reason)
}

func (m Medium) String() string {
	return [...]string{"body", "CSS", "JavaScript", "JSON", "XML"}[m]
}

// BodyWriter cleans one body that is not HTML. Under a policy of report the
// bytes pass untouched. It is not safe for concurrent use.
type BodyWriter struct {
	c       *Cleaner
	doc     Document
	medium  Medium
	charset charset
	reader  bodyReader
	raw     bool // the input passes as it is
	removes bool // what the policy is against is taken out
	decode  *transcoder
	out     output // of the reader; mute where raw
	found   findingLog
	window  []byte // gathered for the reader
	size    int    // of a full window
	hold    int    // how much a reader may hold back
	err     error
	closed  bool
}

// bodyWindow is how much of a body is gathered before it is read. Windows
// begin at fixed offsets, so that no outcome depends on how the body came.
const bodyWindow = 32 << 10

// bodyReader reads the windows of a decoded body and passes on what may stay.
// An error ends the reading.
type bodyReader interface {
	feed(p []byte) error
	eof() error
}

// NewBodyWriter returns a BodyWriter that sends the cleaned body to dst. The
// Charset of doc is that of BodyType.
func (c *Cleaner) NewBodyWriter(dst io.Writer, m Medium, doc Document) *BodyWriter {
	if doc.URL == "" {
		doc.URL = c.home
	}
	charset := charsetOf(doc.Charset).in(m)
	policy := c.BodyPolicy(m)
	w := &BodyWriter{
		c: c, doc: doc, medium: m, charset: charset, decode: charset.transcoder(),
		raw: !c.Rewrites(m), size: bodyWindow, hold: maxHold,
		removes: policy == policies.BodyClean, found: findingLog{report: doc.Report},
	}
	w.out = output{dst: dst, mute: w.raw}
	resolver := newResolver(doc.URL, charset.passed())
	if policy != policies.BodyOff || m == MediumXML && !c.reportOnly {
		w.reader = w.newReader(policy, &resolver)
	}
	return w
}

func (w *BodyWriter) newReader(policy policies.BodyPolicy, r *resolver) bodyReader {
	switch w.medium {
	case MediumCSS:
		return newStylesheet(w, r)
	case MediumJS:
		return newScriptFile(w)
	case MediumJSON:
		return newJSONReader(w, r)
	case MediumXML:
		return newXMLGuard(w, policy, r)
	}
	return nil
}

// Write cleans p. An error is that of the writer below or an UnreadableError,
// and stays.
func (w *BodyWriter) Write(p []byte) (int, error) {
	switch {
	case w.closed:
		return 0, errClosed
	case w.err != nil:
		return 0, w.err
	}
	if w.raw || w.reader == nil {
		w.out.write(p)
	}
	if w.decode != nil {
		w.decode.write(p, w.feed)
	} else {
		w.feed(p)
	}
	if err := w.settle(); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Close ends the body: what was held back is judged as it stands. Closing
// again does nothing.
func (w *BodyWriter) Close() error {
	if w.closed || w.err != nil {
		w.closed = true
		return w.err
	}
	w.closed = true
	if w.decode != nil {
		w.decode.close(w.feed)
	}
	w.read()
	if w.reader != nil && w.err == nil {
		w.unreadable(w.reader.eof())
	}
	w.found.end(w.removes)
	return w.settle()
}

// Abort ends a body whose rest will never come: what was held back is dropped
// without a judgement, and nothing more is written. After Close, or again, it
// does nothing.
func (w *BodyWriter) Abort() {
	if !w.closed {
		w.closed = true
		w.found.end(w.removes)
	}
}

// feed gathers decoded bytes.
func (w *BodyWriter) feed(p []byte) {
	for len(p) > 0 && w.reader != nil && w.err == nil {
		n := min(len(p), w.size-len(w.window))
		w.window = append(w.window, p[:n]...)
		p = p[n:]
		if len(w.window) == w.size {
			w.read()
		}
	}
}

func (w *BodyWriter) read() {
	if len(w.window) > 0 && w.reader != nil && w.err == nil {
		w.unreadable(w.reader.feed(w.window))
	}
	w.window = w.window[:0]
}

func (w *BodyWriter) settle() error {
	if w.err == nil {
		w.out.flush()
		w.err = w.out.err
	}
	return w.err
}

// unreadable deals with an error of the reader. Where the policy is to report
// it becomes a finding, and the reading ends.
func (w *BodyWriter) unreadable(err error) {
	var unreadable *UnreadableError
	switch {
	case err == nil:
	case !w.raw || !errors.As(err, &unreadable):
		w.err = err
	default:
		w.reader = nil
		w.found.add(Finding{Kind: kindMarkup.String(), Offset: unreadable.Offset, Reasons: []string{reasonUnreadable}}, nil)
	}
}

// broken is the error of a reader that cannot go on.
func (w *BodyWriter) broken(offset int64, reason string) error {
	return &UnreadableError{Medium: w.medium, Offset: offset, Reason: reason}
}

// findingLog passes on the findings of a body, and counts them once there are
// too many.
type findingLog struct {
	report func(Finding)
	count  int
}

// add reports a finding about bytes that are removed, or would be.
func (l *findingLog) add(f Finding, removed []byte) { l.pass(evidence(f, removed)) }

// pass reports a finding that has its evidence.
func (l *findingLog) pass(f Finding) {
	f.Target = cutTarget(f.Target)
	if l.count++; l.count <= maxFindings && l.report != nil {
		l.report(f)
	}
}

// end sums up what was only counted.
func (l *findingLog) end(removed bool) {
	if n := l.count - maxFindings; n > 0 && l.report != nil {
		l.report(Finding{Kind: kindLimit.String(), Reasons: []string{reasonLimit, reasonFurther + strconv.Itoa(n)}, Removed: removed})
	}
}
