package rules

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
)

// The names of processors of ours: for bodies that are nothing the rules know,
// and for JSON that is called a form.
const (
	textProcessor = "LACHANTEXT"
	bothProcessor = "LACHANBOTH"
)

func init() {
	plugins.RegisterBodyProcessor(strings.ToLower(textProcessor), func() plugintypes.BodyProcessor { return plainText{} })
	plugins.RegisterBodyProcessor(strings.ToLower(bothProcessor), func() plugintypes.BodyProcessor { return jsonAndForm{} })
	plugins.RegisterBodyProcessor("xml", func() plugintypes.BodyProcessor { return document{} })
}

// requestsOnly is the half of a processor that ours do not have.
type requestsOnly struct{}

// ProcessResponse implements plugintypes.BodyProcessor.
func (requestsOnly) ProcessResponse(io.Reader, plugintypes.TransactionVariables, plugintypes.BodyProcessorOptions) error {
	return nil
}

// plainText shows a body to the rules as one argument, and of a body that is no
// text the pieces that are.
type plainText struct{ requestsOnly }

const (
	shortestPiece = 12 // of text among other bytes; less is noise
	mostPieces    = 200
)

// ProcessRequest implements plugintypes.BodyProcessor.
func (plainText) ProcessRequest(r io.Reader, v plugintypes.TransactionVariables, _ plugintypes.BodyProcessorOptions) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	args := v.ArgsPost()
	if isText(body) {
		args.Add("body", string(body))
		return nil
	}
	pieces := 0
	for len(body) > 0 && pieces < mostPieces {
		n := 0
		for n < len(body) && (body[n] >= ' ' && body[n] < 0x7f || body[n] == '\n' || body[n] == '\t' || body[n] == '\r') {
			n++
		}
		if n >= shortestPiece {
			args.Add(strings.Clone("body"), string(body[:n]))
			pieces++
		}
		body = body[min(n+1, len(body)):]
	}
	return nil
}

func isText(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0x1b {
			return false
		}
	}
	return true
}

// jsonAndForm reads a body in both ways in which an application may: pages that
// set no type send JSON as a form.
type jsonAndForm struct{ requestsOnly }

var formName = regexp.MustCompile(`^[\w.\-\[\]]{1,100}$`)

// ProcessRequest implements plugintypes.BodyProcessor. Of the form's names only
// those count that an application would ask for.
func (jsonAndForm) ProcessRequest(r io.Reader, v plugintypes.TransactionVariables, _ plugintypes.BodyProcessorOptions) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	args := v.ArgsPost()
	f := flattener{json: json.NewDecoder(bytes.NewReader(body)), add: args.Add, values: mostValues, bytes: max(8*len(body), 4<<10)}
	f.json.UseNumber()
	if err := f.flatten("json"); err != nil {
		return err
	}
	pairs := strings.Split(string(body), "&")
	if len(pairs) > mostPieces {
		return errors.New("too many pairs in JSON that is called a form")
	}
	for _, pair := range pairs {
		name, value, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil && formName.MatchString(plain) {
			if decoded, err := url.QueryUnescape(value); err == nil {
				value = decoded
			}
			args.Add(plain, value)
		}
	}
	return nil
}

// mostValues is SecArgumentsLimit.
const mostValues = 1000

// flattener names the values of JSON as coraza does: json.user.0.name. It has
// coraza's limits too: each name has those of all around it in it, so that a
// megabyte could make gigabytes of names.
type flattener struct {
	json          *json.Decoder
	add           func(name, value string)
	values, bytes int // that may still come; bytes are those of names
}

func (f *flattener) flatten(name string) error {
	if f.values--; f.values < 0 {
		return errors.New("too many values in JSON that is called a form")
	}
	if f.bytes -= len(name); f.bytes < 0 {
		return errors.New("too long names in JSON that is called a form")
	}
	token, err := f.json.Token()
	if err != nil {
		return err
	}
	switch t := token.(type) {
	case json.Delim:
		return f.within(name, t)
	case string:
		f.add(name, t)
	case json.Number:
		f.add(name, t.String())
	}
	return nil
}

// within reads an array or an object to its end.
func (f *flattener) within(name string, open json.Delim) error {
	for i := 0; f.json.More(); i++ {
		child := name + "." + strconv.Itoa(i)
		if open == '{' {
			key, err := f.json.Token()
			if err != nil {
				return err
			}
			child = name + "." + key.(string)
		}
		if err := f.flatten(child); err != nil {
			return err
		}
	}
	_, err := f.json.Token()
	return err
}

// document reads XML in the place of coraza's processor, which closes <param>
// and other names of HTML by itself and then fails on their ends: no call of
// XML-RPC would pass. Attributes are shown with the texts too, since hardly a
// rule looks at them where coraza puts them.
type document struct{ requestsOnly }

// ProcessRequest implements plugintypes.BodyProcessor.
func (document) ProcessRequest(r io.Reader, v plugintypes.TransactionVariables, _ plugintypes.BodyProcessorOptions) error {
	d := xml.NewDecoder(r)
	d.Strict, d.Entity = false, xml.HTMLEntity
	var attributes, texts []string
	for {
		token, err := d.Token()
		var syntax *xml.SyntaxError
		if errors.Is(err, io.EOF) || errors.As(err, &syntax) && syntax.Msg == "unexpected EOF" {
			break
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			for _, a := range t.Attr {
				attributes = append(attributes, a.Value)
			}
		case xml.CharData:
			if text := strings.TrimSpace(string(t)); text != "" {
				texts = append(texts, text)
			}
		}
	}
	v.RequestXML().Set("//@*", attributes)
	v.RequestXML().Set("/*", append(texts, attributes...))
	return nil
}
