package incident

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
)

// errChanged says that a later reading found other lines than the first.
var errChanged = errors.New("the trail changed while it was read, as when old files are removed: try again")

// copyEvents writes the site's lines as they stand in the trail.
func (c *Case) copyEvents(ctx context.Context, w io.Writer, s *survey) error {
	var number uint64
	copied, sum := 0, sha256.New()
	w = io.MultiWriter(w, sum)
	for line, err := range c.Lines {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("read the trail: %w", err)
		}
		number++
		if number < s.first {
			continue
		}
		if number > s.last {
			break
		}
		if e, err := readEvent(line); err != nil || !s.selects(e) {
			continue
		}
		copied++
		if err := writeLine(w, line); err != nil {
			return err
		}
	}
	if copied != s.events || !bytes.Equal(sum.Sum(nil), s.sum.Sum(nil)) {
		return errChanged
	}
	return nil
}

func writeLine(w io.Writer, line []byte) error {
	if _, err := w.Write(line); err != nil {
		return err
	}
	_, err := w.Write([]byte{'\n'})
	return err
}
