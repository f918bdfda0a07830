package pages_test

import (
	"net/url"
	"testing"

	"github.com/lachan-waf/lachan/internal/cmstest"
)

// The links are those of WordPress's own pages: its makers, its plugin's, its news.
const wordPressSite = `
- name: portal
  hosts: [portal.example]
  upstream: http://127.0.0.1:8080
  response:
    allow:
      links: ["*.gov.vn", wordpress.org, "*.wordpress.org", "*.gravatar.com", central.wordcamp.org, automattic.com, akismet.com, youtu.be]
`

func wordPress(t *testing.T, host *cmstest.Host) {
	const base = "http://portal.example"
	host.InstallWordPress(t, base)
	s := newSite(t, wordPressSite)
	v := newVisitor(t, host, base)
	s.visits(t, v, "/", "/gioi-thieu/", "/lien-he/", "/2026/10/lich-tiep-cong-dan-thang-11/", "/2026/10/", "/author/bientap/",
		"/?s=x%C3%A3", "/khong-co/", "/wp-login.php", "/wp-login.php?action=lostpassword")
	v.login(t, "/wp-login.php", "wpadminbar", url.Values{"log": {cmstest.EditorName}, "pwd": {cmstest.EditorPassword}})
	s.visits(t, v, "/?logged=in", "/wp-admin/", "/wp-admin/edit.php", "/wp-admin/post-new.php", "/wp-admin/post-new.php?classic-editor",
		"/wp-admin/upload.php", "/wp-admin/edit-comments.php", "/wp-admin/nav-menus.php", "/wp-admin/themes.php", "/wp-admin/widgets.php",
		"/wp-admin/customize.php", "/wp-admin/plugins.php", "/wp-admin/users.php", "/wp-admin/profile.php", "/wp-admin/options-general.php",
		"/wp-admin/site-health.php", "/wp-admin/about.php")
}
