package proxy

import (
	"net/http"
)

// ServeHTTP is the path of every request, whichever listener it came through:
//
//	route    the site by Host and SNI; unknown hosts end here
//	secure   plain HTTP is sent to HTTPS unless the site says otherwise
//	guard    what could not be forwarded as it was inspected is refused
//	reports  what browsers report of a site's policy ends here
//	inspect  the WAF
//	forward  the upstream and, on the way back, modifyResponse:
//	         redirect policy, decode, clean, encode
//
// A stage that returns an error ends the request; refuse is the only place
// where an error becomes a status, a page and an event.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := s.begin(w, r)
	defer x.end()

	for _, stage := range []func() error{x.route, x.secure, x.guard, x.takeReports, x.inspect} {
		if err := stage(); err != nil {
			x.refuse(err)
			return
		}
	}
	x.forward()
}
