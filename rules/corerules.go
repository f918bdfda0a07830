package rules

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"

	"github.com/lachan-waf/lachan/policies"
)

// coreRules is a release of the Core Rule Set. It never changes.
type coreRules struct {
	version string            // such as 4.25.0
	units   []unit            // its files for requests, then those for responses
	data    map[string][]byte // the lists that operators read, by path in the source
	digest  [sha256.Size]byte // of all of it
}

// sum computes the digest.
func (c *coreRules) sum() {
	h := sha256.New()
	for _, u := range c.units {
		digest(h, u.name, u.text)
	}
	for _, name := range slices.Sorted(maps.Keys(c.data)) {
		digest(h, name, string(c.data[name]))
	}
	h.Sum(c.digest[:0])
}

// leastCore is the first major version whose variables setup.conf knows.
const leastCore = 4

var signature = regexp.MustCompile(`OWASP_CRS/((\d+)\.\d[\w.-]*)`)

// readCoreRules reads the release in waf.crs_dir, or else the embedded one.
func readCoreRules(w *policies.WAF) (*coreRules, error) {
	if w.CRSDir == "" {
		return embeddedCore()
	}
	root, err := os.OpenRoot(w.CRSDir) // keeps symbolic links from leading out
	if err != nil {
		return nil, fmt.Errorf("waf.crs_dir: %w", &RuleError{File: w.CRSDir, Err: reason(err)})
	}
	defer root.Close()
	core, err := readCoreFolder(root.FS(), "rules", w.CRSDir)
	if err != nil {
		return nil, fmt.Errorf("waf.crs_dir: %w", err)
	}
	return core, nil
}

// embeddedCore reads what cannot change only once.
var embeddedCore = sync.OnceValues(func() (*coreRules, error) {
	return readCoreFolder(coreruleset.FS, strings.TrimSuffix(crsPrefix, "/"), "")
})

// RulesetVersion is the version of the embedded core rule set, such as 4.25.0;
// empty if it cannot be read.
func RulesetVersion() string {
	core, err := embeddedCore()
	if err != nil {
		return ""
	}
	return core.version
}

// coreFolder is the folder of a release that is being read.
type coreFolder struct {
	coreRules
	files fs.FS
	shown string // its name in errors; empty where it is embedded
}

// readCoreFolder takes in all of a folder, so that compiling needs no disk and
// the policy's key covers every byte. crs-setup.conf, which stands beside it, is
// not read: setup.conf and the policy say what it would.
func readCoreFolder(files fs.FS, dir, shown string) (*coreRules, error) {
	sub, err := fs.Sub(files, dir)
	if err != nil {
		return nil, err
	}
	f := &coreFolder{files: sub, coreRules: coreRules{data: map[string][]byte{}}}
	if shown != "" {
		f.shown = filepath.Join(shown, dir)
	}
	names, err := fs.Glob(sub, "RE*-*.conf") // in the order of their numbers
	if err != nil {
		return nil, &RuleError{File: f.shown, Err: reason(err)}
	}
	if len(names) == 0 || !strings.HasPrefix(names[0], "REQUEST-") {
		return nil, &RuleError{File: f.shown, Err: errors.New("no REQUEST-*.conf: expected the folder of a CRS release, with its rules in rules/")}
	}
	var errs []error
	for _, name := range names {
		errs = append(errs, f.read(name))
	}
	if f.version == "" {
		errs = append(errs, &RuleError{File: f.shown, Err: errors.New("no file says its version (SecComponentSignature)")})
	}
	f.sum()
	return &f.coreRules, errors.Join(errs...)
}

// read takes in a file of rules, and the lists that these name.
func (f *coreFolder) read(name string) error {
	shown := filepath.Join(f.shown, name)
	text, err := f.slurp(name, maxRuleFile)
	if err != nil {
		return &RuleError{File: shown, Err: err}
	}
	directives, err := readDirectives(shown, text)
	if err != nil {
		return err
	}
	lint, errs := linter{core: true}, []error(nil)
	for _, d := range directives {
		errs = append(errs, lint.check(d), f.readVersion(d), f.readList(d))
	}
	if len(directives) > 0 {
		errs = append(errs, lint.end(directives[len(directives)-1]))
	}
	u := unit{name: crsPrefix + name, text: withAttributes(string(text))}
	if f.shown != "" {
		u.shown = shown
	}
	f.units = append(f.units, u)
	return errors.Join(errs...)
}

func (f *coreFolder) readVersion(d directive) error {
	if d.name != "seccomponentsignature" {
		return nil
	}
	m := signature.FindStringSubmatch(d.args)
	if m == nil {
		return nil // of a plugin's
	}
	f.version = m[1]
	if major, err := strconv.Atoi(m[2]); err != nil || major < leastCore {
		return d.place.errorf("CRS %s is too old: the least is %d.0", f.version, leastCore)
	}
	return nil
}

// readList reads the file that an operator such as @pmFromFile names.
func (f *coreFolder) readList(d directive) error {
	r, _ := d.parseRule()
	name, argument := r.operatorName()
	if !readsFile(name) {
		return nil
	}
	if !fs.ValidPath(argument) {
		return d.place.errorf("@%s %s: expected a file of this folder", name, argument)
	}
	data, err := f.slurp(argument, maxDataFile)
	if err != nil {
		return d.place.errorf("@%s %s: %w", name, argument, err)
	}
	f.data[crsPrefix+argument] = data
	return nil
}

// slurp reads a whole file of at most limit bytes.
func (f *coreFolder) slurp(name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(f.files, name)
	switch {
	case err != nil:
		return nil, reason(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("not a regular file")
	case info.Size() > limit:
		return nil, fmt.Errorf("file larger than %d bytes", limit)
	}
	data, err := fs.ReadFile(f.files, name)
	if err != nil {
		return nil, reason(err)
	}
	return data, nil
}
