package policies

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes, written as 4096, 512KiB, 1MiB or 10MB.
type Size int64

// Binary multiples of a byte (IEC 80000-13).
const (
	KiB Size = 1 << 10
	MiB Size = 1 << 20
	GiB Size = 1 << 30
	TiB Size = 1 << 40
)

// sizeUnits is ordered so that String finds the largest binary unit first.
var sizeUnits = [...]struct {
	name  string
	bytes Size
}{
	{"TiB", TiB}, {"GiB", GiB}, {"MiB", MiB}, {"KiB", KiB},
	{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1},
}

// ParseSize reads a whole number of bytes with an optional unit. KB, MB, GB
// and TB are powers of 1000, KiB and so on of 1024; the case of a unit does
// not matter. A lone K, M or G is refused, since nginx and storage vendors
// disagree on what it means.
func ParseSize(s string) (Size, error) {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits == 0 {
		return 0, fmt.Errorf("%q is not a size: expected a whole number of bytes such as 4096, 512KiB or 10MB", s)
	}
	unit, err := sizeUnit(strings.TrimSpace(s[digits:]))
	if err != nil {
		return 0, fmt.Errorf("%q is not a size: %w", s, err)
	}
	n, err := strconv.ParseInt(s[:digits], 10, 64)
	if err != nil || n > math.MaxInt64/int64(unit) {
		return 0, fmt.Errorf("%q is too large for a size", s)
	}
	return Size(n) * unit, nil
}

func sizeUnit(name string) (Size, error) {
	if name == "" {
		return 1, nil
	}
	for _, u := range sizeUnits {
		if strings.EqualFold(u.name, name) {
			return u.bytes, nil
		}
	}
	if len(name) == 1 && strings.ContainsAny(name, "kKmMgGtT") {
		k := strings.ToUpper(name)
		return 0, fmt.Errorf("write %siB for powers of 1024 or %sB for powers of 1000", k, k)
	}
	return 0, errors.New("the unit is one of B, KiB, MiB, GiB, TiB, KB, MB, GB, TB")
}

// String writes s in the largest binary unit that divides it, such that
// ParseSize reads it back.
func (s Size) String() string {
	for _, u := range sizeUnits[:4] {
		if s != 0 && s%u.bytes == 0 {
			return strconv.FormatInt(int64(s/u.bytes), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Size) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSize(string(text))
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
