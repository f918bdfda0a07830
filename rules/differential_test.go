package rules

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"
)

// sqli and xss are attacks that every reading must show; escaped is sqli so that
// only a reader of JSON sees it.
const (
	sqli    = "1' UNION SELECT password FROM users-- "
	escaped = `1\u0027\u0020\u0055NION\u0020\u0053ELECT\u0020password\u0020\u0046ROM\u0020users--\u0020`
	xss     = "<script>alert(document.cookie)</script>"
)

// inUTF7 leaves nothing as it is (RFC 2152).
func inUTF7(s string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		b = append(b, byte(unit>>8), byte(unit))
	}
	return "+" + base64.RawStdEncoding.EncodeToString(b) + "-"
}

func inUTF16(s string) string {
	var b strings.Builder
	b.WriteString("\xff\xfe")
	for _, unit := range utf16.Encode([]rune(s)) {
		b.WriteByte(byte(unit))
		b.WriteByte(byte(unit >> 8))
	}
	return b.String()
}

// Where two parsers may read a request differently, the rules see the reading that
// holds an attack, or the request is refused. Most of these were ways past coraza
// or CRS in advisories of 2026 and before.
func TestNoReadingPassesUnseen(t *testing.T) {
	e := acquire(t, site())
	quoted := url.QueryEscape(sqli)
	get := func(target string, fields ...string) func() (*Request, io.Reader) {
		return func() (*Request, io.Reader) { return request("GET", target, fields...), nil }
	}
	send := func(contentType, body string) func() (*Request, io.Reader) {
		return func() (*Request, io.Reader) { return post("/x.php", contentType, body) }
	}
	file := func(disposition string) func() (*Request, io.Reader) {
		return send(multipart, part(disposition, "", "<?php system($_GET[1]);")+partsEnd)
	}
	inPart := func(fields, content string) func() (*Request, io.Reader) {
		return send(multipart, "------lachan7MA4YWxk\r\nContent-Disposition: form-data; name=\"q\"\r\n"+fields+"\r\n"+content+"\r\n"+partsEnd)
	}
	twoTypes := func(first, second, body string) func() (*Request, io.Reader) {
		return func() (*Request, io.Reader) {
			r, reader := post("/", first, body)
			r.Header["Content-Type"] = append(r.Header["Content-Type"], second)
			return r, reader
		}
	}
	for name, make := range map[string]func() (*Request, io.Reader){
		// The name of a file (RFC 5987, 6266, 2231).
		"filename* behind filename":      file(`name="f"; filename="a.txt"; filename*=UTF-8''shell.php`),
		"filename* before filename":      file(`name="f"; filename*=UTF-8''shell.php; filename="a.txt"`),
		"filename* alone":                file(`name="f"; filename*=UTF-8''shell%2ephp`),
		"filename* of Latin 1":           file(`name="f"; filename*=iso-8859-1'vi'shell.php`),
		"filename* of an odd charset":    file(`name="f"; filename*=utf-7''shell.php`),
		"filename* in quotes":            file(`name="f"; filename*="UTF-8''shell.php"`),
		"filename* empty":                file(`name="f"; filename="shell.php"; filename*=UTF-8''`),
		"filename* twice":                file(`name="f"; filename*=UTF-8''a.txt; filename*=UTF-8''shell.php`),
		"filename* in pieces":            file(`name="f"; filename*0="shell."; filename*1="php"`),
		"filename* in coded pieces":      file(`name="f"; filename*0*=UTF-8''shell; filename*1*=%2ephp`),
		"filename twice":                 file(`name="f"; filename="a.txt"; filename="shell.php"`),
		"filename with a space before =": file(`name="f"; filename ="shell.php"`),
		"filename in capitals":           file(`name="f"; FILENAME="shell.php"`),
		"filename of a word":             file(`name="f"; filename="=?utf-8?q?shell=2Ephp?="`),
		"filename with a NUL":            file("name=\"f\"; filename=\"shell.php\x00.txt\""),
		"name* beside name":              inPartName(`name="a"; name*=UTF-8''q`),
		"name twice":                     inPartName(`name="a"; name="q"`),
		"a field that looks like a file": inPartName(`name="q"; filename=`),

		// A part's own charset and coding.
		"part in UTF-7":                inPart("Content-Type: text/plain; charset=utf-7\r\n", inUTF7(sqli)),
		"part in UTF-16":               inPart("Content-Type: text/plain; charset=utf-16\r\n", inUTF16(xss)),
		"part in UTF-7, quoted":        inPart("Content-Type: text/plain; charset=\"utf-7\"\r\n", inUTF7(sqli)),
		"part in UTF-7, in capitals":   inPart("CONTENT-TYPE: text/plain; CHARSET=UTF-7\r\n", inUTF7(sqli)),
		"part in EBCDIC":               inPart("Content-Type: text/plain; charset=ibm037\r\n", "\x4c\xa2\x83\x99\x89\x97\xa3\x6e"),
		"part in two types":            inPart("Content-Type: text/plain\r\nContent-Type: text/plain; charset=utf-7\r\n", inUTF7(sqli)),
		"part in base64":               inPart("Content-Transfer-Encoding: base64\r\n", "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="),
		"part in quoted-printable":     inPart("Content-Transfer-Encoding: quoted-printable\r\n", "=3Cscript=3Ealert(1)"),
		"_charset_ of the form":        send(multipart, part(`name="_charset_"`, "", "utf-7")+part(`name="q"`, "", inUTF7(sqli))+partsEnd),
		"form in UTF-7":                send("multipart/form-data; charset=utf-7; boundary=----lachan7MA4YWxk", part(`name="q"`, "", inUTF7(sqli))+partsEnd),
		"urlencoded in UTF-7":          send(form+"; charset=utf-7", "q="+url.QueryEscape(inUTF7(sqli))),
		"urlencoded in UTF-16":         send(form+"; charset=utf-16", "q="+url.QueryEscape(inUTF16(xss))),
		"urlencoded with two charsets": send(form+"; charset=utf-8; charset=utf-7", "q="+url.QueryEscape(inUTF7(sqli))),

		// Which parser reads the body.
		"two types, form first":      twoTypes(form, "application/json", `{"q":"`+escaped+`"}`),
		"two types, JSON first":      twoTypes("application/json", form, "q="+quoted),
		"two types in one field":     send("text/plain, application/json", `{"q":"`+escaped+`"}`),
		"two types, a form in front": send(form+", application/json", `{"q":"`+escaped+`"}`),
		"a type behind a parameter":  send("text/plain; application/json", `{"q":"`+escaped+`"}`),
		"JSON behind a wide space":   send("\u00a0application/json", `{"q":"`+escaped+`"}`),
		"JSON behind a tab":          send("\tapplication/json", `{"q":"`+escaped+`"}`),
		"JSON in capitals":           send("Application/JSON;charset=UTF-8", `{"q":"`+escaped+`"}`),
		"JSON of another name":       send("text/json", `{"q":"`+escaped+`"}`),
		"JSON of a vendor":           send("application/vnd.api+json", `{"q":"`+escaped+`"}`),
		"JSON in UTF-16":             send("application/json", inUTF16(`{"q":"`+sqli+`"}`)),
		"JSON said to be UTF-16":     send("application/json; charset=utf-16", inUTF16(`{"q":"`+sqli+`"}`)),
		"no type":                    send("", "q="+quoted),
		"multipart of another kind":  send("multipart/mixed; boundary=----lachan7MA4YWxk", part(`name="q"`, "", sqli)+partsEnd),
		"multipart behind a tab":     send("multipart/form-data\t; boundary=----lachan7MA4YWxk", part(`name="q"`, "", sqli)+partsEnd),

		// JSON.
		"a dotted key after a path":   send("application/json", `{"a":{"b":"`+escaped+`"},"a.b":"x"}`),
		"a dotted key before a path":  send("application/json", `{"a.b":"x","a":{"b":"`+escaped+`"}}`),
		"an attack in a dotted key":   send("application/json", `{"a.b":"`+escaped+`","a":{"b":"x"}}`),
		"a key twice, first":          send("application/json", `{"a":"`+escaped+`","a":"x"}`),
		"a key twice, last":           send("application/json", `{"a":"x","a":"`+escaped+`"}`),
		"a key in two cases":          send("application/json", `{"A":"`+escaped+`","a":"x"}`),
		"a key that is escaped":       send("application/json", `{"\u0061":"`+escaped+`","a":"x"}`),
		"a key of an array's place":   send("application/json", `{"a":["`+escaped+`"],"a.0":"x"}`),
		"an empty key":                send("application/json", `{"":"`+escaped+`"}`),
		"an attack for a key":         send("application/json", `{"`+strings.ReplaceAll(escaped, `"`, `\"`)+`":1}`),
		"a text alone":                send("application/json", `"`+escaped+`"`),
		"behind a mark of byte order": send("application/json", "\xef\xbb\xbf"+`{"a":"`+escaped+`"}`),
		"behind blanks":               send("application/json", " \r\n\t"+`{"a":"`+escaped+`"}`),
		"behind another document":     send("application/json", `{} {"a":"`+escaped+`"}`),
		"with comments":               send("application/json", `{/*"*/"a":"`+escaped+`"/*"*/}`),
		"with a comma too many":       send("application/json", `{"a":"`+escaped+`",}`),
		"in single quotes":            send("application/json", `{'a':'`+sqli+`'}`),
		"deep":                        send("application/json", strings.Repeat(`{"a":`, 1000)+`"`+escaped+`"`+strings.Repeat("}", 1000)),
		"deeper":                      send("application/json", strings.Repeat(`[`, 2000)+`"`+escaped+`"`+strings.Repeat("]", 2000)),
		"deep without an end":         send("application/json", `{"a":"`+escaped+`","b":`+strings.Repeat(`[`, 500_000)),
		"behind a flood":              send("application/json", "["+strings.Repeat("1,", 100_000)+`"`+escaped+`"]`),
		"behind empty objects":        send("application/json", "["+strings.Repeat("{},", 100_000)+`"`+escaped+`"]`),
		"behind long paths":           send("application/json", `{"`+strings.Repeat("a", 30_000)+`":[`+strings.Repeat("1,", 500)+`1],"q":"`+escaped+`"}`),

		// XML.
		"XML in UTF-7":               send("text/xml", `<?xml version="1.0" encoding="utf-7"?><a>`+inUTF7(sqli)+`</a>`),
		"XML in UTF-7, spaced":       send("text/xml", `<?xml version="1.0" encoding = "utf-7" ?><a>`+inUTF7(sqli)+`</a>`),
		"XML in UTF-7, single quote": send("text/xml", "<?xml version='1.0'\n encoding\t=\t'UTF-7'?><a>"+inUTF7(sqli)+`</a>`),
		"XML in UTF-16":              send("text/xml", inUTF16(`<?xml version="1.0"?><a>`+xss+`</a>`)),
		"XML in an attribute":        send("text/xml", `<a b="`+strings.ReplaceAll(xss, "<", "&lt;")+`"/>`),
		"XML in CDATA":               send("text/xml", `<a><![CDATA[`+xss+`]]></a>`),
		"XML in references":          send("text/xml", `<a>&#x3c;&#115;cript>alert(document.cookie)&#60;/script></a>`),

		// Cookies (RFC 6265, 2109, 2965).
		"cookie in quotes":             get("/", "Cookie", `a="`+sqli+`"`),
		"cookie in quotes, cut":        get("/", "Cookie", `a="1' /*;*/ UNION /*;*/ SELECT /*;*/ password /*;*/ FROM users-- "`),
		"cookie in quotes, octal":      get("/", "Cookie", `a="1\047 \125NION \123ELECT password \106ROM users-- "`),
		"cookie in quotes, escaped":    get("/", "Cookie", `a="1\' \U\N\I\O\N \S\E\L\E\C\T password \F\R\O\M users-- "`),
		"cookie behind $Version":       get("/", "Cookie", `$Version=1; a="1\047 \125NION \123ELECT password \106ROM users"; $Path=/`),
		"cookie behind a comma":        get("/", "Cookie", "a=b,c="+sqli),
		"cookie behind spaces":         get("/", "Cookie", "a = \t"+sqli),
		"cookie without a name":        get("/", "Cookie", "="+sqli),
		"cookie without a sign":        get("/", "Cookie", sqli),
		"cookie twice":                 get("/", "Cookie", "a=b; a="+sqli, "Cookie", "a=c"),
		"cookie in the second field":   get("/", "Cookie", "a=b", "Cookie", "a="+sqli),
		"cookie escaped":               get("/", "Cookie", "a="+quoted),
		"cookie with a control before": get("/", "Cookie", "a\x0b="+sqli),

		// The target.
		"control byte in the path":      get("/\x01?q=" + quoted),
		"control byte in the query":     get("/?q=\x0b" + quoted),
		"control byte in a name":        get("/?q\x7f=" + quoted),
		"line feed in the query":        get("/?q=\n" + quoted),
		"NUL in the query":              get("/?q=%00" + quoted),
		"bytes beyond ASCII":            get("/?\xff=" + quoted),
		"an escape that is none":        get("/%zz?q=" + quoted),
		"an escape that is none, later": get("/?a=%zz&q=" + quoted),
		"semicolons":                    get("/?a=1;q=" + quoted),
		"two question marks":            get("/?a=1?q=" + quoted),
		"empty names":                   get("/?&&=" + quoted),
		"no value":                      get("/?" + quoted),
		"escaped twice":                 get("/?q=" + url.QueryEscape(quoted)),
		"escaped as IIS does":           get("/?q=1%u0027%20UNION%20SELECT%20password%20FROM%20users--%20"),
		"behind a fragment":             get("/#?q=" + quoted),
		"100,000 arguments":             get("/?" + strings.Repeat("a&", 100_000) + "q=" + quoted),
		"100,000 arguments of one name": get("/?" + strings.Repeat("q=&", 100_000) + "q=" + quoted),
		"100,000 fields":                send(form, strings.Repeat("a&", 100_000)+"q="+quoted),
		"100,000 parts":                 send(multipart, strings.Repeat(part(`name="a"`, "", ""), 8000)+part(`name="q"`, "", sqli)+partsEnd),
		"a name twice":                  get("/?q=" + quoted + "&q=x"),
		"a name twice, last":            get("/?q=x&q=" + quoted),
		"a name in two cases":           get("/?Q=" + quoted + "&q=x"),
		"a name of a list":              get("/?q[]=x&q[]=" + quoted),
		"query and body":                func() (*Request, io.Reader) { return post("/?q="+quoted, form, "q=x") },
	} {
		t.Run(name, func(t *testing.T) {
			r, body := make()
			if ct := r.Header["Content-Type"]; len(ct) == 1 && ct[0] == "" {
				delete(r.Header, "Content-Type")
			}
			if v := inspect(t, e, r, body); !v.Blocked {
				t.Errorf("passes: score %d, %+v", v.Score, v.Matches)
			}
		})
	}
}

