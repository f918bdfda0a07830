package search

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/lachan-waf/lachan/audit"
)

// columns are the header of the CSV, and what a row needs of an event.
func columns() []string {
	return []string{
		"time", "action", "severity", "site", "client", "method", "status", "domain", "target",
		"rule", "rule_name", "rules", "score", "finding", "element", "host", "count", "message", "request_id", "event_id", "seq",
	}
}

type row struct {
	Time  string `json:"@timestamp"`
	Event struct {
		ID, Action string
		Severity   int
	}
	Message string
	Service struct{ Name string }
	Source  struct{ IP string }
	HTTP    struct {
		Request  struct{ ID, Method string }
		Response struct {
			Status int `json:"status_code"`
		}
	}
	URL    struct{ Domain, Original string }
	Rule   struct{ ID, Name string }
	Lachan struct {
		Rules   []string `json:"rule_ids"`
		Score   int
		Finding struct {
			Kind, Element, Host string
			Count               int
		}
		Fold  struct{ Count int }
		Gap   struct{ Count int }
		Chain struct{ Seq uint64 }
	}
}

func (r *row) cells() []string {
	l := &r.Lachan
	return []string{
		r.Time, r.Event.Action, strconv.Itoa(r.Event.Severity), r.Service.Name, r.Source.IP,
		r.HTTP.Request.Method, unlessZero(r.HTTP.Response.Status), r.URL.Domain, r.URL.Original,
		r.Rule.ID, r.Rule.Name, strings.Join(l.Rules, " "), unlessZero(l.Score),
		l.Finding.Kind, l.Finding.Element, l.Finding.Host, unlessZero(max(l.Finding.Count, l.Fold.Count, l.Gap.Count)),
		r.Message, r.HTTP.Request.ID, r.Event.ID, strconv.FormatUint(l.Chain.Seq, 10),
	}
}

func unlessZero(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// CSV writes events as rows (RFC 4180). No cell is a formula to a spreadsheet.
type CSV struct{ w *csv.Writer }

// NewCSV writes the header. bom goes before it for Excel, which takes a file
// without one for another encoding than UTF-8.
func NewCSV(w io.Writer, bom bool) (*CSV, error) {
	if bom {
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return nil, err
		}
	}
	c := &CSV{csv.NewWriter(w)}
	c.w.UseCRLF = true
	return c, c.w.Write(columns())
}

// Write adds the event of a line. One that somebody has altered so that it can
// no longer be read stands in its row as a message.
func (c *CSV) Write(line []byte) error {
	var r row
	var mistyped *json.UnmarshalTypeError // the other members are read
	if err := json.Unmarshal(line, &r); err != nil && !errors.As(err, &mistyped) {
		r = row{Message: string(line)}
	}
	cells := r.cells()
	for i, cell := range cells {
		cells[i] = cellText(cell)
	}
	return c.w.Write(cells)
}

// Flush writes what is buffered.
func (c *CSV) Flush() error {
	c.w.Flush()
	return c.w.Error()
}

// cellText keeps a cell from being a formula, with the apostrophe by which
// spreadsheets know a text (OWASP, "CSV Injection"), and from being a control
// code where the CSV goes to a terminal.
func cellText(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(s[:min(len(s), 4)])[0]) {
		s = "'" + s
	}
	return audit.Harmless(s)
}
