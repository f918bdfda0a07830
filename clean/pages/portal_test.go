package pages_test

import (
	"os"
	"testing"
)

// portals are pages as they stand on portals of communes, offices, schools and
// hospitals, sloppiness included. The text is our own.
var portals = []struct {
	file, host, contentType string
	allow                   string   // the allowlists an operator would set
	rewritten               []string // what is written anew, by design: pairs of old and new
}{
	{file: "cong-xa.html", host: "anbinh.example", contentType: "text/html; charset=utf-8",
		allow: `scripts: [ajax.googleapis.com/ajax/libs/jquery/, maxcdn.bootstrapcdn.com/bootstrap/, oss.maxcdn.com/html5shiv/, oss.maxcdn.com/respond/, www.google-analytics.com, connect.facebook.net], styles: [fonts.googleapis.com, maxcdn.bootstrapcdn.com],
			frames: [www.youtube.com, www.google.com], links: ["*.gov.vn", vanban.example, www.facebook.com, zalo.me, chungnhan.example]`},
	{file: "bang.html", host: "anbinh.example", contentType: "text/html", allow: `links: ["*.gov.vn", www.chinhphu.vn, bao.example]`},
	{file: "khung.html", host: "anbinh.example", contentType: "text/html", allow: `links: ["*.gov.vn"]`, rewritten: []string{
		// Text to browsers with frames, markup to those without: what could be a tag goes.
		"<NOFRAMES>\r\n  <BODY BGCOLOR=#FFFFFF>\r\n  <P>Trang nay dung khung. Trinh duyet cua ban khong ho tro khung, xin xem <A HREF=\"trangchu.htm\">trang chu</A>.\r\n  </BODY>\r\n  </NOFRAMES>",
		"<NOFRAMES></noframes>",
	}},
	{file: "van-ban.html", host: "sotuphap.example", contentType: "text/html", allow: `links: ["*.gov.vn"]`},
	{file: "dotnetnuke.html", host: "sonongnghiep.example", contentType: "text/html; charset=utf-8", allow: `links: ["*.gov.vn", www.dotnetnuke.com], frames: [fpdownload.macromedia.com]`},
	{file: "sharepoint.html", host: "bqlkcn.example", contentType: "text/html; charset=utf-8", allow: `links: ["*.gov.vn"]`},
	{file: "nukeviet.html", host: "mnhoasen.example", contentType: "text/html; charset=utf-8", allow: `links: ["*.gov.vn", wiki.nukeviet.example, www.facebook.com], scripts: [connect.facebook.net]`},
	{file: "joomla.html", host: "benhvien.example", contentType: "text/html; charset=utf-8", allow: `links: ["*.gov.vn", www.joomla.org, www.gnu.org]`},
	{file: "drupal.html", host: "thuvien.example", contentType: "text/html; charset=utf-8", allow: `links: ["*.gov.vn", drupal.org], frames: [www.youtube.com], scripts: [www.google-analytics.com]`},
	{file: "truong-hoc.html", host: "thcsanbinh.example", contentType: "", allow: `links: ["*.gov.vn", violympic.example, ioe.example, demtruycap.example], scripts: [demtruycap.example], frames: [www.youtube.com, download.macromedia.com]`, rewritten: []string{
		// Pasted from Word: no browser makes more of these than a comment.
		`<?xml:namespace prefix = o ns = "urn:schemas-microsoft-com:office:office" />`, "",
		"<![if !supportLists]>", "", "<![endif]>", "",
		`width=60 border=0 align=right border="0">`, `width="60" border="0" align="right">`,
	}},
	{file: "dich-vu.html", host: "khituong.example", contentType: "text/html; charset=utf-8", allow: `links: ["*.gov.vn", opendata.example, vi.wikipedia.org], styles: [fonts.googleapis.com], connect: [fonts.gstatic.com], frames: [rada.example]`},
}

func TestPortals(t *testing.T) {
	for _, p := range portals {
		t.Run(p.file, func(t *testing.T) {
			body, err := os.ReadFile("testdata/" + p.file)
			if err != nil {
				t.Fatal(err)
			}
			s := newSite(t, "- {name: portal, hosts: ["+p.host+"], upstream: \"http://127.0.0.1:8080\", response: {allow: {"+p.allow+"}}}")
			s.rewritten = p.rewritten
			d := document{url: "http://" + p.host + "/", contentType: []string{p.contentType}, body: body}
			s.untouched(t, d)
			s.onlyUnwrapped(t, d)
		})
	}
}
