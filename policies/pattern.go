package policies

import (
	"errors"
	"fmt"
	"strings"
)

// HostPattern names hosts that a document may refer to:
//
//   - every host
//     www.example.test        this host
//     *.gov.vn                every host below gov.vn, but not gov.vn itself
//     cdn.example.test/embed  paths /embed and /embed/…, not /embedded
//     cdn.example.test/embed/ paths below /embed/ only
//     *.example.test/embed    both
//
// A host in Unicode is the same as its punycode. A pattern covers every
// scheme and every port of its hosts. The suffix of *.suffix may be a public
// suffix: gov.vn is one, and *.gov.vn is the default for links. Patterns
// compare equal with == when they mean the same.
type HostPattern struct {
	host  string // in punycode; "" for *
	below bool   // the hosts below host instead of host
	path  string // "" for every path
}

// ParseHostPattern reads a pattern.
func ParseHostPattern(s string) (HostPattern, error) {
	if s == "*" {
		return HostPattern{}, nil
	}
	if err := checkPatternShape(s); err != nil {
		return HostPattern{}, fmt.Errorf("%s is not a host pattern: %w", quote(s), err)
	}
	name, path, _ := strings.Cut(s, "/")
	host, below := strings.CutPrefix(name, "*.")
	ascii, err := ASCIIHost(host)
	if errors.Is(err, errPort) {
		err = errors.New("leave the port out, a pattern covers every port")
	}
	if err == nil && below && (canonicalIPv4(ascii) || ascii[0] == '[') {
		err = errors.New("an address has no hosts below it")
	}
	if err != nil {
		return HostPattern{}, fmt.Errorf("%s is not a host pattern: %w", quote(s), err)
	}
	if path, err = patternPath(path); err != nil {
		return HostPattern{}, fmt.Errorf("%s is not a host pattern: %w", quote(s), err)
	}
	return HostPattern{ascii, below, path}, nil
}

// checkPatternShape gives people who wrote something near a pattern a hint.
func checkPatternShape(s string) error {
	name, _, _ := strings.Cut(s, "/")
	switch {
	case s == "":
		return errors.New("it is empty")
	case strings.Contains(s, "://") || strings.HasPrefix(s, "//"):
		return errors.New("leave the scheme out, a pattern covers every scheme")
	case name == "*":
		return errors.New("a path needs a host")
	case strings.HasPrefix(name, "."):
		return fmt.Errorf("write %s for the hosts below it", quote("*"+name))
	case strings.Contains(strings.TrimPrefix(name, "*."), "*"):
		return errors.New("a * stands alone or for all labels at the start, as in *.gov.vn")
	case strings.Contains(name, "@") || strings.Contains(s, "\\"):
		return errors.New("expected a host, *.suffix or host/path")
	}
	return nil
}

// patternPath brings a path into the form WHATWG URLs have theirs in.
func patternPath(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	path = "/" + path
	if strings.ContainsAny(path, "?#*") {
		return "", errors.New("a path is a prefix without *, ? and #")
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return "", errors.New("a path has no . and .. in it")
		}
	}
	// Escaping may complete what was half an escape: %0 and a space.
	if path = escapePath(path); ambiguousPath(path) {
		return "", errors.New("a path has no encoded slash in it")
	}
	return path, nil
}

// escapePath encodes what is in the WHATWG path percent-encode set.
func escapePath(path string) string {
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"<>^`{}", c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(path[i])
	}
	return b.String()
}

// String returns the pattern in the form ParseHostPattern reads.
func (p HostPattern) String() string {
	switch {
	case p.host == "":
		return "*"
	case p.below:
		return "*." + p.host + p.path
	}
	return p.host + p.path
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (p *HostPattern) UnmarshalText(text []byte) (err error) {
	*p, err = ParseHostPattern(string(text))
	return err
}

// MarshalText implements encoding.TextMarshaler.
func (p HostPattern) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// OwnHosts returns the site's hosts as exact patterns. Hosts that are none,
// which Load reports, are left out.
func (s *Site) OwnHosts() []HostPattern {
	own := make([]HostPattern, 0, len(s.Hosts))
	for _, host := range s.Hosts {
		if ascii, err := ASCIIHost(host); err == nil {
			own = append(own, HostPattern{host: ascii})
		}
	}
	return own
}
