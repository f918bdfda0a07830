package clean

import (
	"strings"
	"testing"
)

// A reference to //evil.test/1 is one to a browser, too; //evil.test/2 is text.
func TestStyleSheets(t *testing.T) {
	c := newCleaner(t, corpusSite(t))
	for name, in := range map[string]string{
		"a string behind an import":       `<style>@import '//evil.test/1';x "//evil.test/2"</style>`,
		"a reference behind an import":    `<style>@import '//evil.test/1';a:url(//evil.test/1)</style>`,
		"an import without an end":        `<style>@import '//evil.test/1' "//evil.test/1"</style>`,
		"a backslash before a line break": "<style>a{b:\\\nurl(//evil.test/1)}</style>",
		"fill of an outermost svg":        `<svg fill="url(//evil.test/1#a)"></svg>`,
		"filter of an outermost svg":      `<svg filter="URL(//evil.test/1#a)"><rect/></svg>`,
	} {
		t.Run(name, func(t *testing.T) {
			if out, findings := cleanString(t, c, in); strings.Contains(out, "evil.test/1") || len(findings) == 0 {
				t.Errorf("%s %+v", out, findings)
			}
		})
	}
}
