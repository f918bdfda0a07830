package incident

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShown is how many characters of one value a report shows.
const maxShown = 160

// display makes hostile text fit for a report: every character is visible, so that
// none changes the direction of what follows (CVE-2021-42574) or is forbidden in
// XML (XML 1.0, 2.2), it is not too long, nothing makes a link of it, and a
// spreadsheet into which the table is pasted does not take it for a formula.
func display(s string) string {
	var b strings.Builder
	shown := 0
	for i, size := 0, 0; i < len(s); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s[i:])
		if shown++; shown > maxShown {
			b.WriteString("…")
			break
		}
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case visible(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return noFormula(noLink(b.String()))
}

// visible leaves out controls, format characters, separators other than the
// space, and what is no character at all.
func visible(r rune) bool {
	return r == ' ' || unicode.IsGraphic(r) && !unicode.Is(unicode.Zs, r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) && !unicode.Is(unicode.Variation_Selector, r)
}

// noFormula puts an apostrophe before what a spreadsheet would calculate.
func noFormula(s string) string {
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}

var scheme = regexp.MustCompile(`(?i)\bhttp(s?)://`)

// noLink writes addresses with another scheme, as analysts do.
func noLink(s string) string { return scheme.ReplaceAllString(s, "hxxp$1://") }

// defang writes a host so that nothing makes a link of it.
func defang(host string) string { return strings.ReplaceAll(host, ".", "[.]") }
