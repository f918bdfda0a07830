package clean

import (
	"strings"
	"testing"
)

// TestJudge shows what becomes of each sort of reference under the portal's policy.
func TestJudge(t *testing.T) {
	const same = "\x00"
	tests := []struct{ name, in, want, finding string }{
		{"own script", `<script src="/js/menu.js"></script>`, same, ""},
		{"script on the list", `<script src="https://cdn.example/a.js" async></script>`, same, ""},
		{"script off the list", `a<script src="https://evil.test/a.js">x</script>b`, "ab", "script script src evil.test off-list"},
		{"script without a scheme", `<script src=//evil.test/a.js></script >b`, "b", "script script src evil.test off-list"},
		{"data script", `<script src="data:text/javascript,pwn=1"></script>`, "", "script script src  scheme"},
		{"first of two sources", `<script src=//evil.test/a.js src=/ok.js></script>`, "", "script script src evil.test off-list"},
		{"frame on the list", `<iframe src="https://www.youtube.com/embed/x" allowfullscreen></iframe>`, same, ""},
		{"frame off the list", `<p><iframe src="https://evil.test/">x</iframe>y`, "<p>y", "frame iframe src evil.test off-list"},
		{"blank frame", `<iframe src="about:blank"></iframe>`, same, ""},
		{"frame with a script URL", `<iframe src="javascript:eval(atob('YQ=='))"></iframe>`, "", "frame iframe src  decoder"},
		{"object with fallback", `<object data="//evil.test/x"><p>t</p><object></object></object>b`, "b", "frame object data evil.test off-list"},
		{"object that its parent ends", `<div><object data="//evil.test/x"><p>t</div>b`, "<div></div>b", "frame object data evil.test off-list"},
		{"own object", `<object data="/so-do.svg"></object>`, same, ""},
		{"embed", `<embed src="//evil.test/x">b`, "b", "frame embed src evil.test off-list"},
		{"applet", `<applet code="x" codebase="//evil.test/">t</applet>b`, "b", "frame applet codebase evil.test off-list"},
		{"portal", `<portal src="//evil.test/"></portal>b`, "b", "frame portal src evil.test off-list"},
		{"frame of AMP", `<amp-iframe layout=fill src="https://evil.test/"><amp-img placeholder src=/a.png></amp-img></amp-iframe>b`, "b", "frame amp-iframe src evil.test off-list"},
		{"document in a frame of AMP", `<amp-iframe srcdoc="<script src=//evil.test/x></script>b"></amp-iframe>`, `<amp-iframe></amp-iframe>`, "frame amp-iframe srcdoc  nested-document off-list"},
		{"advertisement of AMP", `<amp-ad width=1 height=1 src="//evil.test/ad"></amp-ad>b`, "b", "frame amp-ad src evil.test off-list"},
		{"worker of AMP", `<amp-script layout=container src="https://evil.test/w.js"><p>x</p></amp-script>b`, "b", "script amp-script src evil.test off-list"},
		{"service worker of AMP", `<amp-install-serviceworker src="https://evil.test/sw.js" layout=nodisplay></amp-install-serviceworker>b`, "b", "script amp-install-serviceworker src evil.test off-list"},
		{"data for AMP", `<amp-list src="https://evil.test/l.json"><p>x</p></amp-list>`, `<amp-list><p>x</p></amp-list>`, "connect amp-list src evil.test off-list"},
		{"pages of AMP", `<amp-img src="https://img.test/a.png" width=2 height=1></amp-img><amp-iframe src="https://www.portal.example/x"></amp-iframe><amp-analytics config="/a.json"></amp-analytics>`, same, ""},
		{"use of data", `<svg><use href="data:image/svg+xml,%3Csvg id='x'/%3E#x" width="1" /></svg>`, `<svg><use width="1" /></svg>`, "media use href  scheme"},
		{"use of its own", `<svg><use href="#x"/><image href="data:image/png;base64,AAAA"/></svg>`, same, ""},
		{"form", `<form action="//evil.test/c" method=post><input name=p></form>`, `<form method="post"><input name=p></form>`, "form form action evil.test off-list"},
		{"form on the list", `<form action="https://pay.example/"></form>`, same, ""},
		{"button", `<button formaction="//evil.test/">g</button>`, "<button>g</button>", "form button formaction evil.test off-list"},
		{"style sheet", `<link rel="stylesheet" href="//evil.test/a.css">b`, "b", "style link href evil.test off-list"},
		{"style sheet on the list", `<link rel="stylesheet" href="https://fonts.googleapis.com/css?family=Roboto">`, same, ""},
		{"preconnect", `<link rel=preconnect href=//evil.test>`, "", "connect link href evil.test off-list"},
		{"preload of what is allowed", `<link rel=preload as=script href=https://cdn.example/a.js>`, same, ""},
		{"module preload", `<link rel=modulepreload href=//evil.test/a.js>`, "", "script link href evil.test off-list"},
		{"icon from anywhere", `<link rel="icon" href="https://img.test/i.png">`, same, ""},
		{"canonical elsewhere", `<link rel=canonical href=https://evil.test/>b`, "b", "identity link href evil.test off-list identity"},
		{"canonical at a ministry", `<link rel="canonical" href="https://moh.gov.vn/tin/1">`, same, ""},
		{"translation elsewhere", `<link rel=alternate hreflang=id href=https://evil.test/>b`, "b", "identity link href evil.test off-list identity"},
		{"AMP page elsewhere", `<link rel="amphtml alternate" href=https://evil.test/>b`, "b", "identity link href evil.test off-list identity"},
		{"open graph elsewhere", `<meta property="og:url" content="https://evil.test/">b`, "b", "identity meta content evil.test off-list identity"},
		{"own open graph", `<meta property="og:url" content="https://portal.example/x"><meta property="og:title" content="evil.test">`, same, ""},
		{"alternate style sheet and icon", `<link rel="alternate stylesheet" href="https://fonts.googleapis.com/a"><link rel="alternate icon" href="//img.test/i.png">`, same, ""},
		{"next page elsewhere", `<link rel=next href=//evil.test/2>b`, "b", "connect link href evil.test off-list"},
		{"previous page elsewhere", `<link rel="prev" href=//evil.test/2>b`, "b", "connect link href evil.test off-list"},
		{"next and previous page", `<link rel="next" href="/tin?p=3"><link rel="prev" href="?p=1">`, same, ""},
		{"onion elsewhere", `<meta http-equiv="Onion-Location" content="http://evil.onion/x">b`, "b", "redirect meta content evil.onion off-list"},
		{"onion on the list", `<meta http-equiv="onion-location" content="https://login.example/x"><meta http-equiv="onion-location" content="/x">`, same, ""},
		{"open graph beside a name", `<meta name="x" property=" og:url " content="https://evil.test/">b`, "b", "identity meta content evil.test off-list identity"},
		{"verification beside a refresh", `<meta http-equiv="refresh" name="google-site-verification" content="KTZ2">`, same, "identity meta content  site-verification"},
		{"verification", `<meta name="Google-Site-Verification" content="KTZ2">`, same, "identity meta content  site-verification"},
		{"base elsewhere", `<base href="//evil.test/">`, "", "base base href evil.test off-list"},
		{"own base", `<base href="/">`, same, ""},
		{"refresh elsewhere", `<meta http-equiv=refresh content="0; url=https://evil.test/">`, "", "refresh meta content evil.test off-list"},
		{"refresh of the page", `<meta http-equiv="refresh" content="300">`, same, ""},
		{"image from anywhere", `<img src="https://img.test/a.png" srcset="//img.test/a.png 2x">`, same, ""},
		{"candidate behind a comma", `<img srcset="/b.png 1w,javascript:1 9w" alt=a>`, `<img alt="a">`, "media img srcset  scheme"},
		{"candidate behind a descriptor", `<link rel=preload as=image imagesrcset="/a 1x,javascript:1 2x">`, "<link rel=\"preload\" as=\"image\">", "media link imagesrcset  scheme"},
		{"candidates behind parentheses", `<img srcset="/a (, x),javascript:1" alt=a>`, `<img alt="a">`, "media img srcset  scheme"},
		{"candidates with commas in them", `<img srcset="/w_300,h_200/a.png 300w,/w_600,h_400/a.png 600w">`, same, ""},
		{"image with a script URL", `<img src="javascript:pwn=1" alt=a>`, `<img alt="a">`, "media img src  scheme"},
		{"image of data", `<img src="data:image/png;base64,AAAA">`, same, ""},
		{"harmless handler", `<a href="#" onclick="return false">x</a>`, same, ""},
		{"handler of a menu", `<button onclick="toggleMenu(this); return false;">x</button>`, same, ""},
		{"planted handler", `<body onload="location.href='https://evil.test/'">`, "<body>", "handler body onload evil.test leads-away"},
		{"script URL that does nothing", `<a href="javascript:void(0);">x</a>`, same, ""},
		{"script URL that leads away", `<a href="javascript:location='//evil.test/'">x</a>`, "<a>x</a>", "link a href evil.test leads-away"},
		{"ping", `<a href="/x" ping="https://evil.test/p">x</a>`, `<a href="/x">x</a>`, "connect a ping evil.test off-list"},
		{"second ping", `<a href="/x" ping="/own https://evil.test/p">x</a>`, `<a href="/x">x</a>`, "connect a ping evil.test off-list"},
		{"link of a formula", `<math href="//evil.test/"><mi>x</mi></math>`, "<math><mi>x</mi></math>", "link math href evil.test off-list"},
		{"odd names", `<p a"b c=d><x=y>z</x=y><p <i>`, `<p c="d">z<p>`, ""},
		{"mail and telephone", `<a href="mailto:a@portal.example">m</a><a href="tel:+84">t</a>`, same, ""},
		{"messenger", `<a href="ymsgr:sendim?hotro">chat</a>`, same, ""},
		{"own file by ftp", `<a href="ftp://www.portal.example/vanban.zip">x</a>`, same, ""},
		{"file by ftp off the list", `<a href="ftp://evil.test/a.exe">x</a>`, "x", "link a href evil.test off-list"},
		{"image by ftp", `<img src="ftp://www.portal.example/a.png" alt=a>`, `<img alt="a">`, "media img src www.portal.example scheme"},
		{"link on the list", `<a href="https://baochinhphu.gov.vn/x">x</a><a href="https://www.facebook.com/p">f</a>`, same, ""},
		{"link off the list", `a <a href="https://news.test/1" title=t>tin <b>mới</b></a> b`, "a tin <b>mới</b> b", "link a href news.test off-list"},
		{"area", `<map><area href="https://evil.test/"></map>`, "<map></map>", "link area href evil.test off-list"},
		{"link in svg", `<svg><a href="https://evil.test/"><path d="M0"/></a></svg>`, `<svg><path d="M0"/></svg>`, "link a href evil.test off-list"},
		{"document in an attribute", `<iframe srcdoc="&lt;script src=//evil.test/x>&lt;/script>"></iframe>`, "<iframe></iframe>", "frame iframe srcdoc  nested-document off-list"},
		{"harmless document in an attribute", `<iframe srcdoc="&lt;p>x&lt;/p>"></iframe>`, same, ""},
		{"import of a style", `<style>@import "//evil.test/a.css";p{color:red}</style>`, "<style>p{color:red}</style>", "style style  evil.test off-list"},
		{"namespace of a style", `<style>@namespace svg url(http://www.w3.org/2000/svg);</style>`, same, ""},
		{"esi", `<esi:include src="http://evil.test/x"/>b`, "b", "script esi:include   edge-include"},
		{"animated link", `<svg><a><animate attributeName="href" values="javascript:pwn=1"/></a></svg>`, "<svg><a></a></svg>", "link animate attributename  animates-href"},
		{"import map", `<script type=importmap>{"imports":{"a":"https://evil.test/a.js"}}</script>`, "", "script script  evil.test off-list"},
		{"linked data of spam", `<script type="application/ld+json">{"name":"Slot Gacor","url":"https:\/\/evil.test\/"}</script>`, "", "identity script  evil.test off-list identity"},
		{"linked data of another site", `<script type="application/ld+json">[{"@type":"WebSite","mainEntityOfPage":{"@id":"https://evil.test/x"}}]</script>`, "", "identity script  evil.test off-list identity"},
		{"linked data of another site in a list", `<script type="application/ld+json">{"@type":"Organization","url":["https://evil.test/"]}</script>`, "", "identity script  evil.test off-list identity"},
		{"linked data of another site with prefixes", `<script type="application/ld+json">{"schema:url":{"@value":"https://evil.test/"}}</script>`, "", "identity script  evil.test off-list identity"},
		{"linked data that names others", `<script type="application/ld+json">{"@graph":[{"@type":"WebPage","url":"/tin"},{"@type":"Person","url":"https://an.test/"}]}</script>`, same, ""},
		{"linked data", `<script type="application/ld+json">{"@context":"https:\/\/schema.org","publisher":{"url":"https:\/\/news.test"}}</script>`, same, ""},
		{"template", `<script type="text/template"><a href="https://x.test/"><%= name %></a></script>`, same, ""},
	}
	c := newCleaner(t, portal(t))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, findings := cleanString(t, c, test.in)
			want := test.want
			if want == same {
				want = test.in
			}
			if out != want {
				t.Errorf("%s\ncleaned: %s\nwant:    %s", test.in, out, want)
			}
			var got []string
			for _, f := range findings {
				got = append(got, strings.Join([]string{f.Kind, f.Element, f.Attribute, f.Host, strings.Join(f.Reasons, " ")}, " "))
			}
			if strings.Join(got, "\n") != test.finding {
				t.Errorf("findings %q, want %q", got, test.finding)
			}
		})
	}
}
