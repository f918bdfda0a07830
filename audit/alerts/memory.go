package alerts

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

// memory is what outlives a restart: how far the trail was read, and when each
// site was last found infected.
type memory struct {
	Seq  uint64               `json:"seq"`
	Seen map[string]time.Time `json:"seen"`
	path string
	// begun is when a site was found infected after it had been clean.
	begun map[string]time.Time
}

func loadMemory(folder string) (*memory, bool, error) {
	m := &memory{Seen: map[string]time.Time{}, begun: map[string]time.Time{}, path: filepath.Join(folder, "alerts.json")}
	text, err := os.ReadFile(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return m, false, nil
	}
	if err == nil {
		err = json.Unmarshal(text, m)
	}
	if err != nil {
		return nil, false, fmt.Errorf("%s: %w", m.path, err)
	}
	if m.Seen == nil {
		m.Seen = map[string]time.Time{}
	}
	return m, true, nil
}

// fresh notes what was found on a site, and tells whether it is news: the first
// after a time without, and what comes with it.
func (m *memory) fresh(e *event) bool {
	if e.Lachan.Finding == nil {
		return false
	}
	site, at := e.Service.Name, e.Time
	last, known := m.Seen[site]
	if at.After(last) {
		m.Seen[site] = at
	}
	if !known || at.Sub(last) > freshAfter {
		m.begun[site] = at
		return true
	}
	begun, known := m.begun[site]
	return known && at.Sub(begun) < settleTime
}

// save replaces the file as a whole.
func (m *memory) save() error {
	text, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return statefile.Write(m.path, append(text, '\n'))
}
