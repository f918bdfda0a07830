package codings

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var all = []string{"gzip", "deflate", "br", "zstd"}

// page is a page like those behind the proxy, long enough for several blocks.
func page() []byte {
	return []byte("<!doctype html><title>Cổng thông tin điện tử xã Hòa Bình</title>" +
		strings.Repeat("<p>Thông báo về việc tiếp công dân định kỳ.</p>\n", 900))
}

func encode(t testing.TB, coding string, parts ...[]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	e, err := NewEncoder(coding, &out)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if _, err := e.Write(p); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func decode(r io.Reader, limits Limits, encoding ...string) ([]byte, error) {
	body, err := Decode(encoding, r, limits)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	return io.ReadAll(body)
}

func rawDeflate(t testing.TB, p []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, 6)
	if err != nil {
		t.Fatal(err)
	}
	w.Write(p)
	w.Close()
	return out.Bytes()
}

func TestThereAndBack(t *testing.T) {
	for _, coding := range append(all, "identity") {
		for _, want := range [][]byte{nil, []byte("a"), page()} {
			coded := encode(t, coding, want)
			for range 2 { // the second time with pooled readers
				for name, r := range map[string]io.Reader{
					"whole":        bytes.NewReader(coded),
					"byte by byte": iotest.OneByteReader(bytes.NewReader(coded)),
					"data and end": iotest.DataErrReader(bytes.NewReader(coded)),
				} {
					if got, err := decode(r, Limits{}, coding); err != nil || !bytes.Equal(got, want) {
						t.Errorf("%s, %s: %d bytes of %d, %v", coding, name, len(got), len(want), err)
					}
				}
			}
		}
	}
}

func TestEverySplit(t *testing.T) {
	want := page()
	for _, coding := range all {
		coded := encode(t, coding, want)
		for i := range coded {
			r := io.MultiReader(bytes.NewReader(coded[:i]), bytes.NewReader(coded[i:]))
			if got, err := decode(r, Limits{}, coding); err != nil || !bytes.Equal(got, want) {
				t.Fatalf("%s split at %d: %d bytes, %v", coding, i, len(got), err)
			}
		}
	}
}

// A body cut short delivers what it holds, says so, and is never a clean end.
func TestCutShort(t *testing.T) {
	want := page()
	for _, coding := range all {
		coded := encode(t, coding, want)
		for i := 1; i < len(coded); i++ {
			got, err := decode(bytes.NewReader(coded[:i]), Limits{}, coding)
			if !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.HasPrefix(want, got) {
				t.Fatalf("%s cut at %d: %d bytes, %v", coding, i, len(got), err)
			}
		}
	}
}

func TestFormsOfDecode(t *testing.T) {
	want := page()
	gz := encode(t, "gzip", want)
	for _, tt := range []struct {
		name     string
		body     []byte
		encoding []string
		want     []byte
	}{
		{"no coding", want, nil, want},
		{"empty name", want, []string{" , identity"}, want},
		{"x-gzip in capitals", gz, []string{"X-GZip"}, want},
		{"raw deflate", rawDeflate(t, want), []string{"deflate"}, want},
		{"two codings in a line", encode(t, "br", gz), []string{"gzip, br"}, want},
		{"two codings in two lines", encode(t, "zstd", gz), []string{"gzip", "zstd"}, want},
		{"two members", append(bytes.Clone(gz), gz...), []string{"gzip"}, append(bytes.Clone(want), want...)},
		{"an empty member between", append(append(bytes.Clone(gz), encode(t, "gzip")...), gz...), []string{"gzip"}, append(bytes.Clone(want), want...)},
		{"zeros behind gzip", append(bytes.Clone(gz), make([]byte, 512)...), []string{"gzip"}, want},
		{"text behind gzip", append(bytes.Clone(gz), "<script>"...), []string{"gzip"}, want},
		{"text behind deflate", append(encode(t, "deflate", want), "<script>"...), []string{"deflate"}, want},
		{"two frames of zstd", append(encode(t, "zstd", want), encode(t, "zstd", want)...), []string{"zstd"}, append(bytes.Clone(want), want...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := decode(bytes.NewReader(tt.body), Limits{}, tt.encoding...); err != nil || !bytes.Equal(got, tt.want) {
				t.Errorf("%d bytes of %d, %v", len(got), len(tt.want), err)
			}
		})
	}
}

