package clean

import (
	"bytes"
	"iter"
	"strconv"
	"unicode/utf8"

	"github.com/nlnwa/whatwg-url/url"
)

const (
	// maxFolded bounds what the decoders of one script may yield together.
	maxFolded = 1 << 20
	// maxDecoded is how often what is decoded is decoded again.
	maxDecoded = 3
)

// foldEscapes resolves \xHH, \uHHHH, \u{H}, \/ and joins literals that are
// added to each other or stand in a template, so that "\x65v"+'il' and `ev${"il"}`
// read evil.
func foldEscapes(src []byte) []byte {
	if !foldable(src) {
		return src
	}
	return appendFolded(make([]byte, 0, len(src)), src)
}

// foldable reports whether there may be something to fold.
func foldable(src []byte) bool {
	return bytes.IndexByte(src, '\\') >= 0 || bytes.IndexByte(src, '+') >= 0 || bytes.Contains(src, []byte("${"))
}

// appendFolded is foldEscapes into a buffer.
func appendFolded(out, src []byte) []byte {
	for i, from := 0, 0; ; {
		for i < len(src) && src[i] != '\\' && !quotes[src[i]] && src[i] != '$' {
			i++
		}
		if i == len(src) {
			return append(out, src[from:]...)
		}
		if content, n := substituted(src[i:]); n > 0 {
			out = append(append(out, src[from:i]...), foldEscapes(content)...)
			i += n
			from = i
			continue
		}
		if src[i] == '\\' && i+1 < len(src) {
			out = append(out, src[from:i]...)
			var n int
			out, n = unescapeJS(out, src[i:])
			i += n
			from = i
			continue
		}
		if n := joint(src[i:]); src[i] != '\\' && n > 0 {
			out = append(out, src[from:i]...)
			i += n
			from = i
			continue
		}
		i++
	}
}

// unescapeJS appends the character that the escape at the head of s stands for.
func unescapeJS(out, s []byte) ([]byte, int) {
	digitsFrom, count := 2, 0
	switch s[1] {
	case 'x':
		count = 2
	case 'u':
		count = 4
		if len(s) > 2 && s[2] == '{' {
			if end := bytes.IndexByte(s[:min(len(s), 12)], '}'); end > 3 {
				if r, err := strconv.ParseUint(string(s[3:end]), 16, 32); err == nil {
					return utf8.AppendRune(out, rune(r)), end + 1
				}
			}
		}
	case 'n', 'r', 't':
		return append(out, '\t'), 2 // the URL parser leaves these three out, even between two slashes
	case 'b', 'f', 'v':
		return append(out, ' '), 2
	case '\n', '\r':
		return out, 2
	default:
		if '0' <= s[1] && s[1] <= '7' {
			return unescapeOctal(out, s)
		}
		return append(out, s[1]), 2
	}
	if len(s) >= digitsFrom+count {
		if r, err := strconv.ParseUint(string(s[digitsFrom:digitsFrom+count]), 16, 32); err == nil {
			return utf8.AppendRune(out, rune(r)), digitsFrom + count
		}
	}
	return append(out, s[1]), 2
}

func unescapeOctal(out, s []byte) ([]byte, int) {
	n, r := 1, 0
	for n < 4 && n < len(s) && '0' <= s[n] && s[n] <= '7' && r*8 < 256 {
		r = r*8 + int(s[n]-'0')
		n++
	}
	return utf8.AppendRune(out, rune(r)), n
}

// substituted reads ${"literal"} at the head of s.
func substituted(s []byte) (content []byte, n int) {
	if len(s) < 5 || s[0] != '$' || s[1] != '{' || !quotes[s[2]] {
		return nil, 0
	}
	if end := bytes.IndexByte(s[3:], s[2]); end >= 0 && bytes.HasPrefix(s[3+end+1:], []byte("}")) {
		return s[3 : 3+end], 3 + end + 2
	}
	return nil, 0
}

// joint returns the length of `" + "` at the head of s, or 0.
func joint(s []byte) int {
	n := 1
	for n < len(s) && isSpace(s[n]) {
		n++
	}
	if n == len(s) || s[n] != '+' {
		return 0
	}
	for n++; n < len(s) && isSpace(s[n]); n++ {
	}
	if n == len(s) || !quotes[s[n]] {
		return 0
	}
	return n + 1
}

// unpercent resolves %HH and %uHHHH, as unescape and decodeURIComponent do.
func unpercent(s []byte) []byte {
	if bytes.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		from, to := i+1, i+3
		if i+1 < len(s) && s[i+1]|0x20 == 'u' {
			from, to = i+2, i+6
		}
		if s[i] == '%' && to <= len(s) {
			if r, err := strconv.ParseUint(string(s[from:to]), 16, 32); err == nil {
				if to-from == 2 {
					out = append(out, byte(r))
				} else {
					out = utf8.AppendRune(out, rune(r))
				}
				i = to - 1
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}

// decoded yields what is hidden in the script's literals: character codes,
// percent escapes, base64, text written backwards, and lists of pieces. Each is
// folded in turn, as deep as maxDecoded.
func decoded(src []byte, budget *int) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) { decode(src, maxDecoded, budget, yield) }
}

