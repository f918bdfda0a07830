package policies

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// Baseline holds what a site's owner has approved. It is immutable and safe
// for concurrent use; nil and the zero value approve nothing.
type Baseline struct {
	scripts       map[[sha256.Size]byte]struct{}
	verifications map[string]struct{}
	sum           [sha256.Size]byte // of the file
}

// baselineFile is the form of a baseline on disk.
type baselineFile struct {
	// Scripts are the SHA-256 hashes, in hex, of approved inline scripts.
	Scripts []digest `yaml:"scripts"`
	// Verifications are the tokens by which the owner has proved to search
	// engines whose site it is: what stands as content in the meta element.
	Verifications []string `yaml:"verifications"`
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
//	verifications:
//	  - KTZ2q0_example-token
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
	b := &Baseline{
		make(map[[sha256.Size]byte]struct{}, len(content.Scripts)),
		make(map[string]struct{}, len(content.Verifications)),
		sha256.Sum256(data),
	}
	for _, sum := range content.Scripts {
		b.scripts[sum] = struct{}{}
	}
	for _, token := range content.Verifications {
		b.verifications[token] = struct{}{}
	}
	return b, nil
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

// KnowsScript says whether the script with this SHA-256 is approved.
func (b *Baseline) KnowsScript(sum [sha256.Size]byte) bool {
	if b == nil {
		return false
	}
	_, ok := b.scripts[sum]
	return ok
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
