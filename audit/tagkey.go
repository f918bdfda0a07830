package audit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lachan-waf/lachan/audit/statefile"
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
	return key, statefile.Write(path, key)
}