func TestDecodeRefuses(t *testing.T) {
	gz := encode(t, "gzip", page())
	broken := bytes.Clone(gz)
	broken[len(broken)-6] ^= 1 // in the CRC
	var wide bytes.Buffer
	w, _ := zstd.NewWriter(&wide, zstd.WithWindowSize(16<<20), zstd.WithEncoderConcurrency(1))
	w.Write(bytes.Repeat([]byte("0123456789abcdef"), 2<<20))
	w.Close()
	for _, tt := range []struct {
		name, encoding string
		body           []byte
		message        string
	}{
		{"gzip that is none", "gzip", []byte("<html>"), "gzip: "},
		{"deflate that is none", "deflate", []byte("\xff\xff\xff\xff"), "deflate: "},
		{"br that is none", "br", []byte("\xff\xff\xff\xff\xff"), "br: "},
		{"zstd that is none", "zstd", []byte("<html><body>"), "zstd: "},
		{"wrong checksum", "gzip", broken, "gzip: "},
		{"text behind br", "br", append(encode(t, "br", page()), "<script>"...), "br: "},
		{"text behind zstd", "zstd", append(encode(t, "zstd", page()), "<script>"...), "zstd: "},
		{"window over 8 MiB", "zstd", wide.Bytes(), "zstd: window size exceeded"},
		{"unknown", "compress", nil, `unsupported content coding "compress"`},
		{"unknown below another", "sdch, gzip", nil, `unsupported content coding "sdch"`},
		{"too deep", "gzip, gzip, gzip, gzip", nil, ErrTooDeep.Error()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := decode(bytes.NewReader(tt.body), Limits{}, tt.encoding); err == nil || !strings.HasPrefix(err.Error(), tt.message) {
				t.Errorf("error %v, want %q…", err, tt.message)
			}
		})
	}
	var unsupported *UnsupportedError
	if _, err := Decode([]string{"dcb"}, nil, Limits{}); !errors.As(err, &unsupported) || unsupported.Coding != "dcb" {
		t.Errorf("%v", err)
	}
}

func TestLimits(t *testing.T) {
	zeros := make([]byte, 8<<20)
	for _, coding := range all {
		coded := encode(t, coding, zeros)
		for _, tt := range []struct {
			name   string
			limits Limits
			upTo   int64
		}{
			{"bytes", Limits{MaxBytes: 1 << 20}, 1 << 20},
			{"ratio", Limits{MaxRatio: 10}, slack + 10*int64(len(coded))},
		} {
			got, err := decode(bytes.NewReader(coded), tt.limits, coding)
			var limit *LimitError
			if !errors.As(err, &limit) || int64(len(got)) > tt.upTo || int64(len(got)) != limit.Decoded {
				t.Errorf("%s, %s: %d bytes, %v", coding, tt.name, len(got), err)
			}
		}
		if got, err := decode(bytes.NewReader(coded), Limits{MaxBytes: int64(len(zeros))}, coding); err != nil || len(got) != len(zeros) {
			t.Errorf("%s at its limit: %d bytes, %v", coding, len(got), err)
		}
		if got, err := decode(bytes.NewReader(encode(t, coding, page())), Limits{MaxRatio: 2}, coding); err != nil {
			t.Errorf("%s, a short page: %d bytes, %v", coding, len(got), err)
		}
	}
	twice := encode(t, "gzip", encode(t, "gzip", zeros))
	if _, err := decode(bytes.NewReader(twice), Limits{MaxRatio: 20}, "gzip, gzip"); !errors.As(err, new(*LimitError)) {
		t.Errorf("a stacked bomb: %v", err)
	}
}

// What a flush wrote can be read before the rest is written.
func TestFlushIsSeenBeforeTheEnd(t *testing.T) {
	for _, coding := range all {
		t.Run(coding, func(t *testing.T) {
			in, out := io.Pipe()
			e, err := NewEncoder(coding, out)
			if err != nil {
				t.Fatal(err)
			}
			body, err := Decode([]string{coding}, in, Limits{MaxRatio: 100})
			if err != nil {
				t.Fatal(err)
			}
			next := make(chan bool)
			go func() {
				for _, part := range []string{"<html><h1>", "data: 1\n\n", "data: 2\n\n"} {
					io.WriteString(e, part)
					e.Flush()
					<-next
				}
				e.Close()
				out.Close()
			}()
			for _, part := range []string{"<html><h1>", "data: 1\n\n", "data: 2\n\n"} {
				got := make([]byte, len(part))
				if _, err := io.ReadFull(body, got); err != nil || string(got) != part {
					t.Fatalf("%q, %v", got, err)
				}
				next <- true
			}
			if rest, err := io.ReadAll(body); len(rest) > 0 || err != nil {
				t.Errorf("behind the end %q, %v", rest, err)
			}
			body.Close()
		})
	}
}

