package audit

import (
	"slices"
	"strings"
	"testing"
)

// Two lanes see what one sees, wherever the middle of a text is.
func TestLanesAgree(t *testing.T) {
	for _, word := range []string{"mat_khau=", "mật khẩu: ", "pass[word]=", "ho_ten_", "a.p.i.k.e.y", "Bearer 0123456789", "sid=", "079 203 001 234", "a@b", "eyJhbGciOi"} {
		for before := range 2 * minHalf {
			for _, filler := range []string{"x", "-", "7", "ấ"} {
				agree(t, strings.Repeat(filler, before)+word+strings.Repeat("y", 2*minHalf-before))
			}
		}
	}
}

func FuzzLanes(f *testing.F) {
	for _, carrier := range carriers() {
		f.Add(strings.NewReplacer("NAME", "mật_khẩu", "SECRET", canary).Replace(carrier))
	}
	f.Add(strings.Repeat("pass-", 20) + "word=1")
	f.Fuzz(agree)
}

func agree(t *testing.T, s string) {
	t.Helper()
	l := defaultSecrets().lexicon
	for _, decoded := range []bool{false, true} {
		var two sight
		l.look([]byte(s), &two, decoded)
		one, alone := sight{decoded: decoded}, lane{}
		l.read([]byte(s), &alone, len(s), &one)
		one.numbers = alone.digits >= minDigits
		if two.coded != one.coded {
			t.Errorf("%q: coded: %v, want %v", s, two.coded, one.coded)
		}
		if one.coded { // and no more was read
			continue
		}
		if !slices.Equal(two.hits, alone.hits) || two.at != one.at || one.numbers && !two.numbers {
			t.Errorf("%q:\n%+v, at %v, numbers %v, want\n%+v, at %v, numbers %v", s, two.hits, two.at, two.numbers, alone.hits, one.at, one.numbers)
		}
	}
}
