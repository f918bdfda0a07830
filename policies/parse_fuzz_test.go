package policies

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse looks for panics, messages that span lines, and configurations
// that come with an error or without what serving relies on.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob(filepath.Join(configDir, "*.yaml"))
	if len(files) == 0 {
		f.Fatal("no seeds")
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			return // larger inputs only find what is slow
		}
		cfg, err := Parse("x.yaml", data)
		if (cfg == nil) == (err == nil) {
			t.Fatalf("= %v, %v", cfg, err)
		}
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				if !strings.HasPrefix(line, "x.yaml:") {
					t.Errorf("message without a place: %q", line)
				}
			}
			return
		}
		for i := range cfg.Sites {
			checkUsable(t, &cfg.Sites[i])
		}
	})
}

func checkUsable(t *testing.T, s *Site) {
	t.Helper()
	w := s.WAF
	if s.Name == "" || len(s.OwnHosts()) == 0 || len(s.OwnHosts()) != len(s.Hosts) || s.Upstream == "" || s.Place.Line == 0 ||
		w.Paranoia < 1 || w.Paranoia > 4 || w.DetectionParanoia < w.Paranoia || w.InboundThreshold < 1 || w.RequestBody.Limit < 1 {
		t.Errorf("unusable: %+v", s)
	}
}