func TestAfterClose(t *testing.T) {
	for _, coding := range all {
		body, _ := Decode([]string{coding}, bytes.NewReader(encode(t, coding, page())), Limits{})
		io.ReadFull(body, make([]byte, 10))
		body.Close()
		body.Close()
		if n, err := body.Read(make([]byte, 1)); n != 0 || err != io.ErrClosedPipe {
			t.Errorf("%s: read %d, %v", coding, n, err)
		}
		e, _ := NewEncoder(coding, io.Discard)
		e.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if _, err := e.Write([]byte("x")); err != io.ErrClosedPipe {
			t.Errorf("%s: write: %v", coding, err)
		}
	}
	if _, err := NewEncoder("compress", io.Discard); !errors.As(err, new(*UnsupportedError)) {
		t.Error(err)
	}
}

// An error of the connection is not blamed on the coding.
func TestErrorUnderneath(t *testing.T) {
	reset := errors.New("connection reset")
	for _, coding := range all {
		r := io.MultiReader(bytes.NewReader(encode(t, coding, page())[:20]), iotest.ErrReader(reset))
		if _, err := decode(r, Limits{}, coding); !errors.Is(err, reset) {
			t.Errorf("%s: %v", coding, err)
		}
	}
}

func TestNegotiate(t *testing.T) {
	for _, tt := range []struct{ accept, want string }{
		{"", "identity"},
		{"gzip, deflate, br, zstd", "zstd"},
		{"gzip, deflate, br", "br"},
		{"GZIP", "gzip"},
		{"x-gzip", "gzip"},
		{"*", "zstd"},
		{"*;q=0.1, gzip", "gzip"},
		{"zstd;q=0, *", "br"},
		{"br;q=0.5, gzip;q=0.8", "gzip"},
		{"br;q=0.8, gzip;q=0.8", "br"},
		{"gzip;q=0.5, identity", "identity"},
		{"gzip, identity;q=0.5", "gzip"},
		{"identity;q=0", ""},
		{"*;q=0", ""},
		{"*;q=0, identity", "identity"},
		{"*;q=0, gzip", "gzip"},
		{"compress", "identity"},
		{"gzip;q=0", "identity"},
		{"gzip;q=2", "identity"},
		{"gzip;q=NaN", "identity"},
		{"gzip;q", "identity"},
		{"gzip ; Q=1.000", "gzip"},
		{", ,;q=1,", "identity"},
	} {
		if got := Negotiate([]string{tt.accept}, "zstd", "br", "gzip"); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.accept, got, tt.want)
		}
	}
	if got := Negotiate(nil, "gzip"); got != "identity" {
		t.Errorf("no header: %q", got)
	}
	if got := Negotiate([]string{"br;q=0.1", "gzip"}, "br", "gzip"); got != "gzip" {
		t.Errorf("two lines: %q", got)
	}
}

func FuzzDecode(f *testing.F) {
	for _, coding := range all {
		f.Add(coding, encode(f, coding, page()[:500]))
		f.Add(coding+", gzip", encode(f, "gzip", encode(f, coding, []byte("Tin tức"))))
	}
	f.Add("deflate", rawDeflate(f, []byte("raw")))
	f.Fuzz(func(t *testing.T, encoding string, data []byte) {
		limits := Limits{MaxRatio: 50, MaxBytes: 1 << 20}
		whole, wholeErr := decode(bytes.NewReader(data), limits, encoding)
		if len(whole) > 1<<20 {
			t.Fatalf("%d bytes past the limit", len(whole))
		}
		if errors.As(wholeErr, new(*LimitError)) {
			return // where it strikes depends on how much was read ahead
		}
		bits, bitsErr := decode(iotest.OneByteReader(bytes.NewReader(data)), limits, encoding)
		if errors.As(bitsErr, new(*LimitError)) {
			return
		}
		if (wholeErr == nil) != (bitsErr == nil) || wholeErr == nil && !bytes.Equal(whole, bits) {
			t.Fatalf("in one piece %d bytes, %v; byte by byte %d bytes, %v", len(whole), wholeErr, len(bits), bitsErr)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	p := page()
	for _, coding := range all {
		b.Run(coding, func(b *testing.B) {
			b.SetBytes(int64(len(p)))
			b.ReportAllocs()
			for b.Loop() {
				e, _ := NewEncoder(coding, io.Discard)
				e.Write(p)
				e.Close()
			}
		})
	}
}
