// Package policies says what each site may serve and how it is served: the
// configuration types with their defaults, strict decoding, validation, host
// patterns and allowlists. It imports no sibling package.
//
//	cfg, err := policies.Load("/etc/lachan/lachan.yaml")
//	if err != nil {
//		fmt.Fprintln(os.Stderr, err) // one line per problem: file:line:column: key: what is wrong
//		os.Exit(1)
//	}
//	for _, site := range cfg.Sites { … }
//
// The documentation of every key is the comment on its field. The struct tag
// `available` lists the values this version accepts where it does not yet
// accept all of a key's values; any other value is refused by name, never ignored.
package policies

import "net/netip"

// Config is the whole of lachan.yaml. The zero value is not usable: start
// from Default, or let Load do so.
type Config struct {
	Listen Listen `yaml:"listen"`
	// StateDir holds what must outlive a restart: certificates, the internal
	// CA, baselines. It is created with mode 0700 where it is missing.
	StateDir string `yaml:"state_dir" path:""`
	ACME     ACME   `yaml:"acme"`
	Admin    Admin  `yaml:"admin"`
	Audit    Audit  `yaml:"audit"`
	// SitesDir is a folder of *.yaml files, one site each, with the keys of an
	// entry of Sites. A relative path starts from the configuration's folder.
	SitesDir string `yaml:"sites_dir" path:""`
	// Sites are the protected sites, together with those of SitesDir.
	Sites []Site `yaml:"sites"`

	// Refused are the sites that LoadLenient left out, as far as they could be
	// read: at least the name is there, and no site of Sites has it.
	Refused []Site `yaml:"-"`
}

// Listen names the public listeners, as host:port. An empty address disables
// its listener.
type Listen struct {
	// HTTP answers ACME challenges, redirects to HTTPS, and serves the sites
	// with `tls: off`. Default ":80".
	HTTP string `yaml:"http"`
	// HTTPS serves HTTP/1.1 and HTTP/2. Default ":443".
	HTTPS string `yaml:"https"`
	// HTTP3 adds HTTP/3 (RFC 9114) on the UDP port of HTTPS.
	HTTP3 bool `yaml:"http3" available:"false"`
	// ProxyProtocol lists the peers allowed to send a PROXY header.
	ProxyProtocol []netip.Prefix `yaml:"proxy_protocol" available:"[]"`
}

// ACME configures certificates of sites with `tls: acme` (RFC 8555).
type ACME struct {
	// Email is the account's contact, to which the CA writes of trouble.
	Email string `yaml:"email"`
	// CA is the directory URL. Default: Let's Encrypt production.
	CA string `yaml:"ca"`
	// TrustedRoots are PEM files that authenticate the CA's own server, for a private CA.
	TrustedRoots []string `yaml:"trusted_roots" path:""`
}

// Admin configures the listener for health, status, reload and metrics.
type Admin struct {
	// Listen is `unix:PATH` (created with mode 0600) or empty for none.
	// Default "unix:/run/lachan/admin.sock".
	Listen string `yaml:"listen" path:"unix:"`
	// TLS is the certificate of a listener on host:port.
	TLS TLS `yaml:"tls" available:""`
	// Users may use a listener on host:port.
	Users []string `yaml:"users" available:""`
}
