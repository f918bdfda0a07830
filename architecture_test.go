// Package lachan_test holds the whole module to its architecture: which
// package may import which, what may be linked into the binary, and how large
// a file may grow. ARCHITECTURE.md gives the reasons.
package lachan_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/lachan-waf/lachan"

// listed is what `go list -json` tells of a package.
type listed struct {
	ImportPath, Name string
	Standard         bool
	Module           struct{ Path string }
	Imports          []string
	TestImports      []string
	XTestImports     []string
	Deps             []string
	CgoFiles         []string
}

// layer is the folder a package of this module is in: "proxy" for proxy/page;
// "" for other modules' packages.
func layer(importPath string) string {
	rest, ours := strings.CutPrefix(importPath, module+"/")
	if !ours {
		return ""
	}
	folder, _, _ := strings.Cut(rest, "/")
	return folder
}

func goList(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %s: %v", strings.Join(args, " "), err)
	}
	var packages []listed
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// Imports run one way: cmd → proxy → {rules, clean, audit} → policies.
func TestImportsRunOneWay(t *testing.T) {
	may := map[string][]string{
		"cmd":      {"cmd", "proxy", "rules", "clean", "audit", "policies"},
		"proxy":    {"proxy", "rules", "clean", "audit", "policies"},
		"rules":    {"rules", "policies"},
		"clean":    {"clean", "policies"},
		"audit":    {"audit", "policies"},
		"policies": {"policies"},
		"internal": {"internal"},
		"examples": {},
		"bench":    {"bench", "proxy", "rules", "clean", "audit", "policies"},
	}
	for _, p := range goList(t, "./...") {
		from := layer(p.ImportPath)
		allowed, known := may[from]
		if !known && p.ImportPath != module {
			t.Errorf("%s: a new folder: say here what it may import", p.ImportPath)
		}
		for _, path := range p.Imports {
			if to := layer(path); to != "" && !slices.Contains(allowed, to) {
				t.Errorf("%s imports %s", p.ImportPath, path)
			}
		}
	}
}

// What judges requests and documents does not speak HTTP, and only rules knows
// the engine behind it, beside the peer of the benchmark.
func TestOutsidePackagesStayInTheirPlace(t *testing.T) {
	for _, p := range goList(t, "./...") {
		from := layer(p.ImportPath)
		for _, path := range p.Imports {
			speaksHTTP := path == "net/http" || strings.HasPrefix(path, "net/http/")
			if speaksHTTP && slices.Contains([]string{"rules", "clean", "policies"}, from) {
				t.Errorf("%s imports %s", p.ImportPath, path)
			}
			if strings.HasPrefix(path, "github.com/corazawaf/") && from != "rules" && p.ImportPath != peer {
				t.Errorf("%s imports %s", p.ImportPath, path)
			}
		}
	}
}

// peer is coraza as others use it, a program that lachan is measured beside.
const peer = module + "/bench/coraza"

// Nothing of ours is in the peer: it would be measured with our operators.
func TestPeerIsNotOurs(t *testing.T) {
	for _, p := range goList(t, "./bench/coraza") {
		for _, dep := range p.Deps {
			if layer(dep) != "" {
				t.Errorf("%s depends on %s", p.ImportPath, dep)
			}
		}
	}
}

func TestPackageNamesSayWhatIsInside(t *testing.T) {
	empty := []string{"util", "utils", "common", "types", "models", "helper", "helpers", "pkg", "misc", "shared", "lib", "base"}
	for _, p := range goList(t, "./...") {
		for element := range strings.SplitSeq(strings.TrimPrefix(p.ImportPath, module), "/") {
			if slices.Contains(empty, element) {
				t.Errorf("%s: %q says nothing", p.ImportPath, element)
			}
		}
	}
}

// Nothing of the tests is linked into the binary.
func TestBinaryHoldsNoTestCode(t *testing.T) {
	forbidden := []string{
		"testing", "net/http/httptest", module + "/internal",
		"github.com/rogpeppe/go-internal", "github.com/chromedp/", "go.uber.org/goleak",
		"github.com/google/go-cmp", "github.com/letsencrypt/", "github.com/stretchr/", "go.uber.org/zap/zaptest",
	}
	for _, p := range goList(t, "./cmd/lachan") {
		for _, dep := range p.Deps {
			if slices.ContainsFunc(forbidden, func(f string) bool { return dep == f || strings.HasPrefix(dep, strings.TrimSuffix(f, "/")+"/") }) {
				t.Errorf("%s depends on %s", p.ImportPath, dep)
			}
		}
	}
	for _, p := range goList(t, "./...") {
		if layer(p.ImportPath) != "internal" && slices.ContainsFunc(p.Imports, testOnly) {
			t.Errorf("%s imports a package of tests outside its tests", p.ImportPath)
		}
	}
}

func testOnly(path string) bool {
	return layer(path) == "internal"
}

// The binary is static: nothing in it needs cgo, even where cgo is enabled.
// The standard library's own cgo files have pure Go twins.
func TestBinaryNeedsNoCgo(t *testing.T) {
	for _, p := range goList(t, "-deps", "./cmd/lachan") {
		if !p.Standard && len(p.CgoFiles) > 0 {
			t.Errorf("%s has cgo files %v", p.ImportPath, p.CgoFiles)
		}
	}
}

// Whose code is in the binary is said in NOTICE, as their licenses ask.
func TestNoticeNamesEveryModule(t *testing.T) {
	notice, err := os.ReadFile("NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	linked := make(map[string]bool)
	for _, p := range goList(t, "-deps", "./cmd/lachan") {
		linked[p.Module.Path] = true
	}
	for path := range linked {
		if path != "" && path != module && !regexp.MustCompile(`(?m)(^|[ ,])`+regexp.QuoteMeta(path)+`([ ,.]|$)`).Match(notice) {
			t.Errorf("NOTICE does not name %s", path)
		}
	}
}

// One file, one noun: none grows past 600 lines.
func TestFilesStaySmall(t *testing.T) {
	const most = 600
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != "." && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		if n := countLines(t, path); n > most {
			t.Errorf("%s has %d lines: more than one noun is in it", path, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func countLines(t *testing.T, path string) int {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		n++
	}
	if err := lines.Err(); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return n
}
