package evidence

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func contentOf(t *testing.T, open func() (io.ReadCloser, error)) string {
	t.Helper()
	r, err := open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestListReadsWhatWasKept(t *testing.T) {
	s := open(t)
	s.document("01A", "<p>a<script>", "<p>a", true, true)
	s.document("01B", "<p>b<script>", "<p>b", true, true)
	s.close()
	if err := os.WriteFile(filepath.Join(s.folder(), "20261126T050000.000Z-01C.json"), []byte(`{"before":{"file":"../../../etc/passwd"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.folder(), "20261126T060000.000Z-01D.json"), []byte("no JSON"), 0o600); err != nil {
		t.Fatal(err)
	}
	var names, failed []string
	for k, err := range List(s.dir, "portal") {
		if err != nil {
			failed = append(failed, k.Name)
			continue
		}
		names = append(names, k.Name)
		switch {
		case strings.HasSuffix(k.Name, "01A"):
			if contentOf(t, k.OpenBefore) != "<p>a<script>" || contentOf(t, k.OpenAfter) != "<p>a" || k.Before.SHA256 != sumOf("<p>a<script>") || len(k.Text) == 0 {
				t.Errorf("%+v", k)
			}
		case strings.HasSuffix(k.Name, "01C"):
			if r, err := k.OpenBefore(); err == nil || !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the record led to %v, %v", r, err)
			}
		}
	}
	if got := strings.Join(names, " "); got != "20261126T040501.123Z-01A 20261126T040501.123Z-01B 20261126T050000.000Z-01C" {
		t.Error(got)
	}
	if len(failed) != 1 || !strings.HasSuffix(failed[0], "01D") {
		t.Error(failed)
	}
	for k, err := range List(s.dir, "nobody") {
		t.Errorf("%+v, %v", k, err)
	}
}
