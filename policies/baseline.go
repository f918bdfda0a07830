package policies

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
)

// Baseline holds what a site's owner has approved. It is immutable and safe
// for concurrent use; nil and the zero value approve nothing.
type Baseline struct {
	scripts       map[[sha256.Size]byte]struct{}
	fingerprints  map[[sha256.Size]byte]struct{}
	verifications map[string]struct{}
	files         map[string][]FileVersion
	sum           [sha256.Size]byte // of the file
}

// baselineFile is the form of a baseline on disk.
type baselineFile struct {
	// Scripts are the SHA-256 hashes, in hex, of approved inline scripts.
	Scripts []digest `yaml:"scripts"`
	// Fingerprints, in hex, approve inline scripts that differ in data only.
	Fingerprints []digest `yaml:"fingerprints"`
	// Verifications are the tokens by which the owner has proved to search
	// engines whose site it is: what stands as content in the meta element.
	Verifications []string `yaml:"verifications"`
	// Files are the approved versions of script files, by the path in their URL.
	Files map[string][]fileVersion `yaml:"files"`
}

// digest is a SHA-256 hash written in hex.
type digest [sha256.Size]byte

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *digest) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(d)) {
		return fmt.Errorf("%s is not a SHA-256 hash of 64 hexadecimal digits", quote(string(text)))
	}
	if _, err := hex.Decode(d[:], text); err != nil {
		return fmt.Errorf("%s is not a SHA-256 hash of 64 hexadecimal digits", quote(string(text)))
	}
	return nil
}

// LoadBaseline reads a baseline file:
//
//	scripts:
//	  - 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//	fingerprints:
//	  - 60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752
//	verifications:
//	  - KTZ2q0_example-token
//	files:
//	  /wp-includes/js/jquery/jquery.min.js:
//	    - {size: 89521, sha256: a6f3f0faea4b3d48e03176341bef0ed3151ffbf226d4c6635f1c6039c0500575}
//
// `lachan approve` writes one.
//
// A missing file is an error that wraps fs.ErrNotExist. Where a baseline need
// not exist, use Config.LoadBaseline.
func LoadBaseline(path string) (*Baseline, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("read baseline: %w", err)
	}
	return parseBaseline(path, data)
}

func parseBaseline(file string, data []byte) (*Baseline, error) {
	var content baselineFile
	if d := decode(file, data, &content); len(d.problems) > 0 {
		return nil, d.problems.err()
	}
	b := &Baseline{setOf(content.Scripts), setOf(content.Fingerprints), make(map[string]struct{}), versionsOf(content.Files), sha256.Sum256(data)}
	for _, token := range content.Verifications {
		b.verifications[token] = struct{}{}
	}
	return b, nil
}

func setOf(digests []digest) map[[sha256.Size]byte]struct{} {
	set := make(map[[sha256.Size]byte]struct{}, len(digests))
	for _, sum := range digests {
		set[sum] = struct{}{}
	}
	return set
}

// BaselinePath returns where the baseline of s is, or would be.
func (c *Config) BaselinePath(s *Site) string {
	if s.Response.Baseline != "" {
		return s.Response.Baseline
	}
	return filepath.Join(c.StateDir, s.Name, "baseline.yaml")
}

// LoadBaseline reads the baseline of s. It is empty where the configuration
// names no file and there is none at the default path.
func (c *Config) LoadBaseline(s *Site) (*Baseline, error) {
	b, err := LoadBaseline(c.BaselinePath(s))
	if s.Response.Baseline == "" && errors.Is(err, fs.ErrNotExist) {
		return &Baseline{}, nil
	}
	return b, err
}

// Sum identifies the content of the file; it is zero for an empty baseline.
func (b *Baseline) Sum() [sha256.Size]byte {
	if b == nil {
		return [sha256.Size]byte{}
	}
	return b.sum
}

// HasScripts says whether any is approved.
func (b *Baseline) HasScripts() bool { return b != nil && len(b.scripts) > 0 }

// KnowsScript says whether the script with this SHA-256 is approved.
func (b *Baseline) KnowsScript(sum [sha256.Size]byte) bool {
	if b == nil {
		return false
	}
	_, ok := b.scripts[sum]
	return ok
}

// HasFingerprints says whether any is approved: reading a script for its
// fingerprint costs ten times what its hash does.
func (b *Baseline) HasFingerprints() bool { return b != nil && len(b.fingerprints) > 0 }

// KnowsFingerprint says whether scripts with this fingerprint are approved.
func (b *Baseline) KnowsFingerprint(sum [sha256.Size]byte) bool {
	if b == nil {
		return false
	}
	_, ok := b.fingerprints[sum]
	return ok
}

// Scripts returns the hashes of the approved scripts, in order.
func (b *Baseline) Scripts() [][sha256.Size]byte {
	if b == nil {
		return nil
	}
	return sorted(b.scripts)
}

// Fingerprints returns the approved fingerprints, in order.
func (b *Baseline) Fingerprints() [][sha256.Size]byte {
	if b == nil {
		return nil
	}
	return sorted(b.fingerprints)
}

// Verifications returns the approved tokens, in order.
func (b *Baseline) Verifications() []string {
	if b == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(b.verifications))
}

func sorted(set map[[sha256.Size]byte]struct{}) [][sha256.Size]byte {
	return slices.SortedFunc(maps.Keys(set), func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
}

// KnowsVerification says whether the token of a site verification is approved.
func (b *Baseline) KnowsVerification(token string) bool {
	if b == nil {
		return false
	}
	_, ok := b.verifications[token]
	return ok
}

// ListsVerifications says whether the baseline holds any: then no other token
// is the owner's.
func (b *Baseline) ListsVerifications() bool { return b != nil && len(b.verifications) > 0 }
