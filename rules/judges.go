package rules

import (
	"mime"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
	"github.com/corazawaf/coraza/v3/types"
	"github.com/corazawaf/coraza/v3/types/variables"

	"github.com/lachan-waf/lachan/rules/opinion"
)

// judge says why a value that a rule matched is no attack; "" where it may be one.
type judge func(tx plugintypes.TransactionState, m types.MatchedRule, data types.MatchData) string

// everything is asked of a value, beside the class of the rule that matched it:
// a rule may have the right value for the wrong reason.
var everything = []opinion.Class{
	opinion.SQL, opinion.Markup, opinion.Shell, opinion.Path, opinion.PHP, opinion.Code,
	opinion.Java, opinion.Query, opinion.Lines, opinion.Declaration,
}

// singles are the rules that a family's judge does not fit.
var singles = map[int]judge{
	911100: apiMethod,
	920120: fileName,
	920340: readAnyway, 920640: readAnyway,
	920420: contentType, 920470: contentType,
	920480: charset,
	920440: extension,
	920540: by(opinion.Lines), // what the escapes stand for is read by all rules
	920600: acceptHeader,
	921110: by(opinion.Lines), 921120: by(opinion.Lines), 921130: by(opinion.Lines),
	921150: by(opinion.Lines), 921160: by(opinion.Lines),
	921200: by(opinion.Directory),
	930100: filePath, 930110: filePath, 930120: filePath,
	931120: trailingQuestion,
	941310: usASCII,
	942290: queryOperator,
	943110: sessionName, 943120: sessionName,
	934170: by(opinion.Markup),
	934100: by(opinion.Code), 934130: by(opinion.Code), 934150: by(opinion.Code), 934160: by(opinion.Code),
}

// stands are rules of the families below that are not weighed: what they match
// is a file's name, or is written on purpose.
var stands = []int{932180, 933110, 933220, 941350, 941360, 944140}

// judgeOf finds the judge for a rule. Where there is none the match stands.
func judgeOf(id int) (judge, bool) {
	if j, ok := singles[id]; ok {
		return j, true
	}
	if slices.Contains(stands, id) {
		return nil, false
	}
	switch id / 1000 {
	case 932:
		return by(opinion.Shell), true
	case 933:
		return by(opinion.PHP), true
	case 941:
		return by(opinion.Markup), true
	case 942:
		return by(opinion.SQL), true
	case 944:
		return by(opinion.Java), true
	}
	return nil, false
}

var cleared = [...]string{
	opinion.SQL: "changes no statement of SQL", opinion.Markup: "runs no script in a page", opinion.Shell: "runs no command",
	opinion.Path: "leads to no file of the system's", opinion.PHP: "runs no PHP", opinion.Code: "runs no code on a server",
	opinion.Java: "runs no Java", opinion.Query: "changes no query", opinion.Directory: "changes no filter",
	opinion.Lines: "no field or message of HTTP follows a line break",
}

// by judges the values as they were received, before the rule's transformations.
func by(class opinion.Class) judge {
	return func(tx plugintypes.TransactionState, _ types.MatchedRule, data types.MatchData) string {
		for _, value := range received(tx, data) {
			if !opinion.Plain(value) && mayBe(value, data.Value()) {
				return ""
			}
			if _, why := opinion.Any(value, append([]opinion.Class{class}, everything...)...); why != "" {
				return ""
			}
		}
		return cleared[class]
	}
}

// mayBe tells whether a value may be the one that a rule saw after its
// transformations. Several may share a name; all texts of an XML body do.
func mayBe(value, seen string) bool {
	return letters(value) == letters(seen) || strings.ContainsAny(value, "%&\\") || len(value) >= len(seen)
}

// letters are what no transformation takes away.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		if r >= 'A' && r <= 'Z' {
			return r | 0x20
		}
		return -1
	}, s)
}

