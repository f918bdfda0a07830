package rules

import (
	"strings"

	"github.com/corazawaf/coraza/v3/types/variables"

	"github.com/lachan-waf/lachan/rules/screen"
)

// screenedVariables are those whose values are settled before the rules of a
// phase are evaluated, and that no rule changes.
var screenedVariables = map[string]variables.RuleVariable{
	"ARGS": variables.Args, "ARGS_NAMES": variables.ArgsNames,
	"ARGS_GET": variables.ArgsGet, "ARGS_GET_NAMES": variables.ArgsGetNames,
	"ARGS_POST": variables.ArgsPost, "ARGS_POST_NAMES": variables.ArgsPostNames,
	"REQUEST_COOKIES": variables.RequestCookies, "REQUEST_COOKIES_NAMES": variables.RequestCookiesNames,
	"REQUEST_HEADERS": variables.RequestHeaders, "REQUEST_HEADERS_NAMES": variables.RequestHeadersNames,
	"REQUEST_LINE": variables.RequestLine, "REQUEST_METHOD": variables.RequestMethod,
	"REQUEST_PROTOCOL": variables.RequestProtocol, "QUERY_STRING": variables.QueryString,
	"REQUEST_URI": variables.RequestURI, "REQUEST_URI_RAW": variables.RequestURIRaw,
	"REQUEST_FILENAME": variables.RequestFilename, "REQUEST_BASENAME": variables.RequestBasename,
	"REQUEST_BODY": variables.RequestBody, "XML": variables.RequestXML,
	"FILES": variables.Files, "FILES_NAMES": variables.FilesNames,
	"MULTIPART_PART_HEADERS": variables.MultipartPartHeaders,
}

// screenedTargets reads a rule's variables. ok is false where one is not
// screened, or is counted.
func screenedTargets(list string) (targets []screen.Target, ok bool) {
	for _, text := range splitVariables(list) {
		var t screen.Target
		text, t.Except = strings.CutPrefix(strings.TrimSpace(text), "!")
		t.Collection, t.Key, _ = strings.Cut(text, ":")
		t.Collection = strings.ToUpper(t.Collection)
		if _, known := screenedVariables[t.Collection]; !known {
			return nil, false
		}
		if t.Key = strings.Trim(t.Key, "'"); strings.HasPrefix(t.Key, "/") && t.Collection != "XML" {
			if t.Except {
				continue // a pattern of keys: their values are looked at too
			}
			t.Key = ""
		}
		targets = append(targets, t)
	}
	return targets, len(targets) > 0
}

// splitVariables cuts a list at the bars outside patterns of keys (ARGS:/a|b/).
func splitVariables(list string) (parts []string) {
	start, pattern := 0, false
	for i := range len(list) {
		switch {
		case list[i] == '/' && pattern && list[i-1] != '\\':
			pattern = false
		case list[i] == '/' && !pattern && i > 0 && (list[i-1] == ':' || list[i-1] == '\''):
			pattern = !strings.HasSuffix(list[start:i], "XML:") // an XPath begins with a slash too
		case list[i] == '|' && !pattern:
			parts = append(parts, list[start:i])
			start = i + 1
		}
	}
	return append(parts, list[start:])
}
