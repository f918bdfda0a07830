package policies

import (
	"fmt"
	"net/netip"
)

// Site is one protected site: an entry of `sites`, or a file of sites_dir.
type Site struct {
	// Name identifies the site in events, on the command line and in the
	// state directory: letters, digits, '.', '_' and '-', at most 64.
	Name string `yaml:"name" required:""`
	// Hosts are the names visitors use, in Unicode or punycode, without port.
	// No two sites share one. They are always on the site's own allowlist.
	Hosts []string `yaml:"hosts" required:""`
	// Upstream is the origin: http://host:port or https://host:port.
	Upstream string `yaml:"upstream" required:""`
	// UpstreamTLS tightens an https upstream.
	UpstreamTLS UpstreamTLS `yaml:"upstream_tls"`
	// TLS is where the site's certificate comes from. Default `acme`.
	TLS TLS `yaml:"tls"`
	// Profile adds the exclusions a CMS's own editor needs. Default `generic`.
	Profile Profile `yaml:"profile" oneof:"generic,wordpress,joomla,drupal,nukeviet,dotnetnuke,sharepoint,liferay" available:"generic,wordpress"`
	// TrustedProxies are the peers whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix `yaml:"trusted_proxies"`
	// Level is the site's information-system security level, 1 to 5. It is the
	// floor of audit.retention: 0, 30, 90, 180 and 365 days. 0 (default): not rated.
	Level int `yaml:"level" range:"0,5"`
	// Contact tells a blocked visitor whom to write or call; plain text.
	Contact  string   `yaml:"contact"`
	WAF      WAF      `yaml:"waf"`
	Response Response `yaml:"response"`
	// Redact names further secrets, which the audit trail does not hold.
	Redact Redact `yaml:"redact"`

	// Place is where the site stands in the configuration, for messages.
	Place Place `yaml:"-"`
}

// UpstreamTLS holds the client side of an https upstream.
type UpstreamTLS struct {
	// MinVersion is "1.0", "1.1", "1.2" (default) or "1.3": some origins nobody
	// can patch speak nothing newer than 1.0.
	MinVersion string `yaml:"min_version" oneof:"1.0,1.1,1.2,1.3"`
	// ServerName is verified and sent as SNI instead of the upstream's host.
	ServerName string `yaml:"server_name"`
	// CA is a PEM file of roots to trust instead of the system's.
	CA string `yaml:"ca" path:""`
	// PinSHA256 are the SHA-256 hashes (hex or base64) of accepted public keys
	// (SPKI, as in RFC 7469); a pinned certificate may be self-signed or expired.
	PinSHA256 []string `yaml:"pin_sha256"`
}

// TLSMode says where a certificate comes from.
type TLSMode string

// The values of a site's tls key; TLSFiles is written as {cert: FILE, key: FILE}.
const (
	TLSACME     TLSMode = "acme"
	TLSInternal TLSMode = "internal"
	TLSOff      TLSMode = "off"
	TLSFiles    TLSMode = "files"
)

// TLS is `acme`, `internal` (own CA, for tests and LANs), `off`, or
// {cert: FILE, key: FILE}, PEM files that are read again when replaced.
type TLS struct {
	Mode TLSMode `yaml:"-"`
	// Cert is a PEM file: the certificate, then its chain.
	Cert string `yaml:"cert" required:"" path:""`
	// Key is a PEM file with the private key of Cert.
	Key string `yaml:"key" required:"" path:""`
}

// UnmarshalText implements encoding.TextUnmarshaler for the forms that are a word.
func (t *TLS) UnmarshalText(text []byte) error {
	switch mode := TLSMode(text); mode {
	case TLSACME, TLSInternal, TLSOff:
		*t = TLS{Mode: mode}
		return nil
	}
	return fmt.Errorf("unknown value %s: expected acme, internal, off or {cert: FILE, key: FILE}", quote(string(text)))
}

func (t *TLS) mapped() { t.Mode = TLSFiles }

func (s *Site) setDefaults() { *s = DefaultSite() }

func (s *Site) setPlace(at Place) { s.Place = at }

// Profile names the CMS behind a site.
type Profile string

// The values of a site's profile key.
const (
	ProfileGeneric    Profile = "generic"
	ProfileWordPress  Profile = "wordpress"
	ProfileJoomla     Profile = "joomla"
	ProfileDrupal     Profile = "drupal"
	ProfileNukeViet   Profile = "nukeviet"
	ProfileDotNetNuke Profile = "dotnetnuke"
	ProfileSharePoint Profile = "sharepoint"
	ProfileLiferay    Profile = "liferay"
)
