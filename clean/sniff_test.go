package clean

import (
	"bytes"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"golang.org/x/text/encoding/japanese"
)

func TestSniff(t *testing.T) {
	const html, plain = "<!doctype html><p>x", "just text"
	tests := []struct {
		name   string
		header []string
		prefix string
		want   Type
	}{
		{"declared", []string{"text/html; charset=UTF-8"}, html, Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"upper case", []string{"TEXT/HTML"}, html, Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"xhtml", []string{"application/xhtml+xml"}, html, Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"missing", nil, html, Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"empty", []string{""}, html, Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"any", []string{"*/*"}, html, Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"no slash", []string{"html"}, html, Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"unknown", []string{"application/unknown"}, "  <b>x", Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"several values", []string{"application/json, text/html"}, html, Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"several headers", []string{"text/html; charset=gbk", "application/json"}, "{}", Type{false, "", "application/json"}},
		{"plain text", []string{"text/plain"}, html, Type{false, "", "text/plain"}},
		{"missing, text", nil, plain, Type{false, "", "text/plain; charset=utf-8"}},
		{"missing, image", nil, "\x89PNG\r\n\x1a\n\x00", Type{false, "", "image/png"}},
		{"missing, binary", nil, "\x00\x01<b>", Type{false, "", "application/octet-stream"}},
		{"missing, empty", nil, "", Type{false, "", ""}},
		{"byte order mark", []string{"text/html; charset=gbk"}, "\xEF\xBB\xBF<p>", Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"utf-16 mark", []string{"text/html; charset=utf-8"}, "\xFF\xFE<\x00p\x00", Type{true, "utf-16le", "text/html; charset=utf-8"}},
		{"utf-16 header", []string{"text/html; charset=utf-16be"}, "\x00<\x00p", Type{true, "utf-16be", "text/html; charset=utf-8"}},
		{"two charsets", []string{"text/html; charset=utf-8; charset=utf-16le"}, html, Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"vietnamese", []string{"text/html; charset=windows-1258"}, "<p>\xE3", Type{true, "windows-1258", "text/html; charset=windows-1258"}},
		{"japanese", []string{"text/html; charset=iso-2022-jp"}, "<p>", Type{true, "iso-2022-jp", "text/html; charset=utf-8"}},
		{"meta", []string{"text/html"}, `<meta charset="gbk"><p>`, Type{true, "gbk", "text/html; charset=gbk"}},
		{"meta pragma", []string{"text/html"}, `<meta content="text/html; charset=big5" http-equiv=Content-Type>`, Type{true, "big5", "text/html; charset=big5"}},
		{"meta utf-16", []string{"text/html"}, `<meta charset=utf-16>`, Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"meta in a comment", []string{"text/html"}, `<!-- <meta charset=gbk> --><p>`, Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"meta late in the head", []string{"text/html"}, "<head><script>'<p>'</script><style></style>" + strings.Repeat(" ", 1024) + "<meta charset=windows-1258>", Type{true, "windows-1258", "text/html; charset=windows-1258"}},
		{"meta late in the body", []string{"text/html"}, "<p>" + strings.Repeat(" ", 1024) + "<meta charset=iso-2022-jp>", Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"meta early in the body", []string{"text/html"}, "<p>" + strings.Repeat(" ", 100) + "<meta charset=gbk>", Type{true, "gbk", "text/html; charset=gbk"}},
		{"meta in a script", []string{"text/html"}, "<script>'<meta charset=gbk>'</script><p>", Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"meta cut off", []string{"text/html"}, "<meta charset=windows-125", Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"xml declaration", []string{"text/html"}, `<?xml version="1.0" encoding="iso-2022-jp"?><p>`, Type{true, "iso-2022-jp", "text/html; charset=utf-8"}},
		{"utf-7", []string{"text/html; charset=utf-7"}, "+ADw-script+AD4-<p>", Type{true, "utf-8", "text/html; charset=utf-8"}},
		{"replacement", []string{"text/html; charset=hz-gb-2312"}, "<p>", Type{true, "windows-1252", "text/html; charset=windows-1252"}},
		{"not utf-8", []string{"text/html"}, "<p>caf\xE9 x", Type{true, "windows-1252", "text/html; charset=windows-1252"}},
		{"cut character", []string{"text/html"}, "<p>chà\xC3", Type{true, "utf-8", "text/html; charset=utf-8"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Sniff(test.header, []byte(test.prefix)); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

// TestReadPrefix: as much is read as tells the encoding, and no more.
func TestReadPrefix(t *testing.T) {
	head := "<html><head><title>a</title>" + strings.Repeat("<link rel=stylesheet href=/a.css>\n", 100)
	long := strings.Repeat("<p>an toan</p>\n", 20_000)
	for name, test := range map[string]struct {
		contentType, body string
		most              int
		charset           string
	}{
		"in the header":        {"text/html; charset=utf-8", head + "\xC2\xB8", SniffLen, "utf-8"},
		"a late declaration":   {"text/html", head + "<meta charset=windows-1258>" + long, 2 * len(head), "windows-1258"},
		"none, old Vietnamese": {"text/html", head + "</head><body>" + long[:5000] + "x\xB8 An B\xD7nh" + long, maxSniffLen, "windows-1252"},
		"none, UTF-8":          {"text/html", head + "</head><body>" + long[:5000] + "xã An Bình" + long, maxSniffLen, "utf-8"},
		"none, ASCII":          {"text/html", long, 2 * maxPlainLen, "utf-8"},
		"none, at once":        {"text/html", "<p>x\xB8 An B\xD7nh</p>" + long, SniffLen, "windows-1252"},
		"not HTML":             {"text/plain", long, SniffLen, ""},
		"not told, text":       {"", strings.Repeat("an toan\n", 9000), SniffLen, ""},
		"short":                {"text/html", "<p>", 3, "utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			prefix, err := ReadPrefix(iotest.HalfReader(strings.NewReader(test.body)), []string{test.contentType})
			if err != nil || len(prefix) > test.most || !strings.HasPrefix(test.body, string(prefix)) {
				t.Errorf("read %d, at most %d: %v", len(prefix), test.most, err)
			}
			if got := Sniff([]string{test.contentType}, prefix); got.Charset != test.charset {
				t.Errorf("%+v", got)
			}
		})
	}
	if _, err := ReadPrefix(iotest.TimeoutReader(strings.NewReader(long)), []string{"text/html"}); err != iotest.ErrTimeout {
		t.Errorf("a body that breaks off: %v", err)
	}
}

func utf16Bytes(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

// TestTranscoding: what markup cannot be read in comes out as UTF-8.
func TestTranscoding(t *testing.T) {
	c := newCleaner(t, portal(t))
	const in, want = "<p>Xã An Bình 😀</p><script src=//evil.test></script><p>日本</p>", "<p>Xã An Bình 😀</p><p>日本</p>"
	const jp, wantJP = "<p title=\"日本\"><script src=//evil.test></script>語", "<p title=\"日本\">語"
	encoded, err := japanese.ISO2022JP.NewEncoder().Bytes([]byte(jp))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		charset string
		in      []byte
		want    string
	}{
		{"utf-16le", utf16Bytes(in, false), want},
		{"utf-16be", utf16Bytes(in, true), want},
		{"iso-2022-jp", encoded, wantJP},
	}
	for _, test := range tests {
		for _, size := range []int{0, 1, 2, 3, 5} {
			if out, _ := cleanBy(t, c, test.in, size, Document{Charset: test.charset}); out != test.want {
				t.Errorf("%s in pieces of %d: %q", test.charset, size, out)
			}
		}
	}
	if out, _ := cleanBy(t, c, bytes.Repeat([]byte{0xD8}, 7), 1, Document{Charset: "utf-16be"}); !strings.Contains(out, "\uFFFD") {
		t.Errorf("lone surrogates: %q", out)
	}
}

// TestPassedCharsets: other encodings are read as they are, and hosts in them decoded.
func TestPassedCharsets(t *testing.T) {
	c := newCleaner(t, portal(t))
	in := "<p>\xD0\xC2\xCE\xC5 <a href=\"//\xD0\xC2.test/\">x</a></p>" // GBK
	out, findings := cleanBy(t, c, []byte(in), 0, Document{Charset: "gbk"})
	if out != "<p>\xD0\xC2\xCE\xC5 x</p>" || len(findings) != 1 || findings[0].Host != "xn--iwv.test" && !strings.HasPrefix(findings[0].Host, "xn--") {
		t.Errorf("%q %+v", out, findings)
	}
}

// TestNoMark: text that a removal brings to the front is no byte order mark.
func TestNoMark(t *testing.T) {
	c := newCleaner(t, portal(t))
	for _, size := range []int{0, 1} {
		out, _ := cleanBy(t, c, []byte("<script src=//evil.test></script>\xFE\xFF\x00<"), size, Document{Charset: "windows-1252"})
		if !strings.HasPrefix(out, "<!---->\xFE\xFF") {
			t.Errorf("%q", out)
		}
	}
}
