// Package statefile writes the small files that outlive a restart: keys, cursors,
// the last checkpoint.
package statefile

import (
	"errors"
	"os"
	"path/filepath"
)

// Write replaces the file as a whole, readable for its owner only, and makes its
// folder. A crash leaves the old content or the new, never half of it.
func Write(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	temporary := path + ".new"
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		os.Remove(temporary)
	}
	return err
}
