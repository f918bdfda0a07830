package hostlist

import (
	"bufio"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// million is a list of a million domains, none of which is in one that begins
// elsewhere.
func million(from int) io.Reader {
	at, buf := from, []byte(nil)
	return readerFunc(func(p []byte) (int, error) {
		for len(buf) < len(p) && at < from+1_000_000 {
			buf = fmt.Appendf(buf, "host-%07d.evil.test\n", at)
			at++
		}
		n := copy(p, buf)
		if buf = append(buf[:0], buf[n:]...); n == 0 {
			return 0, io.EOF
		}
		return n, nil
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func save(t *testing.T, name string, from io.Reader) {
	t.Helper()
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(file, from); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMillionEntries holds what the process has ever asked of the system, this
// test's own memory included, against 100 MB, over a reading and a replacement.
func TestMillionEntries(t *testing.T) {
	const limit = 100e6
	name := filepath.Join(t.TempDir(), "million.txt")
	save(t, name, million(0))
	f, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	var loaded, reloaded runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&loaded)

	save(t, name, million(1_000_000))
	if changed, err := f.Reread(); !changed || err != nil {
		t.Fatal(changed, err)
	}
	runtime.GC()
	runtime.ReadMemStats(&reloaded)
	t.Logf("live %.1f MB, from the system while loading %.1f MB, while reloading %.1f MB",
		float64(loaded.HeapAlloc)/1e6, float64(loaded.Sys)/1e6, float64(reloaded.Sys)/1e6)
	if reloaded.HeapAlloc > 12e6 || reloaded.Sys > limit {
		t.Errorf("%d bytes live, %d from the system: more than %.0f", reloaded.HeapAlloc, reloaded.Sys, limit)
	}
	lists := Lists{f.Set()}
	for i := range 1_000_000 {
		if i%1000 == 0 && (lists.Has(fmt.Sprintf("host-%07d.evil.test", i)) || !lists.Has(fmt.Sprintf("host-%07d.evil.test", i+1_000_000))) {
			t.Fatalf("entry %d", i)
		}
	}
}

func TestTooManyEntries(t *testing.T) {
	s := &Set{hosts: table{seed: maphash.MakeSeed(), hashes: make([]uint64, maxEntries-1)}}
	err := s.lines("list.txt", bufio.NewReader(strings.NewReader("last.test\none-more.test\n")))
	if !errors.Is(err, errTooMany) || len(s.hosts.hashes) != maxEntries {
		t.Errorf("error %v, %d entries", err, len(s.hosts.hashes))
	}
}

// fileWith is a list on disk, opened.
func fileWith(t *testing.T, text string) *File {
	t.Helper()
	name := filepath.Join(t.TempDir(), "list.txt")
	save(t, name, strings.NewReader(text))
	f, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// refresh wants a change or an error at the look after the next, and no other
// thereafter.
func refresh(t *testing.T, f *File, wantChanged bool, wantErr string) {
	t.Helper()
	if changed, err := f.Refresh(); changed || err != nil {
		t.Errorf("read while it was being written: %v, %v", changed, err)
	}
	changed, err := f.Refresh()
	if changed != wantChanged || (err == nil) != (wantErr == "") || err != nil && !strings.Contains(err.Error(), wantErr) {
		t.Errorf("changed %v, error %v; want %v, %q", changed, err, wantChanged, wantErr)
	}
	if changed, err := f.Refresh(); changed || err != nil {
		t.Errorf("told again: %v, %v", changed, err)
	}
}

func TestRefresh(t *testing.T) {
	f := fileWith(t, "one.test\n")
	has := func(want string) {
		t.Helper()
		for _, host := range []string{"one.test", "two.test", "three.test"} {
			if (Lists{f.Set()}).Has(host) != (host == want) {
				t.Errorf("%s: listed where %s is to be", host, want)
			}
		}
	}
	refresh(t, f, false, "")
	save(t, f.Path(), strings.NewReader("two.test\n# longer\n"))
	refresh(t, f, true, "")
	has("two.test")

	// A list that cannot be read leaves the one before in force.
	save(t, f.Path(), strings.NewReader(""))
	refresh(t, f, false, "empty")
	save(t, f.Path(), strings.NewReader("<html>\n<h1>404 Not Found</h1>\n"))
	refresh(t, f, false, "not a list of hosts")
	os.Remove(f.Path())
	refresh(t, f, false, "no such file")
	has("two.test")

	// A symlink to another file of the same size and time.
	other := filepath.Join(filepath.Dir(f.Path()), "other.txt")
	save(t, other, strings.NewReader("three.test\n"))
	if err := os.Symlink(other, f.Path()); err != nil {
		t.Fatal(err)
	}
	refresh(t, f, true, "")
	has("three.test")
}

func TestRereadSeesWhatLooksTheSame(t *testing.T) {
	f := fileWith(t, "one.test\n")
	info, _ := os.Stat(f.Path())
	save(t, f.Path(), strings.NewReader("two.test\n"))
	os.Chtimes(f.Path(), time.Time{}, info.ModTime())
	refresh(t, f, false, "")
	if changed, err := f.Reread(); !changed || err != nil || !(Lists{f.Set()}).Has("two.test") {
		t.Errorf("changed %v, error %v", changed, err)
	}
	if changed, err := f.Reread(); changed || err != nil {
		t.Errorf("the same bytes again: changed %v, error %v", changed, err)
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := Open(filepath.Join(dir, "nowhere.txt")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "nowhere.txt") {
		t.Errorf("missing file: %v", err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("a folder: %v", err)
	}
}
