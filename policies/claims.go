package policies

import "strconv"

// checkClaims reports site names and hosts that are taken already, in one
// site or across sites, with both places. A host in Unicode and its punycode
// are one host.
func (l *loading) checkClaims() {
	names := make(map[string]Place)
	hosts := make(map[string]Place)
	for _, s := range l.drafts {
		s.claim(names, "name", s.site.Name, "site name")
		for i, host := range s.site.Hosts {
			if ascii, err := ASCIIHost(host); err == nil {
				s.claim(hosts, "hosts["+strconv.Itoa(i)+"]", ascii, "host")
			}
		}
	}
}

func (s *draft) claim(taken map[string]Place, key, value, what string) {
	if value == "" || !s.given(key) {
		return
	}
	if first, ok := taken[value]; ok {
		s.fail(key, "%s %s is taken: first used at %s", what, quote(value), first)
		return
	}
	taken[value] = s.dec.placeOf(s.at(key))
}
