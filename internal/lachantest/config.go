package lachantest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// FreePort returns a loopback port that nobody listens on, for a server that
// must know its port before it starts. Something else may take it meanwhile:
// leave the choice to Start where you can.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("lachantest: %v", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// localize moves a configuration to this machine: see Server for what changes.
func (s *Server) localize(config []byte) ([]byte, error) {
	var doc yaml.MapSlice
	if err := yaml.Unmarshal(config, &doc); err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	listen := section(doc, "listen")
	for _, name := range []string{"http", "https"} {
		listen = set(listen, name, loopback(listen, name))
	}
	doc = set(doc, "listen", listen)
	doc = set(doc, "state_dir", s.StateDir)
	doc = set(doc, "admin", set(section(doc, "admin"), "listen", "unix:"+s.AdminSocket))
	doc = set(doc, "audit", set(section(doc, "audit"), "file", s.AuditFile))
	return yaml.Marshal(doc)
}

// loopback keeps a listener that is disabled or on 127.0.0.1 already; any
// other gets a port from the kernel.
func loopback(listen yaml.MapSlice, name string) string {
	addr, given := get(listen, name).(string)
	if given && (addr == "" || strings.HasPrefix(addr, "127.0.0.1:")) {
		return addr
	}
	return "127.0.0.1:0"
}

func section(doc yaml.MapSlice, key string) yaml.MapSlice {
	switch v := get(doc, key).(type) {
	case yaml.MapSlice:
		return v
	case map[string]any:
		var out yaml.MapSlice
		for k, value := range v {
			out = append(out, yaml.MapItem{Key: k, Value: value})
		}
		return out
	}
	return nil
}

func get(doc yaml.MapSlice, key string) any {
	for _, item := range doc {
		if item.Key == key {
			return item.Value
		}
	}
	return nil
}

// set returns doc with one key changed or added.
func set(doc yaml.MapSlice, key string, value any) yaml.MapSlice {
	doc = slices.Clone(doc)
	for i := range doc {
		if doc[i].Key == key {
			doc[i].Value = value
			return doc
		}
	}
	return append(doc, yaml.MapItem{Key: key, Value: value})
}

// tempDir is like t.TempDir, with a path short enough for the sockets in it:
// unix(7) allows 107 bytes.
func tempDir(t testing.TB) string {
	t.Helper()
	parent := os.TempDir()
	if len(parent) > 60 {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, "lachan-")
	if err != nil {
		t.Fatalf("lachantest: %v", err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Errorf("lachantest: %v", err)
		}
	})
	return dir
}

// write puts the localized configuration beside the file it is made from, so
// that relative paths in it keep their meaning.
func (s *Server) write(from string, config []byte) error {
	local, err := s.localize(config)
	if err != nil {
		return err
	}
	s.ConfigFile = filepath.Join(filepath.Dir(from), "lachan.local.yaml")
	return os.WriteFile(s.ConfigFile, local, 0o600)
}
