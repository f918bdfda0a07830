package opinion

import (
	"encoding/json"
	"strings"
	"unicode"
)

var (
	richText = must(`(?i)</(?:p|div|span|h[1-6]|li|ul|td|table|strong|em|b|i|a|figure|blockquote)>|<br ?/?>|<img `)
	pair     = must(`(?:^|[&;])[\w.\-\[\]%]+=`)
	address  = must(`^(?:(?:https?:)?//[\w.-]+(?:[/?#:]|$)|data:(?:image|video|audio|font)/|webpack(?:-internal)?:///|blob:https?:)`)
	// A query of GraphQL's, and a message that a page writes for its developers.
	graphQL   = must(`^\s*(?:query|mutation|subscription|fragment)?\b[^{}]*\{[\s\S]*\}\s*$`)
	statement = must(`^\s*(?:(?:return|const|let|throw|await|export|import)\s+[\w$({\['"]|if \(.*\) (?:return|throw)\b)`)
	// A token, as random bytes are written in base64.
	random  = must(`^[\w-]{20,}={0,2}$`)
	console = must(`^console\.\w+\(['"][\w ]*['"]\);?$`)
)

// Plain says whether a value reads as what people write or pages send: prose,
// rich text, an address, pairs, JSON, or simply much of anything. A judge clears
// only such values. In a short value that is nothing but signs and the words of
// a language for machines, a rule's suspicion is better founded than a judge's
// failure to make sense of it.
func Plain(v string) bool {
	t := strings.TrimSpace(v)
	if decoded := percent(t); len(decoded) > 0 {
		t = strings.TrimSpace(decoded[len(decoded)-1])
	}
	switch {
	case len(t) > longEnough, address.MatchString(t), richText.MatchString(t), console.MatchString(t), isRandom(t), statement.MatchString(t), graphQL.MatchString(t) && prose(graphWords.Replace(t)), len(pair.FindAllStringIndex(t, 3)) == 3:
		return true
	case t != "" && strings.IndexByte("{[", t[0]) >= 0 && json.Valid([]byte(t)):
		return true
	}
	return prose(t)
}

const longEnough = 200

var graphWords = strings.NewReplacer("{", " ", "}", " ", "(", " ", ")", " ", ":", " ", "$", " ", "!", " ", "[", " ", "]", " ")

// prose has words between spaces, and little else.
func prose(t string) bool {
	words, letters, runes := 0, 0, 0
	for w := range strings.FieldsSeq(t) {
		if isProseWord(w) {
			words++
		}
	}
	for _, r := range t {
		runes++
		if unicode.IsLetter(r) || unicode.IsSpace(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune(".,!?-", r) {
			letters++
		}
	}
	if foreign(t) {
		return words >= 2 && letters*100 >= runes*75
	}
	return words >= 3 && letters*100 >= runes*85
}

// isRandom tells random bytes in base64 from a long name: they mix what names keep apart.
func isRandom(t string) bool {
	const lower, upper, digits = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	return random.MatchString(t) && strings.ContainsAny(t, lower) && strings.ContainsAny(t, upper) && strings.ContainsAny(t, digits)
}

// foreign text is nothing that a machine's language is written in.
func foreign(t string) bool {
	n := 0
	for _, r := range t {
		if r >= 0x80 && unicode.IsLetter(r) {
			n++
		}
	}
	return n >= 2
}

func isProseWord(w string) bool {
	n := 0
	for _, r := range strings.Trim(w, ".,!?:;()\"'“”‘’…-") {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' && r != '-' && r != '’' {
			return false
		}
		n++
	}
	return n >= 2
}
