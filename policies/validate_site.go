package policies

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	maxNameLen    = 64
	maxContactLen = 500
	// maxBodyLimit is coraza's own greatest request body limit.
	maxBodyLimit = GiB
)

// siteName keeps names usable as a folder of the state directory: none
// starts with a dot.
var siteName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// secLangTarget is a variable with an optional selector: the part of SecLang
// that may follow ";" in ctl:ruleRemoveTargetById. Quotes, commas, spaces and
// backslashes would end the action and start another.
var secLangTarget = regexp.MustCompile(`^[A-Z][A-Z_0-9]*(:[^\s"',;|\\]+)?$`)

// check checks one site. A key that is missing has been reported.
func (s *draft) check(c *Config) {
	s.checkName()
	s.checkHosts()
	s.checkUpstream()
	s.checkTLS(c)
	s.checkContact()
	s.checkWAF()
	s.checkResponse()
	s.checkRedact()
}

func (s *draft) at(key string) string {
	if s.key == "" {
		return key
	}
	return s.key + "." + key
}

func (s *draft) given(key string) bool { return s.dec.given(s.at(key)) }

func (s *draft) fail(key, format string, args ...any) { s.dec.reject(s.at(key), format, args...) }

func (s *draft) checkName() {
	name := s.site.Name
	if s.given("name") && (!siteName.MatchString(name) || len(name) > maxNameLen) {
		s.fail("name", "%s is not a site name: expected up to %d letters, digits, '.', '_' and '-', the first a letter or digit",
			quote(name), maxNameLen)
	}
}

func (s *draft) checkHosts() {
	if s.given("hosts") && s.site.Hosts != nil && len(s.site.Hosts) == 0 {
		s.fail("hosts", "no hosts: name at least one")
	}
	for i, host := range s.site.Hosts {
		key := "hosts[" + strconv.Itoa(i) + "]"
		if message := hostProblem(host); message != "" && s.given(key) {
			s.fail(key, "%s", message)
		}
	}
}

func hostProblem(host string) string {
	_, err := ASCIIHost(host)
	switch {
	case err == nil:
		return ""
	case host == "":
		return "empty: expected a host name"
	case strings.Contains(host, "*"):
		return quote(host) + " is not a host name: list each host by its full name"
	case strings.Contains(host, "/"):
		return quote(host) + " is not a host name: leave out the scheme and the path"
	case errors.Is(err, errPort):
		return quote(host) + " is not a host name: leave out the port, a site answers on every listener"
	}
	return err.Error()
}

func (s *draft) checkUpstream() {
	if !s.given("upstream") {
		return
	}
	u, err := url.Parse(s.site.Upstream)
	if message := upstreamProblem(u, err); message != "" {
		s.fail("upstream", "%s: %s", quote(withoutUser(s.site.Upstream)), message)
		return
	}
	if u.Scheme == "http" && s.given("upstream_tls") && !s.site.UpstreamTLS.isDefault() {
		s.fail("upstream_tls", "the upstream is http: there is no TLS to tighten")
	}
	s.checkUpstreamTLS()
}

func (t *UpstreamTLS) isDefault() bool {
	return t.MinVersion == DefaultSite().UpstreamTLS.MinVersion && t.ServerName == "" && t.CA == "" && len(t.PinSHA256) == 0
}

func upstreamProblem(u *url.URL, err error) string {
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Opaque != "":
		return "expected http://host:port or https://host:port"
	case u.User != nil:
		return "a user name or password does not belong here"
	case u.Hostname() == "":
		return "there is no host in it"
	case u.Path != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "leave out what follows the host and port: requests keep their own path and query"
	case !validPort(u):
		return "the port is not one from 1 to 65535"
	}
	if host, err := ASCIIHost(u.Hostname()); err != nil || host == "" {
		return "its host is neither a name nor an address"
	}
	return ""
}

// withoutUser keeps a password out of messages, which end up in logs.
func withoutUser(upstream string) string {
	at := strings.LastIndexByte(upstream, '@')
	if at < 0 {
		return upstream
	}
	return "…" + upstream[at:]
}

