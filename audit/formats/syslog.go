package formats

import "strconv"

// Enterprise is the private enterprise number in the name of the structured
// data (RFC 5424, 7.2.2). 32473 is reserved for examples in documentation (RFC 5612):
// Lachan has none of its own. Who builds with another replaces it here;
// receivers look for lachan@ and this number.
const Enterprise = "32473"

const (
	maxHostname = 255 // RFC 5424, 6
	maxMsgID    = 32
	maxSDName   = 32

	// syslogTimeLEEF has the three places that QRadar looks for.
	syslogTimeLEEF = "2006-01-02T15:04:05.000Z"
)

// syslogHeader writes what stands before a message (RFC 5424, 6):
//
//	<108>1 2026-11-21T20:04:05.678900Z vps1 lachan - block -
//
// There is no PROCID: the trail does not keep numbers of processes.
type syslogHeader struct {
	facility int
	layout   string
	data     string // the structured data, if it is the same for all
}

func (h syslogHeader) append(dst []byte, e *event) []byte {
	dst = append(dst, '<')
	dst = strconv.AppendInt(dst, int64(h.facility*8+syslogSeverity(e.severity)), 10)
	dst = append(dst, ">1 "...)
	dst = e.time.AppendFormat(dst, h.layout)
	dst = append(dst, ' ')
	dst = printable(dst, e.text("observer.hostname"), maxHostname)
	dst = append(dst, " lachan - "...)
	dst = printable(dst, e.text("event.action"), maxMsgID)
	dst = append(dst, ' ')
	return append(dst, h.data...)
}

// syslogSeverity takes the trail's scale (21, 47, 73, 99) to RFC 5424's, table 2:
// notice, warning, error, critical; and below it informational.
func syslogSeverity(severity int) int {
	switch {
	case severity >= 90:
		return 2
	case severity >= 70:
		return 3
	case severity >= 40:
		return 4
	case severity >= 20:
		return 5
	}
	return 6
}

// paramEscapes are those of RFC 5424, 6.3.3. A line break may stand in a value
// by the letter of it, but not in a message that a newline ends (RFC 6587, 3.4.2).
var paramEscapes = escaping{special: `"\]`}

// appendStructured writes the fields as structured data and the message as
// the text. The first parameter is what makes the receiver's store unique.
func appendStructured(dst []byte, e *event) []byte {
	dst = append(dst, "[lachan@"+Enterprise...)
	for i := range e.fields {
		if f := &e.fields[i]; f.name != "message" && f.name != "@timestamp" {
			dst = appendParam(dst, f)
		}
	}
	dst = append(dst, ']')
	message := e.text("message")
	if len(message) == 0 {
		return dst
	}
	dst = append(dst, ' ')
	if !ascii(message) {
		dst = append(dst, "\ufeff"...) // RFC 5424, 6.4: or it would not be UTF-8
	}
	return escaping{}.append(dst, message)
}

func appendParam(dst []byte, f *field) []byte {
	text := f.text
	if f.kind == listField {
		text = join(f.list) // most readers keep one of several parameters of a name
	}
	dst = append(dst, ' ')
	dst = append(dst, f.name[:min(len(f.name), maxSDName)]...)
	dst = append(dst, `="`...)
	return append(paramEscapes.append(dst, text), '"')
}

func ascii(text []byte) bool {
	for _, c := range text {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
