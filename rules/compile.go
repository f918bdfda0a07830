package rules

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/corazawaf/coraza/v3"
	"github.com/corazawaf/coraza/v3/experimental"
	"github.com/corazawaf/coraza/v3/types"
)

// compile turns a source into a WAF.
func (s *source) compile() (coraza.WAF, error) {
	units := s.units
	waf, err := s.compileOnce()
	located := err == nil || errors.As(err, new(*RuleError))
	if located || !slices.ContainsFunc(units, func(u unit) bool { return u.shown != "" }) {
		return waf, err
	}
	return nil, s.pinpoint(units, err)
}

// pinpoint finds out which directive in waf.crs_dir an error belongs to: coraza
// compiles a file as a whole, and does not tell. Compiling once more, directive
// by directive, does.
func (s *source) pinpoint(units []unit, err error) error {
	cut := *s
	cut.stock, cut.units = true, nil
	for _, u := range units {
		if u.shown == "" {
			cut.units = append(cut.units, u)
			continue
		}
		directives, readErr := readDirectives(u.shown, []byte(u.text))
		if readErr != nil {
			return readErr
		}
		for i, d := range directives {
			cut.units = append(cut.units, unit{name: fmt.Sprintf("%s.%d", u.name, i), text: d.text, place: d.place})
		}
	}
	waf, again := cut.compileOnce()
	if again == nil {
		return errors.Join(err, closeWAF(waf))
	}
	return again
}

// compileOnce takes a panic for an error of this policy, no more: coraza panics on
// some rules, such as two that its cache confuses.
func (s *source) compileOnce() (waf coraza.WAF, err error) {
	c := compiler{files: s.fs(), owners: map[int]place{}}
	defer func() {
		if p := recover(); p != nil {
			waf, err = nil, c.blame(fmt.Errorf("compiling panicked: %v", p))
		}
	}()
	if !s.stock {
		directives, err := split(s.units)
		if err != nil {
			return nil, err
		}
		s.units, c.dropped = folded(s.units, directives)
		c.files = s.fs()
		c.files.screening = newScreening(s.units, directives, c.files)
	}
	config := experimental.WAFConfigWithRuleObserver(coraza.NewWAFConfig().WithRootFS(c.files), c.observe)
	for _, u := range s.units {
		config = config.WithDirectivesFromFile(s.path(u.name))
	}
	waf, err = coraza.NewWAF(config)
	if err != nil {
		return nil, c.blame(err)
	}
	if err := c.taken(); err != nil {
		return nil, errors.Join(err, closeWAF(waf))
	}
	return waf, nil
}

// split returns the directives of each unit.
func split(units []unit) ([][]directive, error) {
	all := make([][]directive, len(units))
	for i, u := range units {
		var err error
		if all[i], err = readDirectives(u.name, []byte(u.text)); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// taken finds a number that the operator's rules take from one of CRS that this
// policy leaves out: with another level of paranoia it would be taken twice.
func (c *compiler) taken() error {
	for id, owner := range c.owners {
		if c.dropped[id] {
			return owner.errorf("rule id %d is already taken by the core rule set", id)
		}
	}
	return nil
}

// compiler finds out which directive an error belongs to.
type compiler struct {
	files   *sourceFS
	owners  map[int]place // the operator's rules by number
	dropped map[int]bool  // rules of CRS that the policy does not need
}

// observe is told of every rule as it is added.
func (c *compiler) observe(r types.RuleMetadata) {
	if u := c.files.current; u != nil && u.place.file != "" && r.ID() != 0 {
		c.owners[r.ID()] = u.place
	}
}

// blame gives an error its place.
func (c *compiler) blame(err error) error {
	u := c.files.current
	if u == nil {
		return fmt.Errorf("starting the rule engine: %w", err)
	}
	what := plain(err)
	id := 0
	if _, scanErr := fmt.Sscanf(what, "duplicated rule id %d", &id); scanErr == nil {
		return c.blameDuplicate(u, id)
	}
	if u.place.file == "" {
		return fmt.Errorf("compiling %s: %s", u.name, what)
	}
	return u.place.errorf("%s", what)
}

func (c *compiler) blameDuplicate(u *unit, id int) error {
	owner, ok := c.owners[id]
	switch {
	case u.place.file == "" && ok: // CRS comes after the operator's rules
		return owner.errorf("rule id %d is already taken by %s", id, u.name)
	case u.place.file == "":
		return fmt.Errorf("compiling %s: rule id %d is taken twice", u.name, id)
	case ok:
		return u.place.errorf("rule id %d is already taken at %s", id, owner)
	}
	return u.place.errorf("rule id %d is already taken by Lachan's own rules", id)
}

// plain takes off the layers of coraza's messages that name virtual files.
func plain(err error) string {
	what := err.Error()
	for _, layer := range []string{"invalid WAF config from file: ", "failed to parse string: "} {
		what = strings.TrimPrefix(what, layer)
	}
	if strings.HasPrefix(what, "failed to compile the directive ") {
		if _, rest, ok := strings.Cut(what, ": "); ok {
			what = rest
		}
	}
	return what
}

// closeWAF gives back what coraza caches for a WAF.
func closeWAF(waf coraza.WAF) error {
	closer, ok := waf.(io.Closer) // experimental.WAFCloser
	if !ok {
		return errors.New("closing the rule engine: coraza's WAF has no Close")
	}
	return closer.Close()
}
