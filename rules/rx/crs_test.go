package rx_test

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
	crstests "github.com/corazawaf/coraza-coreruleset/v4/tests"
)

// crs lists the patterns of the Core Rule Set, as coraza's parser unquotes them.
var crs = sync.OnceValue(func() (patterns []string) {
	files, err := fs.Glob(coreruleset.FS, "@owasp_crs/*.conf")
	if err != nil {
		panic(err)
	}
	rx := regexp.MustCompile(`(?m)^[^#\n]*"!?@rx ((?:[^"\\]|\\.)*)"`)
	for _, file := range files {
		text, err := fs.ReadFile(coreruleset.FS, file)
		if err != nil {
			panic(err)
		}
		for _, found := range rx.FindAllStringSubmatch(string(text), -1) {
			patterns = append(patterns, strings.ReplaceAll(found[1], `\"`, `"`))
		}
	}
	slices.Sort(patterns)
	return slices.Clip(slices.Compact(patterns))
})

// crsTests lists what the regression tests of the Core Rule Set send, field by
// field.
var crsTests = sync.OnceValue(func() (values []string) {
	field := regexp.MustCompile(`(?m)^\s+[\w-]+: *(?:"(.*)"|'(.*)'|([^|\n].*))$`)
	err := fs.WalkDir(crstests.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(crstests.FS, path)
		if err != nil {
			return err
		}
		for _, found := range field.FindAllStringSubmatch(string(text), -1) {
			values = append(values, found[1]+found[2]+found[3])
		}
		return nil
	})
	if err != nil {
		panic(err)
	}
	slices.Sort(values)
	return slices.Clip(slices.Compact(values))
})

func TestCorpusIsThere(t *testing.T) {
	if n := len(crs()); n < 250 {
		t.Errorf("%d patterns found in CRS", n)
	}
	if n := len(crsTests()); n < 3000 {
		t.Errorf("%d strings found in the tests of CRS", n)
	}
}

// crsWords lists the words of each data file of the Core Rule Set.
var crsWords = sync.OnceValue(func() (lists [][]string) {
	files, err := fs.Glob(coreruleset.FS, "@owasp_crs/*.data")
	if err != nil {
		panic(err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(coreruleset.FS, file)
		if err != nil {
			panic(err)
		}
		var words []string
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				words = append(words, line)
			}
		}
		lists = append(lists, words)
	}
	return lists
})
