package policies

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "250ms": 250 * time.Millisecond, "10s": 10 * time.Second, "1h30m": 90 * time.Minute,
		"1.5h": 90 * time.Minute, "365d": 365 * day, "2w": 2 * week, "1w2d": 9 * day, "1d12h": 36 * time.Hour,
	} {
		if got, err := ParseDuration(text); err != nil || time.Duration(got) != want {
			t.Errorf("ParseDuration(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
}

func TestParseDurationErrors(t *testing.T) {
	for _, text := range []string{
		"", "10", "d", "1.5d", "-1s", "+1s", "1d-1s", "1d+1s", "1D", "1 s", "2d1w", "1y", "365 days",
		"999999999w", "106752d", "9999999h", "99999999999999999999999999999d",
	} {
		if got, err := ParseDuration(text); err == nil {
			t.Errorf("ParseDuration(%q) = %v, want an error", text, got)
		}
	}
}

func TestDurationString(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 365 * day: "365d", 36 * time.Hour: "36h", 90 * time.Minute: "1h30m", 10 * time.Second: "10s", 250 * time.Millisecond: "250ms",
		time.Hour + time.Second: "1h0m1s",
	} {
		if got := Duration(d).String(); got != want {
			t.Errorf("%d = %q, want %q", d, got, want)
		}
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, seed := range []string{"365d", "1w2d3h4m5s", "1.5h", "106751d23h47m16.854775807s", "-1d"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if err != nil {
			return
		}
		if again, err := ParseDuration(d.String()); d < 0 || err != nil || again != d {
			t.Errorf("%q = %d, again %d, %v", text, d, again, err)
		}
	})
}
