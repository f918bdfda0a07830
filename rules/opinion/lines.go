package opinion

var (
	fieldLine   = must(`(?i)(?:^|[\r\n])\W{0,4}(?:set-cookie\s*:\s*[\w-]+\s*=|content-(?:length\s*:\s*\d|type\s*:\s*\w+/\w)|location\s*:\s*(?:https?:|//|/|\w+\.\w)|refresh\s*:\s*\d|(?:x-)?forwarded-\w+\s*:|host\s*:\s*[\w.-]+\s*[\r\n]|transfer-encoding\s*:|x-[\w-]+\s*:\s*\w+\s*[\r\n])`)
	requestLine = must(`(?:^|[\r\n\s])(?i:get|post|head|put|delete|options|connect|trace|track|patch|propfind|mkcol|copy|move|lock|search|debug)\s+\S+\s+HTTP/\d|HTTP/\d(?:\.\d)?\s+\d{3}|(?:^|[\r\n])HTTP/\d`)
)

// lines says what of HTTP follows a line break. A text has lines too, and some
// begin with a word and a colon; only what a header or a request holds counts.
func lines(v string) string {
	if fieldLine.MatchString(v) {
		return "a field of HTTP"
	}
	if requestLine.MatchString(v) {
		return "a message of HTTP"
	}
	return ""
}
