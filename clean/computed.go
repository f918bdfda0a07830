package clean

import (
	"bytes"
	"iter"
	"strconv"
)

const (
	maxLiteral = 4 << 10 // of a literal whose methods are called
	maxCalls   = 16      // of these methods, one upon another
	maxShifts  = 4       // ways in which a script moves character codes
)

// computed yields what a script makes of its literals by the methods of strings:
// concat, replace, split with join; and of regular expressions, by their source.
func computed(src []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if !containsAny(src, []string{"concat", "replace", "split", "source"}) {
			return
		}
		dense := withoutSpace(src)
		for _, name := range [...]string{".concat(", ".replace(", ".replaceAll(", ".split(", ".source"} {
			for at := range placesOf(dense, name) {
				if literal := literalBefore(dense[:at]); literal != nil {
					if text := applied(literal, dense[at:]); text != nil && !yield(text) {
						return
					}
				}
			}
		}
	}
}

// literalBefore returns the content of the literal that ends text.
func literalBefore(text []byte) []byte {
	if len(text) == 0 || !quotes[text[len(text)-1]] && text[len(text)-1] != '/' {
		return nil
	}
	quote := text[len(text)-1]
	content := text[max(0, len(text)-1-maxLiteral) : len(text)-1]
	at := bytes.LastIndexByte(content, quote)
	if at < 0 {
		return nil
	}
	return content[at+1:]
}

// applied is what the methods called on a literal return; nil where the first is
// not known.
func applied(literal, calls []byte) []byte {
	text := append([]byte(nil), literal...)
	for n := range maxCalls {
		method, rest := memberName(calls)
		args, rest, ok := argumentsOf(rest)
		switch {
		case method == "source":
			_, rest = memberName(calls)
		case method == "concat" && ok:
			text = append(text, bytes.Join(args, nil)...)
		case method == "replace" && ok && len(args) == 2:
			text = replaced(text, args[0], args[1], 1)
		case method == "replaceAll" && ok && len(args) == 2:
			text = replaced(text, args[0], args[1], -1)
		case method == "split" && ok && len(args) == 1 && bytes.HasPrefix(rest, []byte(".join(")):
			var glue [][]byte
			if glue, rest, ok = argumentsOf(rest[len(".join"):]); !ok || len(glue) > 1 {
				return text
			}
			text = replaced(text, args[0], bytes.Join(glue, nil), -1)
		case n == 0:
			return nil
		default:
			return text
		}
		if calls = rest; len(text) > maxLiteral {
			return text[:maxLiteral]
		}
	}
	return text
}

// replaced is bytes.Replace within bounds.
func replaced(text, old, with []byte, n int) []byte {
	if len(old) == 0 || n < 0 && bytes.Count(text, old)*len(with) > 2*maxLiteral {
		return text
	}
	return bytes.Replace(text, old, with, n)
}

// argumentsOf reads the literals between the parentheses at the head of text.
func argumentsOf(text []byte) (args [][]byte, rest []byte, ok bool) {
	rest, ok = bytes.CutPrefix(text, []byte("("))
	for ok && len(rest) > 0 && len(args) < maxCalls {
		if rest[0] == ')' {
			return args, rest[1:], true
		}
		quote := rest[0]
		end := bytes.IndexByte(rest[1:min(len(rest), maxLiteral)], quote)
		if end < 0 || !quotes[quote] && quote != '/' {
			break
		}
		args = append(args, rest[1:1+end])
		if rest = rest[end+2:]; quote == '/' {
			rest = bytes.TrimLeft(rest, "gimsuy")
		}
		rest = bytes.TrimPrefix(rest, []byte(","))
	}
	return nil, text, false
}

// shift is how a script moves the codes of characters: fromCharCode(c-1).
type shift struct {
	operator byte
	by       byte
}

// shiftsOf returns how src moves the codes that it makes characters of.
func shiftsOf(src []byte) (shifts []shift) {
	if !bytes.Contains(src, []byte("fromCharCode")) {
		return nil
	}
	for rest := withoutSpace(src); len(shifts) < maxShifts; {
		_, after, found := bytes.Cut(rest, []byte("fromCharCode("))
		if !found {
			break
		}
		rest = after
		expression, _, _ := bytes.Cut(after[:min(len(after), 64)], []byte(";"))
		at := bytes.IndexAny(expression, "-+^")
		if at < 0 {
			continue
		}
		digits := expression[at+1:]
		end := 0
		for end < len(digits) && isAlphanumeric(digits[end]) {
			end++
		}
		if by, err := strconv.ParseUint(string(digits[:end]), 0, 8); err == nil && by > 0 {
			shifts = append(shifts, shift{expression[at], byte(by)})
		}
	}
	return shifts
}

// apply moves the characters of text; nil where no host would show.
func (s shift) apply(text []byte) []byte {
	slash := s.back('/')
	if !bytes.Contains(text, []byte{slash, slash}) {
		return nil
	}
	out := make([]byte, len(text))
	for i, c := range text {
		out[i] = s.move(c)
	}
	return out
}

// back undoes move.
func (s shift) back(c byte) byte {
	switch s.operator {
	case '-':
		return c + s.by
	case '+':
		return c - s.by
	}
	return c ^ s.by
}

func (s shift) move(c byte) byte {
	switch s.operator {
	case '-':
		return c - s.by
	case '+':
		return c + s.by
	}
	return c ^ s.by
}
