package policies

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// FileVersion is one approved content of a file: how many bytes, and their
// hash. What a file holds behind them was added later.
type FileVersion struct {
	Size   int64
	SHA256 [sha256.Size]byte
}

// fileVersion is FileVersion on disk.
type fileVersion struct {
	Size   byteCount `yaml:"size" required:""`
	SHA256 digest    `yaml:"sha256" required:""`
}

// byteCount is an exact length.
type byteCount int64

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *byteCount) UnmarshalText(text []byte) error {
	v, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil || v <= 0 {
		return fmt.Errorf("%s is not a number of bytes", quote(string(text)))
	}
	*n = byteCount(v)
	return nil
}

func versionsOf(files map[string][]fileVersion) map[string][]FileVersion {
	out := make(map[string][]FileVersion, len(files))
	for path, versions := range files {
		for _, v := range versions {
			out[path] = append(out[path], FileVersion{int64(v.Size), v.SHA256})
		}
		slices.SortFunc(out[path], func(v, w FileVersion) int { return cmp.Compare(w.Size, v.Size) })
	}
	return out
}

// Files returns the approved versions of the file at path, the longest first.
func (b *Baseline) Files(path string) []FileVersion {
	if b == nil {
		return nil
	}
	return b.files[path]
}

// FilePaths returns the paths of the files that have approved versions, in order.
func (b *Baseline) FilePaths() []string {
	if b == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(b.files))
}
