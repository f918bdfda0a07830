package checkpoint

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// IsPublic tells a verifier key from a file's name.
func IsPublic(text string) bool {
	_, err := note.NewVerifier(strings.TrimSpace(text))
	return err == nil
}

// maxNoteLine bounds a line of a file of checkpoints.
const maxNoteLine = 64 << 10

// ReadAll returns the signed notes of a file: as they are, one after the other,
// or in events of the trail, one JSON object on a line, as a SOC has them. Other
// events are passed over.
func ReadAll(r io.Reader) (notes []string, err error) {
	var text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			notes = append(notes, text.String())
			text.Reset()
		}
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxNoteLine)
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSuffix(lines.Bytes(), []byte{'\r'})
		switch {
		case bytes.HasPrefix(line, []byte{'{'}):
			flush()
			signed, err := inEvent(line)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			if signed != "" {
				notes = append(notes, signed)
			}
			continue
		case string(line) == format:
			flush()
		case text.Len() == 0 && len(line) > 0:
			return nil, fmt.Errorf("line %d: %w", n, errShape)
		case text.Len() == 0:
			continue
		case text.Len() > maxNoteLine:
			return nil, fmt.Errorf("line %d: %w", n, errShape)
		}
		text.Write(line)
		text.WriteByte('\n')
	}
	flush()
	if err := lines.Err(); err != nil {
		return nil, errors.Join(errShape, err)
	}
	return trimmed(notes), nil
}

func inEvent(line []byte) (string, error) {
	if !bytes.Contains(line, []byte(`"checkpoint"`)) {
		return "", nil
	}
	var e struct {
		Lachan struct {
			Checkpoint struct{ Note string } `json:"checkpoint"`
		} `json:"lachan"`
	}
	err := json.Unmarshal(line, &e)
	return e.Lachan.Checkpoint.Note, err
}

// trimmed takes off the empty lines between notes.
func trimmed(notes []string) []string {
	for i, n := range notes {
		notes[i] = strings.TrimRight(n, "\n") + "\n"
	}
	return notes
}
