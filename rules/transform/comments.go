package transform

import "strings"

// replaceComments makes one space of each comment /* */, closed or not.
func replaceComments(dst []byte, src string) []byte {
	for {
		before, comment, found := strings.Cut(src, "/*")
		dst = append(dst, before...)
		if !found {
			return dst
		}
		dst = append(dst, ' ')
		if _, src, found = strings.Cut(comment, "*/"); !found {
			return dst
		}
	}
}

// removeComments drops /* */ and <!-- -->, either of which the other's end
// closes too, and everything from -- or # on. One left open becomes a space.
//
// The byte after a comment is copied unseen, so that no comment begins with it;
// where the value ends there, that is a NUL.
func removeComments(dst []byte, src string) []byte {
	for src != "" {
		n := opening(src)
		switch {
		case n == 0:
			dst = append(dst, src[0])
			src = src[1:]
			continue
		case src[0] == '-' || src[0] == '#':
			return dst
		}
		end, closed := closing(src[n:])
		if !closed {
			return append(dst, ' ')
		}
		if src = src[n+end:]; src == "" {
			return append(dst, 0)
		}
		dst = append(dst, src[0])
		src = src[1:]
	}
	return dst
}

// removeCommentsChar drops the marks of comments and keeps what is in them.
func removeCommentsChar(dst []byte, src string) []byte {
	for src != "" {
		n := opening(src)
		switch {
		case strings.HasPrefix(src, "-->"):
			n = 3
		case strings.HasPrefix(src, "*/"):
			n = 2
		case n == 0:
			dst = append(dst, src[0])
			n = 1
		}
		src = src[n:]
	}
	return dst
}

// opening returns the length of the mark with which s begins a comment.
func opening(s string) int {
	switch {
	case s[0] == '#':
		return 1
	case strings.HasPrefix(s, "/*"), strings.HasPrefix(s, "--"):
		return 2
	case strings.HasPrefix(s, "<!--"):
		return 4
	}
	return 0
}

// closing returns where the comment that s is in has ended.
func closing(s string) (end int, closed bool) {
	for i := range len(s) {
		switch {
		case strings.HasPrefix(s[i:], "*/"):
			return i + 2, true
		case strings.HasPrefix(s[i:], "-->"):
			return i + 3, true
		}
	}
	return 0, false
}
