package clean

import (
	"bytes"
	"strings"
	"unicode/utf8"
	"unsafe"

	"github.com/nlnwa/whatwg-url/url"
	"golang.org/x/text/encoding"
)

// reference to a resource, as a browser resolves it.
type target struct {
	// own is true for a reference that stays on the document's host.
	own bool
	// scheme, host and path are in the form a WHATWG parser gives them; the
	// host is empty for a scheme that has none.
	scheme, host, path string
	// bad is true where the reference does not parse: browsers then go nowhere,
	// but not all of them have always agreed on what parses.
	bad bool
}

// resolver resolves the references of one document.
type resolver struct {
	base    string // absolute URL
	scheme  string
	charset encoding.Encoding // nil for UTF-8
}

func newResolver(documentURL string, charset encoding.Encoding) resolver {
	scheme := "https"
	if len(documentURL) > 4 && strings.EqualFold(documentURL[:5], "http:") {
		scheme = "http"
	}
	return resolver{base: documentURL, scheme: scheme, charset: charset}
}

// resolve reads a reference whose character references are decoded. The fast
// path takes the spellings that every reader understands alike, nine in ten;
// whatever is odd goes to the WHATWG parser.
func (r *resolver) resolve(ref []byte) target {
	ref = trimControls(ref)
	if plainReference(ref) {
		if t, ok := r.fast(ref); ok {
			return t
		}
	}
	return r.slow(ref)
}

// trimControls strips what the URL parser strips (WHATWG URL 4.4, step 1).
func trimControls(ref []byte) []byte {
	for len(ref) > 0 && ref[0] <= ' ' {
		ref = ref[1:]
	}
	for len(ref) > 0 && ref[len(ref)-1] <= ' ' {
		ref = ref[:len(ref)-1]
	}
	return ref
}

// plainReference reports whether ref is printable ASCII without backslashes.
func plainReference(ref []byte) bool {
	for _, c := range ref {
		if c < ' ' || c >= 0x7F || c == '\\' {
			return false
		}
	}
	return true
}

func (r *resolver) fast(ref []byte) (target, bool) {
	switch {
	case len(ref) == 0 || ref[0] == '#' || ref[0] == '?':
		return target{own: true}, true
	case bytes.HasPrefix(ref, []byte("//")):
		return authority(r.scheme, ref[2:])
	case ref[0] == '/':
		return target{own: true}, true
	case hasPrefixFold(ref, "https://"):
		return authority("https", ref[len("https://"):])
	case hasPrefixFold(ref, "http://"):
		return authority("http", ref[len("http://"):])
	}
	end := bytes.IndexAny(ref, ":/?#")
	if end < 0 || ref[end] != ':' {
		return target{own: true}, true
	}
	return opaque(ref[:end])
}

// authority reads host[:port] and the path behind it, where both are plain.
func authority(scheme string, rest []byte) (target, bool) {
	end := bytes.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, port, hasPort := bytes.Cut(rest[:end], []byte(":"))
	if !plainHost(host) || hasPort && !digits(port) {
		return target{}, false
	}
	path := rest[end:]
	if i := bytes.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	if bytes.Contains(path, []byte("/.")) || bytes.Contains(path, []byte("%2")) {
		return target{}, false
	}
	t := target{scheme: scheme, host: lowerView(host), path: "/"}
	if len(path) > 0 {
		t.path = view(path)
	}
	return t, true
}

// view is b as a string, without a copy. A target made of views lives no
// longer than the token it was read from: whatever is kept of it is copied.
// Nine references in ten are judged and forgotten, and the copies were half
// of what a clean page allocated.
func view(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b)) //nolint:gosec // see above: the bytes outlive the string
}

func lowerView(b []byte) string {
	for _, c := range b {
		if 'A' <= c && c <= 'Z' {
			return lowerString(b)
		}
	}
	return view(b)
}

