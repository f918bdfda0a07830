package certs

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/lachan-waf/lachan/policies"
	"go.uber.org/zap"
)

// acmeProtocol is the ALPN name of a TLS-ALPN-01 validation.
const acmeProtocol = "acme-tls/1"

// source is where the certificate of one host comes from.
type source interface {
	certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error)
}

// Set is the certificates of one configuration.
type Set struct {
	hosts     map[string]source // by ASCII name or IP address
	only      source            // of the only site, where there is one
	acmeHosts []string
	pairs     []*pair
}

// Prepare loads certificate files and issues internal certificates. The error
// joins one for each site that has none, naming site and file; the Set serves
// the others. Names of `tls: acme` are served once Manage has obtained their
// certificates.
//
// A certificate from files that has expired or does not cover a host is served
// all the same, with a warning: visitors of that site meet their browser's
// question, not a dead site.
func (k *Keeper) Prepare(sites []policies.Site) (*Set, error) {
	set := &Set{hosts: map[string]source{}}
	var errs []error
	served := 0
	for i := range sites {
		site := &sites[i]
		if site.TLS.Mode == policies.TLSOff {
			continue
		}
		served++
		if err := k.add(set, site); err != nil {
			errs = append(errs, fmt.Errorf("site %s: %w", site.Name, err))
		}
	}
	if served != 1 {
		set.only = nil
	}
	return set, errors.Join(errs...)
}

func (k *Keeper) add(set *Set, site *policies.Site) error {
	hosts := make([]string, 0, len(site.Hosts))
	for _, h := range site.Hosts {
		ascii, err := policies.ASCIIHost(h)
		if err != nil {
			return err
		}
		hosts = append(hosts, ascii)
	}
	sources, err := k.sources(set, site, hosts)
	if err != nil {
		return err
	}
	for i, h := range hosts {
		set.hosts[h] = sources[i]
	}
	if len(hosts) > 0 {
		set.only = sources[0]
	}
	return nil
}

// sources returns one for each host.
func (k *Keeper) sources(set *Set, site *policies.Site, hosts []string) ([]source, error) {
	out := make([]source, len(hosts))
	switch site.TLS.Mode {
	case policies.TLSFiles:
		p, err := newPair(site.TLS.Cert, site.TLS.Key)
		if err != nil {
			return nil, err
		}
		for _, problem := range p.problems(hosts, k.now()) {
			k.logger.Warn("certificate", zap.String("site", site.Name), zap.Error(problem))
		}
		set.pairs = append(set.pairs, p)
		fill(out, p)
	case policies.TLSInternal:
		leaf, err := k.ca.leaf(hosts)
		if err != nil {
			return nil, fmt.Errorf("internal CA: %w", err)
		}
		fill(out, leaf)
	default:
		set.acmeHosts = append(set.acmeHosts, hosts...)
		for i, h := range hosts {
			out[i] = acmeHost{client: k.acme, host: h}
		}
	}
	return out, nil
}

func fill(out []source, s source) {
	for i := range out {
		out[i] = s
	}
}

// GetCertificate is for tls.Config. A name no site has gets no certificate:
// crypto/tls then ends the handshake with the alert unrecognized_name. Without
// a name (RFC 6066 §3), the local address counts as one; failing that the only
// site's certificate is served, where there is exactly one.
func (s *Set) GetCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	name := strings.ToLower(strings.TrimSuffix(hello.ServerName, "."))
	from, ok := s.hosts[name]
	if !ok && name == "" {
		from = s.unnamed(hello)
	}
	if from == nil {
		return nil, nil
	}
	return from.certificate(hello)
}

func (s *Set) unnamed(hello *tls.ClientHelloInfo) source {
	if hello.Conn != nil {
		if local, _, err := net.SplitHostPort(hello.Conn.LocalAddr().String()); err == nil {
			if from, ok := s.hosts[local]; ok {
				return from
			}
		}
	}
	return s.only
}
