package policies

import (
	_ "embed"
	"fmt"
	"iter"
	"net/url"
	"strings"
)

// sharedHostsFile is read where it is asked: it is small.
//
//go:embed shared_hosts.txt
var sharedHostsFile string

// sharedHost is a host that serves more than one master. Allowing scripts of
// it, without more, allows anybody's.
type sharedHost struct {
	why     string      // files, jsonp or redirects
	pattern HostPattern // with the least path that names one master
	params  []string    // of redirects
}

// sharedHosts yields the lines of shared_hosts.txt.
func sharedHosts() iter.Seq2[sharedHost, error] {
	return func(yield func(sharedHost, error) bool) {
		for line := range strings.Lines(sharedHostsFile) {
			fields := strings.Fields(line)
			if len(fields) == 0 || fields[0] == "#" {
				continue
			}
			h, err := readSharedHost(fields)
			if !yield(h, err) {
				return
			}
		}
	}
}

func readSharedHost(fields []string) (h sharedHost, err error) {
	h = sharedHost{why: fields[0]}
	if len(fields) < 2 || (h.why == "redirects") != (len(fields) > 2) {
		return h, fmt.Errorf("%s: expected a reason and a pattern, then parameters of redirects", strings.Join(fields, " "))
	}
	h.params = fields[2:]
	h.pattern, err = ParseHostPattern(fields[1])
	return h, err
}

// opened returns a shared host, if there is one, that p lets in without saying
// whose scripts.
func opened(p HostPattern) (sharedHost, bool) {
	for h, err := range sharedHosts() {
		if err == nil && h.openedBy(p) {
			return h, true
		}
	}
	return sharedHost{}, false
}

func (h *sharedHost) openedBy(p HostPattern) bool {
	switch {
	case p.host == "":
		return true
	case h.pattern.below: // whatever the path: it is another's on each host
		return p.below && (p.host == h.pattern.host || strings.HasSuffix(h.pattern.host, "."+p.host))
	case p.host != h.pattern.host && (!p.below || !strings.HasSuffix(h.pattern.host, "."+p.host)):
		return false
	case h.why == "redirects":
		return p.path == "" || underPrefix(h.pattern.path, p.path)
	}
	return segments(p.path) < segments(h.pattern.path)
}

// segments counts the segments of a path that are not empty.
func segments(path string) (n int) {
	for segment := range strings.SplitSeq(path, "/") {
		if segment != "" {
			n++
		}
	}
	return n
}

// says explains what is wrong with p, which opens h.
func (h *sharedHost) says(p HostPattern) string {
	does := map[string]string{
		"files": "serves anybody's files", "jsonp": "answers with scripts of the caller's making", "redirects": "redirects to anywhere",
	}[h.why]
	switch {
	case h.pattern.below:
		return fmt.Sprintf("%s covers %s, where each host is another's: name the hosts, such as your-name.%s", p, h.pattern, h.pattern.host)
	case p.host != h.pattern.host:
		return fmt.Sprintf("%s covers %s, which %s: name the hosts", p, h.pattern.host, does)
	case h.why == "redirects":
		return fmt.Sprintf("%s %s at %s: name another path", p, does, h.pattern)
	}
	return fmt.Sprintf("%s %s: name a path, such as %s", p, does, h.pattern)
}

// Redirector is an address that leads to wherever its query says.
type Redirector struct {
	// Pattern is its host and the beginning of its path.
	Pattern HostPattern
	// Params are the names of the parameters that hold the destination; "?"
	// stands for the query as a whole.
	Params []string
}

// Redirectors returns the redirectors that are known.
func Redirectors() (known []Redirector) {
	for h, err := range sharedHosts() {
		if err == nil && h.why == "redirects" {
			known = append(known, Redirector{h.pattern, h.params})
		}
	}
	return known
}

// Host is the redirector's host.
func (r Redirector) Host() string { return r.Pattern.host }

// Covers says whether the redirector answers at path. Servers decode a path
// before they look at it, and many take two slashes for one.
func (r Redirector) Covers(path string) bool {
	if r.Pattern.path == "" {
		return true
	}
	if decoded, err := url.PathUnescape(path); err == nil {
		path = decoded
	}
	for strings.Contains(path, "//") {
		path = strings.ReplaceAll(path, "//", "/")
	}
	return underPrefix(path, r.Pattern.path)
}