// inPartName is a form whose field is an attack, under a name that readers may take differently.
func inPartName(disposition string) func() (*Request, io.Reader) {
	return func() (*Request, io.Reader) {
		return post("/x.php", multipart, part(disposition, "", sqli)+partsEnd)
	}
}

func TestQuotedCookies(t *testing.T) {
	for header, want := range map[string]string{
		`a=b; c="d"; e=f\\g`:            "",
		`a="b;c"; d="e"`:                `a=b;c `,
		`x=1, a = "b\"c\\d"`:            `a=b"c\d `,
		`a="\047\54\400\9"`:             `a='54400` + `9 `,
		`a="b\`:                         "",
		`a="b;c`:                        "a=b;c ",
		`"a=b`:                          "",
		`$Version=1; $x;a="\b";;,="c;"`: "a=b =c; ",
	} {
		got := ""
		for _, pair := range quotedCookies(header) {
			got += pair[0] + "=" + pair[1] + " "
		}
		if got != want {
			t.Errorf("%s: %q, want %q", header, got, want)
		}
	}
}

// What is odd but harmless passes.
func TestOddRequestsPass(t *testing.T) {
	e := acquire(t, site())
	nested, err := json.Marshal(map[string]any{"a.b": 1, "a": map[string]any{"b": []any{"x", nil, true}}, "A": "lá chắn"})
	if err != nil {
		t.Fatal(err)
	}
	fields := make([]string, 900)
	for i := range fields {
		fields[i] = fmt.Sprintf("f%d=%d", i, i)
	}
	for name, make := range map[string]func() (*Request, io.Reader){
		"JSON":                 func() (*Request, io.Reader) { return post("/", "application/json", string(nested)) },
		"a form of 900 fields": func() (*Request, io.Reader) { return post("/", form, strings.Join(fields, "&")) },
		"XML in UTF-8": func() (*Request, io.Reader) {
			return post("/", "text/xml", `<?xml version="1.0" encoding="UTF-8" standalone='yes'?><a/>`)
		},
		"a cookie of Django's": func() (*Request, io.Reader) {
			return request("GET", "/", "Cookie", `messages="[[\"__json_message\"\0540\05425\054\"Xin chào\"]]:1rT"; csrftoken=a8f`), nil
		},
		"a cookie of JSON": func() (*Request, io.Reader) {
			return request("GET", "/", "Cookie", `prefs={"lang":"vi","size":12}; a="b"`), nil
		},
		"cookies of statistics": func() (*Request, io.Reader) {
			return request("GET", "/", "Cookie", `_ga=GA1.2.1.2; _gid=GA1.2.3; wp-settings-1=libraryContent%3Dbrowse%26editor%3Dtinymce`), nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, body := make()
			if v := inspect(t, e, r, body); v.Blocked {
				t.Errorf("blocked: %s %+v", v.Reason, v.Matches)
			}
		})
	}
}

// Whatever a field holds, reading it ends, and finds nothing that is not in it.
func FuzzQuotedCookies(f *testing.F) {
	f.Add(`$Version=1; a="\047;b", c="d\"e"; f`)
	f.Add(`a="`)
	f.Fuzz(func(t *testing.T, field string) {
		total := 0
		for _, pair := range quotedCookies(field) {
			total += len(pair[0]) + len(pair[1])
		}
		if total > len(field) {
			t.Errorf("%q: %d bytes of %d", field, total, len(field))
		}
	})
}
