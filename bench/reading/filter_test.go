package reading_test

import (
	"bytes"

	"golang.org/x/net/html/atom"
)

// filter writes what the two tokenizers in Go let pass.
type filter struct {
	out *bytes.Buffer
	// gone is the element being left out with its content.
	gone atom.Atom
	// unwrapped counts links and forms whose end tags go as well.
	unwrapped map[atom.Atom]int
}

func (f *filter) start(raw []byte, element atom.Atom, how removal, away bool) {
	switch {
	case f.gone != 0:
	case !away:
		f.out.Write(raw)
	case how == whole:
		f.gone = element
	case how == tags:
		if f.unwrapped == nil {
			f.unwrapped = map[atom.Atom]int{}
		}
		f.unwrapped[element]++
	}
}

func (f *filter) end(raw []byte, element atom.Atom) {
	switch {
	case f.gone != 0:
		if element == f.gone {
			f.gone = 0
		}
	case f.unwrapped[element] > 0:
		f.unwrapped[element]--
	default:
		f.out.Write(raw)
	}
}

func (f *filter) text(raw []byte) {
	if f.gone == 0 {
		f.out.Write(raw)
	}
}
