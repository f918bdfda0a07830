package requests

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// curl is a command line of curl, as far as it says what is sent.
type curl struct {
	Case
	dir       string // of the file: @file starts from there
	url       string
	data      []string
	kind      string // the Content-Type that its data have by themselves
	form      form
	get, asIs bool
	given     map[string]bool // fields that -H sets or takes away
}

// curlOption applies an option; takes tells whether a value follows.
type curlOption struct {
	takes bool
	apply func(c *curl, value string) error
}

func flag(f func(c *curl)) curlOption {
	return curlOption{false, func(c *curl, _ string) error { f(c); return nil }}
}

func value(f func(c *curl, v string)) curlOption {
	return curlOption{true, func(c *curl, v string) error { f(c, v); return nil }}
}

// ignored are options that change nothing in the request.
var ignored, ignoredValue = flag(func(*curl) {}), value(func(*curl, string) {})

// curlOptions are those of curl(1) that people copy and write. Others are errors:
// some would change the request.
var curlOptions = map[string]curlOption{
	"--request": value(func(c *curl, v string) { c.Method = v }), "--url": value(func(c *curl, v string) { c.url = v }),
	"--header":     {true, (*curl).header},
	"--user-agent": value(func(c *curl, v string) { c.set("User-Agent", v) }),
	"--referer":    value(func(c *curl, v string) { c.set("Referer", strings.TrimSuffix(v, ";auto")) }),
	"--cookie":     {true, (*curl).cookie},
	"--user": value(func(c *curl, v string) {
		c.set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(v)))
	}),
	"--data": {true, (*curl).text}, "--data-ascii": {true, (*curl).text}, "--data-binary": {true, (*curl).binary},
	"--data-raw":       value(func(c *curl, v string) { c.add(v) }),
	"--data-urlencode": {true, (*curl).encoded},
	"--json":           {true, (*curl).json},
	"--form":           {true, func(c *curl, v string) error { return c.form.add(c, v, true) }},
	"--form-string":    {true, func(c *curl, v string) error { return c.form.add(c, v, false) }},
	"--get":            flag(func(c *curl) { c.get = true }), "--head": flag(func(c *curl) { c.Method = "HEAD" }),
	"--path-as-is": flag(func(c *curl) { c.asIs = true }), "--http1.0": flag(func(c *curl) { c.Proto = "HTTP/1.0" }),
	"--http1.1": ignored, "--http2": ignored, "--http2-prior-knowledge": ignored, "--http3": ignored, "--compressed": ignored,
	"--silent": ignored, "--show-error": ignored, "--insecure": ignored, "--include": ignored, "--verbose": ignored,
	"--location": ignored, "--fail": ignored, "--globoff": ignored, "--no-buffer": ignored, "--ipv4": ignored, "--ipv6": ignored,
	"--no-progress-meter": ignored, "--remote-name": ignored,
	"--output": ignoredValue, "--write-out": ignoredValue, "--max-time": ignoredValue, "--connect-timeout": ignoredValue,
	"--proxy": ignoredValue, "--resolve": ignoredValue, "--connect-to": ignoredValue, "--retry": ignoredValue, "--cacert": ignoredValue,
	"--cert": ignoredValue, "--key": ignoredValue, "--dump-header": ignoredValue, "--cookie-jar": ignoredValue, "--interface": ignoredValue,
}

var curlShort = map[byte]string{
	'X': "--request", 'H': "--header", 'A': "--user-agent", 'e': "--referer", 'b': "--cookie", 'u': "--user", 'd': "--data",
	'F': "--form", 'G': "--get", 'I': "--head", '0': "--http1.0", 's': "--silent", 'S': "--show-error", 'k': "--insecure",
	'i': "--include", 'v': "--verbose", 'L': "--location", 'f': "--fail", 'g': "--globoff", 'N': "--no-buffer", '4': "--ipv4",
	'6': "--ipv6", 'O': "--remote-name", 'o': "--output", 'w': "--write-out", 'm': "--max-time", 'x': "--proxy", 'E': "--cert",
	'D': "--dump-header", 'c': "--cookie-jar",
}

func readCurl(name, text string) (all []Case, err error) {
	commands, line, err := splitShell(text)
	if err != nil {
		return nil, &Error{name, line, err}
	}
	for _, words := range commands {
		for len(words) > 0 && (words[0].text == "$" || words[0].text == "%") { // of a prompt
			words = words[1:]
		}
		if len(words) == 0 {
			continue
		}
		if words[0].text != "curl" {
			return nil, &Error{name, words[0].line, fmt.Errorf("expected a command line of curl, found %q", words[0].text)}
		}
		c := &curl{Case: Case{Line: words[0].line, Proto: "HTTP/1.1"}, dir: filepath.Dir(name), given: map[string]bool{}}
		if err := c.read(name, words[1:]); err != nil {
			return nil, err
		}
		if err := c.finish(); err != nil {
			return nil, &Error{name, c.Line, err}
		}
		all = append(all, c.Case)
	}
	return all, nil
}

// read applies the words of a command line.
func (c *curl) read(name string, words []word) error {
	for len(words) > 0 {
		w := words[0]
		words = words[1:]
		var err error
		switch {
		case strings.HasPrefix(w.text, "--"):
			words, err = c.option(w.text, w.text, words)
		case strings.HasPrefix(w.text, "-") && w.text != "-":
			words, err = c.short(w.text[1:], words)
		case c.url != "":
			err = fmt.Errorf("a second URL, %q", w.text)
		default:
			c.url = w.text
		}
		if err != nil {
			return &Error{name, w.line, err}
		}
	}
	return nil
}

