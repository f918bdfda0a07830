package operators

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/corazawaf/coraza/v3"
	"github.com/corazawaf/coraza/v3/experimental"
	"github.com/corazawaf/coraza/v3/experimental/plugins"
	"github.com/corazawaf/coraza/v3/experimental/plugins/plugintypes"
)

// Coraza's operators stay where they are here; ours have names beside them.
func init() {
	var s shop
	plugins.RegisterOperator("our_rx", s.rx)
	plugins.RegisterOperator("our_pm", s.pm)
	plugins.RegisterOperator("our_pmFromFile", s.pmFromFile)
}

var dataFiles = fstest.MapFS{
	"dir/words.data": {Data: []byte("# commands\n Passwd \n\ncat\nCATALOG\n/etc\nđường\nĐƯỜNG-2\n\xff\xfe\n")},
	"dir/none.data":  {Data: []byte("#\n\n")},
}

// outcome is what an operator says and captures.
type outcome struct {
	matched  bool
	captured string
}

type rule struct {
	waf coraza.WAF
	err error
}

// newRule compiles a WAF of one rule.
func newRule(t testing.TB, operator string, capture bool) rule {
	r := open(operator, capture)
	if r.err == nil {
		t.Cleanup(r.close)
	}
	return r
}

func open(operator string, capture bool) rule {
	action := ""
	if capture {
		action = ",capture"
	}
	text := fmt.Sprintf("SecRuleEngine On\nSecRule ARGS:q \"%s\" \"id:1,phase:1,pass,nolog%s\"\n", strings.ReplaceAll(operator, `"`, `\"`), action)
	files := fstest.MapFS{"dir/rules.conf": {Data: []byte(text)}}
	for name, file := range dataFiles {
		files[name] = file
	}
	waf, err := coraza.NewWAF(coraza.NewWAFConfig().WithRootFS(files).WithDirectivesFromFile("dir/rules.conf"))
	return rule{waf, err}
}

func (r rule) close() { r.waf.(experimental.WAFCloser).Close() }

func (r rule) on(value string) (o outcome) {
	tx := r.waf.NewTransaction()
	defer tx.Close()
	tx.AddGetRequestArgument("q", value)
	tx.ProcessRequestHeaders()
	o.matched = len(tx.MatchedRules()) > 0
	fields := tx.(plugintypes.TransactionState).Variables().TX()
	for i := range 12 {
		o.captured += fmt.Sprintf("%q ", fields.Get(strconv.Itoa(i)))
	}
	return o
}

// compare holds "@rx a" against "@our_rx a", with and without capture.
func compare(t testing.TB, operator string, values ...string) {
	t.Helper()
	for _, capture := range []bool{false, true} {
		theirs := newRule(t, operator, capture)
		ours := newRule(t, strings.Replace(operator, "@", "@our_", 1), capture)
		if theirs.err != nil || ours.err != nil {
			if fmt.Sprint(ours.err) != strings.ReplaceAll(fmt.Sprint(theirs.err), operator, strings.Replace(operator, "@", "@our_", 1)) {
				t.Errorf("%q: error %v, want %v", operator, ours.err, theirs.err)
			}
			return
		}
		for _, value := range values {
			if got, want := ours.on(value), theirs.on(value); got != want {
				t.Errorf("%q on %q: %v, want %v", operator, value, got, want)
			}
		}
	}
}

func TestLikeCoraza(t *testing.T) {
	values := []string{
		"", "a", "ab", "xaby", "cat", "Catalog", "CATALO", "passwd /etc cat cat cat cat cat cat cat cat cat cat",
		"a\nb", "a\xffb", "đường", "ĐƯỜNG", "\xc4\x91", "\xbc>", "<\xbe", "\xff", "\uFFFD", "\xff\xfe", "x41", "A", `\xff`,
		"1234567890ab", "s K", "\u017F \u212A", "abcdebcdbcabcd", "/ETC/passwd",
	}
	for _, operator := range []string{
		`@rx a(b)?(c)?`, `@rx ^a$`, `@rx a.b`, `@rx (`, `@rx (?i)s\sk`, `@rx "a`,
		`@rx (1)(2)(3)(4)(5)(6)(7)(8)(9)(0)`, `@rx (a)|(b)|(?P<n>c)`, `@rx \x{111}`, `@rx`,
		`@rx \xbc[^\xbe>]*[\xbe>]|(<)[^\xbe]*\xbe`, `@rx \xff(\xfe)?`, `@rx \\xff`, `@rx \x{FFFD}`, `@rx \x{ff}`, `@rx \x{f`,
		`@rx \xc4\x91`, `@rx a\xff(`, `@rx \x{e1}\x{bb}\x{8d}`, `@rx \xzz`,
		`@pm cat Catalog passwd`, `@pm`, `@pm ab abc`, `@pm abcd bc bcde d`, `@pm Đường s`, `@pm k s`,
		`@pmFromFile words.data`, `@pmFromFile none.data`, `@pmFromFile missing.data`, `@pmFromFile /dir/words.data`,
	} {
		compare(t, operator, values...)
	}
}

