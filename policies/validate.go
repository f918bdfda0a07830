package policies

import (
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// maxSocketPath is the longest path of a Unix socket: sun_path in unix(7) has
// 108 bytes, one of which ends it.
const maxSocketPath = 107

// checkConfig checks the values outside the sites. Values the file does not
// give are the defaults and need no check.
func checkConfig(d *decoder, c *Config) {
	checkListen(d, "listen.http", c.Listen.HTTP)
	checkListen(d, "listen.https", c.Listen.HTTPS)
	switch {
	case c.Listen.HTTP == "" && c.Listen.HTTPS == "":
		d.reject("listen", "both http and https are empty: nothing would be served")
	case c.Listen.HTTP == c.Listen.HTTPS && !strings.HasSuffix(c.Listen.HTTP, ":0"):
		d.reject("listen", "http and https are both %s", quote(c.Listen.HTTP))
	}
	if c.StateDir == "" {
		d.reject("state_dir", "empty: certificates need a folder")
	}
	checkAudit(d, &c.Audit)
	checkACME(d, &c.ACME)
	checkAdmin(d, c.Admin.Listen)
}

func checkListen(d *decoder, key, addr string) {
	if addr == "" || !d.given(key) {
		return
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		d.reject(key, "%s is not host:port, such as :443 or 192.0.2.1:443", quote(addr))
		return
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		d.reject(key, "%s is not a port from 0 to 65535", quote(port))
	}
	if host == "" {
		return
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return
	}
	if _, err := ASCIIHost(host); err != nil {
		d.reject(key, "%s", err)
	}
}

func checkACME(d *decoder, a *ACME) {
	if a.Email != "" {
		if m, err := mail.ParseAddress(a.Email); err != nil || m.Address != a.Email {
			d.reject("acme.email", "%s is not an e-mail address", quote(a.Email))
		}
	}
	if u, err := url.Parse(a.CA); d.given("acme.ca") && (err != nil || u.Scheme != "https" || u.Hostname() == "") {
		d.reject("acme.ca", "%s is not an https URL", quote(a.CA))
	}
	for i, root := range a.TrustedRoots {
		checkFileName(d, "acme.trusted_roots["+strconv.Itoa(i)+"]", root)
	}
}

func checkAdmin(d *decoder, listen string) {
	path, isUnix := strings.CutPrefix(listen, "unix:")
	switch {
	case listen == "" || !d.given("admin.listen"):
	case isUnix && path == "":
		d.reject("admin.listen", "unix: needs a path, such as unix:/run/lachan/admin.sock")
	case isUnix && len(path) > maxSocketPath:
		d.reject("admin.listen", "the path of a Unix socket has at most %d bytes", maxSocketPath)
	case isUnix:
	default:
		if _, _, err := net.SplitHostPort(listen); err != nil {
			d.reject("admin.listen", "%s is not unix:PATH", quote(listen))
			return
		}
		d.reject("admin.listen", "host:port is %s: use unix:PATH", notAvailable)
	}
}

// checkFileName refuses an empty entry in a list of files.
func checkFileName(d *decoder, key, name string) {
	if name == "" && d.given(key) {
		d.reject(key, "empty: expected a file name")
	}
}
