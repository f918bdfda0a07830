package rules

import (
	"bytes"
	"mime"
	"strings"
)

// What a budget cannot interrupt is how coraza takes a body apart. These are the
// bodies of which a megabyte takes it seconds; of all others it takes a fraction of
// the default budget.

// mostParts is how many parts of a form are read, as SecArgumentsLimit has it for
// fields: coraza writes a file for each that is one.
const mostParts = 1000

// dear says why a body is not handed to its parser, "" where it is.
func (in *inspection) dear(r *Request, body []byte) string {
	switch strings.ToUpper(in.variables().RequestBodyProcessor().Get()) {
	case "JSON", bothProcessor:
		if nesting(body) > max(leastNesting, 16*len(body)) {
			return "JSON that is nested too deeply for its length"
		}
	case "MULTIPART":
		if parts(r.contentType(), body) > mostParts {
			return "a multipart form of too many parts"
		}
	}
	return ""
}

// leastNesting is what any body may have, such as a megabyte that is 32 levels deep
// on average.
const leastNesting = 32 << 20

// nesting adds up how deep each byte of JSON stands: coraza's reader (gjson) looks
// for the end of a value when it comes to it, and again for each value within.
func nesting(body []byte) (sum int) {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			n := quoted(body[i:])
			sum += depth * n
			i += n
		case '{', '[':
			depth++
		case '}', ']':
			depth = max(depth-1, 0)
		}
		sum += depth
	}
	return sum
}

// quoted is how many bytes lead from a quote to the one that closes it, or to the end.
func quoted(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(b)
}

// parts counts what may begin a part.
func parts(contentType string, body []byte) int {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		return 0 // coraza takes it for no form either
	}
	return bytes.Count(body, []byte("--"+parameters["boundary"])) - 1
}
