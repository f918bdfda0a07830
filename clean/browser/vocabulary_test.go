package browser_test

// What generated documents are made of. A name may bring attributes.
var (
	doctypes = []string{
		"<!doctype html>", "<!DOCTYPE html PUBLIC \"-//W3C//DTD HTML 3.2//EN\">", "<!doctype html SYSTEM 'about:legacy-compat'>",
		"<!doctype \"<svg>\">", "<!DOCTYPE>", "<?xml version=\"1.0\"?>", "<!doctype html><html><head>", "<!doctype html><body>",
	}

	flow = []string{
		"p", "div", "b", "i", "a", "a href=/own", "nobr", "font", "font color=red", "h1", "ul", "li", "dl", "dd", "pre", "listing", "center", "blockquote",
		"form", "form action=/own", "button", "input", "input type=hidden", "input type=image", "label", "fieldset", "object", "object data=/own.pdf", "applet", "marquee", "embed src=/own.swf",
		"img src=/own.png", "image", "br", "hr", "wbr", "area", "keygen", "ruby", "rt", "rp", "rb", "rtc", "span", "em", "code", "big", "strike", "s", "u", "tt", "small", "strong", "var", "sub",
		"details", "summary", "dialog", "menu", "main", "section", "video", "audio", "source", "track", "canvas", "picture", "x-y", "isindex", "dir", "address", "base", "link", "meta", "basefont", "bgsound",
		"html", "head", "body", "slot", "search", "param", "nextid", "spacer", "multicol",
	}
	foreign = []string{
		"svg", "svg", "svg", "math", "math", "math", "g", "path", "use", "a", "text", "tspan", "rect", "defs", "symbol", "animate", "set", "style", "script", "image", "mask", "switch", "filter", "font", "font face=x", "linearGradient", "clipPath", "textPath", "view", "metadata",
		"mrow", "mstyle", "msqrt", "mtable", "mtr", "mtd", "maction", "merror", "semantics", "annotation", "mglyph", "malignmark", "mprescripts", "none", "menclose", "mfrac", "munder", "mspace", "mpadded", "span", "p", "table", "nobr",
	}
	integration = []string{
		"foreignObject", "foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext",
		"annotation-xml", "annotation-xml encoding=text/html", "annotation-xml encoding=TEXT/HTML", "annotation-xml encoding=application/xhtml+xml", "annotation-xml encoding=\"text&#x2f;html\"", "annotation-xml encoding=x encoding=text/html",
		"svg", "math",
	}
	raw = []string{
		"style", "style", "style type=text/css", "style media=print", "script type=text/template", "script type=application/json", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript", "noscript", "plaintext", "template", "template", "template shadowrootmode=open", "template shadowrootmode=closed", "template shadowrootmode=open shadowrootserializable",
	}
	tables   = []string{"table", "table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption", "colgroup", "col", "table", "td", "tr"}
	disputed = []string{"select", "select", "option", "optgroup", "selectedcontent", "datalist", "frameset", "frame", "hr", "select multiple", "select size=2", "button", "template", "noframes", "keygen", "input"}

	// What stands between the name of a tag and an attribute.
	separators = []string{" ", " ", " ", " ", "\n", "\t", "\f", "/", " / ", "//", "\r", "  ", "\x00", "\v", "\u00a0", ""}

	attributeTexts = []string{
		"a=b", "a='b'", `a="b"`, "a", "a=", "a= b", `a="&lt;"`, "a='<'", `a="`, `a='`, "a=`", `"`, "'", "=", "=x", "<", "a<b", "a\"b", "a='>'", `a=">"`, "id=x id=y", "class=\"a b\"", "hidden", "style=color:red",
		"onclick=pwn=1", "onload='pwn=1'", "OnError=\"pwn=1\"", "on\x00load=pwn=1", "onfocus=pwn=1 autofocus", "x onclick=pwn=1", "a=b/onclick=pwn=1", "a='b'onclick=pwn=1", "a=b\fonclick=pwn=1", "href=//evil.test/1", "href=\"//evil.test/2\"", "src=//evil.test/3", "href='java\nscript:pwn=1'", "xlink:href=//evil.test/4", "XLINK:href=//evil.test/5",
		"background=//evil.test/6", "style=\"background:url(//evil.test/7)\"", "style='background:url(&quot;//evil.test/8&quot;)'", "fill=\"url(//evil.test/9#a)\"", "action=//evil.test/10", "formaction=//evil.test/11", "ping=//evil.test/12", "srcset='//evil.test/13 1x'", "data=//evil.test/14", "poster=//evil.test/15",
		"encoding=text/html", "type=x", "type=text/javascript", "type=module", "rel=stylesheet", "http-equiv=refresh", "content='0;url=//evil.test/16'", "color=x", "face=x", "size=1", "srcdoc='<script>pwn=1</script>'", "srcdoc=\"&lt;img src=x onerror=pwn=1&gt;\"", "shadowrootmode=open", "attributeName=href", "to=//evil.test/17", "values='x;javascript:pwn=1'",
		"title=\"</style><img src=x onerror=pwn=1>\"", "title='</noscript><img src=x onerror=pwn=1>'", "title=\"--><img src=x onerror=pwn=1>\"", "title='</title><img src=x onerror=pwn=1>'", "xmlns=http://www.w3.org/1999/xhtml", "xmlns=\"http://www.w3.org/2000/svg\"", "xml:base=//evil.test/18", "is=x",
	}

	// Each alone is acted upon by a browser that takes it for markup.
	payloads = []string{
		"<img src=x onerror=pwn=1>", "<img src=x onerror=pwn=1>", "<img/src=x/onerror=pwn=1>", "<img src=x onerror=pwn=1 ", "<svg onload=pwn=1>", "<svg/onload=pwn=1/>", "<b onclick=pwn=1>", "<body onload=pwn=1>", "<html onclick=pwn=1>", "<math onclick=pwn=1>", "<input autofocus onfocus=pwn=1>", "<details ontoggle=pwn=1 open>",
		"<script>pwn=1</script>", "<script>pwn=1</script>", "<script>pwn=1//", "<script src=//evil.test/1.js></script>", "<script src=//evil.test/2.js>", "<script/src=//evil.test/3.js></script>", "<script href=//evil.test/4.js />", "<script xlink:href=//evil.test/5.js></script>", "<script>pwn<!-- -->=1</script>", "<script type=module>import '//evil.test/6.js';pwn=1</script>", "<script src=data:,pwn=1></script>", "<script><!--<script>pwn=1</script>",
		"<iframe src=//evil.test/7></iframe>", "<iframe src=//evil.test/8>", "<iframe srcdoc='<script>pwn=1</script>'></iframe>", "<iframe srcdoc=\"<img src=x onerror=pwn=1>\"></iframe>", "<iframe src=javascript:pwn=1></iframe>", "<iframe srcdoc=\"<svg><style><img src=x onerror=pwn=1></style></svg>\"></iframe>",
		"<frame src=//evil.test/9>", "<frameset onload=pwn=1><frame src=//evil.test/10>", "<object data=//evil.test/11></object>", "<object data=//evil.test/12><embed src=//evil.test/13></object>", "<embed src=//evil.test/14>", "<applet code=//evil.test/15></applet>",
		"<a href=//evil.test/16>slot</a>", "<a href=//evil.test/17>", "<a href=\"javascript:pwn=1\">x</a>", "<a xlink:href=//evil.test/18><text>x</text></a>", "<a href=\"/\\evil.test/19\">x</a>", "<a href=\"ht\ntp://&#101;vil.test/20\">x</a>", "<area href=//evil.test/21>", "<form action=//evil.test/22><input type=submit>", "<button formaction=//evil.test/23>x</button>", "<input type=image src=//evil.test/24>",
		"<base href=//evil.test/25>", "<meta http-equiv=refresh content='0;url=//evil.test/26'>", "<link rel=stylesheet href=//evil.test/27>", "<link rel=preload as=script href=//evil.test/28>", "<style>@import '//evil.test/29';</style>", "<style>a{background:url(//evil.test/30)}</style>", "<style>@import url(//evil.test/31)", "<style>a{b:u\\72l(//evil.test/32)}</style>",
		"<img src=//evil.test/33>", "<img srcset='//evil.test/34 1x'>", "<image href=//evil.test/35 />", "<image xlink:href=//evil.test/36 />", "<image src=x onerror=pwn=1>", "<use href=//evil.test/37#a />", "<feImage href=//evil.test/38 />", "<animate attributeName=href values=javascript:pwn=1 />", "<set attributeName=href to=//evil.test/39 />", "<video poster=//evil.test/40>", "<video><source src=//evil.test/41></video>", "<td background=//evil.test/42>", "<table background=//evil.test/43>", "<body background=//evil.test/44>",
		"<div style='background:url(//evil.test/45)'>", "<p style=background:url(//evil.test/46)>", "<rect fill='url(//evil.test/47#a)' />", "<mi href=//evil.test/48>x</mi>", "<math href=//evil.test/49>x</math>", "<template shadowrootmode=open><a href=//evil.test/50>x</a></template>", "<div><template shadowrootmode=closed><img src=x onerror=pwn=1></template></div>", "<template><img src=x onerror=pwn=1></template>", "<noscript><img src=x onerror=pwn=1></noscript>", "<portal src=//evil.test/51></portal>", "<isindex action=//evil.test/52>", "<option onclick=pwn=1>x", "<plaintext onclick=pwn=1>", "<svg><script>pwn=1</script></svg>", "<svg><a href=//evil.test/53>x</a></svg>", "<svg><style>@import '//evil.test/54';</style></svg>", "<foreignObject onclick=pwn=1>", "<xmp onclick=pwn=1>", "<select onclick=pwn=1>", "<title onclick=pwn=1>", "<style onload=pwn=1></style>", "</p onclick=pwn=1>", "</br onclick=pwn=1>",
	}

	oddities = []string{
		"<!--", "-->", "--!>", "<!-->", "<!--->", "<!-- a -->", "<!---->", "<!--<!--", "<!-- --!>", "<!--a--b", "<!-", "<!", "<!x>", "<!a \">", "--", "->", "<!--\x00-->", "<!-\x00->",
		"<![CDATA[", "]]>", "<![CDATA[x]]>", "<![CDATA[<img src=x onerror=pwn=1>]]>", "<![CDATA[]]]]>", "]]]>", "<![cdata[", "<![CDATA", "<?", "<?x ?>", "<?php \">", "<%", "%>", "</", "</>", "</ x>", "</3>", "<", "<<", "<>", "< a>", "<3", ">", "/>", "\"", "'", "`", "=", "&", "&lt;", "&lt", "&#60;", "&#x3c;", "&amp;lt;", "&#0;", "&nbsp", "&notit;", "\x00", "\r", "\f", "\v",
		"<script><!--", "<script><!--<script>", "</script>-->", "<style><!--", "<title><!--", "<!doctype html>", "<!doctype html \"<b>", "<svg/>", "<math/>", "<svg></p>", "<svg></br>", "<math></p>", "<svg><p>", "<math><mi><mglyph>", "<math><mi><malignmark><style>", "<svg><title><svg>", "<math><annotation-xml><svg>", "<svg><foreignObject><math>", "<select><svg>", "<select><math><mi>", "<select><template>", "<select><select>", "<table><select>", "<table><svg><desc>", "<table><math><mtext>", "<template><tr>", "<template><col>", "<template><frameset>", "<colgroup><template>", "<svg><template>", "<math><template>", "<noscript><svg>", "<noscript><!--", "</noscript>", "<frameset></frameset><noframes>", "</frameset></html>", "</body></html>", "</html><!--", "<form><table></form>", "<a><table><a>", "<b><p></b>", "<p><svg><desc></p>", "<svg><desc><p></svg>", "<math><mi></math>", "<svg><title></svg>", "<svg><style></svg>", "<svg><script></svg>", "<svg><![CDATA[</svg>]]>", "<math><style><!--", "<svg><xmp>", "<svg><noscript>", "<svg><textarea>", "<svg><iframe>", "<svg><font size=1>", "<svg><font>", "<svg></svg>", "<svg><svg>", "<math><math>", "<svg><math>", "<math><svg>",
	}

	texts = []string{
		"x", " ", "\n", "chào bạn", "slot gacor", "pwn=1", "a&b", "a &lt;img src=x onerror=pwn=1&gt;", "&#60;script&#62;pwn=1&#60;/script&#62;", "\u2028", "\ufeff", "﷐", "é", "½", "日本", "onclick=pwn=1>", " href=//evil.test/>", "style>", "script>", "--", "]]", "/svg>",
	}

	stylePieces = []string{
		"@import '//evil.test/1';", "@import \"//evil.test/2\" screen;", "@import url(//evil.test/3);", "@im\\port '//evil.test/4';", "@\\69mport url('//evil.test/5')", "@IMPORT//**/'//evil.test/6';", "@import '/own.css';", "@charset 'utf-8';", "@namespace x '//evil.test/7';", "@font-face{src:url(//evil.test/8)}", "@media screen{", "@supports (a:b){", "@layer x;",
		"a{background:url(//evil.test/9)}", "a{background:URL( '//evil.test/10' )}", "a{background:u\\72l(//evil.test/11)}", "a{background:image-set('//evil.test/12' 1x)}", "a{--x:url(//evil.test/13);background:var(--x)}", "a{cursor:url(//evil.test/14),auto}", "background:url(//evil.test/15);", "background:url(\"//evil.test/16\"", "list-style:url(//evil.test/17)", "a{content:url(/\\/evil.test/18)}", "a{background:url(ht\\tp://evil.test/19)}", "a{background:url(http:\\//evil.test/20)}", "a{background:src('//evil.test/21')}", "a{background:cross-fade(url(//evil.test/22),red)}",
		"</sty", "le>", "</style", "<img src=x onerror=pwn=1>", "/*", "*/", "/**/", "'", "\"", "'\n", "\"\f", "\\\n", "\\", "\\'", "\\\"", "{", "}", "(", ")", "[", "]", ";", ":", ",", "<!--", "-->", "@", "@x", "@x '", "url(", "url( ", "url('", "URL(/own)", "a", "a{b:c}", "a[b='//evil.test/']", "\x00", "\\0", "!", "#", "-", "--", "1", "U+26", "]]>", "<![CDATA[", "<!-- -->", "&lt;", "&#34;", "é",
	}

	bytesInserted = []string{"<", ">", "\"", "'", "/", "=", "!", "-", "&", ";", "\x00", "\n", "\t", "\f", "\r", " ", "`", "[", "]", "?", "\\", "a", "<!--", "</", "-->"}
)
