package clean

import "testing"

func TestLinkHeader(t *testing.T) {
	c := newCleaner(t, portal(t))
	for in, want := range map[string]string{
		`<https://evil.test/x.css>; rel=stylesheet`:                                      "",
		`<https://evil.test/x.js>; rel=preload; as=script`:                               "",
		`<//evil.test/x.js>;rel="modulepreload next"`:                                    "",
		`<https://evil.test/>; rel=dns-prefetch, </own.css>; rel=stylesheet`:             "</own.css>; rel=stylesheet",
		`</a,b.css>; rel=stylesheet; title="a, b", <https://evil.test/>; rel=PRECONNECT`: `</a,b.css>; rel=stylesheet; title="a, b"`,
		`evil.test; rel=stylesheet`:                                                      "",
		`<https://evil.test/x.css; rel=stylesheet`:                                       "",
		`<https://casino.test/>; rel=canonical`:                                          "",
		`<https://moh.gov.vn/>; rel=canonical`:                                           `<https://moh.gov.vn/>; rel=canonical`,
		`</wp-json/>; rel="https://api.w.org/"`:                                          `</wp-json/>; rel="https://api.w.org/"`,
		`<//evil.test/x.css>; rel="style\sheet"`:                                         "",
		`</a>; title=a"b, <//evil.test/x.css>; rel=stylesheet; title="`:                  "",
		`</a>; title="b, <//evil.test/x.css>; rel=stylesheet`:                            "",
		`</s.png>; rel=preload; as=image; imagesrcset="javascript:1 1x"`:                 "",
		`</s.png>; rel=preload; as=image; ImageSrcSet="/b 1w,javascript:1 9000w"`:        "",
		`</s.png>; rel=preload; as=image; imagesrcset="/b.png 1x, /c.png 2x"`:            `</s.png>; rel=preload; as=image; imagesrcset="/b.png 1x, /c.png 2x"`,
		``: "",
	} {
		kept, findings := c.Link(in, "https://"+portal(t).Hosts[0]+"/")
		if kept != want {
			t.Errorf("%s\nkept: %s\nwant: %s", in, kept, want)
		}
		if reported := len(findings) > 0; reported != (kept != in) {
			t.Errorf("%s: findings %+v", in, findings)
		}
	}
}
