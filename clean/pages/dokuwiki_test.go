package pages_test

import (
	"net/url"
	"path/filepath"
	"testing"

	"github.com/lachan-waf/lachan/internal/cmstest"
)

const dokuWikiSite = `
- name: doku
  hosts: [doku.example]
  upstream: http://127.0.0.1:8080
  response:
    allow:
      links: ["*.gov.vn", dokuwiki.org, "*.dokuwiki.org", creativecommons.org, php.net, "*.php.net", validator.w3.org, jigsaw.w3.org, www.debian.org,
        en.wikipedia.org, www.google.com, kb.mozillazine.org, qbnz.com, december.com, simplepie.org, slashdot.org, www.wikimatrix.org, github.com, www.gnu.org]
`

func dokuWiki(t *testing.T, host *cmstest.Host) {
	installDokuWiki(t, host)
	s := newSite(t, dokuWikiSite)
	// A share of the visitor's own network. Some browsers send its host a
	// password's hash.
	s.never = []string{`<a href="file://///server/share" class="windows" title="\\server\share">`}
	// The Vietnamese translation ends a tag wrongly, which makes a comment of it.
	s.rewritten = []string{`<b>Vô hiệu hóa nếu không cần thiết!</ b>`, `<b>Vô hiệu hóa nếu không cần thiết!`}
	v := newVisitor(t, host, "http://doku.example/doku/doku.php")
	s.visits(t, v, "", "?id=wiki:syntax", "?id=wiki:dokuwiki", "?id=wiki:dokuwiki&do=revisions", "?id=khong:co", "?do=recent", "?do=index", "?do=search&q=syntax", "?do=login",
		"?id=wiki:syntax&do=backlink", "?do=resendpwd", "?do=register")
	v.login(t, "?do=login", "do=logout", url.Values{"u": {dokuUser}, "p": {dokuPassword}})
	s.visits(t, v, "?id=wiki:syntax&logged=in", "?id=wiki:syntax&do=edit", "?id=wiki:welcome&do=diff", "?do=media&ns=wiki", "?do=profile", "?do=admin", "?do=admin&page=config", "?do=admin&page=acl",
		"?do=admin&page=usermanager", "?do=admin&page=extension", "?do=admin&page=styling")
}

const (
	dokuUser     = "bientap"
	dokuPassword = "một mật khẩu dài 2026"
)

// installDokuWiki lays the package's folders together as upstream does; Debian
// keeps them apart, in /etc and /var.
func installDokuWiki(t *testing.T, host *cmstest.Host) {
	t.Helper()
	host.Copy(t, "/usr/share/dokuwiki", "doku")
	host.Copy(t, "/etc/dokuwiki", "doku/conf")
	host.Copy(t, "/var/lib/dokuwiki/data", "doku/data")
	root := filepath.Join(host.Docroot, "doku")
	hash := host.PHP(t, "-r", `echo password_hash($argv[1], PASSWORD_BCRYPT);`, dokuPassword)
	for name, text := range map[string]string{
		"inc/preload.php":     "<?php\n",
		"conf/local.php":      "<?php\n$conf['title'] = 'Sổ tay xã An Bình'; $conf['lang'] = 'vi'; $conf['useacl'] = 1; $conf['superuser'] = '@admin'; $conf['savedir'] = './data';\n",
		"conf/users.auth.php": dokuUser + ":" + hash + ":Ban biên tập:bientap@doku.example:admin,user\n",
		"conf/acl.auth.php":   "* @ALL 8\n",
	} {
		cmstest.WriteFile(t, filepath.Join(root, name), text)
	}
}
