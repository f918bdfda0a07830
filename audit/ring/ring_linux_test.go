package ring

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// reopened is what the next process finds: nothing of this one's is closed.
func reopened(t *testing.T, trail string) (*Ring, []Line) {
	t.Helper()
	r, lines, err := Open(trail)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.Commit(Mark{Ring: r.head().Load(), Lost: r.Lost().Count(), Aside: r.Aside().Count()})
		r.Close()
	})
	return r, lines
}

// TestKilled: whatever was put in and not done with is there again, in order,
// wherever the circle stood.
func TestKilled(t *testing.T) {
	trail := filepath.Join(t.TempDir(), "audit.jsonl")
	r, lines := reopened(t, trail)
	if len(lines) > 0 {
		t.Fatalf("a new ring holds %d lines", len(lines))
	}
	dice := rand.New(rand.NewPCG(1, 2))
	var waiting [][]byte
	var ends []uint64
	full := 0
	for round := range 20 {
		for range 1500 {
			line := fmt.Appendf(nil, "%d %s", dice.Uint64(), bytes.Repeat([]byte{'x'}, dice.IntN(4000)))
			end := r.Put(line)
			if end == 0 {
				full++
				continue
			}
			waiting, ends = append(waiting, line), append(ends, end)
		}
		if n := dice.IntN(len(ends) + 1); n > 0 {
			r.Commit(Mark{Ring: ends[n-1]})
			waiting, ends = waiting[n:], ends[n:]
		}
		_, got := reopened(t, trail)
		if len(got) != len(waiting) {
			t.Fatalf("round %d: %d lines, want %d", round, len(got), len(waiting))
		}
		for i := range got {
			if !bytes.Equal(got[i].Text, waiting[i]) || got[i].Place != ends[i] {
				t.Fatalf("round %d: line %d is %.40q at %d, want %.40q at %d", round, i, got[i].Text, got[i].Place, waiting[i], ends[i])
			}
		}
	}
	if full == 0 {
		t.Error("it was never full")
	}
}

// A ring that is empty leaves nothing behind.
func TestClosed(t *testing.T) {
	trail := filepath.Join(t.TempDir(), "audit.jsonl")
	path, err := fileOf(trail)
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := Open(trail)
	if err != nil {
		t.Fatal(err)
	}
	end := r.Put([]byte("a"))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r, lines, err := Open(trail)
	if err != nil || len(lines) != 1 || string(lines[0].Text) != "a" {
		t.Fatalf("%v, %v", lines, err)
	}
	r.Commit(Mark{Ring: end})
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there: %v", path, err)
	}
}

// What another user or another program has laid out is not touched.
func TestStrangers(t *testing.T) {
	trail := filepath.Join(t.TempDir(), "audit.jsonl")
	path, err := fileOf(trail)
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(path)
	aim := filepath.Join(t.TempDir(), "aim")
	if err := os.WriteFile(aim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, lay := range map[string]func() error{
		"a link":          func() error { return os.Symlink(aim, path) },
		"a second name":   func() error { return os.Link(aim, path) },
		"readable by all": func() error { return os.WriteFile(path, nil, 0o600) },
	} {
		os.Remove(path)
		if err := lay(); err != nil {
			t.Logf("%s: %v", name, err) // another file system
			continue
		}
		if name == "readable by all" {
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, _, err := Open(trail); err == nil {
			t.Errorf("%s is taken", name)
		}
		if content, err := os.ReadFile(aim); err != nil || string(content) != "precious" {
			t.Errorf("%s: %q, %v", name, content, err)
		}
	}
	os.Remove(path)
	if err := os.WriteFile(path, []byte("of another version"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, lines := reopened(t, trail); len(lines) > 0 {
		t.Errorf("%v", lines)
	}
}

// TestCounts: what was counted and not told of is there again, with its times.
func TestCounts(t *testing.T) {
	trail := filepath.Join(t.TempDir(), "audit.jsonl")
	r, _ := reopened(t, trail)
	for i := range 5 {
		r.Lost().Add(time.Unix(int64(10+i), 0))
	}
	r.Aside().Add(time.Unix(3, 0))
	r.Commit(Mark{File: 4096, Lost: 2, Aside: 1})
	r.Lost().Add(time.Unix(20, 0))

	r, _ = reopened(t, trail)
	if m := r.Mark(); m != (Mark{File: 4096, Lost: 2, Aside: 1}) {
		t.Errorf("%+v", m)
	}
	if n, first, last := r.Lost().Untold(2); n != 4 || first != time.Unix(20, 0) || last != time.Unix(20, 0) {
		t.Errorf("%d lost from %v to %v", n, first, last)
	}
	if n, _, _ := r.Aside().Untold(1); n != 0 {
		t.Errorf("%d aside", n)
	}
}

// FuzzOpen: nothing in the memory makes a start fail, or read beyond it.
func FuzzOpen(f *testing.F) {
	f.Add(uint64(8), uint64(0), uint64(0), uint32(1), uint32(0))
	f.Add(uint64(size+64), uint64(1), uint64(size-8), uint32(skipped), uint32(5))
	f.Fuzz(func(t *testing.T, head, which, tail uint64, first, second uint32) {
		r := &Ring{mem: make([]byte, headerSize+size)}
		copy(r.mem, magic)
		r.head().Store(head)
		r.which().Store(which)
		*r.mark(which) = Mark{Ring: tail}
		binary.LittleEndian.PutUint32(r.circle()[tail%size/align*align:], first)
		binary.LittleEndian.PutUint32(r.circle(), second)
		if lines, ok := r.lines(); ok {
			total := 0
			for _, line := range lines {
				total += len(line.Text)
			}
			if total > size {
				t.Errorf("%d bytes in a ring of %d", total, size)
			}
		}
	})
}

func BenchmarkPut(b *testing.B) {
	r, _, err := Open(filepath.Join(b.TempDir(), "audit.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	line := bytes.Repeat([]byte{'x'}, 1900)
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		r.Commit(Mark{Ring: r.Put(line)})
	}
	if err := r.Close(); err != nil {
		b.Fatal(err)
	}
}
