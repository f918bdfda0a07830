package rules

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// What an operator's files may come to; beyond a bound the policy is refused.
const (
	maxRuleFile   = 1 << 20
	maxDataFile   = 8 << 20
	maxFiles      = 100  // rule and data files of one site
	maxDirectives = 2000 // of one site
)

// ruleFiles gathers the SecLang files of one site, with everything they
// include and read, so that compiling needs no disk and the policy's key
// covers every byte.
type ruleFiles struct {
	before, after []unit
	data          map[string][]byte // by path in the source
	files         int
}

// readRuleFiles reads the files in order.
func readRuleFiles(paths []string) (*ruleFiles, error) {
	rf := &ruleFiles{data: map[string][]byte{}}
	var errs []error
	for i, name := range paths {
		errs = append(errs, rf.readTop(i, name))
	}
	return rf, errors.Join(errs...)
}

// readTop reads a file named in the configuration. What it includes must stand
// in its folder or below; os.Root keeps symbolic links from leading out.
func (rf *ruleFiles) readTop(index int, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return &RuleError{File: name, Err: reason(err)}
	}
	defer f.Close()
	root, err := os.OpenRoot(filepath.Dir(name))
	if err != nil {
		return &RuleError{File: name, Err: reason(err)}
	}
	defer root.Close()
	folder := ruleFolder{files: rf, root: root, virtual: sitePrefix + strconv.Itoa(index)}
	return folder.read(f, filepath.Base(name), place{})
}

// ruleFolder is the folder of a file named in the configuration.
type ruleFolder struct {
	files   *ruleFiles
	root    *os.Root
	virtual string // the folder's name in the source
}

// read takes one file in; name is relative to the folder, from is where it was
// included.
func (rf ruleFolder) read(f *os.File, name string, from place) error {
	shown := filepath.Join(rf.root.Name(), name)
	if from.file == "" {
		from = place{file: shown}
	}
	text, err := rf.files.slurp(f, maxRuleFile)
	if err != nil {
		return from.errorf("%w", err)
	}
	directives, err := readDirectives(shown, text)
	if err != nil {
		return err
	}
	return rf.add(directives, filepath.ToSlash(filepath.Dir(name)))
}

func (rf ruleFolder) add(directives []directive, dir string) error {
	var (
		lint linter
		errs []error
	)
	for _, d := range directives {
		if d.name == "include" {
			errs = append(errs, rf.include(d, dir))
			continue
		}
		if err := errors.Join(lint.check(d), rf.readData(d, dir)); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, rf.files.append(d, path.Join(rf.virtual, dir)))
	}
	if len(directives) > 0 {
		errs = append(errs, lint.end(directives[len(directives)-1]))
	}
	return errors.Join(errs...)
}

// include reads the files of an Include, which may be a glob.
func (rf ruleFolder) include(d directive, dir string) error {
	pattern := path.Join(dir, strings.Trim(d.args, `"`))
	if d.args == "" || path.IsAbs(strings.Trim(d.args, `"`)) || !fs.ValidPath(pattern) {
		return d.place.errorf("Include %s: name a file in this folder or below it, by a relative path", d.args)
	}
	names, err := fs.Glob(rf.root.FS(), pattern)
	if err != nil {
		return d.place.errorf("Include %s: %w", d.args, err)
	}
	if len(names) == 0 {
		return d.place.errorf("Include %s: no such file in this folder", d.args)
	}
	for _, name := range names {
		if err := rf.includeFile(d.place, name); err != nil {
			return err
		}
	}
	return nil
}

func (rf ruleFolder) includeFile(at place, name string) error {
	f, err := rf.root.Open(name)
	if err != nil {
		return at.errorf("Include %s: %w", name, reason(err))
	}
	defer f.Close()
	return rf.read(f, name, at)
}

// readData reads the file an operator such as @pmFromFile names.
func (rf ruleFolder) readData(d directive, dir string) error {
	r, ok := d.parseRule()
	if !ok {
		return nil
	}
	name, argument := r.operatorName()
	if !readsFile(name) {
		return nil
	}
	virtual := path.Join(rf.virtual, dir, argument)
	if _, done := rf.files.data[virtual]; done {
		return nil
	}
	if argument == "" || path.IsAbs(argument) || !fs.ValidPath(path.Join(dir, argument)) {
		return d.place.errorf("@%s %s: name a file in this folder or below it, by a relative path", name, argument)
	}
	f, err := rf.root.Open(path.Join(dir, argument))
	if err != nil {
		return d.place.errorf("@%s %s: %w", name, argument, reason(err))
	}
	defer f.Close()
	data, err := rf.files.slurp(f, maxDataFile)
	if err != nil {
		return d.place.errorf("@%s %s: %w", name, argument, err)
	}
	rf.files.data[virtual] = data
	return nil
}

// readsFile tells the operators whose argument is a file.
func readsFile(operator string) bool {
	switch operator {
	case "pmFromFile", "pmf", "ipMatchFromFile", "ipMatchF":
		return true
	}
	return false
}

// append gives a directive its place in the source.
func (rf *ruleFiles) append(d directive, dir string) error {
	n := len(rf.before) + len(rf.after)
	if n >= maxDirectives {
		return d.place.errorf("more than %d directives for one site", maxDirectives)
	}
	u := unit{name: path.Join(dir, fmt.Sprintf("%d.conf", n)), text: d.text, place: d.place}
	if directiveTiming(d.name) == afterCRS {
		rf.after = append(rf.after, u)
	} else {
		rf.before = append(rf.before, u)
	}
	return nil
}

// slurp reads a whole file of at most limit bytes.
func (rf *ruleFiles) slurp(f *os.File, limit int64) ([]byte, error) {
	if rf.files++; rf.files > maxFiles {
		return nil, fmt.Errorf("more than %d rule files for one site", maxFiles)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, reason(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file") // a FIFO would block for ever
	}
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, reason(err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("file larger than %d bytes", limit)
	}
	return data, nil
}

// reason is err without the operation and path, which the caller names.
func reason(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
