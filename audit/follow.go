package audit

import (
	"bytes"
	"context"
	"io"
	"os"
	"time"
)

// pollInterval is how soon a new event shows. The file is polled, not watched:
// one mechanism sees growth, truncation, rotation and a file that is yet to
// come, also on network file systems and bind mounts, where inotify is blind.
const pollInterval = 200 * time.Millisecond

func pause(ctx context.Context) error {
	timer := time.NewTimer(pollInterval)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// follow shows what is appended, until ctx ends.
func (t *tailer) follow(ctx context.Context) error {
	for {
		if err := pause(ctx); err != nil {
			return err
		}
		if err := t.truncated(); err != nil {
			return err
		}
		rotated := t.rotated()
		if err := t.catchUp(ctx); err != nil {
			return err
		}
		if !rotated {
			continue
		}
		t.close()
		t.lines.reset()
		if err := t.open(ctx); err != nil {
			return err
		}
		if err := t.catchUp(ctx); err != nil {
			return err
		}
	}
}

// rotated reports whether another file has the path and is written to. A new
// one that is still empty says nothing: logrotate creates it before Lachan
// lets go of the old one, which may still grow.
func (t *tailer) rotated() bool {
	there, err := os.Stat(t.path)
	if err != nil {
		return false
	}
	mine, err := t.file.Stat()
	return err == nil && !os.SameFile(mine, there) && there.Size() > 0
}

// truncated copes with a file that became shorter: emptied (copytruncate), or
// rid of a half-written line, of which nothing has been shown.
func (t *tailer) truncated() error {
	info, err := t.file.Stat()
	if err != nil || info.Size() >= t.offset {
		return err
	}
	if back := t.offset - info.Size(); back <= int64(len(t.lines.partial)) && !t.lines.skipping {
		t.offset -= back
		t.lines.partial = t.lines.partial[:len(t.lines.partial)-int(back)]
		return nil
	}
	t.offset = 0
	t.lines.reset()
	return nil
}

// catchUp shows all whole lines up to the end of the file.
func (t *tailer) catchUp(ctx context.Context) error {
	block := make([]byte, 64<<10)
	for ctx.Err() == nil {
		n, err := t.file.ReadAt(block, t.offset)
		t.offset += int64(n)
		if err := t.lines.feed(block[:n], t.show); err != nil {
			return err
		}
		if err == io.EOF || n == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// lineReader splits what it is fed into lines. One that is longer than any of
// ours is skipped.
type lineReader struct {
	partial  []byte
	skipping bool
}

func (r *lineReader) reset() { r.partial, r.skipping = r.partial[:0], false }

func (r *lineReader) feed(b []byte, show func([]byte) error) error {
	for len(b) > 0 {
		piece, rest, whole := bytes.Cut(b, []byte{'\n'})
		r.take(piece)
		if !whole {
			return nil
		}
		b = rest
		skipped := r.skipping
		text := r.partial
		r.reset()
		if skipped {
			continue
		}
		if err := show(text); err != nil {
			return err
		}
	}
	return nil
}

func (r *lineReader) take(piece []byte) {
	if r.skipping || len(r.partial)+len(piece) > 2*maxLine {
		r.partial, r.skipping = r.partial[:0], true
		return
	}
	r.partial = append(r.partial, piece...)
}

// backward reads lines from the end of a file to its beginning.
type backward struct {
	file  io.ReaderAt
	at    int64  // where held starts
	held  []byte // read, not yet returned
	begun bool
}

// line returns the line before the last one returned, and where it starts. It
// is valid until the next call; io.EOF means that there is none.
func (b *backward) line() ([]byte, int64, error) {
	for {
		if i := bytes.LastIndexByte(b.held, '\n'); i >= 0 {
			text := b.held[i+1:]
			b.held = b.held[:i]
			if b.begun {
				return text, b.at + int64(i) + 1, nil
			}
			b.begun = true // what follows the last newline is no whole line
			continue
		}
		if b.at == 0 {
			return b.first()
		}
		if err := b.fill(); err != nil {
			return nil, 0, err
		}
	}
}

func (b *backward) first() ([]byte, int64, error) {
	if !b.begun || len(b.held) == 0 {
		return nil, 0, io.EOF
	}
	text := b.held
	b.held = nil
	return text, 0, nil
}

// fill prepends a block. A line without an end in sight is forgotten from its
// tail on, as lineReader skips it.
func (b *backward) fill() error {
	size := min(b.at, 64<<10)
	if len(b.held) > 2*maxLine {
		b.held = b.held[:0]
	}
	block := make([]byte, int(size)+len(b.held))
	if n, err := b.file.ReadAt(block[:size], b.at-size); int64(n) < size {
		return err
	}
	copy(block[size:], b.held)
	b.held, b.at = block, b.at-size
	return nil
}