// decode is decoded as a function that reports false where it is to end.
func decode(src []byte, depth int, budget *int, yield func([]byte) bool) bool {
	return hiddenParts(src, func(part []byte) bool {
		if *budget -= len(part); *budget < 0 {
			return false
		}
		part = foldEscapes(part)
		return yield(part) && (depth == 1 || decode(part, depth-1, budget, yield))
	})
}

// hiddenParts hands on what stands in the literals, and where a script moves each
// character of that, the outcome. It reports false where it is to end.
func hiddenParts(src []byte, yield func([]byte) bool) bool {
	shifts := shiftsOf(src)
	if len(shifts) == 0 {
		return openParts(src, yield)
	}
	shifted := func(text []byte) bool {
		for _, s := range shifts {
			if moved := s.apply(text); moved != nil && !yield(moved) {
				return false
			}
		}
		return true
	}
	for literal := range literals(src) {
		if !shifted(literal) {
			return false
		}
	}
	return openParts(src, func(part []byte) bool { return yield(part) && shifted(part) })
}

// openParts hands on what stands in the literals without any key. It reports
// false where it is to end.
func openParts(src []byte, yield func([]byte) bool) bool {
	for list := range numberLists(inDecimal(src)) {
		if !yield(list) {
			return false
		}
	}
	for list := range joinedLists(src) {
		if !yield(list) {
			return false
		}
	}
	for text := range computed(src) {
		if !yield(text) {
			return false
		}
	}
	reverses := bytes.Contains(src, []byte("reverse"))
	var pieces base64Pieces
	for literal := range literals(src) {
		if whole := pieces.add(literal); whole != nil && !yield(whole) || !readings(literal, reverses, yield) {
			return false
		}
	}
	whole := pieces.end()
	return whole == nil || yield(whole)
}

// numberLists yields the text of lists of character codes, four at least. Each
// is written over the one before.
func numberLists(src []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		var text []byte
		for at := 0; ; {
			comma := bytes.IndexByte(src[at:], ',')
			if comma < 0 {
				return
			}
			from := numberBefore(src, at, at+comma)
			if from == at+comma {
				at += comma + 1
				continue
			}
			var codes int
			if codes, at = readNumbers(nil, src, from); codes < 4 {
				continue
			}
			text = text[:0]
			if readNumbers(&text, src, from); !yield(text) {
				return
			}
		}
	}
}

// inDecimal writes 0x68 as 104.
func inDecimal(src []byte) []byte {
	if !bytes.Contains(src, []byte("0x")) {
		return src
	}
	out := make([]byte, 0, len(src))
	for {
		before, rest, found := bytes.Cut(src, []byte("0x"))
		out = append(out, before...)
		if !found {
			return out
		}
		end := 0
		for end < len(rest) && isAlphanumeric(rest[end]) {
			end++
		}
		if n, err := strconv.ParseUint(string(rest[:min(end, 8)]), 16, 24); err == nil {
			out = strconv.AppendUint(out, n, 10)
		}
		src = rest[end:]
	}
}

// numberBefore returns where the digits before src[to] begin, white space among
// them, or to.
func numberBefore(src []byte, least, to int) int {
	from, digits := to, false
	for from > least && (isSpace(src[from-1]) || '0' <= src[from-1] && src[from-1] <= '9') {
		from--
		digits = digits || !isSpace(src[from])
	}
	if !digits {
		return to
	}
	return from
}

// readNumbers counts the codes in the list at src[at], tells where it ends, and
// appends the characters to text unless that is nil.
func readNumbers(text *[]byte, src []byte, at int) (codes, end int) {
	n, have := 0, false
	note := func() {
		if codes++; text != nil {
			*text = utf8.AppendRune(*text, rune(n))
		}
		n, have = 0, false
	}
	for ; at < len(src); at++ {
		switch c := src[at]; {
		case '0' <= c && c <= '9' && n < 1<<21:
			n, have = n*10+int(c-'0'), true
			continue
		case c == ',' && have:
			note()
			continue
		case isSpace(c):
			continue
		}
		break
	}
	if have {
		note()
	}
	return codes, min(at+1, len(src))
}

// joinedLists yields lists of literals joined, as ["//ev","il.test"].join("") is,
// in scripts that join any; what a dot joins to a host, as a reference to that.
// Lists in which an element has a host of its own hide none, and would make one
// that is not there.
func joinedLists(src []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if !bytes.Contains(src, []byte(".join(")) {
			return
		}
		for rest := src; ; {
			at := bytes.IndexByte(rest, '[')
			if at < 0 {
				return
			}
			pieces, n := piecesOf(rest[at+1:])
			if rest = rest[at+1+n:]; pieces == nil {
				continue
			}
			joined := bytes.Join(pieces, nil)
			if dotted := bytes.Join(pieces, []byte(".")); joinsDots(rest) && plainHost(dotted) {
				joined = append([]byte("//"), dotted...)
			}
			if !yield(joined) {
				return
			}
		}
	}
}