// received are the values under the name of one that matched. Where it cannot be
// found again, what the rule saw is judged.
func received(tx plugintypes.TransactionState, data types.MatchData) (values []string) {
	switch data.Variable() {
	case variables.RequestURI, variables.RequestURIRaw, variables.RequestLine, variables.QueryString:
		return []string{data.Value()} // whose parts have been judged as arguments
	}
	if c := tx.Collection(data.Variable()); c != nil {
		for _, d := range c.FindAll() {
			if strings.EqualFold(d.Key(), data.Key()) {
				values = append(values, d.Value())
			}
		}
	}
	if len(values) == 0 {
		values = []string{data.Value()}
	}
	return values
}

// readAnyway: a body without a type means what its reader takes it for, and the
// rules have read it as whatever it looks like (see bodylook.go).
func readAnyway(plugintypes.TransactionState, types.MatchedRule, types.MatchData) string {
	return "the body was read as what it looks like"
}

// contentType accepts every media type that is well formed. The body has been
// read as what it looks like, so that nothing hides behind the name. Forms of
// several parts are not accepted in other guises: their readers differ.
func contentType(tx plugintypes.TransactionState, _ types.MatchedRule, _ types.MatchData) string {
	for _, value := range tx.Variables().RequestHeaders().Get("content-type") {
		essence, _, err := mime.ParseMediaType(value)
		if err != nil || strings.HasPrefix(essence, "multipart/") && essence != "multipart/form-data" || !strings.Contains(essence, "/") {
			return ""
		}
		if _, why := opinion.Any(value, everything...); why != "" || strings.ContainsAny(value, "{}$%#<>") {
			return ""
		}
	}
	return "an unusual content type; the body was read as what it looks like"
}

// ascii are character sets in which every ASCII byte is itself, so that what
// the rules look for is written in no other way.
var ascii = regexp.MustCompile(`(?i)charset\s*=\s*["']?(?:us-ascii|ascii|utf-?8|utf8mb4|latin-?1|iso-?8859-?\d{1,2}|windows-?125\d|cp125\d|koi8-[ru]|tis-620|viscii)["']?\s*(?:;|,|$)`)

func charset(tx plugintypes.TransactionState, _ types.MatchedRule, _ types.MatchData) string {
	for _, value := range tx.Variables().RequestHeaders().Get("content-type") {
		if !ascii.MatchString(value) || strings.Count(strings.ToLower(value), "charset") != 1 {
			return ""
		}
	}
	return "a character set that keeps ASCII"
}

// apiMethod accepts the methods of HTTP APIs where no file is named: PUT x.jsp
// is how shells get onto servers.
func apiMethod(tx plugintypes.TransactionState, _ types.MatchedRule, data types.MatchData) string {
	file, _, _ := strings.Cut(tx.Variables().RequestURIRaw().Get(), "?")
	name := file[strings.LastIndexByte(file, '/')+1:]
	if !slices.Contains([]string{"PUT", "PATCH", "DELETE"}, data.Value()) || strings.ContainsAny(name, ".%;") {
		return ""
	}
	return "a method of an API, on no file"
}

// extension accepts addresses that end as a host's name does, and ASP.NET's own.
func extension(tx plugintypes.TransactionState, _ types.MatchedRule, _ types.MatchData) string {
	file, _, _ := strings.Cut(strings.ToLower(tx.Variables().RequestURIRaw().Get()), "?")
	for _, end := range []string{".com", "/webresource.axd", "/scriptresource.axd"} {
		if strings.HasSuffix(file, end) {
			return "no file that is kept from visitors"
		}
	}
	return ""
}

var (
	shownFile  = regexp.MustCompile(`(?i)\.(?:jpe?g|png|gif|webp|avif|heic|bmp|tiff?|svg|pdf|docx?|xlsx?|pptx?|odt|ods|rtf|txt|csv|zip|rar|7z|mp[34]|mov|m4[av]|wav|webm|json|xml)$`)
	scriptFile = regexp.MustCompile(`(?i)\.(?:ph(?:p\d?|tml?|ar|ps)|jspx?|asp[x]?|asa|cer|cgi|pl|py|sh|exe|dll|htaccess|config)(?:\W|$)|[\x00/\\<>]`)
)

