package opinion

import (
	"slices"
	"strings"
	"testing"
)

func TestJudges(t *testing.T) {
	for _, tt := range []struct {
		class   Class
		attacks []string
		others  []string
	}{
		{SQL,
			[]string{"1' or '1'='1", "1 or 1=1-- -", "admin'--", "x') union/**/select 1,2--", "1;drop table users", "'; exec xp_cmdshell('dir')--", "1 and sleep(5)", "1' and extractvalue(1,concat(0x7e,version()))#", "'||(select 1 from dual)||'", "'='", "(select password from users)", "1 or%201=1", "{\"a\":\"1' or 1=1--\"}"},
			[]string{"O'Brien & Sons -- since 1921", "it's and don't", "select the best from our list", "Union of workers: select one or more", "5' 6\" tall", "15\" - 17\"", "rock 'n' roll", "size=large or color=red", "sleep (8 hours) and more", "1 or 2 people", "c# and c++", "drop table lamp", "'hello' and 'world'", "17ve7xQd1_hRQ--X", "name eq 'Ana' and price gt 20"},
		},
		{Markup,
			[]string{"<script>alert(1)</script>", "<svg/onload=alert(1)>", "<img src=x onerror=alert(1)", "\" onfocus=alert(1) autofocus", "<a href='java&#x73;cript:alert(1)'>", "javascript:alert(1)", "';alert(1)//", "<iframe srcdoc='<script>x()</script>'>", "&lt;script&gt;alert(1)&lt;/script&gt;", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "\\u003cscript\\u003ealert(1)"},
			[]string{"<p style=\"color:#333\">a <b>b</b> <a href=\"https://example.org/?a=1&amp;b=2\">c</a></p>", "<3 and a < b && c > d", "<a href=\"javascript:void(0)\">x</a>", "onclick= is an attribute", "<p>write &lt;script&gt; like this</p>", "<iframe src=\"https://www.youtube.com/embed/x\" allowfullscreen></iframe>", "he said \"on time\" and left", "<img src=\"data:image/png;base64,iVBOR\">"},
		},
		{Shell,
			[]string{"; cat /etc/passwd", "| id", "$(whoami)", "`id`", "127.0.0.1 && ping -c 3 10.0.0.1", "c'a't /etc/passwd", "cat${IFS}/etc/passwd", "{cat,/etc/passwd}", "powershell -enc aQ==", "ping 127.0.0.1"},
			[]string{"name|id|date", "cats; dogs & birds", "find the cat; ping me", "Q&A; AT&T", "use `npm install` and then you may run the rest of it", "time for us all; sort by date", "cat food"},
		},
		{Path,
			[]string{"../../../etc/passwd", "..%2f..%2fetc%2fpasswd", "....//....//etc/passwd", "/etc/passwd", "file:///etc/passwd", "..\\..\\windows\\win.ini"},
			[]string{"<img src=\"../images/a.png\">", "import x from '../../../lib/x.js'", "see the /etc/hosts file for more", "webpack:///../../../src/app.js", "wait... what"},
		},
		{PHP, []string{"<?php echo 1;", "system('id')", "$_GET['x']", "${phpinfo()}"}, []string{"the system (see below)", "print (A4)", "base64_decode is a function"}},
		{Code, []string{"{{7*7}}", "${7*7}", "require('child_process').exec('id')", "{{''.__class__}}"}, []string{"{{name}}", "${price}", "Hello {{ user.name }}", "console.log(1)"}},
		{Java, []string{"${jndi:ldap://x/a}", "${${::-j}ndi:ldap://x}", "${T(java.lang.Runtime).getRuntime().exec('x')}"}, []string{"java.lang.NullPointerException at java.lang.Thread.run(Thread.java:834)", "${total} ${price}"}},
		{Query, []string{"{\"$ne\": null}", "[$gt]", "'; return true; var a='"}, []string{"query($in: [ID!]) { a(first: $first) }", "$5 or $10"}},
		{Lines, []string{"a\r\nSet-Cookie: x=1", "GET /admin HTTP/1.1\r\nHost: x"}, []string{"Location: Hà Nội\r\nDate: 1/1", "get started\r\nwith it"}},
	} {
		for _, v := range tt.attacks {
			if Of(tt.class, v) == "" {
				t.Errorf("class %d: %q is an attack", tt.class, v)
			}
		}
		for _, v := range tt.others {
			if why := Of(tt.class, v); why != "" {
				t.Errorf("class %d: %q is none: %s", tt.class, v, why)
			}
		}
	}
}

