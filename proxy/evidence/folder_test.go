package evidence

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOldestGoFirst: a folder keeps to its bounds, in number and in bytes.
func TestOldestGoFirst(t *testing.T) {
	for _, b := range []bounds{{documents: 3, bytes: 1 << 20}, {documents: 100, bytes: 3 * 700}} {
		s := open(t)
		s.writer.folders["portal"] = &folder{dir: s.folder(), bounds: b, compressor: new(compressor)}
		for i := range 10 {
			s.document(fmt.Sprint("0", i), fmt.Sprint("<p>", i), "<p>", true, true)
		}
		s.close()
		names := strings.Join(s.names(), " ")
		if strings.Contains(names, "-06.") || !strings.Contains(names, "-08.before.zst") || !strings.Contains(names, "-09.json") {
			t.Errorf("%+v: %s", b, names)
		}
		var total int64
		for _, name := range s.names() {
			info, err := os.Stat(filepath.Join(s.folder(), name))
			if err != nil {
				t.Fatal(err)
			}
			total += info.Size()
		}
		if total > b.bytes || total != s.writer.folders["portal"].bytes {
			t.Errorf("%+v: %d bytes on disk, %d counted", b, total, s.writer.folders["portal"].bytes)
		}
	}
}

// TestRestAfterACrash: what was being written goes, what is not ours stays.
func TestRestAfterACrash(t *testing.T) {
	s := open(t)
	if err := os.MkdirAll(s.folder(), 0o700); err != nil {
		t.Fatal(err)
	}
	const cut, odd = "20261126T010000.000Z-01A", "20261126T020000.000Z-01B"
	for _, name := range []string{cut + ".before.zst", cut + ".after.zst.new", odd + ".json", "ghi chú.txt", "20261126T030000.000Z-01C.before.zst.bak"} {
		if err := os.WriteFile(filepath.Join(s.folder(), name), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.document("01KB", "<p>a", "<p>", true, true)
	s.close()
	got := strings.Join(s.names(), " ")
	if strings.Contains(got, cut) || !strings.Contains(got, "ghi chú.txt") || !strings.Contains(got, "01C") || !strings.Contains(got, odd) || !strings.Contains(got, "01KB.json") {
		t.Error(got)
	}
}
