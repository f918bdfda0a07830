package rules

import (
	"net/netip"
	"strings"
)

// Request is what the rules see of a request: everything as it was received,
// because what is inspected must be what is forwarded.
type Request struct {
	// ID names the request in events and pages; coraza's UNIQUE_ID.
	ID string
	// Method, Target and Proto are the three parts of the request line, the
	// target raw: "/a%2fb?x=1;y".
	Method string
	Target string
	Proto  string
	// Line is the request line as it was received, where the target was in
	// another form than Target (absolute, RFC 9112 §3.2.2). Empty: made of the three.
	Line string
	// Host is the Host header or HTTP/2's :authority. A Host in Header is ignored.
	Host string
	// Header holds every field, each duplicate as a value of its own.
	Header map[string][]string
	// ContentLength is the announced length, negative when unknown. Both it
	// and TransferEncoding are added to the inspected fields where Header,
	// as net/http leaves it, holds neither.
	ContentLength    int64
	TransferEncoding []string

	Client netip.AddrPort
	Server netip.AddrPort
}

// contentType is the one there may be.
func (r *Request) contentType() string {
	for name, values := range r.Header {
		if strings.EqualFold(name, "Content-Type") && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}
