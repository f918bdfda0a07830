// Package opinion says whether a value is an attack where an application would
// put it: in a statement of SQL, in a page, in a command line, in the name of a
// file. A rule of the Core Rule Set looks for words and signs; the same words
// and signs stand in what people write and what pages send.
//
//	opinion.Of(opinion.SQL, "O'Brien & Sons; select the best") // "": data
//	opinion.Of(opinion.SQL, "1' or '1'='1")                    // "leaves its quotes: a condition"
//
// Values are read as they are and as applications decode them (see Readings).
// The judges are not proof against everything that a language allows; they are
// asked where a rule has matched, and by rules of ours that look for what those
// of CRS cannot see.
package opinion

import "slices"

// Class is a kind of attack.
type Class uint8

// The classes.
const (
	SQL         Class = iota // changes a statement
	Markup                   // runs a script in a page
	Shell                    // runs a command
	Path                     // leads to a file that is none of the site's
	PHP                      // runs PHP
	Code                     // runs JavaScript, Ruby or Python on the server, or a template
	Java                     // runs Java, or one of its expression languages
	Query                    // changes a query of MongoDB's
	Directory                // changes a filter of LDAP's or an expression of XPath's
	Wrapper                  // an address that only a server would follow
	Lines                    // another field or message of HTTP
	Declaration              // a document type or an include
)

var judges = [...]func(string) string{
	SQL: sql, Markup: markup, Shell: shell, Path: path, PHP: php, Code: code, Java: java,
	Query: query, Directory: directory, Wrapper: wrapper, Lines: lines, Declaration: declaration,
}

// maxValue bounds what a judge reads; a longer value is not cleared.
const maxValue = 512 << 10

// Of says what a value does as an attack of a class, "" where it does nothing.
func Of(c Class, value string) string {
	_, why := Any(value, c)
	return why
}

// Judge is Of for a value whose readings are looked at by themselves.
func Judge(c Class, value string) string {
	if len(value) > maxValue {
		return "too long to be judged"
	}
	return judges[c](value)
}

// Any says what a value does as an attack of one of the classes.
func Any(value string, classes ...Class) (Class, string) {
	if len(value) > maxValue {
		return classes[0], "too long to be judged"
	}
	for _, c := range classes {
		if why := judges[c](value); why != "" {
			return c, why
		}
	}
	for _, reading := range Readings(value) {
		for _, c := range classes {
			if why := judges[c](reading); why != "" {
				return c, why
			}
		}
	}
	return 0, ""
}

// Readings are what an application may make of a value by decoding it, once or
// several times: a percent-coded address, JSON's and JavaScript's escapes,
// character references, base64, UTF-7, the strings within JSON. The value itself
// is not among them.
func Readings(value string) (all []string) {
	if !mayDecode(value) {
		return nil
	}
	from := []string{value}
	for range maxDepth {
		var next []string
		for _, v := range from {
			for _, decode := range decoders {
				for _, d := range decode(v) {
					if d != "" && d != value && !slices.Contains(all, d) && len(all) < maxReadings {
						all, next = append(all, d), append(next, d)
					}
				}
			}
		}
		from = next
	}
	return all
}

const (
	maxDepth    = 3
	maxReadings = 24
)
