package policies

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

const configDir = "../testdata/config"

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(configDir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s (%v)", pattern, err)
	}
	return files
}

func TestGoodConfigurations(t *testing.T) {
	for _, file := range glob(t, "*.good.yaml") {
		if _, err := Load(file); err != nil {
			t.Errorf("%v", err)
		}
	}
}

// TestBadConfigurations compares all messages with the .want file beside each
// configuration, which leaves out the file's name.
func TestBadConfigurations(t *testing.T) {
	for _, file := range glob(t, "*.bad.yaml") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := Parse("x.yaml", data)
			if err == nil || cfg != nil {
				t.Fatalf("accepted: %v, %v", cfg, err)
			}
			compareMessages(t, strings.TrimSuffix(file, ".yaml")+".want", strings.ReplaceAll(err.Error(), "x.yaml:", ""))
		})
	}
}

func compareMessages(t *testing.T, wantFile, got string) {
	t.Helper()
	got += "\n"
	if *update {
		if err := os.WriteFile(wantFile, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(wantFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("messages (-want +got):\n%s", diff)
	}
}

// unpack writes an archive to a folder of its own.
func unpack(t *testing.T, file string) string {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := txtar.Write(archive, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSitesDir(t *testing.T) {
	dir := unpack(t, filepath.Join(configDir, "sites-dir.bad.txtar"))
	cfg, err := Load(filepath.Join(dir, "lachan.yaml"))
	if cfg != nil || err == nil {
		t.Fatal("accepted")
	}
	compareMessages(t, filepath.Join(configDir, "sites-dir.bad.want"), strings.ReplaceAll(err.Error(), dir+"/", ""))

	cfg, lenient := LoadLenient(filepath.Join(dir, "lachan.yaml"))
	if lenient == nil || lenient.Error() != err.Error() {
		t.Errorf("lenient problems = %v, want those of Load", lenient)
	}
	var names []string
	for _, site := range cfg.Sites {
		names = append(names, site.Name)
	}
	if diff := cmp.Diff([]string{"portal", "e"}, names); diff != "" {
		t.Errorf("sites (-want +got):\n%s", diff)
	}
	e := cfg.Sites[1]
	want := TLS{TLSFiles, filepath.Join(dir, "sites.d/e.pem"), filepath.Join(dir, "e.key")}
	if e.TLS != want {
		t.Errorf("certificate = %+v, want %+v", e.TLS, want)
	}
	if want := (Place{filepath.Join(dir, "sites.d/e.yaml"), 1, 1}); e.Place != want {
		t.Errorf("place = %v, want %v", e.Place, want)
	}
}

func TestLenient(t *testing.T) {
	site := "\n  - {name: NAME, hosts: [NAME.example.test], upstream: 'http://127.0.0.1:8080', waf: {paranoia: LEVEL}}"
	text := "sites:" +
		strings.NewReplacer("NAME", "good", "LEVEL", "1").Replace(site) +
		strings.NewReplacer("NAME", "bad", "LEVEL", "7").Replace(site)
	for _, test := range []struct {
		name, text string
		sites      int // -1: no configuration
	}{
		{"one of two", text, 1},
		{"elsewhere", "listen: {http: nonsense}\n" + text, -1},
		{"syntax", text + "\n ]", -1},
		{"too many problems", text + strings.Repeat("\n  - x", maxProblems+1), -1},
	} {
		file := filepath.Join(t.TempDir(), "lachan.yaml")
		if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := LoadLenient(file)
		if err == nil {
			t.Errorf("%s: no problem", test.name)
		}
		if cfg == nil != (test.sites < 0) || cfg != nil && len(cfg.Sites) != test.sites {
			t.Errorf("%s: configuration = %+v, want %d sites", test.name, cfg, test.sites)
		}
	}
}

func TestMissingFiles(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "lachan.yaml")
	for _, load := range []func(string) (*Config, error){Load, LoadLenient} {
		cfg, err := load(missing)
		if cfg != nil || err == nil || !strings.Contains(err.Error(), "no such file") {
			t.Errorf("= %v, %v; want no such file", cfg, err)
		}
	}
	if _, err := Load(dir); err == nil {
		t.Error("a folder was loaded")
	}
	if err := os.WriteFile(missing, []byte("sites_dir: nowhere\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(missing); err == nil || !strings.Contains(err.Error(), "lachan.yaml:1:12: sites_dir: ") {
		t.Errorf("missing sites_dir: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "nowhere"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(missing); err == nil || !strings.Contains(err.Error(), "no sites") {
		t.Errorf("empty sites_dir: %v", err)
	}
}

func TestTooLarge(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lachan.yaml")
	if err := os.WriteFile(file, make([]byte, maxFileSize+100), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(file); err == nil || !strings.HasSuffix(err.Error(), "larger than 4MiB") {
		t.Errorf("= %v", err)
	}
}

func TestProblemsAreTyped(t *testing.T) {
	_, err := Parse("x.yaml", []byte("listen: {htpt: 1}\nsites: []\n"))
	var p *Problem
	if !errors.As(err, &p) || p.Place != (Place{"x.yaml", 1, 10}) || p.Key != "listen.htpt" {
		t.Errorf("= %#v", p)
	}
}

func TestDefaults(t *testing.T) {
	got, err := Parse("x.yaml", []byte("sites: [{name: a, hosts: [a.example.test], upstream: 'http://127.0.0.1:1'}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	site := DefaultSite()
	site.Name, site.Hosts, site.Upstream = "a", []string{"a.example.test"}, "http://127.0.0.1:1"
	site.Place = Place{"x.yaml", 1, 9}
	want.Sites = []Site{site}
	if diff := cmp.Diff(&want, got, cmp.Comparer(func(a, b HostPattern) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnchorsShareValues(t *testing.T) {
	cfg, err := Load(filepath.Join(configDir, "anchors.good.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	b, c := cfg.Sites[1], cfg.Sites[2]
	if b.Upstream != "http://127.0.0.1:8080" || b.WAF.Mode != WAFDetect || b.WAF.Paranoia != 2 || b.WAF.RequestBody.Limit != 2*MiB {
		t.Errorf("merged site = %+v", b.WAF)
	}
	if c.WAF.Mode != WAFBlock || c.WAF.Paranoia != 2 || c.WAF.DetectionParanoia != 2 {
		t.Errorf("aliased site = %+v", c.WAF)
	}
}

func TestAliasesAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("sites:\n- &s {name: a, hosts: &h [" + strings.Repeat("a.example.test, ", 2000) + "], upstream: u}\n")
	b.WriteString(strings.Repeat("- *s\n", 3000))
	_, err := Parse("x.yaml", []byte(b.String()))
	if err == nil || !strings.Contains(err.Error(), "after aliases are replaced") {
		t.Errorf("= %.200v", err)
	}
}

// A path says only what differs from the site.
func TestBodyPathsInherit(t *testing.T) {
	cfg, err := Load("../testdata/config/full.good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := []BodyPath{{"/upload/*", 64 * MiB, OverPartial}, {"*.iso", 512 * KiB, OverPass}}
	if got := cfg.Sites[0].WAF.RequestBody.Paths; !slices.Equal(got, want) {
		t.Errorf("paths %v, want %v", got, want)
	}
}

func TestALevelIsTheFloorOfRetention(t *testing.T) {
	for level, want := range map[int]Duration{0: Duration(day), 1: Duration(day), 2: Duration(30 * day), 3: Duration(90 * day), 4: Duration(180 * day), 5: Duration(365 * day)} {
		c := Config{Audit: Audit{Retention: Duration(day)}, Sites: []Site{{}, {Level: level}}}
		if got := c.KeepEvents(); got != want {
			t.Errorf("level %d: %v, want %v", level, got, want)
		}
		c.Audit.Retention = Duration(500 * day)
		if got := c.KeepEvents(); got != c.Audit.Retention {
			t.Errorf("level %d shortens %v to %v", level, c.Audit.Retention, got)
		}
	}
}
