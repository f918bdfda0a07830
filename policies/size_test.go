package policies

import (
	"math"
	"strings"
	"testing"
)

func TestParseSize(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "4096": 4096, "1B": 1, "1KiB": 1024, "512KiB": 512 << 10, "1MiB": 1 << 20,
		"10MB": 10e6, "1 GiB": 1 << 30, "2tib": 2 << 40, "1KB": 1000, "1TB": 1e12,
		"9223372036854775807": math.MaxInt64,
	} {
		if got, err := ParseSize(text); err != nil || got != want {
			t.Errorf("ParseSize(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestParseSizeErrors(t *testing.T) {
	for text, want := range map[string]string{
		"": "expected a whole number", "MiB": "expected a whole number", "-1": "expected a whole number",
		"1.5MiB": "the unit is one of", "1M": "write MiB for powers of 1024", "1g": "write GiB", "1MiBs": "the unit is one of",
		"9223372036854775808": "too large", "8388608TiB": "too large", "99999999999999999999999999": "too large",
	} {
		if got, err := ParseSize(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("ParseSize(%q) = %d, %v; want %q", text, got, err, want)
		}
	}
}

func TestSizeString(t *testing.T) {
	for size, want := range map[Size]string{
		0: "0", 1: "1", 1000: "1000", 1024: "1KiB", 1536: "1536", MiB: "1MiB", 3 * GiB / 2: "1536MiB", 5 * TiB: "5TiB",
	} {
		if got := size.String(); got != want {
			t.Errorf("%d = %q, want %q", int64(size), got, want)
		}
	}
}

func FuzzParseSize(f *testing.F) {
	for _, seed := range []string{"1MiB", "10 MB", "18446744073709551617B", "1M", "٣MiB"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		size, err := ParseSize(text)
		if err != nil {
			return
		}
		if again, err := ParseSize(size.String()); size < 0 || err != nil || again != size {
			t.Errorf("%q = %d, again %d, %v", text, size, again, err)
		}
	})
}
