package requests

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// readHTTP reads a request as it is sent (RFC 9112), with either line end. What
// editors do to a body is undone: the line end of the last line goes, and a
// multipart form gets its carriage returns back.
func readHTTP(name string, first int, text []byte) (Case, error) {
	c, crlf, err := readWire(name, first, text)
	c.Body = c.mended(c.Body, crlf)
	return c, err
}

// readWire changes nothing; crlf tells which line end the head has.
func readWire(name string, first int, text []byte) (c Case, crlf bool, err error) {
	head, body, crlf := cutHead(text)
	c = Case{Body: body, Line: first, Method: "GET", Proto: "HTTP/1.1"}
	for i, line := range strings.Split(head, "\n") {
		line = strings.TrimSuffix(line, "\r")
		err := c.field(line)
		if i == 0 {
			err = c.requestLine(line)
		}
		if err != nil {
			return c, crlf, &Error{name, first + i, err}
		}
	}
	return c, crlf, nil
}

// cutHead returns what is before and behind the empty line.
func cutHead(text []byte) (head string, body []byte, crlf bool) {
	for at := 0; ; {
		end := bytes.IndexByte(text[at:], '\n')
		if end < 0 {
			return strings.TrimRight(string(text), "\r\n"), nil, crlf
		}
		line := text[at : at+end]
		crlf = crlf || bytes.HasSuffix(line, []byte("\r"))
		if at > 0 && len(bytes.TrimSuffix(line, []byte("\r"))) == 0 {
			return strings.TrimRight(string(text[:at]), "\r\n"), text[at+end+1:], crlf
		}
		at += end + 1
	}
}

func (c *Case) requestLine(line string) error {
	method, rest, found := strings.Cut(strings.TrimLeft(line, " "), " ")
	if !found || method == "" {
		return fmt.Errorf("expected METHOD TARGET HTTP/1.1, found %q", line)
	}
	c.Method, c.Target = method, rest
	if target, proto, found := strings.Cut(rest, " HTTP/"); found { // else HTTP/0.9
		c.Target, c.Proto = target, "HTTP/"+proto
	}
	return nil
}

func (c *Case) field(line string) error {
	if line == "" {
		return nil
	}
	name, value, found := strings.Cut(line, ":")
	if !found || name == "" {
		return fmt.Errorf("expected NAME: VALUE, found %q", line)
	}
	c.Fields = append(c.Fields, Field{name, strings.Trim(value, " \t")})
	return nil
}

func (c *Case) mended(body []byte, crlf bool) []byte {
	kind, _ := c.Field("Content-Type")
	if !crlf && strings.HasPrefix(strings.ToLower(kind), "multipart/") {
		return bytes.ReplaceAll(body, []byte("\n"), []byte("\r\n"))
	}
	announced, _ := c.Field("Content-Length")
	if n, err := strconv.Atoi(announced); err == nil && n >= 0 && n <= len(body) {
		return body[:n]
	}
	if strings.HasPrefix(strings.ToLower(kind), "multipart/") {
		return body
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(body, []byte("\n")), []byte("\r"))
}

// readTrace reads the requests in what curl -v prints, which has no bodies.
func readTrace(name string, text []byte) (all []Case, err error) {
	var (
		head  []byte
		first int
	)
	for i, line := range bytes.Split(text, []byte("\n")) {
		line = bytes.TrimSuffix(line, []byte("\r"))
		sent, ours := bytes.CutPrefix(line, []byte(">"))
		if !ours {
			continue
		}
		if sent = bytes.TrimPrefix(sent, []byte(" ")); len(sent) > 0 {
			if head == nil {
				first = i + 1
			}
			head = append(append(head, sent...), '\n')
			continue
		}
		c, err := readHTTP(name, first, head)
		if err != nil {
			return nil, err
		}
		all, head = append(all, c), nil
	}
	if head != nil {
		return nil, &Error{name, first, errors.New("the request's head has no end: a line of > alone")}
	}
	return all, nil
}
