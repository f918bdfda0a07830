package proxy

import (
	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
)

// refusesDoorways reports whether a page that is another site's is answered
// with 410 in its place: the status by which search engines forget it.
func (x *exchange) refusesDoorways() bool {
	return x.site.Response.Mode == policies.ResponseClean && x.site.Response.Doorways == policies.DoorwaysGone
}

// head is the first part of a document, which holds what the page says it is.
type head struct {
	over    bool
	doorway clean.Finding
}

// end is what the cleaner calls when the head is over.
func (h *head) end(doorway clean.Finding) { h.over, h.doorway = true, doorway }

// awaitHead holds the body back until its head is over, while there is still a
// status to choose. The cleaner ends a head at 64 KiB, which bounds what is
// held, of UTF-16 twice as much; an origin that pauses in its head delays the
// page. One that breaks off there is left for the reader to find.
func (b *cleanedBody) awaitHead() error {
	for !b.head.over && b.err == nil {
		b.err = b.fill()
	}
	if b.head.doorway.Kind != "" {
		return &doorway{finding: b.head.doorway}
	}
	return nil
}
