package minified

import (
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"
)

func TestMinify(t *testing.T) {
	tests := []struct{ name, essence, in, want string }{
		{"page", "text/html", "<!DOCTYPE html>\n<html>\n  <body>\n\n<p class='a'>Xã   An</p>   <!-- ghi chú --></body></html>", "<!DOCTYPE html><html>\n<body>\n<p class='a'>Xã An</p> </body></html>"},
		{"quirks", "text/html", "<!-- x --><!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\">\n<p>a    b</p>", "<!-- x --><!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\"><p>a b</p>"},
		{"second doctype", "text/html", "<p>a    b</p><!doctype html>", "<p>a    b</p><!doctype html>"},
		{"byte order mark", "text/html", "\ufeff<p>a    b</p>", "\ufeff<p>a b</p>"},
		{"inline script and style", "text/html", "<style> p { } </style><script> a ( ) ; </script><p onclick=' a ( ) '>a    b</p>", "<style> p { } </style><script> a ( ) ; </script><p onclick='a ( )'>a b</p>"},
		{"conditional comment", "text/html", "<!--[if lt IE 9]><p>a</p><![endif]--><!-- x --><pre>a   b</pre>", "<!--[if lt IE 9]><p>a</p><![endif]--><!-- x --><pre>a   b</pre>"},
		{"template", "text/html", "<p>a    b</p><textarea>a    b</textarea>", "<p>a b</p><textarea>a    b</textarea>"},
		{"style sheet", "text/css", "p { color : red ; }", "p{color:red}"},
		{"spaced import", "text/css", "@IMPORT url( 'a.css' ) ; p { }", "@IMPORT url( 'a.css' ) ; p { }"},
		{"import", "text/css", "@import url('a.css') ; p { a : url( b ) }", "@import 'a.css';p{a:url( b )}"},
		{"script with a byte order mark", "text/javascript", "\ufeffvar a = 1;", "\ufeffvar a=1"},
		{"style sheet with a byte order mark", "text/css", "\ufeffp { }  q { a : b }", "\ufeffq{a:b}"},
		{"script", "text/javascript", "var long = 1;\n// ghi chú\nf( long );", "var long=1;f(long)"},
		{"script with escapes", "text/javascript", "f( '\\u1ea1' );", "f( '\\u1ea1' );"},
		{"broken script", "text/javascript", "var a = = 1;", "var a = = 1;"},
		{"data", "application/json", `{ "a" : 1.0 }`, `{"a":1.0}`},
		{"data cut short", "application/json", `{ "a" : `, `{ "a" : `},
		{"lines of data", "application/json", "{ }\n{ }", "{ }\n{ }"},
		{"image", "image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg">  <!-- x --> <path d="M 0 0 L 10 10"/></svg>`, `<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0 10 10"/></svg>`},
		{"feed", "application/rss+xml", "<?xml version=\"1.0\"?>\n<rss><!-- x --><title>a  b</title></rss>", "<?xml version=\"1.0\"?><rss><title>a b</title></rss>"},
		{"not UTF-8", "text/html", "<p>a    \xe9</p>", "<p>a    \xe9</p>"},
		{"other type", "text/plain", "a    b", "a    b"},
		{"empty", "text/html", "", ""},
		{"only space", "text/html", "   ", "   "},
	}
	m := New()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, from := range []io.Reader{strings.NewReader(test.in), iotest.OneByteReader(strings.NewReader(test.in))} {
				got, err := io.ReadAll(m.Reader(test.essence, from))
				if err != nil || string(got) != test.want {
					t.Errorf("%q, %v, want %q", got, err, test.want)
				}
			}
		})
	}
}

// TestLongBodyPasses: a body too long to be held is passed on as it comes.
func TestLongBodyPasses(t *testing.T) {
	m := New()
	for essence, k := range m.kinds {
		in := strings.Repeat("    ", k.limit/4) + " x"
		got, err := io.ReadAll(m.Reader(essence, strings.NewReader(in)))
		if err != nil || string(got) != in {
			t.Errorf("%s: %d bytes of %d, %v", essence, len(got), len(in), err)
		}
	}
}

