package evidence

import (
	"encoding/json"
	"time"
)

// Record is the JSON file beside a document.
type Record struct {
	Time      time.Time `json:"time"` // when the response began
	Site      string    `json:"site"`
	RequestID string    `json:"request_id"`
	URL       string    `json:"url"` // without its query
	// Complete is false where the origin broke off or the visitor left: sizes
	// and hashes are then of what was seen.
	Complete bool `json:"complete"`
	// Findings is how many there were, Offsets where the first thousand of
	// them began in the document before; where the site minifies, in its
	// minified form, which is not kept.
	Findings int     `json:"findings"`
	Offsets  []int64 `json:"offsets"`
	Before   Side    `json:"before"`
	After    Side    `json:"after"`
}

// Side is one of a Record's documents. Size and SHA256 are of the whole;
// where Truncated is true the file holds only the first Kept bytes of it.
type Side struct {
	File      string `json:"file"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
	Kept      int    `json:"kept"`
	Truncated bool   `json:"truncated"`
}

func (d *Document) record() Record {
	name := d.name()
	return Record{
		Time: d.at.UTC(), Site: d.about.Site, RequestID: d.about.RequestID, URL: d.about.URL,
		Complete: d.complete, Findings: d.findings, Offsets: d.offsets,
		Before: d.before.record(name + suffixBefore), After: d.after.record(name + suffixAfter),
	}
}

func (d *side) record(file string) Side {
	return Side{File: file, Size: d.size, SHA256: d.hex(), Kept: d.kept, Truncated: int64(d.kept) < d.size}
}

// name sorts by time, to the millisecond.
func (d *Document) name() string {
	return d.at.UTC().Format("20060102T150405.000Z") + "-" + d.about.RequestID
}

// pair is what makes two documents the same.
type pair struct{ before, after string }

func (r *Record) pair() pair { return pair{r.Before.SHA256, r.After.SHA256} }

func (r *Record) json() ([]byte, error) {
	text, err := json.MarshalIndent(r, "", "  ")
	return append(text, '\n'), err
}
