package clean

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/lachan-waf/lachan/policies"
)

// version changes whenever the cleaner would judge a document otherwise, so
// that caches in front ask again.
const version = "2"

// Cleaner is one site's compiled policy, safe for concurrent use. But for what
// it remembers to be faster the next time it is immutable.
type Cleaner struct {
	allow       allowlists
	baseline    *policies.Baseline
	links       policies.LinkPolicy
	scripts     policies.ScriptPolicy
	redirects   policies.RedirectPolicy
	reportOnly  bool
	home        string
	fingerprint string
	elements    *names
	attributes  *names
	rewriters   sync.Pool
	harmless    harmless
}

// New compiles the policy of a site.
func New(site *policies.Site, baseline *policies.Baseline) (*Cleaner, error) {
	if site == nil {
		return nil, errors.New("clean: no site")
	}
	if baseline == nil {
		baseline = &policies.Baseline{}
	}
	fingerprint, err := fingerprint(site, baseline)
	if err != nil {
		return nil, fmt.Errorf("clean: site %s: %w", site.Name, err)
	}
	c := &Cleaner{
		allow:       newAllowlists(site),
		baseline:    baseline,
		links:       site.Response.Links,
		scripts:     site.Response.InlineScripts,
		redirects:   site.Response.Redirects,
		reportOnly:  site.Response.Mode == policies.ResponseReport,
		home:        "https://invalid.invalid/",
		fingerprint: fingerprint,
		elements:    newNames(elementNames()),
		attributes:  newNames(attributeNames[:]),
	}
	if own := site.OwnHosts(); len(own) > 0 {
		c.home = "https://" + own[0].String() + "/"
	}
	return c, nil
}

// Fingerprint is a short hash of the policy and of the cleaner's version. It
// belongs into the ETag of whatever the cleaner has rewritten.
func (c *Cleaner) Fingerprint() string { return c.fingerprint }

func fingerprint(site *policies.Site, baseline *policies.Baseline) (string, error) {
	policy, err := json.Marshal(struct {
		Version  string
		Hosts    []string
		Response policies.Response
		Baseline [sha256.Size]byte
	}{version, site.Hosts, site.Response, baseline.Sum()})
	if err != nil {
		return "", fmt.Errorf("hash policy: %w", err)
	}
	sum := sha256.Sum256(policy)
	return hex.EncodeToString(sum[:6]), nil
}

// maxNested is how deep documents in attributes of documents in attributes are read.
const maxNested = 3

// nested cleans a document that stands in an attribute, and reports why
// anything in it would have to go.
func (c *Cleaner) nested(document []byte, url string, depth int) (reasons []string, clean bool) {
	if depth > maxNested {
		return []string{reasonLimit}, false
	}
	var out bytes.Buffer
	w := c.NewWriter(&out, Document{URL: url, Report: func(f Finding) {
		if len(reasons) < 8 {
			reasons = append(reasons, f.Reasons...)
		}
	}})
	w.r.depth = depth
	if _, err := w.Write(document); err != nil {
		return []string{reasonLimit}, false
	}
	if err := w.Close(); err != nil {
		return []string{reasonLimit}, false
	}
	// What is taken out without a finding was not live as it stood; the
	// attribute keeps its own bytes, in which it might come to life.
	if len(reasons) == 0 && !bytes.Equal(out.Bytes(), document) {
		reasons = []string{reasonAmbiguous}
	}
	return reasons, len(reasons) == 0
}
