package policies

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strconv"
	"unicode"
	"unicode/utf8"
)

const (
	maxRedactEntries = 32
	maxRedactName    = 32  // characters
	maxRedactPattern = 512 // bytes
)

func (s *draft) checkRedact() {
	r := &s.site.Redact
	s.checkRedactCount("redact.names", len(r.Names))
	for i, name := range r.Names {
		if message := redactNameProblem(name); message != "" {
			s.fail("redact.names["+strconv.Itoa(i)+"]", "%s", message)
		}
	}
	s.checkRedactCount("redact.patterns", len(r.Patterns))
	for i, pattern := range r.Patterns {
		if message := redactPatternProblem(pattern); message != "" {
			s.fail("redact.patterns["+strconv.Itoa(i)+"]", "%s", message)
		}
	}
}

func (s *draft) checkRedactCount(key string, n int) {
	if n > maxRedactEntries {
		s.fail(key, "%d entries: at most %d", n, maxRedactEntries)
	}
}

// redactNameProblem refuses what the redactor would see nothing of: it goes by
// Latin letters and digits.
func redactNameProblem(name string) string {
	letters := 0
	for _, r := range name {
		if unicode.Is(unicode.Latin, r) || r >= '0' && r <= '9' {
			letters++
		}
	}
	switch {
	case utf8.RuneCountInString(name) > maxRedactName:
		return "longer than " + strconv.Itoa(maxRedactName) + " characters"
	case letters < 2:
		return quote(name) + " is no name to go by: expected at least two Latin letters or digits"
	}
	return ""
}

func redactPatternProblem(pattern string) string {
	if len(pattern) > maxRedactPattern {
		return "longer than " + strconv.Itoa(maxRedactPattern) + " bytes"
	}
	re, err := regexp.Compile(pattern)
	if problem, ok := errors.AsType[*syntax.Error](err); ok {
		return quote(pattern) + " is no regular expression (RE2): " + problem.Code.String() + ": " + quote(problem.Expr)
	}
	if err != nil {
		return err.Error()
	}
	if re.MatchString("") {
		return quote(pattern) + " matches the empty text, and with it everywhere"
	}
	return ""
}