func validPort(u *url.URL) bool {
	_, port, err := net.SplitHostPort(u.Host)
	if err != nil {
		return u.Port() == "" && !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

func (s *draft) checkUpstreamTLS() {
	if name := s.site.UpstreamTLS.ServerName; name != "" {
		if _, err := ASCIIHost(name); err != nil {
			s.fail("upstream_tls.server_name", "%s", err)
		}
	}
	for i, pin := range s.site.UpstreamTLS.PinSHA256 {
		if !isSHA256(pin) {
			s.fail("upstream_tls.pin_sha256["+strconv.Itoa(i)+"]", "%s is not a SHA-256 hash in hex or base64", quote(pin))
		}
	}
}

func isSHA256(s string) bool {
	if b, err := hex.DecodeString(s); err == nil && len(b) == 32 {
		return true
	}
	b, err := base64.StdEncoding.DecodeString(s)
	return err == nil && len(b) == 32
}

// checkTLS also finds sites that no listener would serve.
func (s *draft) checkTLS(c *Config) {
	t := &s.site.TLS
	switch {
	case t.Mode == TLSFiles && s.given("tls.cert") && t.Cert == "":
		s.fail("tls.cert", "empty: expected a file name")
	case t.Mode == TLSFiles && s.given("tls.key") && t.Key == "":
		s.fail("tls.key", "empty: expected a file name")
	case t.Mode == TLSOff && c.Listen.HTTP == "":
		s.fail("tls", "off needs listen.http, which is empty")
	case t.Mode != TLSOff && c.Listen.HTTPS == "":
		s.fail("tls", "%s needs listen.https, which is empty", t.Mode)
	}
}

// checkContact: the text is shown to blocked visitors and in problem details.
func (s *draft) checkContact() {
	if n := utf8.RuneCountInString(s.site.Contact); n > maxContactLen {
		s.fail("contact", "%d characters: at most %d", n, maxContactLen)
	}
	if strings.ContainsFunc(s.site.Contact, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		s.fail("contact", "control characters do not belong here")
	}
}

func (s *draft) checkWAF() {
	w := &s.site.WAF
	if !s.given("waf.detection_paranoia") {
		w.DetectionParanoia = w.Paranoia
	}
	if w.DetectionParanoia < w.Paranoia {
		s.fail("waf.detection_paranoia", "%d is below paranoia, which is %d", w.DetectionParanoia, w.Paranoia)
	}
	s.checkBodyLimit("waf.request_body", w.RequestBody.Limit)
	for i := range w.RequestBody.Paths {
		s.checkBodyPath("waf.request_body.paths["+strconv.Itoa(i)+"]", &w.RequestBody.Paths[i])
	}
	if b := time.Duration(w.CPUBudget); s.given("waf.cpu_budget") && (b < time.Millisecond || b > time.Minute) {
		s.fail("waf.cpu_budget", "%s is out of range: expected 1ms to 1m", w.CPUBudget)
	}
	for i, file := range w.Rules {
		checkFileName(s.dec, s.at("waf.rules["+strconv.Itoa(i)+"]"), file)
	}
	for i := range w.Exclude {
		s.checkExclusion("waf.exclude["+strconv.Itoa(i)+"]", &w.Exclude[i])
	}
}

func (s *draft) checkBodyLimit(key string, limit Size) {
	if s.given(key+".limit") && (limit < 1 || limit > maxBodyLimit) {
		s.fail(key+".limit", "%s is out of range: expected 1 byte to %s", limit, maxBodyLimit)
	}
}

// checkBodyPath also fills in what is not given.
func (s *draft) checkBodyPath(key string, p *BodyPath) {
	if s.given(key+".path") && p.Path == "" {
		s.fail(key+".path", "empty: expected a path that starts with / or *")
	}
	s.checkPath(key+".path", p.Path)
	s.checkBodyLimit(key, p.Limit)
	if !s.given(key + ".limit") {
		p.Limit = s.site.WAF.RequestBody.Limit
	}
	if !s.given(key + ".over") {
		p.Over = s.site.WAF.RequestBody.Over
	}
}

func (s *draft) checkPath(key, p string) {
	if p != "" && (p[0] != '/' && p[0] != '*' || strings.ContainsFunc(p, unicode.IsControl)) {
		s.fail(key, "%s is not a path: expected one that starts with / or *", quote(p))
	}
}

func (s *draft) checkExclusion(key string, e *Exclusion) {
	s.checkPath(key+".path", e.Path)
	if e.Target != "" && !secLangTarget.MatchString(e.Target) {
		s.fail(key+".target", "%s is not a variable such as ARGS:content or REQUEST_COOKIES:/^wp_/", quote(e.Target))
	}
}
