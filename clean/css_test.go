package clean

import "testing"

func TestStyleSheets(t *testing.T) {
	c := newCleaner(t, corpusSite(t))
	for _, test := range []struct{ name, in, want string }{
		{"string behind an import", `<style>@import '//evil.test/1';x "//evil.test/2"</style>`, `<style>x "//evil.test/2"</style>`},
		{"reference behind an import", `<style>@import '//evil.test/1';a:url(//evil.test/2)</style>`, `<style>a:url()</style>`},
		{"import without an end", `<style>@import '//evil.test/1' "//evil.test/2"</style>`, `<style></style>`},
		{"import within a name", `<style>a{b:u@import '//evil.test/1';rl(//evil.test/2)}</style>`, `<style>a{b:u/**/rl(//evil.test/2)}</style>`},
		{"imports within a name", `<style>u@import '//evil.test/1';@import '//evil.test/2';rl(//evil.test/3)</style>`, `<style>u/**//**/rl(//evil.test/3)</style>`},
		{"import within an import", `<style>@imp@import '//evil.test/1';ort '//evil.test/2';</style>`, `<style>@imp/**/ort '//evil.test/2';</style>`},
		{"import within an end tag", `<style></sty@import '//evil.test/1';le><img src=x onerror=pwn=1></style>`, `<style></style>`},
		{"import behind an end tag", `<style></style@import '//evil.test/1';a{}</style>`, `<style></style>`},
		{"backslash before a line break", "<style>a{b:\\\nurl(//evil.test/1)}</style>", "<style>a{b:\\\nurl()}</style>"},
		{"NUL in a name", "<style>a{b:\x00url(x);c:url(//evil.test/1)}</style>", "<style>a{b:\x00url(x);c:url()}</style>"},
		{"fill of an outermost svg", `<svg fill="url(//evil.test/1#a)"></svg>`, `<svg></svg>`},
		{"filter of an outermost svg", `<svg filter="URL(//evil.test/1#a)"><rect/></svg>`, `<svg><rect/></svg>`},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, findings := cleanString(t, c, test.in)
			if out != test.want || len(findings) == 0 {
				t.Errorf("%s %+v", out, findings)
			}
		})
	}
}

// TestStyleSheetsInMixedEncodings: there a backslash may be the second byte of a
// character, behind which a string ends.
func TestStyleSheetsInMixedEncodings(t *testing.T) {
	c := newCleaner(t, corpusSite(t))
	doc := Document{URL: pageURL, Charset: "gbk"}
	for in, want := range map[string]string{
		"<style>a{content:'\x81\\';b:url(//evil.test/1);c:'x'}</style>":     "<style></style>",
		"<style>a{content:'\x81\xFE\\';b:url(//evil.test/1);c:'x'}</style>": "<style>a{content:'\x81\xFE\\';b:url(//evil.test/1);c:'x'}</style>",
		"<style>a{content:'\xC4\xE3\\201C';b:url(/1)}</style>":              "<style>a{content:'\xC4\xE3\\201C';b:url(/1)}</style>",
		"<p style=\"content:'\x81\\';b:url(//evil.test/1);c:'x'\">":         "<p>",
	} {
		if out, findings := cleanBy(t, c, []byte(in), 0, doc); out != want {
			t.Errorf("%q became %q %+v", in, out, findings)
		}
	}
}
