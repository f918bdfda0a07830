package policies

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Place is a position in a configuration file. Line and Column count from 1,
// the column in characters; a Line of 0 means the file as a whole.
type Place struct {
	File         string
	Line, Column int
}

// String returns "file:line:column", the form editors and compilers share.
func (p Place) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Problem is one thing wrong with a configuration.
type Problem struct {
	Place Place
	// Key is the path to the value, such as "sites[0].waf.paranoia"; in a file
	// of sites_dir it starts at the site. It is empty for the file as a whole.
	Key string
	// Message is lower case and without a full stop.
	Message string
}

// Error returns "file:line:column: key: message".
func (p *Problem) Error() string {
	if p.Key == "" {
		return p.Place.String() + ": " + p.Message
	}
	return p.Place.String() + ": " + p.Key + ": " + p.Message
}

// problems gathers what is wrong, so that one run shows all of it.
type problems []*Problem

func (ps *problems) add(at Place, key, format string, args ...any) {
	*ps = append(*ps, &Problem{Place: at, Key: key, Message: fmt.Sprintf(format, args...)})
}

// err joins the problems in the order a reader meets them.
func (ps problems) err() error {
	sorted := append(problems(nil), ps...)
	sort.SliceStable(sorted, func(i, j int) bool { return sorted[i].before(sorted[j]) })
	errs := make([]error, len(sorted))
	for i, p := range sorted {
		errs[i] = p
	}
	return errors.Join(errs...)
}

func (p *Problem) before(q *Problem) bool {
	if c := strings.Compare(p.Place.File, q.Place.File); c != 0 {
		return c < 0
	}
	if p.Place.Line != q.Place.Line {
		return p.Place.Line < q.Place.Line
	}
	return p.Place.Column < q.Place.Column
}
