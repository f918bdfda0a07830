package audit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	tagKeyFile = "redaction.key"
	tagKeySize = 32
)

// tagKey reads the key of the tags from the folder, or makes one. Losing it costs
// only that tags of before and after cannot be compared.
func tagKey(folder string) ([]byte, error) {
	path := filepath.Join(folder, tagKeyFile)
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeTagKey(path)
	}
	if err != nil {
		return nil, err
	}
	if len(key) != tagKeySize {
		return nil, fmt.Errorf("%s has %d bytes instead of %d: remove it, and a new one is made", path, len(key), tagKeySize)
	}
	return key, nil
}

func makeTagKey(path string) ([]byte, error) {
	key := make([]byte, tagKeySize)
	_, _ = rand.Read(key) // never fails
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	err := os.WriteFile(path+".new", key, 0o600)
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	return key, err
}