// joinsDots reports whether what follows a list joins it by dots.
func joinsDots(rest []byte) bool {
	return bytes.HasPrefix(rest, []byte(`].join(".")`)) || bytes.HasPrefix(rest, []byte("].join('.')"))
}

// piecesOf returns the literals at the head of src that commas part, two at least,
// and tells where they end.
func piecesOf(src []byte) (pieces [][]byte, n int) {
	whole := false
	for {
		for n < len(src) && (isSpace(src[n]) || src[n] == ',' && len(pieces) > 0) {
			n++
		}
		end := -1
		if n < len(src) && quotes[src[n]] {
			end = bytes.IndexByte(src[n+1:], src[n])
		}
		if end < 0 {
			if len(pieces) < 2 || whole {
				pieces = nil
			}
			return pieces, n
		}
		piece := src[n+1 : n+1+end]
		for range hostsIn(piece) {
			whole = true
		}
		pieces = append(pieces, piece)
		n += end + 2
	}
}

// literals yields the contents of string literals. It does not know comments
// or regular expressions: a quote in one shifts the pairing, which is why the
// text between two literals is yielded as well.
func literals(src []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for len(src) > 0 {
			at := 0
			for at < len(src) && !quotes[src[at]] {
				at++
			}
			if at == len(src) {
				return
			}
			if at >= 8 && !yield(src[:at]) {
				return
			}
			src = src[at+1:]
		}
	}
}

// quotes are what string literals and templates begin and end with.
var quotes = [256]bool{'"': true, '\'': true, '`': true}

// hostsIn yields the hosts that stand behind two slashes of either kind in text, or
// behind http: and https: without, as a browser finds them (WHATWG URL, "authority
// state"): behind what precedes the last @, tabs and newlines left out. A host that is not plainly a
// name is yielded as the URL parser writes it, or, where it refuses, as it is.
// The hosts may be views of text: what is kept is to be copied.
func hostsIn(text []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := 0; ; {
			for i < len(text) && text[i] != '/' && text[i] != '\\' && text[i] != ':' {
				i++
			}
			if i == len(text) {
				return
			}
			n := slashes(text[i:])
			if n == 0 && webScheme(text[:i+1]) {
				n = bareSlash(text[i:])
			}
			if n == 0 {
				i++
				continue
			}
			literal := i > 0 && bytes.IndexByte([]byte("\"'`:="), text[i-1]) >= 0
			from := i + n
			to := from
			for to < len(text) && to-from < 254 && !authorityEnds[text[to]] {
				to++
			}
			i = to
			if host := hostOf(text[from:to], literal); host != "" && !yield(host) {
				return
			}
		}
	}
}

// authorityEnds are the bytes that end an authority, or the literal it stands in.
var authorityEnds = [256]bool{'/': true, '\\': true, '?': true, '#': true, ' ': true, '"': true, '\'': true, '`': true,
	'<': true, '>': true, ';': true, ',': true, '(': true, ')': true, '{': true, '}': true, '|': true, '+': true}

// webScheme reports whether text ends with http: or https: as a literal begins.
func webScheme(text []byte) bool {
	text, ends := bytes.CutSuffix(text, []byte(":"))
	if !ends {
		return false
	}
	for _, scheme := range [...]string{"https", "http"} {
		if n := len(text) - len(scheme); n > 0 && equalFold(text[n:], scheme) {
			return bytes.IndexByte([]byte("\"'`=("), text[n-1]) >= 0
		}
	}
	return false
}

// bareSlash returns the length of the colon at the head of s, and of the slash behind it
// if there is one alone; 0 where slashes will find more.
func bareSlash(s []byte) int {
	switch {
	case slashes(s[1:]) > 0:
		return 0
	case len(s) > 1 && (s[1] == '/' || s[1] == '\\'):
		return 2
	}
	return 1
}

// slashes returns the length of two slashes or more at the head of s, or 0.
func slashes(s []byte) int {
	n, count := 0, 0
	for ; n < len(s); n++ {
		switch s[n] {
		case '/', '\\':
			count++
			continue
		case '\t', '\n', '\r':
			if count > 0 {
				continue
			}
		}
		break
	}
	if count < 2 {
		return 0
	}
	return n
}

// hostOf reads the host of an authority. What is not plainly a name counts
// where a literal begins with it: two slashes begin a comment too.
func hostOf(authority []byte, literal bool) string {
	authority = authority[bytes.LastIndexByte(authority, '@')+1:]
	name, _, _ := bytes.Cut(authority, []byte(":"))
	name = bytes.Trim(name, ".")
	switch {
	case bytes.IndexByte(name, '.') > 0 && plainHost(name):
		return lowerView(name)
	case !literal || len(name) == 0 || oneLabel(name):
		return ""
	}
	if u, err := url.Parse("https://" + string(authority)); err == nil {
		return u.Hostname()
	}
	return string(authority)
}

// oneLabel tells a plain name without a dot, which is no public host, from a
// number, in any base, which is an address.
func oneLabel(name []byte) bool {
	if hasPrefixFold(name, "0x") {
		return false
	}
	letters := false
	for _, c := range name {
		if !isAlphanumeric(c) && c != '-' {
			return false
		}
		letters = letters || isLetter(c)
	}
	return letters
}
