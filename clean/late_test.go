package clean

import "testing"

// TestLateScripts: what a plugin runs later is judged as what a browser runs at once.
func TestLateScripts(t *testing.T) {
	c := newCleaner(t, portal(t))
	for _, kind := range []string{
		"rocketlazyloadscript", "text/rocketscript", "a1b2c3-text/javascript", "pmdelayedscript", "text/psajs", "nitropack/inlinescript", "text/partytown",
		"text/babel", "text/jsx", "text/plain", "text/cookieconsent", "litespeed/javascript", "wpmeteor/javascript", "text/vbscript", "x", "application/json\x00", "text/x-mathjax-config",
	} {
		in := `<p>a</p><script type="` + kind + `">location="https://evil.test/"</script><p>b</p>`
		if out, _ := cleanString(t, c, in); out != "<p>a</p><p>b</p>" {
			t.Errorf("%s: %s", kind, out)
		}
	}
	for _, kind := range []string{
		"application/json", "application/json; charset=utf-8", "application/vnd.api+json", "text/template", "text/html", "text/x-handlebars-template", "math/tex; mode=display", "x-shader/x-fragment",
	} {
		in := `<p>a</p><script type="` + kind + `">location="https://evil.test/"</script><p>b</p>`
		if out, findings := cleanString(t, c, in); out != in {
			t.Errorf("%s: %+v", kind, findings)
		}
	}
}

// TestLateSources: an attribute of which a plugin makes a src is judged as one.
func TestLateSources(t *testing.T) {
	site := portal(t)
	site.Response.Allow.Media = patterns(t, "anh.example")
	c := newCleaner(t, site)
	for in, want := range map[string]string{
		`<script type="text/rocketscript" data-rocket-src="//evil.test/a.js"></script>x`:          `x`,
		`<script data-rocketlazyloadscript="https://evil.test/a.js"></script>x`:                   `x`,
		`<script data-RocketSrc='https://evil.test/a.js'></script>x`:                              `x`,
		`<script type="litespeed/javascript" data-src="https://evil.test/a.js"></script>x`:        `x`,
		`<iframe data-litespeed-src="https://evil.test/"></iframe>x`:                              `x`,
		`<img src="/a.png" data-lazy-srcset="//evil.test/a.png 2x">x`:                             `<img src="/a.png">x`,
		`<img src="/a.png" data-large-src="//evil.test/a.png">x`:                                  `<img src="/a.png">x`,
		`<script data-rocket-src="/wp-includes/js/a.js"></script>x`:                               `<script data-rocket-src="/wp-includes/js/a.js"></script>x`,
		`<img src="/a.png" data-lazy-srcset="/b.png 2x, /c.png 3x" data-src-retina="/d.png">x`:    `<img src="/a.png" data-lazy-srcset="/b.png 2x, /c.png 3x" data-src-retina="/d.png">x`,
		`<script src="/a.js" data-cfasync="false" data-no-defer="1" data-script="menu"></script>`: `<script src="/a.js" data-cfasync="false" data-no-defer="1" data-script="menu"></script>`,
		`<p data-src="//evil.test/a">x</p>`:                                                       `<p data-src="//evil.test/a">x</p>`,
	} {
		for range 2 { // the second time the names are familiar
			if out, _ := cleanString(t, c, in); out != want {
				t.Errorf("%s: %s", in, out)
			}
		}
	}
}
