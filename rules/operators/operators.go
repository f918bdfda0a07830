// Package operators puts faster operators in the place of coraza's: @rx, and
// @pm, @pmFromFile and @pmf. They give coraza's answers and capture what coraza
// captures.
//
// What they compile is kept by coraza's memoizer, by what was compiled: WAFs
// share it, and the last to be closed takes it away.
package operators

import (
	"sync"

	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"

	"github.com/lachan-waf/lachan/rules/rx"
)

// mostStates bounds the memory for states of all matchers, in bytes as rx counts
// them. Those of CRS count 7 MiB after all of its tests, and take 12.
const mostStates = 64 << 20

// Register replaces coraza's operators, for all WAFs of the process that are
// compiled from now on: coraza has one list of operators. It must be called
// before the first is, since coraza reads the list without a lock.
var Register = sync.OnceFunc(func() {
	shop := &shop{budget: rx.Budget{Most: mostStates}}
	plugins.RegisterOperator("rx", shop.rx)
	plugins.RegisterOperator("pm", shop.pm)
	plugins.RegisterOperator("pmFromFile", shop.pmFromFile)
	plugins.RegisterOperator("pmf", shop.pmFromFile)
})

// shop makes operators within one budget.
type shop struct{ budget rx.Budget }

// shared returns what compile made for the same kind and text before, as long
// as a WAF has it.
func shared[T any](opts plugintypes.OperatorOptions, kind, text string, compile func(string) (T, error)) (T, error) {
	if opts.Memoizer == nil { // a rule outside of any WAF
		return compile(text)
	}
	// Coraza's own keys are patterns and lists without a prefix.
	made, err := opts.Memoizer.Do("lachan "+kind+" "+text, func() (any, error) { return compile(text) })
	if err != nil {
		var none T
		return none, err
	}
	return made.(T), nil
}
