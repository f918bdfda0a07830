package transform

import (
	"cmp"
	"slices"
)

// bestFit folds a %uHHHH as IIS did: to the ASCII that resembles it most in
// Windows code page 20127 (in ModSecurity's unicode.mapping), full-width forms
// to their narrow ones, and the rest to the low byte.
func bestFit(code rune) byte {
	at, found := slices.BinarySearchFunc(fits, code, func(f fit, code rune) int { return cmp.Compare(f.first, code) })
	if !found {
		at--
	}
	if at >= 0 && int(code-fits[at].first) < len(fits[at].ascii) {
		return fits[at].ascii[code-fits[at].first]
	}
	return byte(narrow(code))
}

// fit tells what a run of code points resembles, one letter each.
type fit struct {
	first rune
	ascii string
}

// fits are in order. A test compares all 65536 with the engine's.
var fits = []fit{
	{0x00a0, " !c"},
	{0x00a4, "$Y|"},
	{0x00a9, "Ca<"},
	{0x00ad, "-R"},
	{0x00b2, "23"},
	{0x00b7, ".,1o>"},
	{0x00c0, "AAAAAAACEEEEIIIIDNOOOOO"},
	{0x00d8, "OUUUUY"},
	{0x00e0, "aaaaaaaceeeeiiii"},
	{0x00f1, "nooooo"},
	{0x00f8, "ouuuuy"},
	{0x00ff, "yAaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi"},
	{0x0134, "JjKk"},
	{0x0139, "LlLlLl"},
	{0x0141, "LlNnNnNn"},
	{0x014c, "OoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZ"},
	{0x017b, "ZzZz"},
	{0x0180, "b"},
	{0x0189, "D"},
	{0x0191, "Ff"},
	{0x0197, "I"},
	{0x019a, "l"},
	{0x019f, "OOo"},
	{0x01ab, "t"},
	{0x01ae, "TUu"},
	{0x01b6, "z"},
	{0x01cd, "AaIiOoUuUuUuUuUu"},
	{0x01de, "Aa"},
	{0x01e4, "GgGgKkOoOo"},
	{0x01f0, "j"},
	{0x0261, "g"},
	{0x02b9, `'"`},
	{0x02bc, "'"},
	{0x02c4, "^"},
	{0x02c6, "^"},
	{0x02c8, "'"},
	{0x02cb, "`"},
	{0x02cd, "_"},
	{0x02dc, "~"},
	{0x0300, "`"},
	{0x0302, "^~"},
	{0x030e, `"`},
	{0x0331, "__"},
	{0x2000, "       "},
	{0x2010, "--"},
	{0x2013, "--"},
	{0x2018, "'',"},
	{0x201c, `"""`},
	{0x2022, "."},
	{0x2026, "."},
	{0x2032, "'"},
	{0x2035, "`"},
	{0x2039, "<>"},
	{0x2122, "T"},
}
