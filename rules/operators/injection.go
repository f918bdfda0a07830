package operators

import (
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
	"github.com/corazawaf/libinjection-go"

	"github.com/lachan-waf/lachan/rules/meter"
)

// sqli is the operator @detectSQLi.
type sqli struct{}

// Evaluate captures the fingerprint.
func (sqli) Evaluate(tx plugintypes.TransactionState, value string) bool {
	if meter.Of(tx).Over(len(value)) {
		return false
	}
	found, fingerprint := libinjection.IsSQLi(value)
	if found {
		tx.CaptureField(0, fingerprint)
	}
	return found
}

// xss is the operator @detectXSS.
type xss struct{}

// Evaluate captures nothing.
func (xss) Evaluate(tx plugintypes.TransactionState, value string) bool {
	return !meter.Of(tx).Over(len(value)) && libinjection.IsXSS(value)
}
