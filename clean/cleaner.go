package clean

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/policies/hostlist"
)

// version changes whenever the cleaner would judge a document otherwise, so
// that caches in front ask again.
const version = "5"

// Cleaner is one site's compiled policy, safe for concurrent use. But for what
// it remembers to be faster the next time it is immutable.
type Cleaner struct {
	allow       allowlists
	baseline    *policies.Baseline
	links       policies.LinkPolicy
	scripts     policies.ScriptPolicy
	redirects   policies.RedirectPolicy
	doorways    policies.DoorwayPolicy
	bodies      policies.Bodies
	reportOnly  bool
	home        string
	fingerprint string
	elements    *names
	attributes  *names
	rewriters   sync.Pool
	harmless    harmless
	titles      harmless // in UTF-8, that advertise nothing
	honest      honest
}

// New compiles the policy of a site. The lists are what its host_lists hold at
// this moment: where one changes, there must be another Cleaner.
func New(site *policies.Site, baseline *policies.Baseline, lists ...*hostlist.Set) (*Cleaner, error) {
	if site == nil {
		return nil, errors.New("clean: no site")
	}
	if baseline == nil {
		baseline = &policies.Baseline{}
	}
	fingerprint, err := fingerprint(site, baseline, lists)
	if err != nil {
		return nil, fmt.Errorf("clean: site %s: %w", site.Name, err)
	}
	c := &Cleaner{
		allow:       newAllowlists(site, lists),
		baseline:    baseline,
		links:       site.Response.Links,
		scripts:     site.Response.InlineScripts,
		redirects:   site.Response.Redirects,
		doorways:    site.Response.Doorways,
		bodies:      site.Response.Bodies,
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

func fingerprint(site *policies.Site, baseline *policies.Baseline, lists hostlist.Lists) (string, error) {
	policy, err := json.Marshal(struct {
		Version  string
		Hosts    []string
		Response policies.Response
		Baseline [sha256.Size]byte
		Lists    [][sha256.Size]byte
	}{version, site.Hosts, site.Response, baseline.Sum(), lists.Sums()})
	if err != nil {
		return "", fmt.Errorf("hash policy: %w", err)
	}
	sum := sha256.Sum256(policy)
	return hex.EncodeToString(sum[:6]), nil
}
