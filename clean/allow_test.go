package clean

import (
	"bytes"
	"path"
	"strings"
	"testing"
)

// TestHostileAddresses: what a browser makes of an address is held against the
// entries, not how it is spelled.
func TestHostileAddresses(t *testing.T) {
	site := portal(t)
	site.Response.Allow.Scripts = patterns(t, "cdn.example/npm/x", "*.tiles.example", "192.0.2.1", "[2001:db8::1]", "[::ffff:192.0.2.9]", "cổng.example")
	c := newCleaner(t, site)
	r := newResolver(pageURL, nil)
	for ref, want := range map[string]bool{
		"https://cdn.example/npm/x": true, "http://cdn.example:8443/npm/x/a.js?b#c": true, "//CDN.Example/npm/x/a.js": true,
		"https://cdn.example./npm/x/a.js": true, "https://cdn.example/npm//../x/../npm/x": false, "https://cdn.example/a/../npm/x/a.js": true,
		"https://cdn.example/npm/x/%2e/a.js": true, `https:\\cdn.example\npm\x\a.js`: true, "https://user:pass@cdn.example/npm/x/": true,

		"https://cdn.example/npm/xyz/a.js": false, "https://cdn.example/npm/x.evil/a.js": false, "https://cdn.example/npm/x;/../../evil.js": false,
		"https://cdn.example/npm/X/a.js": false, "https://cdn.example//npm/x/a.js": false, "https://cdn.example/evil.js?/npm/x/": false, "https://cdn.example/evil.js#/npm/x/": false,
		"https://cdn.example/npm/x/../evil.js": false, "https://cdn.example/npm/x/..": false, "https://cdn.example/npm/x/.": true,
		"https://cdn.example/npm/x/%2e%2e/evil.js": false, "https://cdn.example/npm/x/%2E./evil.js": false, "https://cdn.example/npm/x/.%2e/evil.js": false,
		"https://cdn.example/npm/x/..%2fevil.js": false, "https://cdn.example/npm/x/%2e%2e%2fevil.js": false, "https://cdn.example/npm/x/..%5Cevil.js": false,
		"https://cdn.example/npm/x/..%252fevil.js": false, "https://cdn.example/npm/x/%252e%252e/evil.js": false, "https://cdn.example/npm/x/..;/evil.js": false,
		`https://cdn.example/npm/x/..\evil.js`: false, "https://cdn.example/npm/x/.\t./evil.js": false, "https://cdn.example/npm/x/.\n%2e/evil.js": false,

		"https://cdn.example.evil.test/npm/x/": false, "https://cdn.example@evil.test/npm/x/": false, `https://evil.test\@cdn.example/npm/x/`: false,
		"https://evil.test#@cdn.example/npm/x/": false, "https://evil.test?@cdn.example/npm/x/": false, "https://cdn.example%2eevil.test/npm/x/": false,
		"https://cdn.example../npm/x/a.js": false, "https://cdn.example:evil/npm/x/": false, "https://cdn.example%00.evil.test/npm/x/": false,
		"https://cdn%2eexample/npm/x/": true, "https://cdn。example/npm/x/": true,
		"ftp://cdn.example/npm/x/": false, "data:,//cdn.example/npm/x/": false, "blob:https://cdn.example/npm/x/": false,

		"https://a.tiles.example/": true, "https://tiles.example/": false, "https://eviltiles.example/": false, "https://a.tiles.example.evil.test/": false,
		"https://192.0.2.1/": true, "https://3221225985/": true, "https://0xc0.0x0.0x2.1/": true, "https://0300.0.02.01/": true, "https://192.0.513/": true, "https://192.0.2.2/": false,
		"https://[2001:db8::1]/": true, "https://[2001:0DB8:0:0::0001]:8443/": true, "https://[2001:db8::2]/": false, "https://[::ffff:192.0.2.1]/": false,
		"https://[::ffff:c000:209]/": true, "https://192.0.2.9/": false, "https://[2001:db8::1%25eth0]/": false,
		"https://cổng.example/": true, "https://xn--cng-qmz.example/": true, "https://XN--CNG-QMZ.example/": true, "https://co\u0302\u0309ng.example/": true,
		"https://\u0441dn.example/npm/x/": false, "https://cd\u0578.example/npm/x/": false, // Cyrillic es, Armenian vo
	} {
		target := r.resolve([]byte(ref))
		if _, ok := c.allow.allows(kindScript, target, []byte(ref)); ok != want {
			t.Errorf("%q: allowed %v (%s)", ref, ok, target)
		}
	}
}

// FuzzPathPrefix: where an entry with a path allows an address, no server finds
// itself outside of that path, however often it decodes, whatever it takes for
// a slash, and whether or not its segments have parameters.
func FuzzPathPrefix(f *testing.F) {
	for _, s := range []string{"/npm/x/a.js", "/npm/x/../y", "/npm/x/%2e%2e%2fy", `/npm/x\..\..\y`, "/npm/x/..;a/y", "/npm/x/%25252e%25252e/y", "//npm/x", "/npm/x/%%32e%%32e/y", "/npm/x/%25%32%65%25%32%65/y"} {
		f.Add(s)
	}
	site := portal(f)
	site.Response.Allow.Scripts = patterns(f, "cdn.example/npm/x")
	c := newCleaner(f, site)
	r := newResolver(pageURL, nil)
	f.Fuzz(func(t *testing.T, tail string) {
		ref := []byte("https://cdn.example" + tail)
		target := r.resolve(ref)
		if _, ok := c.allow.allows(kindScript, target, ref); !ok || bytes.ContainsAny(ref, "?#") {
			return
		}
		served := target.path
		for range 4 {
			if at := servedPath(served); at != "/npm/x" && !strings.HasPrefix(at, "/npm/x/") {
				t.Fatalf("%q: a server finds %q", ref, at)
			}
			served = string(unpercent([]byte(served)))
		}
	})
}

// servedPath is what a lenient server makes of a decoded path.
func servedPath(p string) string {
	var segments []string
	for segment := range strings.SplitSeq(strings.ReplaceAll(p, `\`, "/"), "/") {
		segment, _, _ = strings.Cut(segment, ";")
		segments = append(segments, segment)
	}
	return path.Clean(strings.Join(segments, "/"))
}