func TestReadings(t *testing.T) {
	for value, want := range map[string]string{
		"%253Cb%253E":                        "<b>",
		"PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg": "<script>alert(1)</script>",
		`\u003cb\x3e`:                        "<b>",
		"&#x3c;b&gt;":                        "<b>",
		"+ADw-b+AD4-":                        "<b>",
		"\uff1cb\uff1e":                      "<b>",
		`{"a":["{\"b\":\"<img>\"}"]}`:        "<img>",
		"%u003cb%u003e":                      "<b>",
	} {
		if got := Readings(value); !slices.Contains(got, want) {
			t.Errorf("%q: %q, want %q among them", value, got, want)
		}
	}
	for _, value := range []string{"", "a plain word", "Ủy ban nhân dân xã", "<p>&lt;b&gt;</p>", "a+b"} {
		if got := Readings(value); len(got) > 0 {
			t.Errorf("%q: %q", value, got)
		}
	}
}

func TestPlain(t *testing.T) {
	for v, want := range map[string]bool{
		"please send me the list": true, "Ủy ban nhân dân": true, "<p>a</p>": true, `{"a":1}`: true, "https://example.org/a": true,
		"' or 1=1--": false, "java.lang.Runtime": false, ";id": false, "": false, strings.Repeat("a ", 200): true,
	} {
		if Plain(v) != want {
			t.Errorf("Plain(%q) is %v", v, !want)
		}
	}
}

// families are all that is asked together.
var families = []traits{phpSigns, scriptSigns, javaSigns, templateSigns, querySigns, directorySigns, markupDeclaration, shellCertain, pathSigns}

// FuzzTogether: patterns that are asked together answer as they do one by one.
func FuzzTogether(f *testing.F) {
	for _, v := range []string{"<?= 1", "${jndi:ldap://x", "{{7*7}}\n{$ne: 1", "a)(&(b=*", "/dev/tcp/ ../../etc/passwd", "!12", "<!ENTITY", "\xacùr\x00\x05", "Ủy ban; process.env.x"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		for i, all := range families {
			one := slices.ContainsFunc(all.each, func(x trait) bool { return x.pattern.tells.MatchString(v) })
			if all.some.MatchString(v) != one {
				t.Fatalf("family %d of %q: one by one %v", i, v, one)
			}
		}
	})
}

// FuzzLower: a word is the same word of SQL as strings.ToLower makes of it.
func FuzzLower(f *testing.F) {
	for _, v := range []string{"SELECT", "select", "Ủy", "li\u212ae", "\u0130F", "XP_é", "\xffOr"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		ascii := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r >= 0x80 {
					return '.'
				}
				return r
			}, s)
		}
		if got, want := ascii(lower(v)), ascii(strings.ToLower(v)); got != want {
			t.Fatalf("%q: %q, want %q", v, got, want)
		}
	})
}

// FuzzJudges: no value makes a judge fail or take long, and what a judge says of
// a value it says again.
func FuzzJudges(f *testing.F) {
	for _, v := range []string{"1' or 1=1--", "<a href='x' onx=1", "$(a|b`c", "../..\\", "%25%32%35", "+AD", "\\u00", `{"a":"\"[{`, "/*!0*/", "''\"`", "&#x;&#99999999;", "eyJ.eyJ.x"} {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		Plain(v)
		for c := range judges {
			if first, second := Of(Class(c), v), Of(Class(c), v); first != second {
				t.Fatalf("class %d of %q: %q, then %q", c, v, first, second)
			}
		}
		if n := len(Readings(v)); n > maxReadings {
			t.Fatalf("%d readings", n)
		}
	})
}
