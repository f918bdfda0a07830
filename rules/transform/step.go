package transform

import (
	"strings"
	"unicode/utf8"
)

// step is one transformation.
type step struct {
	name string
	// bytes are those without which a value comes out as it went in, beyond
	// those of beyondASCII (0x80 to 0xFF) and folds (ASCII letters it may fold).
	bytes       string
	beyondASCII bool
	folds       marks
	// overlooked is true where the engine may say of a changed text that it is
	// not: of one as long as before, or in which only bytes that are not UTF-8
	// were replaced. Only multiMatch asks.
	overlooked bool
	// rewrite appends to dst what becomes of src, which has at least one byte.
	// src may lie in dst's own array, before its end.
	rewrite func(dst []byte, src string) []byte
}

func (s *step) touches(b byte) bool {
	return b >= utf8.RuneSelf && s.beyondASCII || strings.IndexByte(s.bytes, b) >= 0
}

const (
	space     = " \t\n\v\f\r" // as isSpace says
	hexDigits = "0123456789ABCDEFabcdef"
)

// steps are the transformations this package knows. Their order is that of the
// bits in marks.
var steps = [...]step{
	{name: "base64Decode", bytes: ascii, beyondASCII: true, rewrite: base64Decode},
	{name: "cmdLine", bytes: "\"'\\^,; \t\r\n", folds: capitals, rewrite: cmdLine},
	// U+0085 is C2 85 and U+00A0 is C2 A0, or a bare A0.
	{name: "compressWhitespace", bytes: space + "\xc2\xa0", rewrite: compressWhitespace},
	{name: "cssDecode", bytes: `\`, rewrite: cssDecode},
	{name: "escapeSeqDecode", bytes: `\`, rewrite: escapeSeqDecode},
	{name: "hexDecode", bytes: hexDigits, rewrite: hexDecode},
	{name: "htmlEntityDecode", bytes: "&", overlooked: true, rewrite: htmlEntityDecode},
	{name: "jsDecode", bytes: `\`, rewrite: jsDecode},
	{name: "lowercase", beyondASCII: true, folds: capitals, rewrite: lowercase},
	{name: "normalizePath", bytes: "/.", rewrite: normalizePath},
	{name: "normalizePathWin", bytes: `/.\: `, rewrite: normalizePathWin},
	{name: "removeComments", bytes: "*-#", rewrite: removeComments},
	{name: "removeCommentsChar", bytes: "*-#", rewrite: removeCommentsChar},
	{name: "removeNulls", bytes: "\x00", rewrite: removeNulls},
	{name: "removeWhitespace", bytes: space, beyondASCII: true, overlooked: true, rewrite: removeWhitespace},
	{name: "replaceComments", bytes: "*", rewrite: replaceComments},
	{name: "replaceNulls", bytes: "\x00", rewrite: replaceNulls},
	{name: "trim", bytes: space, rewrite: trim},
	{name: "trimLeft", bytes: space, rewrite: trimLeft},
	{name: "trimRight", bytes: space, rewrite: trimRight},
	{name: "uppercase", beyondASCII: true, folds: smalls, rewrite: uppercase},
	{name: "urlDecode", bytes: "%+", rewrite: urlDecode},
	{name: "urlDecodeUni", bytes: "%+", rewrite: urlDecodeUni},
	{name: "utf8toUnicode", beyondASCII: true, rewrite: utf8ToUnicode},
}

// stepIndex finds a transformation by its name, in any case and both spellings.
func stepIndex(name string) (int, bool) {
	name = strings.ToLower(name)
	name = strings.Replace(name, "normalise", "normalize", 1)
	for i := range steps {
		if strings.ToLower(steps[i].name) == name {
			return i, true
		}
	}
	return 0, false
}
