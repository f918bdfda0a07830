package policies

import "strings"

// Allowlist is a compiled set of host patterns. It is immutable and safe for
// concurrent use; the zero value and nil allow nothing.
type Allowlist struct {
	every bool
	exact map[string]paths
	below map[string]paths
}

// paths are the prefixes allowed on a host; every path if there is none.
type paths []string

// NewAllowlist compiles patterns.
func NewAllowlist(patterns ...HostPattern) *Allowlist {
	a := &Allowlist{exact: make(map[string]paths), below: make(map[string]paths)}
	for _, p := range patterns {
		switch {
		case p.host == "":
			a.every = true
		case p.below:
			a.below[p.host] = a.below[p.host].with(p.path, a.below[p.host] != nil)
		default:
			a.exact[p.host] = a.exact[p.host].with(p.path, a.exact[p.host] != nil)
		}
	}
	return a
}

// with adds a prefix to those of a host that is known already or not. A
// pattern without a path frees all of them.
func (p paths) with(prefix string, known bool) paths {
	if prefix == "" || known && len(p) == 0 {
		return paths{}
	}
	return append(p, prefix)
}

// Allows says whether a pattern covers path on host. It takes host as a
// WHATWG URL parser serialises it (lower-case ASCII, no port; see ASCIIHost)
// and path as such a parser leaves it, with a slash at its start. It does not
// allocate. An empty host is never allowed.
func (a *Allowlist) Allows(host, path string) bool {
	if a == nil || host == "" {
		return false
	}
	return a.every || a.anyMatch(host, func(p paths) bool { return p.cover(path) })
}

// anyMatch reports whether covers says so of the paths of any pattern that
// matches host.
func (a *Allowlist) anyMatch(host string, covers func(paths) bool) bool {
	host = strings.TrimSuffix(host, ".") // the root's dot: the same host
	if p, ok := a.exact[host]; ok && covers(p) {
		return true
	}
	for len(a.below) > 0 {
		dot := strings.IndexByte(host, '.')
		if dot < 0 {
			return false
		}
		host = host[dot+1:]
		if p, ok := a.below[host]; ok && covers(p) {
			return true
		}
	}
	return false
}

// AllowsHost says whether every path on host is allowed. Of host it asks what
// Allows does.
func (a *Allowlist) AllowsHost(host string) bool {
	if a == nil || host == "" {
		return false
	}
	return a.every || a.anyMatch(host, func(p paths) bool { return len(p) == 0 })
}

// Limits says whether host is allowed by some of its paths only.
func (a *Allowlist) Limits(host string) bool {
	return a != nil && host != "" && !a.AllowsHost(host) && a.anyMatch(host, func(paths) bool { return true })
}

// Names is Allows for entries that name host itself: neither * nor *.suffix.
func (a *Allowlist) Names(host, path string) bool {
	if a == nil {
		return false
	}
	p, ok := a.exact[strings.TrimSuffix(host, ".")]
	return ok && p.cover(path)
}

func (p paths) cover(path string) bool {
	if len(p) == 0 {
		return true
	}
	for _, prefix := range p {
		if underPrefix(path, prefix) {
			return !ambiguousPath(path)
		}
	}
	return false
}

// underPrefix ends a prefix at a segment's border: /embed is not /embedded.
func underPrefix(path, prefix string) bool {
	return strings.HasPrefix(path, prefix) &&
		(len(path) == len(prefix) || prefix[len(prefix)-1] == '/' || path[len(prefix)] == '/')
}

// ambiguousPath finds what leads out of a prefix at some servers only. A
// browser keeps /embed/..%2fevil.js as it is, but CDNs decode it, some of them
// twice, and serve /evil.js: the path a prefix promises is not the path that is
// served. So it is with /embed/..;/evil.js where Java serves (RFC 3986 §3.3 lets
// a segment have parameters).
func ambiguousPath(path string) bool {
	for i := range len(path) {
		switch {
		case path[i] == '\\' || strings.HasPrefix(path[i:], "/.;") || strings.HasPrefix(path[i:], "/..;"):
			return true
		case path[i] == '%' && separates(path[i+1:]):
			return true
		}
	}
	return false
}

// separates says whether what follows a % is a slash, or makes another escape
// once it is decoded: what that is depends on how often a server decodes.
// Segments of dots that are encoded once a URL parser has resolved.
func separates(code string) bool {
	if len(code) < 2 {
		return code == "%"
	}
	hi, lo := code[0], code[1]|0x20
	switch {
	case hi == '2' && lo == 'f' || hi == '5' && lo == 'c' || hi == '%' || code[1] == '%':
		return true
	case hi == '2' && lo == '5' && len(code) > 2:
		return code[2] == '%' || isHex(code[2])
	}
	return false
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}
