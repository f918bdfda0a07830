package rules

import (
	"sync"

	"github.com/lachan-waf/lachan/policies"
)

// Engine inspects the requests of one site. It never changes and is safe for
// concurrent use.
type Engine struct {
	engines *Engines
	waf     policies.WAF
	key     string
	core    string // the version of CRS
	bodies  bodyLimits
	allows  bool       // the operator's rules end inspections with `allow`
	shared  *sharedWAF // nil in mode off
	expired []policies.Exclusion

	released sync.Once
}

// Release gives the engine up, and closes its WAF when no other engine uses
// it. It may be called more than once. Requests that are still being inspected
// are not disturbed: closing drops coraza's caches, not what they hold.
func (e *Engine) Release() {
	e.released.Do(func() {
		if e.shared != nil {
			e.engines.release(e.key, e.shared)
		}
	})
}

// Expired lists the exclusions that no longer hold and were left out.
func (e *Engine) Expired() []policies.Exclusion { return e.expired }

// Key identifies what the engine compiled: equal keys, equal rules. Empty in
// mode off.
func (e *Engine) Key() string { return e.key }

// RulesetVersion is the version of the Core Rule Set: that of waf.crs_dir, or of
// the embedded one. Empty in mode off.
func (e *Engine) RulesetVersion() string { return e.core }

// blocks says whether a refusal is carried out.
func (e *Engine) blocks() bool { return e.waf.Mode == policies.WAFBlock }

// goesOn says whether the rules behind a refusal are evaluated. Coraza can do
// so only where it also forgets `allow`, and would then tell of refusals that
// `block` never makes.
func (e *Engine) goesOn() bool { return !e.blocks() && !e.allows }
