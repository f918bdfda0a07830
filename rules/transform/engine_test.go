package transform_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
	"github.com/corazawaf/coraza/v3"
	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"

	"github.com/lachan-waf/lachan/rules/transform"
)

// names are the transformations of this package, as coraza spells them.
var names = []string{
	"base64Decode", "cmdLine", "compressWhitespace", "cssDecode", "escapeSeqDecode", "hexDecode", "htmlEntityDecode",
	"jsDecode", "lowercase", "normalisePath", "normalisePathWin", "normalizePath", "normalizePathWin",
	"removeComments", "removeCommentsChar", "removeNulls", "removeWhitespace", "replaceComments",
	"replaceNulls", "trim", "trimLeft", "trimRight", "uppercase", "urlDecode", "urlDecodeUni", "utf8toUnicode",
}

// unknown are those that it leaves to the engine.
var unknown = []string{
	"base64DecodeExt", "base64Encode", "hexEncode", "length", "md5", "sha1", "urlEncode",
}

// engine is coraza with one rule for each chain, and what their operators saw.
type engine struct {
	waf    coraza.WAF
	chains [][]string
	seen   [][]string
}

// capture is an operator that notes the values it is given, and never matches.
type capture struct {
	engine *engine
	rule   int
}

func (c capture) Evaluate(_ plugintypes.TransactionState, value string) bool {
	c.engine.seen[c.rule] = append(c.engine.seen[c.rule], value)
	return false
}

// registration is held while a capture operator belongs to one engine: the
// registry of coraza is global.
var registration sync.Mutex

// newEngine compiles rules with the chains, and the other actions given.
func newEngine(tb testing.TB, chains [][]string, actions string) *engine {
	tb.Helper()
	registration.Lock()
	defer registration.Unlock()
	e := &engine{chains: chains, seen: make([][]string, len(chains))}
	plugins.RegisterOperator("capture", func(o plugintypes.OperatorOptions) (plugintypes.Operator, error) {
		rule, err := strconv.Atoi(o.Arguments)
		return capture{e, rule}, err
	})
	directives := "SecRuleEngine On\n"
	for i, chain := range chains {
		directives += fmt.Sprintf("SecRule ARGS \"@capture %d\" \"id:%d,phase:1,pass,nolog,t:none%s", i, i+1, actions)
		for _, name := range chain {
			directives += ",t:" + name
		}
		directives += "\"\n"
	}
	var err error
	if e.waf, err = coraza.NewWAF(coraza.NewWAFConfig().WithDirectives(directives)); err != nil {
		tb.Fatal(err)
	}
	return e
}

// transform returns the texts that each chain's operator sees of value: one, but
// with multiMatch.
func (e *engine) transform(tb testing.TB, value string) [][]string {
	tb.Helper()
	for i := range e.seen {
		e.seen[i] = e.seen[i][:0]
	}
	tx := e.waf.NewTransaction()
	tx.AddGetRequestArgument("a", value)
	tx.ProcessRequestHeaders()
	if err := tx.Close(); err != nil {
		tb.Fatal(err)
	}
	return e.seen
}

// crsChains are the distinct lists of transformations in CRS, as written.
func crsChains(tb testing.TB) [][]string {
	tb.Helper()
	files, err := fs.Glob(coreruleset.FS, "@owasp_crs/*.conf")
	if err != nil || len(files) == 0 {
		tb.Fatalf("%d files, %v", len(files), err)
	}
	var (
		comment   = regexp.MustCompile(`(?m)^\s*#.*$`)
		continued = regexp.MustCompile(`\\\n\s*`)
		rule      = regexp.MustCompile(`(?m)^\s*Sec(Rule|Action) .*$`)
		named     = regexp.MustCompile(`[",]t:(\w+)`)
		chains    = make(map[string][]string)
	)
	for _, file := range files {
		text, err := fs.ReadFile(coreruleset.FS, file)
		if err != nil {
			tb.Fatal(err)
		}
		text = continued.ReplaceAll(comment.ReplaceAll(text, nil), nil)
		for _, r := range rule.FindAllString(string(text), -1) {
			var chain []string
			for _, m := range named.FindAllStringSubmatch(r, -1) {
				chain = append(chain, m[1])
			}
			chains[strings.Join(chain, ",")] = chain
		}
	}
	var all [][]string
	for _, chain := range chains {
		all = append(all, chain)
	}
	slices.SortFunc(all, slices.Compare)
	return all
}

// known parses the chains, and leaves out those this package does not know.
func known(tb testing.TB, lists [][]string) (chains []transform.Chain, known [][]string) {
	tb.Helper()
	for _, list := range lists {
		counts := list[slices.Index(list, "none")+1:] // no list here has two
		foreign := slices.ContainsFunc(counts, func(name string) bool { return slices.Contains(unknown, name) })
		chain, ok := transform.Parse(list)
		if ok == foreign {
			tb.Fatalf("Parse(%v) says %v", list, ok)
		}
		if ok {
			chains, known = append(chains, chain), append(known, list)
		}
	}
	return chains, known
}