// fileName accepts what people call their files.
func fileName(tx plugintypes.TransactionState, _ types.MatchedRule, data types.MatchData) string {
	for _, name := range received(tx, data) {
		if scriptFile.MatchString(name) || !shownFile.MatchString(name) && data.Variable() == variables.Files {
			return ""
		}
	}
	return "the name of a document or a picture"
}

// filePath judges a climb; in the path of the address itself no browser leaves one.
func filePath(tx plugintypes.TransactionState, m types.MatchedRule, data types.MatchData) string {
	if data.Variable() != variables.RequestURIRaw {
		return by(opinion.Path)(tx, m, data)
	}
	file, arguments, _ := strings.Cut(tx.Variables().RequestURIRaw().Get(), "?")
	if _, rest, absolute := strings.Cut(file, "://"); absolute {
		file = rest
	}
	if opinion.Of(opinion.Path, file) != "" || strings.Contains(file, "..") || strings.Contains(strings.ToLower(file), "%2e") {
		return ""
	}
	for pair := range strings.SplitSeq(arguments, "&") {
		_, value, _ := strings.Cut(pair, "=")
		for _, v := range append(opinion.Readings(value), value) {
			if opinion.Of(opinion.Path, v) != "" {
				return ""
			}
		}
	}
	return cleared[opinion.Path]
}

var remoteScript = regexp.MustCompile(`(?i)[^/:]/[^?\s]*\.(?:txt|php\d?|inc|gif|jpe?g|png|dat|asp|jsp|cmd|pl|py|sh)\?+$`)

// trailingQuestion: file inclusion ends the address of a script with "?"; so do
// pages that take down their own address.
func trailingQuestion(tx plugintypes.TransactionState, _ types.MatchedRule, data types.MatchData) string {
	for _, value := range received(tx, data) {
		lower := strings.ToLower(value)
		if remoteScript.MatchString(value) || !strings.HasPrefix(lower, "http") && !strings.Contains(value, " ") || strings.HasSuffix(value, "??") {
			return ""
		}
	}
	return "the address of a page"
}

// sessionName: a session is fixed by the name that a platform gives its cookie;
// session_id is anybody's word.
func sessionName(tx plugintypes.TransactionState, m types.MatchedRule, _ types.MatchData) string {
	for _, data := range m.MatchedDatas() {
		if data.ChainLevel() == 0 && !slices.Contains([]string{"session_id", "session-id"}, strings.ToLower(data.Value())) {
			return ""
		}
	}
	return "a name that no platform gives its sessions"
}

// usASCII: the rule takes single bytes for brackets, which stand within many a
// letter beyond ASCII. In UTF-8 there are none but the fractions.
func usASCII(tx plugintypes.TransactionState, m types.MatchedRule, data types.MatchData) string {
	for _, value := range received(tx, data) {
		if !utf8.ValidString(value) || strings.ContainsAny(value, "¼¾") {
			return ""
		}
	}
	return by(opinion.Markup)(tx, m, data)
}

// odata are the options of an OData query, which look like operators of MongoDB's.
var odata = []string{"$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count", "$search", "$format"}

func queryOperator(tx plugintypes.TransactionState, m types.MatchedRule, data types.MatchData) string {
	if slices.Contains(odata, strings.ToLower(data.Key())) || slices.Contains(odata, strings.ToLower(data.Value())) {
		return "an option of OData's"
	}
	return by(opinion.Query)(tx, m, data)
}

// acceptHeader: what a client likes to be answered changes nothing in how its
// request is read, unless it is no list of types at all.
func acceptHeader(tx plugintypes.TransactionState, _ types.MatchedRule, data types.MatchData) string {
	if !strings.Contains(data.Value(), "charset") {
		for _, value := range received(tx, data) {
			if _, why := opinion.Any(value, everything...); why != "" || strings.ContainsAny(value, "<>{}$'`") {
				return ""
			}
		}
		return "a list of media types"
	}
	return ""
}