func (c *curl) option(shown, long string, words []word) ([]word, error) {
	o, known := curlOptions[long]
	switch {
	case !known:
		return words, fmt.Errorf("option %s of curl is not known here", shown)
	case !o.takes:
		return words, o.apply(c, "")
	case len(words) == 0:
		return words, fmt.Errorf("nothing follows %s", shown)
	}
	return words[1:], o.apply(c, words[0].text)
}

// short reads -sSL, -XPOST and -H "a: b".
func (c *curl) short(letters string, words []word) ([]word, error) {
	for i := range len(letters) {
		long := curlShort[letters[i]]
		if curlOptions[long].takes && i+1 < len(letters) {
			return words, curlOptions[long].apply(c, letters[i+1:])
		}
		var err error
		if words, err = c.option("-"+letters[i:i+1], long, words); err != nil {
			return words, err
		}
	}
	return words, nil
}

// set gives a field a value unless -H has.
func (c *curl) set(name, value string) {
	if key := strings.ToLower(name); !c.given[key] {
		c.given[key] = true
		c.Fields = append(c.Fields, Field{name, value})
	}
}

// header is -H: "a: b", "a:" which takes the field away, "a;" which sends it empty.
func (c *curl) header(v string) error {
	name, value, found := strings.Cut(v, ":")
	if !found {
		if name, found = strings.CutSuffix(v, ";"); !found {
			return fmt.Errorf("-H %q: expected NAME: VALUE", v)
		}
	} else if value = strings.TrimSpace(value); value == "" {
		c.given[strings.ToLower(name)] = true
		return nil
	}
	c.given[strings.ToLower(name)] = true
	c.Fields = append(c.Fields, Field{name, value})
	return nil
}

func (c *curl) cookie(v string) error {
	if !strings.Contains(v, "=") {
		return fmt.Errorf("-b %q: a file of cookies is not read; write name=value", v)
	}
	c.set("Cookie", v)
	return nil
}

// add is text of -d and its like: a form, unless --json said otherwise before.
func (c *curl) add(v string) {
	c.data = append(c.data, v)
	if c.kind == "" {
		c.kind = formType
	}
}

func (c *curl) text(v string) error {
	v, err := c.file(v, true)
	c.add(v)
	return err
}

func (c *curl) binary(v string) error {
	v, err := c.file(v, false)
	c.add(v)
	return err
}

// json is --json, whose texts are put together without &.
func (c *curl) json(v string) error {
	v, err := c.file(v, false)
	c.data, c.kind = []string{strings.Join(c.data, "&") + v}, "application/json"
	c.set("Accept", "application/json")
	return err
}

// encoded is --data-urlencode: content, =content, name=content, @file, name@file.
func (c *curl) encoded(v string) error {
	at := strings.IndexAny(v, "=@")
	if at < 0 {
		c.add(escape(v))
		return nil
	}
	content, err := v[at+1:], error(nil)
	if v[at] == '@' {
		content, err = c.file(v[at:], false)
	}
	if content = escape(content); at > 0 {
		content = v[:at] + "=" + content
	}
	c.add(content)
	return err
}

// escape is curl's, which leaves the unreserved as they are (RFC 3986 §2.3).
func escape(v string) string { return strings.ReplaceAll(url.QueryEscape(v), "+", "%20") }

// file reads @file; -d leaves out its line ends.
func (c *curl) file(v string, joined bool) (string, error) {
	name, isFile := strings.CutPrefix(v, "@")
	if !isFile {
		return v, nil
	}
	if name == "-" || name == "" {
		return "", errors.New("@-: standard input is not read; name a file")
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(c.dir, name)
	}
	text, err := os.ReadFile(name)
	if joined {
		return strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(string(text)), err
	}
	return string(text), err
}

// finish puts together what curl would send.
func (c *curl) finish() error {
	if c.url == "" {
		return errors.New("no URL")
	}
	authority, target := c.target()
	if c.Target = target; c.get && len(c.data) > 0 {
		sep := "?"
		if strings.Contains(target, "?") {
			sep = "&"
		}
		c.Target += sep + strings.Join(c.data, "&")
		c.data, c.kind = nil, ""
	}
	switch {
	case len(c.form.parts) > 0:
		c.Body, c.kind = c.form.encode()
	case len(c.data) > 0:
		c.Body = []byte(strings.Join(c.data, "&"))
	}
	if c.Method == "" {
		c.Method = "GET"
		if c.kind != "" {
			c.Method = "POST"
		}
	}
	c.set("Host", authority)
	c.set("User-Agent", "curl/8.14.1")
	c.set("Accept", "*/*")
	if c.kind != "" {
		c.set("Content-Type", c.kind)
	}
	return nil
}

// target takes the URL apart as curl does: dots in the path are resolved, other
// than by --path-as-is, and the fragment stays here.
func (c *curl) target() (authority, target string) {
	rest := c.url
	if _, after, found := strings.Cut(rest, "://"); found {
		rest = after
	}
	rest, _, _ = strings.Cut(rest, "#")
	end := strings.IndexAny(rest+"/", "/?")
	authority, rest = rest[:end], rest[end:]
	if at := strings.LastIndexByte(authority, '@'); at >= 0 {
		c.set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(authority[:at])))
		authority = authority[at+1:]
	}
	where, query, hasQuery := strings.Cut(rest, "?")
	if where == "" {
		where = "/"
	}
	if !c.asIs && strings.Contains(where, "/.") {
		slash := strings.HasSuffix(where, "/") || strings.HasSuffix(where, "/.") || strings.HasSuffix(where, "/..")
		if where = path.Clean(where); slash && where != "/" {
			where += "/"
		}
	}
	if hasQuery {
		where += "?" + query
	}
	return authority, strings.ReplaceAll(where, " ", "%20")
}
