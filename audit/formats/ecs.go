package formats

// appendECS passes the line on. Only an event that was made shorter, or a line
// of somebody else's with characters that the trail would have escaped, is
// written anew.
func appendECS(dst []byte, e *event) []byte {
	if !e.rewritten {
		return append(dst, e.line...)
	}
	return appendNested(dst, e, "")
}
