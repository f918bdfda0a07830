package alerts

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lachan-waf/lachan/policies"
)

// event is what the rules read of a line.
type event struct {
	Time    time.Time `json:"@timestamp"`
	Message string    `json:"message"`
	Event   struct {
		Action, Reason string
		Severity       int
	} `json:"event"`
	Service struct{ Name string }    `json:"service"`
	Source  struct{ IP string }      `json:"source"`
	URL     struct{ Path string }    `json:"url"`
	Error   struct{ Message string } `json:"error"`
	Rule    struct{ ID, Name string }
	Lachan  struct {
		Finding *struct{ Kind, Element, Host string }
		Fold    *struct {
			Action string
			Count  int
		}
		Gap    *struct{ Count int }
		Notice struct{ Kind, Name string }
	} `json:"lachan"`
}

func parse(line []byte) (*event, error) {
	e := new(event)
	if err := json.Unmarshal(line, e); err != nil {
		return nil, err
	}
	return e, nil
}

// occurrence is something that a rule is about.
type occurrence struct {
	when    policies.AlertWhen
	site    string
	subject string // a sink, a host, a folder; what else an alert is about
	at      time.Time
	count   int
	example string // one line for people
	removed bool   // what was found did not reach visitors
}

// example is the event in a few words. Hosts in it are made dead: a mail reader
// would make a link of what was taken out of the page.
func (e *event) example() string {
	words := []string{e.Time.UTC().Format("2006-01-02 15:04:05Z")}
	switch f := e.Lachan.Finding; {
	case f != nil:
		words = append(words, e.Event.Action, f.Kind, f.Element, f.Host, e.URL.Path)
	case e.Rule.ID != "":
		words = append(words, e.Event.Action, e.Rule.ID, e.Rule.Name, e.Source.IP, e.URL.Path)
	case e.Lachan.Gap != nil:
		words = append(words, strconv.Itoa(e.Lachan.Gap.Count), e.Message)
	default:
		words = append(words, e.Message, e.Error.Message)
	}
	return dead(strings.Join(nonEmpty(words), " "))
}

func nonEmpty(words []string) (kept []string) {
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return kept
}

// maxExample bounds one line of an alert, in bytes.
const maxExample = 300

// dead returns s as one line of text that nothing makes a link of.
func dead(s string) string {
	var b strings.Builder
	for i, r := range s {
		if b.Len() > maxExample {
			b.WriteString("…")
			break
		}
		switch {
		case r == '.' && i > 0 && wordByte(s[i-1]) && i+1 < len(s) && letterAt(s[i+1:]):
			b.WriteString("[.]")
		case r == '@':
			b.WriteString("[at]")
		case r == ':' && strings.HasPrefix(s[i:], "://"):
			b.WriteString("[:]")
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == utf8.RuneError:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func wordByte(c byte) bool {
	return c >= utf8.RuneSelf || c == '-' || c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func letterAt(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}
