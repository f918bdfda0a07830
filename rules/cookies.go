package rules

import "strings"

// Coraza reads cookies as RFC 6265 has them: up to the semicolon, and as they are.
// Readers of RFC 2109 and 2965, in Python and Java, take a quoted value to its
// closing quote, undo \c and \ooo in it, and may end a cookie at a comma. What is
// escaped so, or stands behind a semicolon in quotes, no rule would see.

// quotedCookies returns the names and values that such a reader finds and coraza
// does not.
func quotedCookies(header string) (pairs [][2]string) {
	if !strings.Contains(header, `"`) {
		return nil
	}
	for header != "" {
		name, rest, found := strings.Cut(header, "=")
		if end := strings.LastIndexAny(name, ";,"); end >= 0 {
			name = name[end+1:]
		}
		if !found {
			return pairs
		}
		if header = strings.TrimLeft(rest, " \t"); !strings.HasPrefix(header, `"`) {
			_, header, _ = cutAny(header, ";,")
			continue
		}
		var value string
		var differs bool
		if value, header, differs = unquoted(header[1:]); differs {
			pairs = append(pairs, [2]string{strings.Trim(name, " \t"), value})
		}
	}
	return pairs
}

func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// unquoted reads up to the closing quote, or to the end where there is none.
// differs tells whether it reads other than it stands, or goes on behind a semicolon.
func unquoted(s string) (value, rest string, differs bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], differs
		case s[i] == '\\' && isOctal(s[i+1:]):
			b.WriteByte((s[i+1]-'0')<<6 | (s[i+2]-'0')<<3 | (s[i+3] - '0'))
			differs, i = true, i+3
			continue
		case s[i] == '\\' && i+1 < len(s):
			differs, i = true, i+1
		case s[i] == ';':
			differs = true
		}
		b.WriteByte(s[i])
	}
	return b.String(), "", differs
}

// isOctal tells three digits of a byte.
func isOctal(s string) bool {
	return len(s) >= 3 && '0' <= s[0] && s[0] <= '3' && '0' <= s[1] && s[1] <= '7' && '0' <= s[2] && s[2] <= '7'
}