// TestBrokenOffBodyStaysBroken: half a body is not minified, nor taken for a whole.
func TestBrokenOffBodyStaysBroken(t *testing.T) {
	const in = "<p>a    b"
	got, err := io.ReadAll(New().Reader("text/html", io.MultiReader(strings.NewReader(in), iotest.ErrReader(io.ErrUnexpectedEOF))))
	if !errors.Is(err, io.ErrUnexpectedEOF) || string(got) != in {
		t.Errorf("%q, %v", got, err)
	}
}

// TestBusy: beyond one body for each processor, nobody waits.
func TestBusy(t *testing.T) {
	m := New()
	for range cap(m.slots) {
		m.slots <- struct{}{}
	}
	got, err := io.ReadAll(m.Reader("text/html", strings.NewReader("<p>a    b")))
	if err != nil || string(got) != "<p>a    b" {
		t.Errorf("%q, %v", got, err)
	}
	<-m.slots
	if got, shorter := m.Bytes("text/html", []byte("<p>a    b")); !shorter || len(m.slots) != cap(m.slots)-1 {
		t.Errorf("%q: the slot is not given back", got)
	}
}

// TestInputIsNotTouched: the minifier works on a copy, the byte behind included.
func TestInputIsNotTouched(t *testing.T) {
	whole := []byte("<P TITLE='&amp;x'>A    B</P>!")
	in := whole[:len(whole)-1]
	New().Bytes("text/html", in)
	if string(whole) != "<P TITLE='&amp;x'>A    B</P>!" {
		t.Errorf("%q", whole)
	}
}

// TestStickyError: an error of a write stays, though the minifier goes on.
func TestStickyError(t *testing.T) {
	s := &sticky{max: 4}
	for _, p := range []string{"ab", "cdef", "g"} {
		io.WriteString(s, p)
	}
	if s.err == nil || string(s.out) != "ab" {
		t.Errorf("%q, %v", s.out, s.err)
	}
}

// TestTimeIsBounded: the worst inputs known, at the longest that is read.
func TestTimeIsBounded(t *testing.T) {
	m := New()
	for _, test := range []struct{ essence, unit, end string }{
		{"text/javascript", "var a=b;", "c"}, {"text/javascript", "a;", ""}, {"text/javascript", "if(a)b;else ", "c"}, {"text/javascript", "1+", "1"},
		{"text/css", "a,", ""}, {"text/css", "{", ""}, {"text/css", "a{b:c(", ""},
		{"text/html", "<a b=c ", ""}, {"text/html", "&amp;", ""}, {"text/html", "<b> ", ""}, {"text/html", "<!--[if a]>", ""},
		{"image/svg+xml", "<path d='M0 0 L1 1'/>", ""}, {"application/json", "[", ""}, {"application/xml", "<a>", ""},
	} {
		limit := m.Limit(test.essence)
		if raceDetector {
			limit /= 32
		}
		in := []byte(strings.Repeat(test.unit, (limit-len(test.end))/len(test.unit)) + test.end)
		began := spent(t)
		m.Bytes(test.essence, in)
		if took := spent(t) - began; took > 2*time.Second {
			t.Errorf("%s of %q: %v", test.essence, test.unit, took)
		}
	}
}

// spent is the processor's time, which does not depend on who else runs here.
func spent(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func FuzzMinify(f *testing.F) {
	m := New()
	for _, seed := range []string{"<!doctype html><p>a  b<script>x</script>", "p { color : red }", "var a = 1 ;", `{"a" : [1]}`, "<svg><path d='M 0 0'/></svg>", "\x00<a\x00", "<!--[if a]><p><![endif]-->"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for essence := range m.kinds {
			got, err := io.ReadAll(m.Reader(essence, strings.NewReader(in)))
			if err != nil || len(got) > len(in) || len(in) > 0 && len(got) == 0 {
				t.Errorf("%s: %q, %v", essence, got, err)
			}
			if utf8.ValidString(in) && !utf8.Valid(got) {
				t.Errorf("%s: %q is not UTF-8 any more", essence, got)
			}
		}
	})
}
