package rules

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"github.com/corazawaf/coraza/v3/types/variables"

	"github.com/lachan-waf/lachan/rules/cache"
	"github.com/lachan-waf/lachan/rules/screen"
)

// ruleScreen is the screen of CRS's rules of one phase. WAFs whose policies
// differ in nothing that CRS looks at share it: it takes as long to make as all
// the rest of a WAF, and five times the memory.
type ruleScreen struct {
	screen      *screen.Screen
	index       map[int]int // in the screen, by the rule's number
	collections []screenedCollection
}

type screenedCollection struct {
	variable variables.RuleVariable
	*screen.Collection
	again bool // its values come again and again
}

var ruleScreens cache.Cache[ruleScreen]

// screenOf returns the screen of the rules of CRS among heads, of one phase.
func screenOf(heads []head, phase int, files fs.FS) *ruleScreen {
	hash := sha256.New()
	for i := range heads {
		if h := &heads[i]; h.ours && h.phase == phase {
			h.describe(hash, files)
		}
	}
	// There is no error: what a screen cannot take is left to coraza.
	made, _ := ruleScreens.Get(string(hash.Sum(nil)), func() (*ruleScreen, error) { return newRuleScreen(heads, phase, files), nil })
	return made
}

// describe writes all that a screen is made of.
func (h *head) describe(w io.Writer, files fs.FS) {
	fmt.Fprintf(w, "%d %d %q %q %q %v %v\n", h.id, h.phase, h.variables, h.operator, h.names, h.multi, h.counted || h.changed)
	if list, err := h.listFile(files); err == nil {
		fmt.Fprintf(w, "%q\n", list)
	}
}

// newRuleScreen leaves to coraza alone what a Screen has no room for.
func newRuleScreen(heads []head, phase int, files fs.FS) *ruleScreen {
	s := &ruleScreen{index: map[int]int{}}
	var screened []screen.Rule
	for i := range heads {
		h := &heads[i]
		if !h.ours || h.phase != phase || len(screened) == screen.MaxRules {
			continue
		}
		if r, ok := h.screened(files); ok {
			s.index[h.id] = len(screened)
			screened = append(screened, r)
		}
	}
	s.screen = screen.New(screened)
	for name, variable := range screenedVariables {
		if c := s.screen.Collection(name); c != nil {
			s.collections = append(s.collections, screenedCollection{variable, c, strings.HasPrefix(name, "REQUEST_HEADERS")})
		}
	}
	slices.SortFunc(s.collections, func(a, b screenedCollection) int { return int(a.variable) - int(b.variable) })
	return s
}
