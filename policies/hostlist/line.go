package hostlist

import (
	"cmp"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// line reads one line. An error says what is wrong with it.
func (s *Set) line(text string) error {
	text = strings.TrimSpace(text)
	switch {
	case text == "" || text[0] == '#' || text[0] == '!':
		return nil
	case strings.HasPrefix(text, "||") || strings.HasPrefix(text, "@@"):
		return s.rule(text)
	}
	text, _, _ = cutComment(text)
	if strings.ContainsAny(text, " \t") {
		return s.hostsLine(strings.Fields(text))
	}
	if host, ok := strings.CutPrefix(text, "*."); ok && !strings.ContainsAny(host, ruleChars) {
		return fmt.Errorf("%s: write %s, which covers the hosts below it", quote(text), quote(host))
	}
	if isRule(text) {
		s.Skipped++
		return nil
	}
	return s.add(&s.hosts, text, below)
}

// cutComment cuts what follows a # behind white space.
func cutComment(text string) (before, comment string, found bool) {
	for i := 1; i < len(text); i++ {
		if text[i] == '#' && (text[i-1] == ' ' || text[i-1] == '\t') {
			return strings.TrimSpace(text[:i]), text[i:], true
		}
	}
	return text, "", false
}

// ruleChars stand in adblock rules and in no host.
const ruleChars = "/*^$|=?&#,~"

// isRule tells an adblock rule that is not one of a host from a domain:
// evil.test##.banner, /ads/*, |https://…, -banner., [Adblock Plus 2.0].
func isRule(text string) bool {
	return strings.ContainsAny(text, ruleChars) || strings.IndexByte("-.&_[", text[0]) >= 0 && !isIPv6(text)
}

func isIPv6(text string) bool { return text[0] == '[' && strings.Contains(text, ":") }

// hostsLine reads the fields of a line of a hosts file (hosts(5)). The address
// of a bad host is one where nobody answers; those that a file has for the
// machine itself and its networks say nothing of any host.
func (s *Set) hostsLine(fields []string) error {
	addr, err := netip.ParseAddr(fields[0])
	switch {
	case strings.HasPrefix(fields[0], "[") && strings.HasSuffix(fields[len(fields)-1], "]"): // [Adblock Plus 2.0]
		s.Skipped++
		return nil
	case err != nil:
		return fmt.Errorf("%s is neither a host nor an address with hosts", quote(strings.Join(fields, " ")))
	case addr.IsMulticast() || addr.IsLinkLocalUnicast() || fields[0] == "255.255.255.255":
		s.Skipped++
		return nil
	case !addr.IsUnspecified() && !addr.IsLoopback():
		return fmt.Errorf("%s is a real address: a listed host has 0.0.0.0 or 127.0.0.1", fields[0])
	}
	for _, host := range fields[1:] {
		if !strings.Contains(host, ".") || host == fields[0] || host == "localhost.localdomain" {
			s.Skipped++ // localhost, ip6-loopback, broadcasthost
			continue
		}
		err = cmp.Or(err, s.add(&s.hosts, host, 0))
	}
	return err
}

// rule reads an adblock rule that begins with || or @@.
func (s *Set) rule(text string) error {
	text, exception := strings.CutPrefix(text, "@@")
	pattern, options, _ := strings.Cut(text, "$")
	host, anchored := strings.CutPrefix(pattern, "||")
	host, ends := strings.CutSuffix(strings.TrimSuffix(host, "|"), "^")
	if !anchored || !ends || !wholeHost(options) || strings.ContainsAny(host, ruleChars+":") {
		s.Skipped++
		return nil
	}
	if exception {
		return s.add(&s.excepted, host, below)
	}
	return s.add(&s.hosts, host, below)
}

// wholeHost says whether a rule with these options is about all of a host, as
// another site sees it. Others narrow the rule (script, domain=) or do something
// else (csp=, removeparam=, badfilter).
func wholeHost(options string) bool {
	for option := range strings.SplitSeq(options, ",") {
		switch option {
		case "", "all", "document", "doc", "third-party", "3p", "important", "popup", "match-case":
		default:
			return false
		}
	}
	return true
}

func (s *Set) add(t *table, host string, entry uint64) error {
	ascii, err := policies.ASCIIHost(host)
	if err != nil {
		return err
	}
	if !strings.ContainsAny(ascii, ".:") {
		return fmt.Errorf("%s is a single label, not a host with a domain", quote(host))
	}
	s.Entries++
	return t.add(ascii, entry)
}

// quote puts a piece of a file into a message: on one line, bounded.
func quote(text string) string {
	if len(text) > 64 {
		text = strings.ToValidUTF8(text[:64], "") + "…"
	}
	return strconv.Quote(text)
}