// Lists of words over few letters overlap in every way there is.
func FuzzWords(f *testing.F) {
	f.Add("abcd bc bcde d", "abcdebcdbcabcd")
	f.Add("a aa aaa ba", "aAaabaaa")
	f.Add("a  b", "c")
	f.Add("đ \xff", "Đđ\xff")
	f.Fuzz(func(t *testing.T, list, value string) {
		if strings.ContainsAny(list, "\\\"`\r\n\x00#") || len(list) > 200 || strings.TrimSpace(list) != list {
			t.Skip("a rule would say something else")
		}
		if slices.Contains(strings.Split(list, " "), "") { // see shop.pm
			if !newRule(t, "@our_pm "+list, false).on(value).matched {
				t.Errorf("%q has an empty word, but does not match %q", list, value)
			}
			return
		}
		compare(t, "@pm "+list, value)
	})
}

// Coraza cannot be asked which patterns it takes for bytes, but a pattern of bytes and one of
// runes differ in what they say of every byte beyond ASCII.
func FuzzPattern(f *testing.F) {
	for _, pattern := range []string{`\xbc(.)`, `\\xff.`, `\x{FFFD}`, `a(.)?\xc4\x91`, `\x{ff`, `\x{100}`} {
		f.Add(pattern, "\xbc\xff\xc4\x91a")
	}
	f.Fuzz(func(t *testing.T, pattern, value string) {
		if strings.ContainsAny(pattern, "\"`\r\n\x00") || len(pattern) > 100 || strings.TrimSpace(pattern) != pattern || strings.HasSuffix(pattern, `\`) {
			t.Skip("a rule would say something else")
		}
		compare(t, "@rx "+pattern, value, value+"é\xe9")
	})
}

// Nothing is allocated for a value that does not match.
func TestNoAllocations(t *testing.T) {
	var s shop
	for _, make := range []func(plugintypes.OperatorOptions) (plugintypes.Operator, error){s.rx, s.pm} {
		operator, err := make(plugintypes.OperatorOptions{Arguments: `union\s+select`})
		if err != nil {
			t.Fatal(err)
		}
		value := strings.Repeat("Cổng thông tin union, selec", 9)
		if n := testing.AllocsPerRun(100, func() { operator.Evaluate(state{capturing: true}, value) }); n != 0 {
			t.Errorf("%T allocates %v times", operator, n)
		}
	}
}

// state is as much of a transaction as an operator asks.
type state struct {
	plugintypes.TransactionState
	capturing bool
}

func (s state) Capturing() bool { return s.capturing }

func BenchmarkPm(b *testing.B) {
	value := strings.Repeat("Cổng thông tin điện tử huyện; cat /etc/hos, select sy. ", 600)
	for _, operator := range []string{"@pm", "@our_pm"} {
		b.Run(operator[1:], func(b *testing.B) {
			rule := newRule(b, operator+" passwd catalog /etc/shadow select* system( điệnx", false)
			b.ReportAllocs()
			for b.Loop() {
				rule.on(value)
			}
		})
	}
}

// WAFs share what they compile, and give it back.
func TestShared(t *testing.T) {
	var s shop
	made := []string{}
	plugins.RegisterOperator("shared_rx", func(opts plugintypes.OperatorOptions) (plugintypes.Operator, error) {
		op, err := s.rx(opts)
		made = append(made, fmt.Sprintf("%p", op.(pattern).Matcher))
		return op, err
	})
	rules := []rule{open("@shared_rx shared", false), open("@shared_rx shared", false)}
	if made[0] != made[1] {
		t.Error("two WAFs compiled one pattern twice")
	}
	for _, r := range rules {
		r.on("a shared value")
	}
	if s.budget.Held() == 0 {
		t.Error("states are not counted")
	}
	for i := range rules {
		rules[i].close()
		rules[i] = rule{}
	}
	for range 10 {
		runtime.GC()
		if s.budget.Held() == 0 {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("%d bytes are held after the last WAF was closed", s.budget.Held())
}
