package proxy

import (
	"crypto/sha256"
	"io"
	"net/http"
	"strings"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/evidence"
)

// caseFile tells the audit trail of one document's findings: those that are
// alike in one event, with their number, at the document's end or when no more
// can be held. With `evidence: full` events carry the hashes of the whole
// document.
type caseFile struct {
	x        *exchange
	resp     *http.Response
	document *evidence.Document // nil: none is kept
	held     []audit.Event
	alike    map[finding]int // where in held
	complete bool            // the document was seen to its end
}

// finding is what findings have in common that are told of in one event: all
// but where they stood.
type finding struct {
	kind, element, attribute, target, host, reasons string
	sha256                                          [sha256.Size]byte
	removed                                         bool
}

const (
	// heldEvent is about what an event takes that waits: a snippet of 256 bytes, a
	// target of 512, the rest. The cleaner makes at most a thousand of a document.
	heldEvent = 2 << 10
	// maxHeld bounds the events that wait for the end of a document that is not
	// kept. When there are as many they go out, and counting begins anew.
	maxHeld = 64
)

func (x *exchange) openFile(resp *http.Response) *caseFile {
	c := &caseFile{x: x, resp: resp}
	if x.site.Response.Evidence == policies.EvidenceFull {
		c.document = x.server.evidence.Begin(evidence.About{
			Site: x.site.Name, RequestID: x.id, URL: x.documentAddress(),
		})
	}
	return c
}

// before gathers the document as the origin sent it.
func (c *caseFile) before(r io.Reader) io.Reader {
	if c.document == nil {
		return r
	}
	return c.document.Before(r)
}

// after gathers the document as it is passed on.
func (c *caseFile) after(w io.Writer) io.Writer {
	if c.document == nil {
		return w
	}
	return c.document.After(w)
}

// of describes the document to the cleaner.
func (c *caseFile) of(kind clean.Type) clean.Document {
	return clean.Document{URL: c.x.documentURL(), Charset: kind.Charset, Report: c.report}
}

func (c *caseFile) report(f clean.Finding) {
	if c.document != nil {
		c.document.Found(f.Offset, f.Removed)
	}
	key := finding{f.Kind, f.Element, f.Attribute, f.Target, f.Host, strings.Join(f.Reasons, " "), f.SHA256, f.Removed}
	if at, held := c.alike[key]; held {
		c.held[at].Finding.Count++
		return
	}
	e := c.x.findingEvent(f, c.resp)
	e.Time = c.x.server.now()
	if c.alike == nil {
		c.alike = make(map[finding]int)
	}
	c.alike[key] = len(c.held)
	if c.held = append(c.held, e); c.full() {
		c.release(evidence.Sums{})
	}
}

// full reports whether no more events can wait.
func (c *caseFile) full() bool {
	if c.document != nil {
		return !c.document.Hold(heldEvent)
	}
	return len(c.held) >= maxHeld
}

// close ends the document, whole or not: what was found is told all the same.
// Closing again does nothing.
func (c *caseFile) close() {
	var sums evidence.Sums
	if c.document != nil {
		sums = c.document.Close(c.complete)
		c.document = nil
	}
	c.release(sums)
}

func (c *caseFile) release(sums evidence.Sums) {
	for _, e := range c.held {
		e.Finding.BeforeSHA256, e.Finding.AfterSHA256 = sums.Before, sums.After
		c.x.record(e)
	}
	c.held = c.held[:0]
	clear(c.alike)
}
