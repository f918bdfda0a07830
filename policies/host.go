package policies

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// errPort is its own value because the hint depends on who asks.
var errPort = errors.New("a port is not part of a host")

// hostProfile maps Unicode to punycode as the WHATWG URL standard does
// ("domain to ASCII", UTS 46 non-transitional, hyphens anywhere), except that
// it checks lengths (RFC 1035 §2.3.4): a configured host must be resolvable.
func hostProfile() *idna.Profile {
	return idna.New(
		idna.MapForLookup(), idna.BidiRule(), idna.CheckJoiners(true), idna.VerifyDNSLength(true),
		idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false),
	)
}

// ASCIIHost returns host the way a browser serialises it: lower case,
// punycode for what is not ASCII, no dot at the end, IPv6 in brackets. It is
// an error if host is not a host name or address, or has a port. Spellings
// that only browsers take for an IPv4 address (0x7f.1, 127.1) are errors too.
func ASCIIHost(host string) (string, error) {
	trimmed := strings.TrimSuffix(host, ".")
	if plainHost(trimmed) {
		return trimmed, nil
	}
	if strings.ContainsAny(host, "[]:") {
		return ipv6Host(host)
	}
	ascii, err := hostProfile().ToASCII(trimmed)
	if err != nil || !utf8.ValidString(host) {
		return "", fmt.Errorf("%s is not a host name", quote(host))
	}
	if trimmed == host { // other full stops (U+3002) become dots only now
		ascii = strings.TrimSuffix(ascii, ".")
	}
	if err := checkHost(ascii); err != nil {
		return "", fmt.Errorf("%s is not a host name: %w", quote(host), err)
	}
	return ascii, nil
}

// plainHost says whether s is what most hosts are, already serialised. It
// spares serving code the work above.
func plainHost(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '-' && c != '.' && c != '_' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return !strings.Contains(s, "xn--") && checkHost(s) == nil
}

// checkHost checks an ASCII host without brackets.
func checkHost(s string) error {
	if s == "" || len(s) > 253 {
		return errors.New("its length must be 1 to 253 characters")
	}
	last := s
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 {
			return errors.New("the parts between dots must have 1 to 63 characters")
		}
		if c := strings.TrimLeft(label, "abcdefghijklmnopqrstuvwxyz0123456789-_"); c != "" {
			return fmt.Errorf("%s cannot be part of it", quote(c[:1]))
		}
		last = label
	}
	if endsInNumber(last) && !canonicalIPv4(s) {
		return errors.New("it ends in a number but is not an IPv4 address such as 192.0.2.1")
	}
	return nil
}

// endsInNumber is the WHATWG "ends in a number checker" on the last label.
func endsInNumber(label string) bool {
	if rest, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(rest, "0123456789abcdef") == ""
	}
	return strings.Trim(label, "0123456789") == ""
}

func canonicalIPv4(s string) bool {
	addr, err := netip.ParseAddr(s)
	return err == nil && addr.Is4()
}

func ipv6Host(host string) (string, error) {
	inner, bracketed := strings.CutPrefix(host, "[")
	if bracketed {
		if inner, bracketed = strings.CutSuffix(inner, "]"); !bracketed {
			return "", fmt.Errorf("%s: %w", quote(host), errPort)
		}
	}
	addr, err := netip.ParseAddr(inner)
	switch {
	case err != nil && !bracketed && strings.Count(host, ":") == 1:
		return "", fmt.Errorf("%s: %w", quote(host), errPort)
	case err != nil || !addr.Is6() || addr.Zone() != "":
		return "", fmt.Errorf("%s is not an IPv6 address", quote(host))
	}
	return "[" + ipv6Text(addr) + "]", nil
}

// ipv6Text differs from netip for ::ffff:192.0.2.1, which the WHATWG host
// serialiser writes in hexadecimal.
func ipv6Text(addr netip.Addr) string {
	if !addr.Is4In6() {
		return addr.String()
	}
	b := addr.As16()
	return fmt.Sprintf("::ffff:%x:%x", uint16(b[12])<<8|uint16(b[13]), uint16(b[14])<<8|uint16(b[15]))
}
