package requests

import (
	"fmt"
	"path/filepath"
	"strings"
)

// form is what -F makes: a multipart form (RFC 7578).
type form struct{ parts []formPart }

type formPart struct{ name, file, kind, content string }

const boundary = "------------------------lachanrulestest"

// add is -F name=content, name=@file and name=<file, with ;type= and ;filename=
// behind; --form-string takes all behind the sign as it is.
func (f *form) add(c *curl, v string, reads bool) error {
	name, content, found := strings.Cut(v, "=")
	if !found {
		return fmt.Errorf("-F %q: expected NAME=CONTENT", v)
	}
	p := formPart{name: name, content: content}
	if reads {
		isFile := strings.HasPrefix(content, "@")
		content = p.options(content)
		var err error
		switch {
		case isFile:
			if p.file == "" {
				p.file = filepath.Base(content[1:])
			}
			if p.kind == "" {
				p.kind = "application/octet-stream"
			}
			p.content, err = c.file(content, false)
		case strings.HasPrefix(content, "<"):
			p.content, err = c.file("@"+content[1:], false)
		default:
			p.content = content
		}
		if err != nil {
			return err
		}
	}
	f.parts = append(f.parts, p)
	return nil
}

// options takes ;type= and ;filename= off the end of a value.
func (p *formPart) options(content string) string {
	for {
		i := strings.LastIndexByte(content, ';')
		if i < 0 {
			return content
		}
		name, value, _ := strings.Cut(strings.TrimSpace(content[i+1:]), "=")
		switch name {
		case "type":
			p.kind = strings.Trim(value, `"`)
		case "filename":
			p.file = strings.Trim(value, `"`)
		default:
			return content
		}
		content = content[:i]
	}
}

func (f *form) encode() (body []byte, contentType string) {
	var b strings.Builder
	quote := strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A")
	for _, p := range f.parts {
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", boundary, quote.Replace(p.name))
		if p.file != "" {
			fmt.Fprintf(&b, "; filename=\"%s\"", quote.Replace(p.file))
		}
		if p.kind != "" {
			b.WriteString("\r\nContent-Type: " + p.kind)
		}
		b.WriteString("\r\n\r\n" + p.content + "\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return []byte(b.String()), "multipart/form-data; boundary=" + boundary
}
