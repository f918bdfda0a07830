package codings

import (
	"strconv"
	"strings"
)

// Negotiate chooses among offers, best first, the coding with the highest
// quality in an Accept-Encoding header, given as its field values (RFC 9110
// §12.5.3). Where none of them is acceptable it is "identity", and "" where the
// client has ruled out that too. A missing header accepts anything, but says
// nothing of what the client can read: that is "identity" as well.
func Negotiate(acceptEncoding []string, offers ...string) string {
	accepted := parseAccept(acceptEncoding)
	best, bestQ := "", 0.0
	for _, offer := range offers {
		q, named := accepted.quality(canonical(offer))
		if named && q > bestQ {
			best, bestQ = offer, q
		}
	}
	q, named := accepted.quality("identity")
	switch {
	case named && q > bestQ:
		return "identity" // "gzip;q=0.5, identity" asks for the plain body
	case best != "":
		return best
	case named && q == 0:
		return ""
	}
	return "identity"
}

type preferences map[string]float64

// quality is a coding's weight, by its own name or by "*".
func (p preferences) quality(coding string) (q float64, named bool) {
	if q, named = p[coding]; named {
		return q, true
	}
	q, named = p["*"]
	if coding == "identity" && q > 0 {
		return 0, false // "*" prefers no coding over another; identity is the last resort
	}
	return q, named
}

func parseAccept(values []string) preferences {
	p := preferences{}
	for _, value := range values {
		for item := range strings.SplitSeq(value, ",") {
			name, params, _ := strings.Cut(item, ";")
			if name = canonical(name); name != "" {
				p[name] = weight(params)
			}
		}
	}
	return p
}

// weight reads ";q=" and a qvalue (RFC 9110 §12.4.2). One that is malformed
// rules its coding out: what was not understood is not sent.
func weight(params string) float64 {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(param, "=")
		if strings.EqualFold(strings.Trim(name, " \t"), "q") {
			q, err := strconv.ParseFloat(strings.Trim(value, " \t"), 64)
			if err != nil || !(q >= 0 && q <= 1) {
				return 0
			}
			return q
		}
	}
	return 1
}
