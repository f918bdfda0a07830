package proxy

import (
	"io"
	"net/http"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy/evidence"
)

// caseFile tells the audit trail of one document's findings. With `evidence:
// full` their events carry the hashes of the whole document, which are known
// at its end: until then they are held.
type caseFile struct {
	x        *exchange
	resp     *http.Response
	document *evidence.Document // nil: events go out at once
	held     []audit.Event
	complete bool // the document was seen to its end
}

// heldEvent is about what an event takes that waits: a snippet of 256 bytes, a
// target of 512, the rest. The cleaner makes at most a thousand of a document.
const heldEvent = 2 << 10

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
	e := c.x.findingEvent(f, c.resp)
	if c.document == nil {
		c.x.record(e)
		return
	}
	e.Time = c.x.server.now()
	c.held = append(c.held, e)
	c.document.Found(f.Offset, f.Removed)
	if !c.document.Hold(heldEvent) {
		c.release(evidence.Sums{})
	}
}

// close ends the document, whole or not: what was found is told all the same.
// Closing again does nothing.
func (c *caseFile) close() {
	if c.document != nil {
		c.release(c.document.Close(c.complete))
		c.document = nil
	}
}

func (c *caseFile) release(sums evidence.Sums) {
	for _, e := range c.held {
		e.Finding.BeforeSHA256, e.Finding.AfterSHA256 = sums.Before, sums.After
		c.x.record(e)
	}
	c.held = nil
}
