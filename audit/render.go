package audit

import (
	"encoding/json"
	"math"
	"net"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lachan-waf/lachan/audit/notation"
)

// line is what Tail reads of a record.
type line struct {
	Time    time.Time                       `json:"@timestamp"`
	Message string                          `json:"message"`
	Event   struct{ Action, Reason string } `json:"event"`
	Service struct{ Name string }           `json:"service"`
	Source  struct {
		IP string `json:"ip"`
	} `json:"source"`
	HTTP struct {
		Request  struct{ ID, Method string } `json:"request"`
		Response struct {
			Status int `json:"status_code"`
		} `json:"response"`
	} `json:"http"`
	URL    struct{ Domain, Original string } `json:"url"`
	Rule   *struct{ ID, Name string }        `json:"rule"`
	Error  struct{ Message string }          `json:"error"`
	Lachan struct {
		Score   int `json:"score"`
		Finding *struct {
			Kind, Element, Host, Target string
			Reasons                     []string
			Count                       int
		} `json:"finding"`
		Fold struct{ Count uint64 } `json:"fold"`
	} `json:"lachan"`
}

func parseLine(raw []byte) (*line, error) {
	e := new(line)
	if err := json.Unmarshal(raw, e); err != nil {
		return nil, err
	}
	return e, nil
}

// Readable is an event's line for an operator's eyes, with ANSI colours or
// without; zone is that of the time, nil: local. What is no event comes after a
// question mark. Nothing in it reaches a terminal as a control code.
func Readable(raw []byte, color bool, zone *time.Location) string {
	e, err := parseLine(raw)
	if err != nil {
		return "? " + onTerminal(string(raw), maxShown)
	}
	return e.render(color, zone)
}

// Harmless is a text as a terminal may get it: controls and direction overrides
// are shown, as \u001b, not obeyed.
func Harmless(s string) string {
	if plain(s) {
		return s
	}
	return onTerminal(s, math.MaxInt)
}

// How much of a hostile field a line shows.
const (
	maxShown      = 200
	maxShownShort = 64
)

// render is the event for an operator's eyes:
//
//	2026-11-22 03:04:05 block    portal 203.0.113.7 GET /tim-kiem?q=1… → 942100 SQL Injection (score 15) [403] 01KB…
func (e *line) render(color bool, zone *time.Location) string {
	if zone == nil {
		zone = time.Local
	}
	var b strings.Builder
	b.WriteString(e.Time.In(zone).Format("2006-01-02 15:04:05 "))
	b.WriteString(e.action(color))
	for _, word := range []string{
		onTerminal(e.Service.Name, maxShownShort),
		onTerminal(e.client(), maxShownShort),
		onTerminal(e.HTTP.Request.Method, maxShownShort),
		onTerminal(e.URL.Original, maxShown),
		e.arrow(),
		e.alike(),
		e.what(),
		e.status(),
		onTerminal(e.HTTP.Request.ID, maxShownShort),
	} {
		if word != "" {
			b.WriteByte(' ')
			b.WriteString(word)
		}
	}
	return b.String()
}

func (e *line) client() string {
	if ip := net.ParseIP(e.Source.IP); ip != nil {
		return ip.String()
	}
	return e.Source.IP
}

// action is padded to the longest one that tells of a request, then coloured.
func (e *line) action(color bool) string {
	name := onTerminal(e.Event.Action, maxShownShort)
	name += strings.Repeat(" ", max(0, len(Redirect)-len(name)))
	if !color {
		return name
	}
	return "\x1b[" + sgr(Action(e.Event.Action)) + "m" + name + "\x1b[0m"
}

// sgr is the colour (ECMA-48, "select graphic rendition"): red for what was
// refused, magenta for what was taken out, yellow for what went on, cyan for the rest.
func sgr(a Action) string {
	switch a {
	case Block, Deny:
		return "31"
	case Strip, Redirect:
		return "35"
	case Detect, Fold:
		return "33"
	case Gap:
		return "1;37;41"
	}
	return "36"
}

func (e *line) arrow() string {
	if e.URL.Original == "" {
		return ""
	}
	return "→"
}

// alike says of a fold how many events it stands for.
func (e *line) alike() string {
	if e.Lachan.Fold.Count == 0 {
		return ""
	}
	return strconv.FormatUint(e.Lachan.Fold.Count, 10) + " alike:"
}

// what says which rule, or which element.
func (e *line) what() string {
	f := e.Lachan.Finding
	switch {
	case f != nil:
		return e.finding()
	case e.Rule != nil:
		text := strings.TrimSpace(e.Rule.ID + " " + e.Rule.Name)
		return onTerminal(text, maxShown) + " (score " + strconv.Itoa(e.Lachan.Score) + ")"
	}
	text := e.Event.Reason // the message would repeat the action
	if text == "" {
		text = e.Message
	}
	if e.Error.Message != "" {
		text += ": " + e.Error.Message
	}
	return onTerminal(text, maxShown)
}

func (e *line) finding() string {
	f := e.Lachan.Finding
	words := []string{f.Kind}
	if f.Element != "" {
		words = append(words, "<"+f.Element+">")
	}
	if f.Host != "" {
		words = append(words, f.Host)
	} else {
		words = append(words, f.Target)
	}
	if len(f.Reasons) > 0 {
		words = append(words, "("+strings.Join(f.Reasons, ", ")+")")
	}
	if n := times(f.Count); n != "" {
		words = append(words, n)
	}
	return onTerminal(strings.Join(words, " "), maxShown)
}

func (e *line) status() string {
	if e.HTTP.Response.Status == 0 {
		return ""
	}
	return "[" + strconv.Itoa(e.HTTP.Response.Status) + "]"
}

// onTerminal makes s harmless to a terminal and at most limit bytes long:
// controls and direction overrides are shown, not obeyed.
func onTerminal(s string, limit int) string {
	var b strings.Builder
	for i, r := range s {
		piece := string(r)
		if r < 0x20 || notation.Deceptive(r) {
			piece = `\u` + hex(r, 4)
		}
		if b.Len() > limit-len(piece)-len(ellipsis) && i+utf8.RuneLen(r) < len(s) {
			b.WriteString(ellipsis)
			break
		}
		b.WriteString(piece)
	}
	return b.String()
}
