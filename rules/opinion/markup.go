package opinion

import (
	"html"
	"strings"
)

// markup says what a value would run in a page, "" where it would only be
// shown. It is read as text, and as the rest of an attribute in each kind of
// quotes. Every "<" is tried as the start of a tag, inside comments and other
// tags too: what a browser takes for a tag depends on what was open before.
func markup(v string) string {
	if why := scriptURL(v); why != "" {
		return why
	}
	tags := 0
	for at := strings.IndexByte(v, '<'); at >= 0 && tags < maxTags; tags++ {
		if why := tag(v[at+1:]); why != "" {
			return why
		}
		next := strings.IndexByte(v[at+1:], '<')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	if tags == maxTags {
		return "more tags than are read"
	}
	for _, quote := range []byte{'"', '\'', '`'} {
		if at := strings.IndexByte(v, quote); at >= 0 {
			if why := attributes(v[at+1:], true); why != "" {
				return "leaves an attribute: " + why
			}
		}
	}
	if first, rest, ok := strings.Cut(v, " "); ok && !strings.ContainsAny(first, "<>") {
		if why := attributes(rest, true); why != "" {
			return "leaves an attribute: " + why
		}
	}
	return script(v)
}

const (
	maxTags       = 20000
	maxAttributes = 60
)

// tag judges what stands behind a "<".
func tag(s string) string {
	if len(s) > 8<<10 {
		s = s[:8<<10]
	}
	s = strings.TrimPrefix(s, "/")
	if s == "" || !isLetter(s[0]) {
		return ""
	}
	n := strings.IndexAny(s, " \t\n\f\r/>\x00\v")
	if n < 0 {
		n = len(s)
	}
	name := strings.ToLower(s[:n])
	if _, local, ok := strings.Cut(name, ":"); ok {
		name = local
	}
	if name == "script" || strings.HasPrefix(name, "script") && !isWord(name[6]) {
		return "a script element"
	}
	return element(name, s[n:])
}

func element(name, rest string) string {
	if why := attributes(rest, false); why != "" {
		return why
	}
	end := strings.IndexByte(rest, '>')
	if end < 0 {
		end = len(rest)
	}
	inside := strings.ToLower(rest[:end])
	switch name {
	case "base", "applet", "xss", "isindex":
		if end > 1 {
			return "a " + name + " element"
		}
	case "meta":
		if strings.Contains(inside, "refresh") || strings.Contains(inside, "utf-7") || strings.Contains(inside, "set-cookie") {
			return "a meta element that acts"
		}
	case "link":
		if strings.Contains(inside, "import") || strings.Contains(inside, "stylesheet") && !strings.Contains(inside, "http") {
			return "a link element that acts"
		}
	case "embed", "object", "iframe", "frame":
		if end > 0 && !strings.Contains(inside, "//") && (strings.Contains(inside, "src") || strings.Contains(inside, "data=")) || strings.Contains(inside, "srcdoc") {
			return "a frame of its own"
		}
	case "animate", "set", "animatetransform", "animatemotion":
		if strings.Contains(inside, "attributename") && (strings.Contains(inside, "href") || strings.Contains(inside, "\"on")) || strings.Contains(inside, "onbegin") {
			return "an animation that acts"
		}
	case "style":
		if style(strings.ToLower(rest)) {
			return "a style that acts"
		}
	case "?xml-stylesheet", "xml":
		if strings.Contains(inside, "src=") {
			return "a data island"
		}
	}
	return ""
}

// attributes reads attributes as a browser does. loose is set where their
// place is a guess: then only the names of events that exist count, with a
// value that reads as script.
func attributes(s string, loose bool) string {
	for range maxAttributes {
		s = strings.TrimLeft(s, " \t\n\f\r/\x00\v\"'")
		if s == "" || s[0] == '>' {
			return ""
		}
		n := strings.IndexAny(s[1:], " \t\n\f\r/>=\x00\v")
		if n < 0 {
			return ""
		}
		name := strings.ToLower(s[:n+1])
		s = strings.TrimLeft(s[n+1:], " \t\n\f\r\x00\v")
		if s == "" || s[0] != '=' {
			continue
		}
		var value string
		value, s = attributeValue(strings.TrimLeft(s[1:], " \t\n\f\r\x00\v"))
		if why := attribute(name, html.UnescapeString(value), loose); why != "" {
			return why
		}
	}
	return ""
}

func attributeValue(s string) (value, rest string) {
	if s == "" {
		return "", ""
	}
	if q := s[0]; q == '"' || q == '\'' || q == '`' {
		if end := strings.IndexByte(s[1:], q); end >= 0 {
			return s[1 : end+1], s[end+2:]
		}
		return s[1:], ""
	}
	if end := strings.IndexAny(s, " \t\n\f\r>"); end >= 0 {
		return s[:end], s[end:]
	}
	return s, ""
}

var (
	eventName   = must(`^on(?:[a-z]{3,30})$`)
	eventExists = must(`^on(?:abort|after|animation|auxclick|before|begin|blur|bounce|cancel|canplay|change|click|close|contextmenu|copy|cuechange|cut|dblclick|drag|drop|duration|end|ended|error|filterchange|finish|focus|formdata|fullscreen|gotpointer|hashchange|help|input|invalid|key|layoutcomplete|load|losecapture|lostpointer|media|message|mouse|move|offline|online|outofsync|page|paste|pause|play|pointer|popstate|progress|propertychange|ratechange|readystate|repeat|reset|resize|resume|reverse|row|scroll|search|seek|select|show|slotchange|stalled|start|stop|storage|submit|suspend|syncrestored|time|toggle|touch|transition|unhandled|unload|url|volumechange|waiting|webkit|wheel)[a-z]*$`)
	runs        = must("[\\w$\\])]\\s*(?:\\(|`|=[^=])|\\\\[ux]|\\b(?:alert|eval|import|throw|location|document|window|javascript)\\b|\\[.*\\]")
)

func attribute(name, value string, loose bool) string {
	plain := strings.Trim(name, "\x00\"'`")
	switch {
	case eventName.MatchString(plain):
		if strings.TrimSpace(value) != "" && (!loose || eventExists.MatchString(plain) && runs.MatchString(value)) {
			return "an event handler"
		}
	case plain == "srcdoc":
		return markup(value)
	case plain == "style":
		if style(strings.ToLower(value)) {
			return "a style that acts"
		}
	case urls[plain] || strings.HasSuffix(plain, ":href"):
		return scriptURL(value)
	}
	return ""
}

var urls = set("href src action formaction data background poster srcset to from values codebase dynsrc lowsrc content xlink:href by url folder")

// scriptURL judges an address. What editors and themes write in place of none
// ("javascript:void(0)") runs nothing.
func scriptURL(v string) string {
	if len(v) > 2048 {
		v = v[:2048]
	}
	if _, target, ok := strings.Cut(strings.ToLower(v), "url="); ok && len(v)-len(target) < 12 {
		v = target // of a meta refresh
	}
	v = strings.ToLower(strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, v))
	scheme, rest, ok := strings.Cut(v, ":")
	if !ok {
		return ""
	}
	scheme = strings.Trim(scheme, "\"'`(")
	switch scheme {
	case "javascript", "vbscript", "livescript", "jscript", "jar", "mocha":
		rest = strings.Trim(rest, ";\"'")
		if rest == "" || rest == "void(0)" || rest == "void0" || rest == "//" || rest == "returnfalse" || rest == "history.back()" || rest == "history.go(-1)" || rest == "window.print()" {
			return ""
		}
		if scheme == "vbscript" || strings.ContainsAny(rest, "(`=[%/\\.+") {
			return "a script for an address"
		}
	case "data":
		kind, _, _ := strings.Cut(rest, ",")
		if strings.HasPrefix(kind, "text/html") || strings.Contains(kind, "svg") && !strings.HasPrefix(kind, "image/svg+xml") || strings.Contains(kind, "xhtml") || strings.Contains(kind, "xml") && !strings.HasPrefix(kind, "image/") || strings.Contains(kind, "javascript") {
			return "a document for an address"
		}
	case "feed", "view-source":
		return scriptURL(rest)
	}
	return ""
}

