// Package operators puts faster operators in the place of coraza's: @rx, and
// @pm, @pmFromFile and @pmf. They give coraza's answers and capture what coraza
// captures. These and @detectSQLi and @detectXSS, which are all that cost
// anything, stop answering where the meter of an inspection is over.
//
// What they compile is kept by what was compiled: WAFs share it, and it goes
// with the last of them.
package operators

import (
	"sync"

	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"

	"github.com/lachan-waf/lachan/rules/cache"
	"github.com/lachan-waf/lachan/rules/rx"
)

// mostStates bounds the memory for states of all matchers, in bytes as rx counts
// them. Those of CRS count 7 MiB after all of its tests, and take 12.
const mostStates = 64 << 20

// Register replaces coraza's operators, for all WAFs of the process that are
// compiled from now on: coraza has one list of operators. It must be called
// before the first is, since coraza reads the list without a lock.
var Register = sync.OnceFunc(func() {
	plugins.RegisterOperator("rx", process.rx)
	plugins.RegisterOperator("pm", process.pm)
	plugins.RegisterOperator("pmFromFile", process.pmFromFile)
	plugins.RegisterOperator("pmf", process.pmFromFile)
	plugins.RegisterOperator("detectSQLi", func(plugintypes.OperatorOptions) (plugintypes.Operator, error) { return sqli{}, nil })
	plugins.RegisterOperator("detectXSS", func(plugintypes.OperatorOptions) (plugintypes.Operator, error) { return xss{}, nil })
})

// Pattern returns what "@rx argument" asks.
func Pattern(argument string) (*rx.Matcher, error) { return process.pattern(argument) }

// Words returns what "@pm argument" asks.
func Words(argument string) *rx.Words { return process.words(Split(argument)) }

// Listed returns what "@pmFromFile" asks of a file with these lines.
func Listed(lines []string) *rx.Words { return process.words(lines) }

var process = &shop{budget: rx.Budget{Most: mostStates}}

// shop makes operators within one budget.
type shop struct {
	budget   rx.Budget
	patterns cache.Cache[rx.Matcher]
	lists    cache.Cache[rx.Words]
}
