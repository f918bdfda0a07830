package policies

import (
	"fmt"
	"strings"
)

// Sources returns the pattern as host-sources of a Content-Security-Policy
// (CSP 3, 2.3.1). A path there ends with a slash or is that of one file, so
// that host/path becomes two. Ports are open, as in the pattern; the scheme is
// the page's or a safer one. An IPv6 address has no such form: there is none.
func (p HostPattern) Sources() []string {
	switch {
	case p.host == "":
		return []string{"*"}
	case p.host[0] == '[':
		return nil
	}
	source := p.host + ":*"
	if p.below {
		source = "*." + source
	}
	if p.path == "" {
		return []string{source}
	}
	source += escapeSource(p.path)
	if strings.HasSuffix(source, "/") {
		return []string{source}
	}
	return []string{source, source + "/"}
}

// escapeSource encodes what would end a source, a directive or a policy, and
// what no path-absolute (RFC 3986, 3.3) holds. Browsers decode both sides.
func escapeSource(path string) string {
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`;,"<>[\]^|{}'`+"`", c) >= 0 {
			_, _ = fmt.Fprintf(&b, "%%%02X", c)
			continue
		}
		b.WriteByte(path[i])
	}
	return b.String()
}
