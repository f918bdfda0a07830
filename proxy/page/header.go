package page

import (
	"net/http"
	"strconv"
)

// styleHash allows the page's one style element and nothing else; a test
// compares it with the element.
const styleHash = "sha256-E+F0hiWwLEYrXQrC4tTaUqawyARJhD7OMmaoe1a06Ps="

const contentSecurityPolicy = "default-src 'none'; style-src '" + styleHash + "'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// upstreamFields describe or follow up a body that is not being sent, or
// would take the visitor elsewhere: Refresh and Link act on an error page too.
var upstreamFields = []string{
	"Accept-Ranges", "Age", "Clear-Site-Data", "Content-Disposition", "Content-Encoding",
	"Content-Length", "Content-Location", "Content-Range", "Etag", "Expires",
	"Last-Modified", "Link", "Location", "Pragma", "Refresh", "Set-Cookie", "Trailer",
}

func dropUpstream(header http.Header) {
	for _, name := range upstreamFields {
		header.Del(name)
	}
}

// protect keeps the page out of caches and frames, and a browser from doing
// anything with it but showing it.
func protect(header http.Header, p Problem) {
	header.Set("Cache-Control", "no-store")
	header.Set("Content-Security-Policy", contentSecurityPolicy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Vary", "Accept, Accept-Language, X-Requested-With, Sec-Fetch-Dest")
	if p.RequestID != "" {
		header.Set("X-Request-Id", p.RequestID)
	}
	if p.Status == http.StatusServiceUnavailable {
		header.Set("Retry-After", strconv.Itoa(retryAfter))
	}
}
