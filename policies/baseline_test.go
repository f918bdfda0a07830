package policies

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestBaseline(t *testing.T) {
	known, other := sha256.Sum256([]byte("test")), sha256.Sum256([]byte("other"))
	file := filepath.Join(t.TempDir(), "baseline.yaml")
	writeFile(t, file, fmt.Sprintf("scripts:\n  - %x\n  - %X # the menu\nverifications: [KTZ2q0]\n", known, known))
	b, err := LoadBaseline(file)
	if err != nil || !b.KnowsScript(known) || b.KnowsScript(other) || b.KnowsScript([sha256.Size]byte{}) {
		t.Errorf("= %v, %v", b, err)
	}
	if !b.ListsVerifications() || !b.KnowsVerification("KTZ2q0") || b.KnowsVerification("ktz2q0") {
		t.Errorf("verifications of %v", b)
	}
	for _, b := range []*Baseline{nil, {}} {
		if b.ListsVerifications() || b.KnowsVerification("") {
			t.Errorf("%v lists a verification", b)
		}
	}
	if (*Baseline)(nil).KnowsScript(known) || (&Baseline{}).KnowsScript(known) {
		t.Error("an empty baseline knows a script")
	}
}

func TestBadBaselines(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "b.yaml: empty",
		"script: []":       `b.yaml:1:1: script: unknown key: did you mean "scripts"?`,
		"scripts: abc":     "b.yaml:1:10: scripts: expected a list, found text",
		"scripts: [abc]":   `b.yaml:1:11: scripts[0]: "abc" is not a SHA-256 hash`,
		"scripts: [12345]": `b.yaml:1:11: scripts[0]: "12345" is not a SHA-256 hash`,
		"scripts: [" + strings.Repeat("g", 64) + "]": `is not a SHA-256 hash`,
		"scripts: [~]":                           "scripts[0]: expected text, found no value",
		"files: []":                              "b.yaml:1:8: files: expected keys and values, found a list",
		"files: {/a.js: [{size: 0, sha256: x}]}": `"0" is not a number of bytes`,
		"files: {/a.js: [{size: 9}]}":            `sha256: missing`,
		"files: {/a.js: [], /a.js: []}":          "b.yaml:1:20",
	} {
		if _, err := parseBaseline("b.yaml", []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestBaselineOfASite(t *testing.T) {
	dir := t.TempDir()
	cfg, site := Default(), DefaultSite()
	cfg.StateDir, site.Name = dir, "portal"
	if b, err := cfg.LoadBaseline(&site); err != nil || b == nil {
		t.Errorf("missing at the default path: %v, %v", b, err)
	}
	sum := sha256.Sum256(nil)
	writeFile(t, filepath.Join(dir, "portal", "baseline.yaml"), fmt.Sprintf("scripts: [%x]\n", sum))
	if b, err := cfg.LoadBaseline(&site); err != nil || !b.KnowsScript(sum) {
		t.Errorf("at the default path: %v, %v", b, err)
	}
	site.Response.Baseline = filepath.Join(dir, "named.yaml")
	if _, err := cfg.LoadBaseline(&site); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing where the configuration says: %v", err)
	}
}

func TestBaselineOfFiles(t *testing.T) {
	short, long := sha256.Sum256([]byte("a()")), sha256.Sum256([]byte("a();b()"))
	b, err := parseBaseline("b.yaml", []byte(fmt.Sprintf("files:\n  /a.js:\n    - {size: 3, sha256: %x}\n    - {size: 7, sha256: %x}\n", short, long)))
	if err != nil {
		t.Fatal(err)
	}
	want := []FileVersion{{7, long}, {3, short}}
	if diff := cmp.Diff(want, b.Files("/a.js")); diff != "" {
		t.Error(diff)
	}
	if b.Files("/b.js") != nil || (*Baseline)(nil).Files("/a.js") != nil {
		t.Error("versions of an unknown file")
	}
}
