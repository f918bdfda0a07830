package operators

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"

	"github.com/lachan-waf/lachan/rules/meter"
	"github.com/lachan-waf/lachan/rules/rx"
)

// maxGroups is how many groups, the whole match included, @rx captures.
const maxGroups = 9

// pattern is the operator @rx.
type pattern struct{ *rx.Matcher }

func (s *shop) rx(opts plugintypes.OperatorOptions) (plugintypes.Operator, error) {
	m, err := s.pattern(opts.Arguments)
	if err != nil {
		return nil, err
	}
	return pattern{m}, nil
}

// pattern compiles an argument of @rx. Coraza sets flags unless it is built with
// coraza.rule.no_regex_multiline, and never for patterns of bytes.
func (s *shop) pattern(argument string) (*rx.Matcher, error) {
	flagged := "(?sm)" + argument
	if readsBytes(flagged) {
		return s.patterns.Get("bytes "+argument, func() (*rx.Matcher, error) { return s.budget.CompileBytes(argument) })
	}
	return s.patterns.Get(flagged, func() (*rx.Matcher, error) { return s.budget.Compile(flagged) })
}

// Evaluate asks for the groups only where the rule has the action capture.
func (p pattern) Evaluate(tx plugintypes.TransactionState, value string) bool {
	if meter.Of(tx).Over(len(value)) {
		return false
	}
	if !tx.Capturing() {
		return p.MatchString(value)
	}
	groups := p.FindStringSubmatchIndex(value)
	for i := 0; i < min(maxGroups, len(groups)/2); i++ {
		text := ""
		if start, end := groups[2*i], groups[2*i+1]; start >= 0 { // else it took no part
			text = value[start:end]
		}
		tx.CaptureField(i, text)
	}
	return groups != nil
}

// readsBytes reports whether coraza takes a pattern for one of bytes: its \x
// escapes, as bytes among the pattern's own, are no UTF-8. Coraza does not see
// that the backslash of \\xff is escaped, and takes two digits of \x{…}.
func readsBytes(pattern string) bool {
	var decoded []byte
	for len(pattern) > 0 {
		b, n := hexEscape(pattern)
		decoded = append(decoded, b)
		pattern = pattern[n:]
	}
	return !utf8.Valid(decoded)
}

// hexEscape returns the byte that s begins with, written as \xff, as \x{ff} or
// plainly, and its length in s.
func hexEscape(s string) (b byte, length int) {
	if len(s) < 4 || s[:2] != `\x` {
		return s[0], 1
	}
	digits, length := s[2:], 4
	if inside, _, closed := strings.Cut(s[3:], "}"); s[2] == '{' && closed && len(s) >= 6 {
		digits, length = inside, len(`\x{}`)+len(inside)
	}
	v, err := strconv.ParseUint(digits[:min(2, len(digits))], 16, 8)
	if err != nil || len(digits) < 2 {
		return s[0], 1
	}
	return byte(v), length
}
