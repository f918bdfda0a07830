package transform

import "bytes"

// normalizePath is path.Clean, except that a slash at the end is kept ("/"
// becomes "//") and that "" comes of what is ".".
//
// The engine asks filepath.Clean, which is this only where / separates paths:
// on every system but Windows.
func normalizePath(dst []byte, src string) []byte { return cleanPath(dst, src, '/') }

// cleanPath takes also for a separator, beside the slash.
func cleanPath(dst []byte, src string, also byte) []byte {
	separates := func(c byte) bool { return c == '/' || c == also }
	start := len(dst)
	rooted, folder := separates(src[0]), separates(src[len(src)-1])
	if rooted {
		dst = append(dst, '/')
	}
	floor := len(dst) // what .. cannot take away
	for at := 0; at < len(src); at++ {
		end := at
		for end < len(src) && !separates(src[end]) {
			end++
		}
		switch element := src[at:end]; {
		case element == "" || element == ".":
		case element == ".." && len(dst) > floor:
			dst = dst[:max(floor, start+bytes.LastIndexByte(dst[start:], '/'))]
		case element == "..":
			if !rooted {
				dst = appendElement(dst, start, element)
				floor = len(dst)
			}
		default:
			dst = appendElement(dst, start, element)
		}
		at = end
	}
	if folder && len(dst) > start {
		dst = append(dst, '/')
	}
	return dst
}

// appendElement puts a slash before the element where the path that begins at
// start needs one.
func appendElement(dst []byte, start int, element string) []byte {
	if n := len(dst); n > start && (n > start+1 || dst[start] != '/') {
		dst = append(dst, '/')
	}
	return append(dst, element...)
}

// normalizePathWin also takes \ for a separator, and drops what Windows drops
// of a name: an alternate data stream (file::$DATA), and dots and spaces at the
// end of each element.
func normalizePathWin(dst []byte, src string) []byte {
	start := len(dst)
	dst = cleanPath(dst, src, '\\')
	path := dropStream(dst[start:])
	return dst[:start+len(dropTails(path))]
}

// dropStream cuts the last element at its first colon, other than a drive's.
func dropStream(path []byte) []byte {
	start, end := 0, len(path)
	if end >= 2 && path[1] == ':' && isLetter(path[0]) {
		start = 2
	}
	folder := end > start && path[end-1] == '/'
	if folder {
		end--
	}
	start += bytes.LastIndexByte(path[start:end], '/') + 1
	colon := bytes.IndexByte(path[start:end], ':')
	if colon < 0 {
		return path
	}
	path = path[:start+colon]
	if folder {
		path = append(path, '/') // over the colon
	}
	return path
}

// dropTails shortens path in place. An element of dots alone stays, one of
// spaces goes with its slash.
func dropTails(path []byte) []byte {
	short := path[:0]
	first := true
	for rest, more := path, true; more; {
		var element []byte
		element, rest, more = bytes.Cut(rest, []byte("/"))
		if kept := bytes.TrimRight(element, ". "); len(kept) > 0 || bytes.IndexByte(element, ' ') < 0 {
			if len(kept) == 0 {
				kept = element
			}
			if !first {
				short = append(short, '/')
			}
			short = append(short, kept...)
			first = false
		}
	}
	return short
}

func isLetter(c byte) bool { return c|0x20-'a' < 26 }
