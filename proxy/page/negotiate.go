package page

import (
	"net/http"
	"strconv"
	"strings"
)

// maxRanges bounds how many entries of an Accept field are weighed; a browser
// sends fewer than ten.
const maxRanges = 32

// weight is how much a client wants a form: its quality, then how closely the
// range names the form (RFC 9110, 12.5.1). The zero weight is "not at all".
type weight struct {
	quality     float64
	specificity int
}

func (a weight) over(b weight) bool {
	if a.quality != b.quality {
		return a.quality > b.quality
	}
	return a.quality > 0 && a.specificity > b.specificity
}

// wantsJSON tells programs from people. `application/json, text/plain, */*`
// (axios) wants JSON although */* allows HTML as much; a bare */* (curl) gets
// HTML unless the request is marked as a script's own.
func wantsJSON(header http.Header) bool {
	accept := ranges(header.Values("Accept"))
	html := accept.weigh("text/html")
	json := accept.weigh("application/problem+json")
	if plain := accept.weigh("application/json"); plain.over(json) {
		json = plain
	}
	if json.over(html) {
		return true
	}
	_, named := accept["text/html"]
	return !named && fromScript(header)
}

// fromScript reports whether a script sent the request, as jQuery and its
// kin say, or as the browser says itself (Fetch Metadata).
func fromScript(header http.Header) bool {
	return strings.EqualFold(header.Get("X-Requested-With"), "XMLHttpRequest") ||
		header.Get("Sec-Fetch-Dest") == "empty"
}

// preferred returns the language most wanted; the first on a tie.
func preferred(header http.Header, languages ...string) string {
	accept := ranges(header.Values("Accept-Language"))
	best, most := languages[0], accept.language(languages[0])
	for _, name := range languages[1:] {
		if q := accept.language(name); q > most {
			best, most = name, q
		}
	}
	return best
}

// acceptable maps the ranges of an Accept-like field to their quality.
type acceptable map[string]float64

// ranges reads an Accept-like field. What cannot be read is left out: there is
// no way to complain to a client that one would understand.
func ranges(values []string) acceptable {
	accept := acceptable{}
	for _, value := range values {
		for entry := range strings.SplitSeq(value, ",") {
			if len(accept) == maxRanges {
				return accept
			}
			name, parameters, _ := strings.Cut(entry, ";")
			name = strings.ToLower(strings.TrimSpace(name))
			if quality, ok := quality(parameters); ok && name != "" {
				accept[name] = max(accept[name], quality)
			}
		}
	}
	return accept
}

// quality reads the q parameter; 1 where there is none (RFC 9110, 12.4.2).
func quality(parameters string) (float64, bool) {
	for parameter := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(parameter, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		return q, err == nil && q >= 0 && q <= 1
	}
	return 1, true
}

// weigh returns the weight of a media type by its closest range.
func (a acceptable) weigh(mediaType string) weight {
	kind, _, _ := strings.Cut(mediaType, "/")
	for i, name := range []string{mediaType, kind + "/*", "*/*"} {
		if q, ok := a[name]; ok {
			return weight{q, 3 - i}
		}
	}
	return weight{}
}

// language returns the quality of a language by its longest range (basic
// filtering, RFC 4647, 3.3.1), "vi" being asked for by "vi-VN" as well.
func (a acceptable) language(name string) float64 {
	best, found := 0.0, false
	for tag, q := range a {
		if tag == name || strings.HasPrefix(tag, name+"-") {
			best, found = max(best, q), true
		}
	}
	if !found {
		best = a["*"]
	}
	return best
}
