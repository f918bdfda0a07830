package formats

import (
	"errors"
	"fmt"

	"github.com/lachan-waf/lachan/audit/notation"
)

// Format is the name of a format, as the configuration has it.
type Format string

// The formats; the package comment says what each is.
const (
	ECS     Format = "ecs"
	CEF     Format = "cef"
	LEEF    Format = "leef"
	OCSF    Format = "ocsf"
	Wazuh   Format = "wazuh"
	RFC5424 Format = "rfc5424"
)

// Config says how messages are to be. The zero value is bare messages of any length.
type Config struct {
	// Syslog puts each message behind a header by RFC 5424. Messages of the
	// format rfc5424 have it always.
	Syslog bool
	// Facility is that of the header's priority (RFC 5424, table 1). 0, the
	// kernel's, stands for 13, "log audit".
	Facility int
	// MaxBytes is the most that a message may take, header included: 0, or
	// MinBytes and more. 0 is DefaultSyslogBytes with a header, and no limit without.
	MaxBytes int
}

const (
	// MinBytes is what each receiver of syslog must take (RFC 5425, 4.3.1).
	MinBytes = 2048
	// DefaultSyslogBytes is what each receiver of syslog should take (RFC 5425, 4.3.1).
	DefaultSyslogBytes = 8192

	facilityAudit = 13
)

// ErrTooLong is returned for a line whose identifiers alone are more than
// MaxBytes, which none of the trail's are.
var ErrTooLong = errors.New("the event does not fit into a message, however much is left out")

// Formatter turns lines into messages. It keeps what it works with from one
// line to the next, and is therefore not safe for concurrent use.
type Formatter interface {
	// Append adds one message to dst, without framing and without a newline. A
	// line that is no event of the trail is an error that says where and why,
	// and dst is returned as it was.
	Append(dst, line []byte) ([]byte, error)
}

// formatter is a Formatter: a way to write an event, and the event it reads into.
type formatter struct {
	write func(dst []byte, e *event) []byte
	limit int
	event event
}

// New returns a Formatter for f.
func New(f Format, cfg Config) (Formatter, error) {
	body, known := bodies[f]
	switch {
	case !known:
		return nil, fmt.Errorf("formats: no format %q", f)
	case cfg.MaxBytes != 0 && cfg.MaxBytes < MinBytes:
		return nil, fmt.Errorf("formats: messages of at most %d bytes: receivers take %d (RFC 5425), and less may not hold an event", cfg.MaxBytes, MinBytes)
	case cfg.Facility < 0 || cfg.Facility > 23:
		return nil, fmt.Errorf("formats: facility %d: RFC 5424 has 0 to 23", cfg.Facility)
	}
	if cfg.Facility == 0 {
		cfg.Facility = facilityAudit
	}
	if !cfg.Syslog && f != RFC5424 {
		return &formatter{write: body, limit: cfg.MaxBytes}, nil
	}
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = DefaultSyslogBytes
	}
	header := syslogHeader{facility: cfg.Facility, layout: notation.Time}
	if f == LEEF {
		header.layout = syslogTimeLEEF
	}
	if f != RFC5424 {
		header.data = "- " // no structured data
	}
	return &formatter{limit: cfg.MaxBytes, write: func(dst []byte, e *event) []byte {
		return body(header.append(dst, e), e)
	}}, nil
}

// bodies are the formats' writers: of the whole message, or of what follows
// the MSGID of a syslog header.
var bodies = map[Format]func(dst []byte, e *event) []byte{
	ECS:     appendECS,
	CEF:     appendCEF,
	LEEF:    appendLEEF,
	OCSF:    appendOCSF,
	Wazuh:   appendWazuh,
	RFC5424: appendStructured,
}

func (f *formatter) Append(dst, line []byte) ([]byte, error) {
	e := &f.event
	if err := e.read(line); err != nil {
		return dst, fmt.Errorf("formats: not an event: %w", err)
	}
	for i := 0; ; i++ {
		message := f.write(dst, e)
		switch {
		case f.limit == 0 || len(message)-len(dst) <= f.limit:
			return message, nil
		case i == len(cuts):
			return dst, fmt.Errorf("formats: event %.64s: %w", e.text("event.id"), ErrTooLong)
		}
		e.shorten(cuts[i])
	}
}
