package clean

import (
	"bytes"
	"iter"
	"strings"

	"github.com/nlnwa/whatwg-url/url"

	"github.com/lachan-waf/lachan/policies"
)

// maxHops is how many redirectors may lead to one another.
const maxHops = 3

// redirectors are the known ones by host.
func redirectors() map[string][]policies.Redirector {
	known := make(map[string][]policies.Redirector)
	for _, r := range policies.Redirectors() {
		known[r.Host()] = append(known[r.Host()], r)
	}
	return known
}

// leads judges a reference to an allowed host by where it leads: a redirector's
// query names another, which the kind must allow as well.
func (l *allowlists) leads(k kind, t target, ref []byte, hops int) (reason string, ok bool) {
	if bytes.IndexByte(ref, '?') < 0 {
		return "", true
	}
	for _, r := range l.redirectors[t.host] {
		if !r.Covers(t.path) {
			continue
		}
		for value := range destinations(r.Params, ref) {
			if reason, ok := l.leadsTo(k, t, value, hops+1); !ok {
				return reason, false
			}
		}
	}
	return "", true
}

// leadsTo judges what a parameter of the redirector at t holds.
func (l *allowlists) leadsTo(k kind, t target, value []byte, hops int) (reason string, ok bool) {
	r := newResolver("https://"+t.host+"/", nil)
	to := r.resolve(value)
	if host := trimControls(value); to.own && bareHost(host) {
		to = r.resolve(append([]byte("//"), host...))
	}
	if reason, ok = l.judge(k, to, value, hops); ok {
		return "", true
	}
	if reason != reasonListedHost {
		reason = reasonOpenRedirect
	}
	return reason, false
}

// bareHost reports whether a relative reference begins with a host: some
// redirectors put the scheme before it.
func bareHost(value []byte) bool {
	if end := bytes.IndexAny(value, "/?#:"); end >= 0 {
		value = value[:end]
	}
	return plainHost(value) && bytes.IndexByte(value, '.') > 0
}

// destinations yields the values in ref's query of the parameters that are
// named. What the parser cannot read is yielded as it is.
func destinations(params []string, ref []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		u, err := url.ParseRef("https://invalid.invalid/", string(ref))
		if err != nil {
			yield(ref)
			return
		}
		query := strings.TrimPrefix(u.Search(), "?")
		for _, name := range params {
			if name == "?" && !yield(unpercent([]byte(query))) {
				return
			}
		}
		for field := range strings.FieldsFuncSeq(query, func(c rune) bool { return c == '&' || c == ';' }) {
			name, value, _ := strings.Cut(strings.ReplaceAll(field, "+", " "), "=")
			if named(params, unpercent([]byte(name))) && !yield(unpercent([]byte(value))) {
				return
			}
		}
	}
}

func named(params []string, name []byte) bool {
	for _, p := range params {
		if equalFold(name, p) {
			return true
		}
	}
	return false
}
