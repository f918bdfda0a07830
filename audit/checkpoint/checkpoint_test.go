package checkpoint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lachan-waf/lachan/audit/chain"
)

func example() Checkpoint {
	return Checkpoint{
		Host: "cms01.example", Head: chain.Head{Seq: 7, Hash: chain.Hash{1, 2, 3}},
		Time: time.Date(2026, 11, 26, 3, 4, 5, 678000, time.UTC),
	}
}

func TestNotesReadBack(t *testing.T) {
	folder := t.TempDir()
	key, err := OpenKey(folder, "cms01.example")
	if err != nil {
		t.Fatal(err)
	}
	again, err := OpenKey(folder, "renamed.example") // the key outlives the name
	if err != nil || again.Public() != key.Public() {
		t.Fatalf("%v, %v", again, err)
	}
	signed, err := again.Sign(example())
	if err != nil {
		t.Fatal(err)
	}
	got, err := Open(signed, key.Public())
	if diff := cmp.Diff(example(), got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if got, err = Unverified(signed); err != nil || got != example() {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestForeignAndAlteredNotesAreRefused(t *testing.T) {
	key, err1 := OpenKey(t.TempDir(), "a b+c")
	other, err2 := OpenKey(t.TempDir(), "a b+c")
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	signed, err := key.Sign(example())
	if err != nil {
		t.Fatal(err)
	}
	for name, note := range map[string]struct{ text, public string }{
		"other key": {signed, other.Public()},
		"altered":   {strings.Replace(signed, "seq 7", "seq 8", 1), key.Public()},
		"cut":       {signed[:len(signed)/2], key.Public()},
		"empty":     {"", key.Public()},
		"no key":    {signed, "nothing"},
	} {
		if c, err := Open(note.text, note.public); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestHalvesOfTwoKeysAreRefused(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	for _, folder := range []string{a, b} {
		if _, err := OpenKey(folder, "x"); err != nil {
			t.Fatal(err)
		}
	}
	public, err := os.ReadFile(filepath.Join(b, publicFile))
	if err == nil {
		err = os.WriteFile(filepath.Join(a, publicFile), public, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKey(a, "x"); err == nil || !strings.Contains(err.Error(), "not of one key") {
		t.Errorf("%v", err)
	}
	if info, err := os.Stat(filepath.Join(a, privateFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}
