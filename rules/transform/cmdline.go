package transform

// cmdLine undoes what shells ignore: it drops \ " ' and ^, makes one space of
// each run of white space, commas and semicolons, none before / and (, and
// folds A to Z.
func cmdLine(dst []byte, src string) []byte {
	spaced := false // the last byte written is such a space
	for i := range len(src) {
		c := src[i]
		switch c {
		case '\\', '"', '\'', '^':
			continue // and the run goes on
		case ' ', '\t', '\r', '\n', ',', ';':
			if !spaced {
				dst = append(dst, ' ')
			}
			spaced = true
			continue
		case '/', '(':
			if spaced {
				dst = dst[:len(dst)-1]
			}
		}
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		dst = append(dst, c)
		spaced = false
	}
	return dst
}
