package operators

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"

	"github.com/lachan-waf/lachan/rules/meter"
	"github.com/lachan-waf/lachan/rules/rx"
)

// maxWords is how many words @pm captures.
const maxWords = 10

// words are the operators @pm and @pmFromFile.
type words struct{ *rx.Words }

// pm differs from coraza's where two spaces in a row make an empty word. Every
// value holds that. Coraza's library overlooks it in some, depending on what
// the other words begin with.
func (s *shop) pm(opts plugintypes.OperatorOptions) (plugintypes.Operator, error) {
	return words{s.words(Split(opts.Arguments))}, nil
}

// Split returns the words of an argument of @pm.
func Split(argument string) []string { return strings.Split(argument, " ") }

func (s *shop) pmFromFile(opts plugintypes.OperatorOptions) (plugintypes.Operator, error) {
	data, err := readFile(opts)
	if err != nil {
		return nil, err
	}
	return words{s.words(Lines(data))}, nil
}

// Lines returns the words of a file of @pmFromFile. Like coraza, it ends at a
// line of 64 KiB without a word.
func Lines(data []byte) (lines []string) {
	for scanner := bufio.NewScanner(bytes.NewReader(data)); scanner.Scan(); {
		if line := strings.TrimSpace(scanner.Text()); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines
}

// words compiles a list, whose case does not matter.
func (s *shop) words(list []string) *rx.Words {
	if len(list) == 0 {
		return s.budget.Words(nil)
	}
	lower := strings.ToLower(strings.Join(list, "\n"))
	w, _ := s.lists.Get(lower, func() (*rx.Words, error) { return s.budget.Words(strings.Split(lower, "\n")), nil })
	return w
}

// Evaluate captures words in the order in which they begin.
func (w words) Evaluate(tx plugintypes.TransactionState, value string) bool {
	found := !meter.Of(tx).Over(len(value)) && w.In(value)
	if !found || !tx.Capturing() {
		return found
	}
	n := 0
	for start, end := range w.All(value) {
		tx.CaptureField(n, value[start:end])
		if n++; n == maxWords {
			break
		}
	}
	return true
}

// readFile looks for the argument's file where coraza does.
func readFile(opts plugintypes.OperatorOptions) ([]byte, error) {
	if path.IsAbs(opts.Arguments) {
		return fs.ReadFile(opts.Root, opts.Arguments)
	}
	err := errors.New("empty dirs")
	for _, dir := range opts.Path {
		var data []byte
		data, err = fs.ReadFile(opts.Root, path.Join(dir, opts.Arguments))
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return data, err
		}
	}
	return nil, err
}
