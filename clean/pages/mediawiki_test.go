package pages_test

import (
	_ "embed"
	"net/url"
	"path/filepath"
	"testing"

	"github.com/lachan-waf/lachan/internal/cmstest"
)

// The links are those of the article, of MediaWiki's own pages, and of the
// credits on Special:Version.
const mediaWikiSite = `
- name: wiki
  hosts: [wiki.example]
  upstream: http://127.0.0.1:8080
  response:
    allow:
      links: ["*.gov.vn", tulieu.example, "*.mediawiki.org", "*.wikimedia.org", vi.wikipedia.org, translatewiki.net, www.debian.org,
        packagist.org, github.com, symfony.com, "*.php-fig.org", php.net, www.gnu.org, www.sqlite.org, pygments.org, ace.c9.io, icu.unicode.org,
        seld.be, www.naderman.de, www.indelible.org, timotijhof.net, sagikazarmark.hu, robbast.nl, christianriesen.com]
`

func mediaWiki(t *testing.T, host *cmstest.Host) {
	installMediaWiki(t, host)
	s := newSite(t, mediaWikiSite)
	// The Minerva skin names two attributes of the search field twice, and ends
	// it with a quote too many.
	s.rewritten = []string{
		` id="searchInput"` + "\n\t\t\t\t\t\t" + ` type="search" name="search" placeholder=`, ` id="searchInput" placeholder=`,
		` accesskey="f"">`, ` accesskey="f">`,
	}
	v := newVisitor(t, host, "http://wiki.example/wiki/index.php")
	const article = "?title=L%C3%A0ng_ngh%E1%BB%81"
	s.visits(t, v, "", article, article+"&action=edit", article+"&action=history", article+"&action=info", article+"&oldid=1", article+"&diff=cur&oldid=prev",
		article+"&printable=yes", "?title=Kh%C3%B4ng_c%C3%B3", "?title=Special:RecentChanges", "?title=Special:AllPages", "?title=Special:Version",
		"?title=Special:SpecialPages", "?title=Special:Search&search=l%C3%A0ng", "?title=Special:UserLogin", "?title=Special:CreateAccount", "?title=Special:ListFiles",
		article+"&useskin=monobook", article+"&useskin=timeless", article+"&useskin=minerva")
	v.login(t, "?title=Special:UserLogin", "pt-logout", url.Values{"wpName": {wikiAdmin}, "wpPassword": {wikiPassword}})
	s.visits(t, v, "?logged=in", article+"&action=edit&section=1", article+"&action=delete", article+"&action=protect", "?title=Special:Preferences", "?title=Special:Watchlist",
		"?title=Special:Upload", "?title=Special:UserRights", "?title=Special:Block", "?title=Special:Contributions/"+url.PathEscape(wikiAdmin))
}

// The administrator that MediaWiki's installer makes.
const (
	wikiAdmin    = "Quản trị"
	wikiPassword = "một mật khẩu dài 2026"
)

//go:embed testdata/article.wiki
var wikiArticle string

func installMediaWiki(t *testing.T, host *cmstest.Host) {
	t.Helper()
	host.Copy(t, "/usr/share/mediawiki", "wiki")
	root := filepath.Join(host.Docroot, "wiki")
	host.PHP(t, root+"/maintenance/install.php", "--dbtype=sqlite", "--dbpath="+host.Path("tmp"), "--server=http://wiki.example",
		"--scriptpath=/wiki", "--lang=vi", "--skins=Vector,MonoBook,Timeless,MinervaNeue", "--with-extensions", "--pass="+wikiPassword, "Wiki xã An Bình", wikiAdmin)
	for _, text := range []string{"Trang đang được viết.\n", wikiArticle} {
		file := host.Path("Làng nghề")
		cmstest.WriteFile(t, file, text)
		host.PHP(t, root+"/maintenance/importTextFiles.php", "--overwrite", "--use-timestamp", file)
	}
}
