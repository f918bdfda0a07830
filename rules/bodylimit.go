package rules

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// bodyLimits are how much of a body is inspected, by the path of the request.
type bodyLimits struct {
	site  bodyLimit
	paths []bodyLimit
}

type bodyLimit struct {
	path *regexp.Regexp
	size int64
	over policies.BodyOver
}

func newBodyLimits(p *policies.RequestBody) (l bodyLimits, err error) {
	if l.site, err = newBodyLimit(p.Limit, p.Over); err != nil {
		return l, fmt.Errorf("waf.request_body.%w", err)
	}
	for i, on := range p.Paths {
		limit, err := newBodyLimit(on.Limit, on.Over)
		if err != nil {
			return l, fmt.Errorf("waf.request_body.paths[%d].%w", i, err)
		}
		pattern, err := globPattern(on.Path)
		if err != nil {
			return l, fmt.Errorf("waf.request_body.paths[%d].path %q: %w", i, on.Path, err)
		}
		if limit.path, err = regexp.Compile("(?s)" + pattern); err != nil {
			return l, fmt.Errorf("waf.request_body.paths[%d].path %q: %w", i, on.Path, err)
		}
		l.paths = append(l.paths, limit)
	}
	return l, nil
}

func newBodyLimit(size policies.Size, over policies.BodyOver) (bodyLimit, error) {
	if size < 1 || size >= maxBody {
		return bodyLimit{}, fmt.Errorf("limit %d: more than 0 and less than %d bytes", size, maxBody)
	}
	return bodyLimit{size: int64(size), over: over}, nil
}

// of returns the first limit whose path covers a target as it was received and as
// a web server would resolve it: "/upload/../login" is under /upload/ only by its
// letters. A path that cannot be decoded is under none.
func (l *bodyLimits) of(target string) bodyLimit {
	if len(l.paths) == 0 {
		return l.site
	}
	received, _, _ := strings.Cut(target, "?")
	received, err := url.PathUnescape(received)
	if err != nil {
		return l.site
	}
	resolved := path.Clean(strings.ReplaceAll(received, `\`, "/"))
	if strings.HasSuffix(received, "/") && resolved != "/" {
		resolved += "/"
	}
	for _, limit := range l.paths {
		if limit.path.MatchString(received) && limit.path.MatchString(resolved) {
			return limit
		}
	}
	return l.site
}
