package framing

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	host = "Host: portal.example\r\n"
	last = "GET /last HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n"
)

var served = []struct {
	name, raw string
	want      []string
}{
	{"no body", "GET /a?b=%27 HTTP/1.1\r\n" + host + "\r\n", []string{`200 GET /a?b=%27 ""`}},
	{"twice", "GET /1 HTTP/1.1\r\n" + host + "\r\nGET /2 HTTP/1.1\r\n" + host + "\r\n", []string{`200 GET /1 ""`, `200 GET /2 ""`}},
	{"content-length", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 5\r\n\r\nhello", []string{`200 POST /a "hello"`}},
	{"content-length with zeros and spaces", "POST /a HTTP/1.1\r\n" + host + "content-LENGTH: \t 005 \t\r\n\r\nhello", []string{`200 POST /a "hello"`}},
	{"content-length 0", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n", []string{`200 POST /a ""`}},
	{"body of GET", "GET /a HTTP/1.1\r\n" + host + "Content-Length: 3\r\n\r\nabc", []string{`200 GET /a "abc"`}},
	{"body that looks like a request", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 16\r\n\r\nGET / HTTP/1.1\r\n", []string{`200 POST /a "GET / HTTP/1.1\r\n"`}},
	{"chunked", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", []string{`200 POST /a "hello world"`}},
	{"chunked in capitals", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: Chunked\r\n\r\n00A\r\n0123456789\r\n0\r\n\r\n", []string{`200 POST /a "0123456789"`}},
	{"chunk extensions", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n2;a=b;c=\"d e\"\r\nhi\r\n0;last\r\n\r\n", []string{`200 POST /a "hi"`}},
	{"trailers", "POST /a HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\nX-Two: 2\r\n\r\n", []string{`200 POST /a "hi"`}},
	{"empty line after a POST", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\nhi\r\n", []string{`200 POST /a "hi"`}},
	{"two empty lines after a POST", "POST /a HTTP/1.1\r\n" + host + "Content-Length: 2\r\n\r\nhi\r\n\r\n", []string{`200 POST /a "hi"`}},
	{"keep-alive of HTTP/1.0", "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", []string{`200 GET /a ""`}},
	{"Vietnamese path, raw", "GET /tin-tức HTTP/1.1\r\n" + host + "\r\n", []string{`200 GET /tin-tức ""`}},
	{"options", "OPTIONS * HTTP/1.1\r\n" + host + "\r\n", []string{`200`}},
	{"long header", "GET /a HTTP/1.1\r\n" + host + "Cookie: " + strings.Repeat("c", 3000) + "\r\n\r\n", []string{`200 GET /a ""`}},
	{"long name that begins like another", "GET /a HTTP/1.1\r\n" + host + "Content-Length-Of-Something: 3\r\n" + strings.Repeat("n", 300) + ": x\r\n\r\n", []string{`200 GET /a ""`}},
}

func TestServed(t *testing.T) {
	dial := serve(t, describedHandler(), Options{Refused: func(r Refusal) { t.Errorf("refused: %+v", r) }})
	for _, tt := range served {
		t.Run(tt.name, func(t *testing.T) {
			raw, want := tt.raw+last, append(append([]string{}, tt.want...), `200 GET /last ""`)
			for i := range splits(raw) {
				if got := exchange(t, dial(), raw[:i], raw[i:]); !cmp.Equal(got, want) {
					t.Fatalf("split at %d: %s", i, cmp.Diff(want, got))
				}
			}
			if got := exchange(t, dial(), strings.Split(raw, "")...); !cmp.Equal(got, want) {
				t.Fatalf("byte by byte: %s", cmp.Diff(want, got))
			}
		})
	}
}

var refused = []struct{ name, raw, reason string }{
	{"CL.TE", "POST / HTTP/1.1\r\n" + host + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Content-Length next to Transfer-Encoding"},
	{"TE.CL", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", "Content-Length next to Transfer-Encoding"},
	{"CL.0 beside TE", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", "Content-Length next to Transfer-Encoding"},
	{"two lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "more than one Content-Length"},
	{"one length twice", "POST / HTTP/1.1\r\n" + host + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", "more than one Content-Length"},
	{"list of lengths", "POST / HTTP/1.1\r\n" + host + "Content-Length: 5, 6\r\n\r\nhello", "invalid Content-Length"},
	{"list of one length", "POST / HTTP/1.1\r\n" + host + "Content-Length: 5, 5\r\n\r\nhello", "invalid Content-Length"},
	{"plus", "POST / HTTP/1.1\r\n" + host + "Content-Length: +5\r\n\r\nhello", "invalid Content-Length"},
	{"minus", "POST / HTTP/1.1\r\n" + host + "Content-Length: -0\r\n\r\nhello", "invalid Content-Length"},
	{"hexadecimal length", "POST / HTTP/1.1\r\n" + host + "Content-Length: 0x5\r\n\r\nhello", "invalid Content-Length"},
	{"underscore in length", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1_0\r\n\r\nhello", "invalid Content-Length"},
	{"space in length", "POST / HTTP/1.1\r\n" + host + "Content-Length: 1 0\r\n\r\nhello", "invalid Content-Length"},
	{"empty length", "POST / HTTP/1.1\r\n" + host + "Content-Length: \r\n\r\n", "invalid Content-Length"},
	{"length past 63 bits", "POST / HTTP/1.1\r\n" + host + "Content-Length: 9223372036854775808\r\n\r\n", "invalid Content-Length"},
	{"length that wraps to 5", "POST / HTTP/1.1\r\n" + host + "Content-Length: 18446744073709551621\r\n\r\nhello", "invalid Content-Length"},
	{"length longer than is kept", "POST / HTTP/1.1\r\n" + host + "Content-Length: " + strings.Repeat("0", 256) + "5\r\n\r\nhello", "invalid Content-Length"},
	{"gzip, chunked", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding other than chunked"},
	{"chunked, identity", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "Transfer-Encoding other than chunked"},
	{"identity", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: identity\r\n\r\n", "Transfer-Encoding other than chunked"},
	{"xchunked", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n", "Transfer-Encoding other than chunked"},
	{"quoted chunked", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: \"chunked\"\r\n\r\n", "Transfer-Encoding other than chunked"},
	{"chunked with a vertical tab", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: \x0bchunked\r\n\r\n", "control character in a field value"},
	{"empty coding", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding:\r\n\r\n", "Transfer-Encoding other than chunked"},
	{"two codings", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "more than one Transfer-Encoding"},
	{"coding in HTTP/1.0", "POST / HTTP/1.0\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding in HTTP/1.0"},
	{"space before colon", "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "whitespace before the colon of a field"},
	{"tab before colon", "POST / HTTP/1.1\r\n" + host + "Content-Length\t: 5\r\n\r\nhello", "whitespace before the colon of a field"},
	{"folded", "POST / HTTP/1.1\r\n" + host + "X: a\r\n Transfer-Encoding: chunked\r\n\r\n", "folded field line"},
	{"folded with a tab", "GET / HTTP/1.1\r\n" + host + "X: a\r\n\tb\r\n\r\n", "folded field line"},
	{"folded first line", "GET / HTTP/1.1\r\n X: a\r\n" + host + "\r\n", "folded field line"},
	{"NUL in a value", "GET / HTTP/1.1\r\n" + host + "X: a\x00b\r\n\r\n", "control character in a field value"},
	{"NUL in a name", "GET / HTTP/1.1\r\n" + host + "X\x00: a\r\n\r\n", "invalid byte in a field name"},
	{"CR in a value", "GET / HTTP/1.1\r\n" + host + "X: a\rb\r\n\r\n", "CR without LF"},
	{"CR in front of a name", "GET / HTTP/1.1\r\n" + host + "\rX: a\r\n\r\n", "CR without LF"},
	{"bare LF behind a value", "GET / HTTP/1.1\r\nHost: portal.example\nX: a\r\n\r\n", "bare LF in the head"},
	{"bare LF behind the request-line", "GET / HTTP/1.1\n" + host + "\r\n", "malformed version"},
	{"bare LF at the end of the head", "GET / HTTP/1.1\r\n" + host + "\nGET /2 HTTP/1.1\r\n" + host + "\r\n", "field line without a colon"},
	{"no colon", "GET / HTTP/1.1\r\n" + host + "X\r\n\r\n", "field line without a colon"},
	{"empty name", "GET / HTTP/1.1\r\n" + host + ": a\r\n\r\n", "invalid byte in a field name"},
	{"non-ASCII name", "GET / HTTP/1.1\r\n" + host + "Transfer-Encod\xc4\xb1ng: chunked\r\n\r\n", "invalid byte in a field name"},
	{"two hosts", "GET / HTTP/1.1\r\n" + host + "Host: evil.test\r\n\r\n", "more than one Host"},
	{"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "version other than HTTP/1.0 and HTTP/1.1"},
	{"HTTP/1.2", "GET / HTTP/1.2\r\n" + host + "\r\n", "version other than HTTP/1.0 and HTTP/1.1"},
	{"HTTP/1.10", "GET / HTTP/1.10\r\n" + host + "\r\n", "malformed version"},
	{"HTTP/0.9", "GET /\r\n", "request-line without a version"},
	{"two spaces", "GET  / HTTP/1.1\r\n" + host + "\r\n", "invalid byte in the request-target"},
	{"space in the target", "GET /a b HTTP/1.1\r\n" + host + "\r\n", "malformed version"},
	{"tab in the request-line", "GET\t/ HTTP/1.1\r\n" + host + "\r\n", "invalid byte in the method"},
	{"NUL in the target", "GET /\x00 HTTP/1.1\r\n" + host + "\r\n", "invalid byte in the request-target"},
	{"empty line in front", "\r\nGET / HTTP/1.1\r\n" + host + "\r\n", "empty line instead of a request-line"},
	{"TLS", "\x16\x03\x01\x00\xa5\x01", "invalid byte in the method"},
	{"chunk-size with 16 digits", chunked("FFFFFFFFFFFFFFFF\r\n"), "chunk-size too large"},
	{"chunk-size that wraps", chunked("1000000000000000A\r\n"), "chunk-size too large"},
	{"chunk-size with 0x", chunked("0x5\r\nhello\r\n0\r\n\r\n"), "invalid byte in a chunk-size"},
	{"chunk-size with a sign", chunked("+5\r\nhello\r\n0\r\n\r\n"), "chunk without a size"},
	{"chunk-size with a space", chunked("5 \r\nhello\r\n0\r\n\r\n"), "invalid byte in a chunk-size"},
	{"no chunk-size", chunked("\r\n"), "chunk without a size"},
	{"chunk without CR", chunked("5\nhello\r\n0\r\n\r\n"), "invalid byte in a chunk-size"},
	{"bare LF in an extension", chunked("5;a\nhello\r\n0\r\n\r\n"), "control character in a chunk extension"},
	{"bare CR in an extension", chunked("5;a\rb\r\nhello\r\n0\r\n\r\n"), "CR without LF in a chunk-size line"},
	{"chunk longer than said", chunked("4\r\nhello\r\n0\r\n\r\n"), "chunk longer than its size"},
	{"chunk without CRLF", chunked("5\r\nhello0\r\n\r\n"), "chunk longer than its size"},
	{"chunk with LF behind", chunked("5\r\nhello\n0\r\n\r\n"), "chunk longer than its size"},
	{"endless extension", chunked("5;" + strings.Repeat("x", 3<<10)), "chunk extensions too large"},
	{"endless trailer", chunked("0\r\nX: " + strings.Repeat("x", 3<<10)), "trailer section too large"},
	{"length in the trailers", chunked("0\r\nContent-Length: 5\r\n\r\n"), "Content-Length in a trailer section"},
	{"coding in the trailers", chunked("0\r\nTransfer-Encoding: chunked\r\n\r\n"), "Transfer-Encoding in a trailer section"},
	{"host in the trailers", chunked("0\r\nHost: evil.test\r\n\r\n"), "Host in a trailer section"},
	{"bare LF in the trailers", chunked("0\r\nX: a\n\r\n"), "bare LF in the head"},
}

func chunked(body string) string {
	return "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n" + body
}

// What is refused never reaches the handler whole, never is answered with 200,
// and what follows on the connection is never answered at all.
func TestRefused(t *testing.T) {
	for _, tt := range refused {
		t.Run(tt.name, func(t *testing.T) {
			reasons := make(chan string, 1)
			dial := serve(t, describedHandler(), Options{Refused: func(r Refusal) { reasons <- r.Reason }})
			raw := tt.raw + last
			for i := range splits(raw) {
				got := exchange(t, dial(), raw[:i], raw[i:])
				if len(got) != 1 || !strings.HasPrefix(got[0], "400 ") {
					t.Fatalf("split at %d: answers %q", i, got)
				}
				select {
				case reason := <-reasons:
					if reason != tt.reason {
						t.Fatalf("split at %d: refused for %q, want %q", i, reason, tt.reason)
					}
				default:
					t.Fatalf("split at %d: net/http refused it, the framing did not", i)
				}
			}
		})
	}
}

// splits are the places to cut at: each one, or some of a very long text.
func splits(raw string) func(yield func(int) bool) {
	step := 1 + len(raw)/1000*97
	return func(yield func(int) bool) {
		for i := 0; i < len(raw); i += step {
			if !yield(i) {
				return
			}
		}
	}
}

func TestFollowAllocatesNothing(t *testing.T) {
	raw := []byte(chunked("5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n") + served[2].raw)
	var m message
	m.reset(16 << 10)
	if n := testing.AllocsPerRun(100, func() {
		if m.follow(raw) != len(raw) {
			t.Fatal(m.reason)
		}
	}); n != 0 {
		t.Errorf("%v allocations a request", n)
	}
}

func BenchmarkFollow(b *testing.B) {
	raw := []byte("GET /tin-tuc/bai-viet-1.html?trang=2 HTTP/1.1\r\n" + host + "Cookie: " + strings.Repeat("abc=def; ", 40) + "\r\nAccept: text/html\r\n\r\n")
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	var m message
	m.reset(16 << 10)
	for b.Loop() {
		m.follow(raw)
	}
}
