package audit

import (
	"errors"
	"fmt"
	"regexp"
	"sync"

	"github.com/lachan-waf/lachan/policies"
)

// Secrets says what counts as a secret: the names that Lachan knows of, and what
// a site adds to them. It is immutable and safe for concurrent use.
type Secrets struct {
	lexicon  *lexicon
	patterns []*regexp.Regexp
	harmless *memo
}

// CompileSecrets adds a site's names and patterns to the ones that always
// hold. Nothing to add is nil, which means the same in an Event.
func CompileSecrets(r policies.Redact) (*Secrets, error) {
	if len(r.Names) == 0 && len(r.Patterns) == 0 {
		return nil, nil
	}
	s := &Secrets{lexicon: defaultSecrets().lexicon, harmless: newMemo()}
	if len(r.Names) > 0 {
		b := secretWords()
		for _, name := range r.Names {
			var n foldedName
			n.fold([]byte(name))
			if len(n.text) == 0 {
				return nil, fmt.Errorf("audit: redact: the name %q has neither Latin letters nor digits", name)
			}
			b.add(whole, string(n.text))
		}
		if len(b.next) > maxStates {
			return nil, errors.New("audit: redact: too many names, or too long ones")
		}
		s.lexicon = b.build()
	}
	for _, pattern := range r.Patterns {
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, fmt.Errorf("audit: redact: %w", err)
		}
		s.patterns = append(s.patterns, re)
	}
	return s, nil
}

var defaultSecrets = sync.OnceValue(func() *Secrets { return &Secrets{lexicon: secretWords().build(), harmless: newMemo()} })

// secretWords are the names that always hold, and what introduces a secret
// without being a name.
func secretWords() *lexiconBuilder {
	b := newLexiconBuilder()
	b.add(stem, stems()...)
	b.add(whole, wholeWords()...)
	b.add(ending, endings()...)
	b.add(scheme, "basic") // bearer is a stem
	b.add(token, "eyj")
	b.add(segment, tokenSegments()...)
	return b
}
