package checkpoint

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func TestNotesOfAFile(t *testing.T) {
	key, err := OpenKey(t.TempDir(), "x")
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	for range 3 {
		signed, err := key.Sign(example())
		if err != nil {
			t.Fatal(err)
		}
		notes = append(notes, signed)
	}
	event := func(note string) string {
		text, err := json.Marshal(map[string]any{"event": map[string]any{"action": "checkpoint"}, "lachan": map[string]any{"checkpoint": map[string]any{"note": note}}})
		if err != nil {
			t.Fatal(err)
		}
		return string(text) + "\n"
	}
	for name, text := range map[string]string{
		"one after the other": strings.Join(notes, ""),
		"with empty lines":    "\n" + strings.Join(notes, "\n\n"),
		"as of Windows":       strings.ReplaceAll(strings.Join(notes, "\n"), "\n", "\r\n"),
		"in events":           event(notes[0]) + `{"event":{"action":"block"}}` + "\n" + event(notes[1]) + event(notes[2]),
		"both":                notes[0] + event(notes[1]) + notes[2],
	} {
		got, err := ReadAll(iotest.OneByteReader(strings.NewReader(text)))
		if err != nil || !slices.Equal(got, notes) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		for _, note := range got {
			if c, err := Open(note, key.Public()); err != nil || c != example() {
				t.Errorf("%s: %+v, %v", name, c, err)
			}
		}
	}
	for _, text := range []string{"hello\n", `{"checkpoint":` + "\n", format + "\n" + strings.Repeat("x\n", maxNoteLine), strings.Repeat("x", 2*maxNoteLine)} {
		if got, err := ReadAll(strings.NewReader(text)); err == nil {
			t.Errorf("%.40q: %d notes", text, len(got))
		}
	}
	if got, err := ReadAll(strings.NewReader("")); err != nil || len(got) != 0 {
		t.Errorf("of nothing: %q, %v", got, err)
	}
}

func TestKeysAreToldFromFiles(t *testing.T) {
	key, err := OpenKey(t.TempDir(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if !IsPublic(key.Public()+"\n") || IsPublic("checkpoint.pub") || IsPublic("") {
		t.Error("taken for the other")
	}
}

func FuzzReadAll(f *testing.F) {
	f.Add(format + "\nhost x\nseq 1\n\n— x y\n" + format + "\n")
	f.Add(`{"lachan":{"checkpoint":{"note":"x"}}}` + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		notes, err := ReadAll(strings.NewReader(text))
		if err != nil {
			return
		}
		if len(notes) > strings.Count(text, "\n")+1 {
			t.Errorf("%d notes in %q", len(notes), text)
		}
		for _, note := range notes {
			_, _ = Unverified(note)
		}
	})
}