func style(s string) bool {
	s = strings.NewReplacer("/**/", "", "\\", "", "\n", "").Replace(s)
	for _, bad := range []string{"expression(", "javascript:", "-moz-binding", "behavior:url", "behavior: url", "@import'", "@import\"", "@import url", "vbscript:", "-o-link"} {
		if strings.Contains(s, bad) {
			return true
		}
	}
	return false
}

var (
	// sinkCall is script that stands where a script has left its string.
	sinkCall = must("(?i)^[\\w.$\\s]*['\"`]?\\s*[;,+*/|&^)}\\]<>=?:-]+[\\s\\S]{0,120}?\\b(?:alert|prompt|confirm|eval|settimeout|setinterval|fetch|atob|import|document\\.(?:write|cookie|location|domain)|window\\.|location\\s*=|self\\[|top\\[|this\\[|parent\\[|string\\.fromcharcode|constructor)\\s*[(`=.\\[/]?")
	// soleCall is script and nothing else.
	soleCall = must("(?i)^[\\s;)}\\]/*,.\"'`>-]*(?:(?:window|self|top|parent|this|document|globalthis|frames)\\s*(?:\\.|\\[))?\\s*['\"`(]*(?:alert|prompt|confirm|eval|location|cookie|write|domain|settimeout|setinterval|import|al\\w*['\"`]\\s*\\+\\s*['\"`]\\w+)['\"`\\])]*\\s*(?:[(`]|\\.call|\\.apply|=[^=]|/\\*)")
	// sequence is an array's method that is given a function to run.
	sequence = must(`(?i)\.(?:map|find|filter|every|some|foreach|replace|sort)\s*\(\s*(?:alert|prompt|confirm|eval)\b|\b(?:alert|prompt|confirm|eval)\s*\(\s*(?:document\.|\d+\s*\)|['"` + "`" + `]?xss|1\b|string\.fromcharcode|atob)|\b(?:self|window|top|parent|this|frames|globalthis)\s*\[\s*(?:['"` + "`" + `/(]|\w+\s*\()`)
)

// script judges a value that would stand in a script, without and within quotes.
func script(v string) string {
	if len(v) > 4<<10 {
		v = v[:4<<10]
	}
	if soleCall.MatchString(v) || sequence.MatchString(v) {
		return "a call of the page's functions"
	}
	for _, quote := range []byte{'\'', '"', '`'} {
		if at := strings.IndexByte(v, quote); at >= 0 && len(v) > at+1 && strings.IndexByte(";,+*/|&^)}]-", strings.TrimLeft(v[at+1:]+" x", " ")[0]) >= 0 && sinkCall.MatchString(v[at+1:]) {
			return "leaves a string of a script"
		}
	}
	return ""
}
