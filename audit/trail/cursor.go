package trail

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/lachan-waf/lachan/audit/statefile"
)

// Cursor says how far somebody has got with a trail, and how it goes. It is kept
// in a file of its own, so that a restart goes on where the last run ended.
type Cursor struct {
	Name string `json:"name"`
	// Seq is the last line that is delivered for good; 0: none yet.
	Seq uint64 `json:"seq"`
	// Sent is the last line handed over, delivered for good or not.
	Sent      uint64    `json:"sent,omitempty"`
	Delivered uint64    `json:"delivered"` // events, ever; resent ones count again
	Rejected  uint64    `json:"rejected,omitempty"`
	Updated   time.Time `json:"updated"`
	Error     string    `json:"error,omitempty"` // empty while it goes well
	Since     time.Time `json:"since,omitzero"`  // when the error began
}

func cursorFile(folder, name string) string { return filepath.Join(folder, "cursors", name+".json") }

// LoadCursor reads the cursor of that name. One that is not there yet has the
// zero values.
func LoadCursor(folder, name string) (Cursor, error) {
	c := Cursor{Name: name}
	text, err := os.ReadFile(cursorFile(folder, name))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	if err != nil {
		return Cursor{Name: name}, fmt.Errorf("trail: cursor %s: %w", cursorFile(folder, name), err)
	}
	c.Name = name
	return c, nil
}

// Save replaces the cursor's file as a whole.
func (c Cursor) Save(folder string) error {
	text, err := json.Marshal(c)
	if err == nil {
		err = statefile.Write(cursorFile(folder, c.Name), append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("trail: cursor: %w", err)
	}
	return nil
}
