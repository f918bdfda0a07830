// Package hostlist reads files of known bad hosts and finds a host in them in
// tens of nanoseconds. A line of a file has one of these forms, which may be
// mixed:
//
//	# a comment
//	! another
//	0.0.0.0 evil.test www.evil.test    hosts file: these hosts, not those below
//	evil.test                          a domain: it and the hosts below it
//	||evil.test^$all                   adblock: the same
//	@@||good.evil.test^                adblock: not this host, nor those below
//
// Adblock rules that do not speak of a whole host are skipped and counted:
// cosmetic rules, paths, regular expressions, options that narrow a rule. Any
// other line is a problem, of which a Set keeps the first few.
//
//	file, err := hostlist.Open("/etc/lachan/bad-hosts.txt")
//	…
//	lists := hostlist.Lists{file.Set()} // what one document is judged by
//	if lists.Has("www.evil.test") { … }
//
// A host takes eight bytes and one to two of index: hosts are not kept but
// their hashes, of 63 bits under a key that is drawn anew for each reading.
// Where two hosts have one hash, one host too many is listed: for a given host
// and a million entries once in nine million million. Whoever cannot read the
// process's memory cannot look for such a host either. The other way round, a
// listed host that is let through, takes a collision with one of the few
// exceptions of the lists.
package hostlist

import (
	"crypto/sha256"
	"strings"
)

// Lists are the sets of one site, as they are at one moment. None of it
// changes; nil lists nothing.
type Lists []*Set

// Has says whether a set lists host and none excepts it. It takes host as a
// WHATWG URL parser serialises it, and does not allocate.
func (l Lists) Has(host string) bool {
	host = strings.TrimSuffix(host, ".") // the root's dot: the same host
	listed := false
	for _, s := range l {
		if s.excepted.covers(host) {
			return false
		}
		listed = listed || s.hosts.covers(host)
	}
	return listed
}

// Sums identify the bytes of the lists.
func (l Lists) Sums() (sums [][sha256.Size]byte) {
	for _, s := range l {
		sums = append(sums, s.sum)
	}
	return sums
}