// plainHost reports whether a WHATWG parser changes nothing in host but its
// case: letters, digits and hyphens, no punycode, and a last label that does
// not make it an IPv4 address.
func plainHost(host []byte) bool {
	label := 0
	for i, c := range host {
		switch {
		case isAlphanumeric(c) || c == '-' && i > label:
		case c == '.' && i > label:
			label = i + 1
		default:
			return false
		}
		if i == label && lower(c) == 'x' && hasPrefixFold(host[i:], "xn--") {
			return false
		}
	}
	return label < len(host) && isLetter(host[label]) || plainIPv4(host)
}

// plainIPv4 reports whether host is an IPv4 address as the parser serialises
// it: four decimal numbers without leading zeros.
func plainIPv4(host []byte) bool {
	parts, n, digits := 1, 0, 0
	for i, c := range host {
		switch {
		case c == '.' && digits > 0:
			parts, n, digits = parts+1, 0, 0
		case '0' <= c && c <= '9' && (digits == 0 || n > 0):
			n, digits = n*10+int(host[i]-'0'), digits+1
		default:
			return false
		}
		if n > 255 {
			return false
		}
	}
	return parts == 4 && digits > 0
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) < 6
}

// opaque is a reference with a scheme that is not http.
func opaque(scheme []byte) (target, bool) {
	t := target{scheme: lowerView(scheme)}
	switch t.scheme {
	case "http", "https", "ws", "wss", "ftp", "file":
		return target{}, false
	}
	if len(scheme) == 0 || !isLetter(scheme[0]) {
		return target{}, false
	}
	for i, c := range scheme {
		if !isAlphanumeric(c) && (i == 0 || c != '+' && c != '-' && c != '.') {
			return target{}, false
		}
	}
	return t, true
}

// maxParsed is the longest reference that is given to the WHATWG parser,
// which takes seventy times its length in memory. No server takes one of 64 KiB;
// of data: that is longer the scheme is all that matters.
const maxParsed = 64 << 10

func schemeOnly(ref []byte) target {
	if scheme, _, found := bytes.Cut(ref, []byte(":")); found {
		if t, ok := opaque(scheme); ok {
			return t
		}
	}
	return target{bad: true}
}

// slow asks the WHATWG parser. The document's own encoding must be taken off
// first: in GBK a host may be spelled with bytes that are not UTF-8.
func (r *resolver) slow(ref []byte) target {
	if len(ref) > maxParsed {
		return schemeOnly(ref)
	}
	text := string(ref)
	if r.charset != nil && !isASCII(ref) {
		decoded, err := r.charset.NewDecoder().Bytes(ref)
		if err != nil {
			return target{bad: true}
		}
		text = string(decoded)
	}
	u, err := url.ParseRef(r.baseFor(text), text)
	if err != nil {
		return target{bad: true}
	}
	host := strings.TrimSuffix(u.Hostname(), ".") // the root's dot: the same host
	if strings.HasSuffix(host, ".") {
		return target{bad: true}
	}
	return target{scheme: u.Scheme(), host: host, path: u.Pathname()}
}

// baseFor is the document's URL, but for http:evil.test on a page that came over
// http: that is a path there, and a host on a page that came over https (WHATWG URL
// 4.4, "scheme state"), as it has for the browser where somebody else ends TLS in
// front of us.
func (r *resolver) baseFor(ref string) string {
	if rest, found := strings.CutPrefix(r.base, "http:"); found && schemeOf(ref) == "http" {
		return "https:" + rest
	}
	return r.base
}

// schemeOf reads the scheme, without what the URL parser skips in it; empty: it
// has none, or a longer one than https.
func schemeOf(ref string) string {
	var room [len("https")]byte
	scheme := room[:0]
	for i := range len(ref) {
		switch c := ref[i]; {
		case c == '\t' || c == '\n' || c == '\r':
		case c == ':':
			return string(scheme)
		case len(scheme) == len(room):
			return ""
		default:
			scheme = append(scheme, lower(c))
		}
	}
	return ""
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// String is the target as far as it was read, for findings.
func (t target) String() string {
	switch {
	case t.scheme == "":
		return ""
	case t.host == "":
		return t.scheme + ":"
	}
	return t.scheme + "://" + t.host + t.path
}
