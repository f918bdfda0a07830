package rules

import (
	"strings"
	"unsafe"

	"github.com/corazawaf/coraza/v3/collection"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
	"github.com/corazawaf/coraza/v3/types"
	"github.com/corazawaf/coraza/v3/types/variables"
)

// repeating are the variables in which a name may stand more than once. Fields
// of the header get names of their own as they are handed over.
var repeating = [...]variables.RuleVariable{
	variables.RequestCookies, variables.ArgsGet, variables.ArgsPost, variables.MultipartPartHeaders,
}

// separate gives each value a name of its own in memory. Coraza 3.8.1 remembers
// what transformations make of a value under the address of its name and its
// place among the values of a rule, and that place is another for each rule, as
// it walks a map: of "a=attack&a=text", whose names are one string, a rule may
// be shown "text" twice and the attack never.
func separate(tx plugintypes.TransactionState) {
	for _, variable := range repeating {
		values, ok := tx.Collection(variable).(collection.Map)
		if !ok {
			continue
		}
		all := values.FindAll()
		for from := 0; from < len(all); {
			to := from + 1
			for to < len(all) && sameString(all[from].Key(), all[to].Key()) {
				to++
			}
			if to > from+1 {
				renew(values, all, from)
			}
			from = to
		}
	}
}

func sameString(a, b string) bool {
	return a == b && unsafe.StringData(a) == unsafe.StringData(b) //nolint:gosec // addresses are compared, nothing is read by them
}

// renew enters all values under the name of all[at] anew.
func renew(values collection.Map, all []types.MatchData, at int) {
	name := all[at].Key()
	values.Remove(name)
	for _, data := range all {
		if strings.EqualFold(data.Key(), name) {
			values.Add(strings.Clone(data.Key()), data.Value())
		}
	}
}
