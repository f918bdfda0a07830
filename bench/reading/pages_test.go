package reading_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// page is a document to read.
type page struct {
	name string // as in a benchmark's name: page=clean/size=5kB
	data []byte
	// infected pages hold references to the intruder's host; from all others
	// no reader may take a byte.
	infected bool
}

// pages are made anew in each run, and always the same.
func pages() []page {
	var all []page
	for _, kB := range []int{5, 50, 300} {
		all = append(all, page{fmt.Sprintf("page=clean/size=%dkB", kB), portalPage(kB<<10, ""), false})
	}
	for _, kB := range []int{5, 50, 300} {
		all = append(all, page{fmt.Sprintf("page=infected/size=%dkB", kB), portalPage(kB<<10, intruder), true})
	}
	return append(all,
		page{"page=large/size=8192kB", portalPage(8<<20, ""), false},
		page{"page=scripts/size=100kB", scriptPage(100 << 10), false},
		page{"page=sloppy/size=100kB", sloppyPage(100 << 10), false})
}

const (
	ownHost  = "www.portal.example"
	intruder = "evil.test"
)

// allowed are the hosts that pages refer to beside their own.
var allowed = [...]string{"cdn.example", "static.example", "video.example", "fonts.example", "api.example"}

// author writes a page. What it writes depends on nothing but the seed.
type author struct {
	strings.Builder
	dice *rand.Rand
}

func newAuthor(seed uint64) *author { return &author{dice: rand.New(rand.NewPCG(seed, 1))} }

// page is what was written, with room for the zero that tdewolff's lexer writes
// behind its input.
func (a *author) page() []byte {
	return append(make([]byte, 0, a.Len()+1), a.String()...)
}

func (a *author) printf(format string, args ...any) { fmt.Fprintf(&a.Builder, format, args...) }

func (a *author) host() string { return allowed[a.dice.IntN(len(allowed))] }

func (a *author) word() string { return words[a.dice.IntN(len(words))] }

func (a *author) sentence() string {
	s := make([]string, 8+a.dice.IntN(14))
	for i := range s {
		s[i] = a.word()
	}
	return strings.ToUpper(s[0][:1]) + s[0][1:] + " " + strings.Join(s[1:], " ") + "."
}

// words are taken from notices of a commune, and begin with ASCII letters.
var words = strings.Fields(`thông báo lịch tiếp công dân tháng của chủ tịch xã nhân dân thôn hồ sơ nộp tại bộ phận một cửa
giấy phép xây dựng nhà riêng lẻ bà con kiểm tra giúp tiêm phòng gia súc kế hoạch năm học trường mầm non phụ huynh quyết định
về việc phê duyệt danh sách hộ nghèo cận nghèo theo quy định hiện hành trung tâm văn hóa thể thao giải bóng chuyền
the office opens on working days residents may apply online for a certificate notice of public meeting`)

// portalPage is a page as a CMS serves it. Where planted names a host, every
// eighth block has something of that host behind it.
func portalPage(size int, planted string) []byte {
	a := newAuthor(uint64(size))
	a.head()
	a.navigation(min(24, 4+size/2000))
	a.WriteString("<main id=\"content\">\n<!-- content starts -->\n")
	blocks := []func(){a.article, a.article, a.figure, a.comment, a.comment, a.comment, a.embed, a.widget}
	for i := 0; a.Len() < size-1200; i++ {
		blocks[a.dice.IntN(len(blocks))]()
		if planted != "" && i%8 == 0 {
			a.plant(planted, i/8)
		}
	}
	a.WriteString("</main>\n")
	a.footer()
	return a.page()
}

func (a *author) head() {
	a.printf("<!DOCTYPE html>\n<html lang=\"vi\" class=\"no-js\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n", a.sentence())
	a.printf("<meta name=\"description\" content=\"%s\">\n<meta property=\"og:url\" content=\"https://%s/tin/1/\">\n<link rel=\"canonical\" href=\"https://%s/tin/1/\">\n", a.sentence(), ownHost, ownHost)
	for i := range 3 {
		a.printf("<link rel=\"stylesheet\" id=\"block-%d-css\" href=\"https://%s/css/block-%d.min.css?ver=6.%d\" media=\"all\">\n", i, a.host(), i, i)
	}
	a.WriteString("<style id=\"global-styles-inline-css\">\n:root{--accent:#a30000}\n")
	for i := range 6 {
		a.printf(".block-%d{margin:%dpx auto;padding:0 %dem;color:#%06x}\n", i, i, i%5, a.dice.IntN(1<<24))
	}
	a.printf("</style>\n<script src=\"https://%s/js/core.min.js?ver=3.7\" id=\"core-js\" defer></script>\n", a.host())
	a.WriteString("<script>document.documentElement.className=document.documentElement.className.replace('no-js','js');var settings={\"root\":\"\\/api\\/\",\"nonce\":\"a1b2c3d4e5\"};</script>\n</head>\n")
}

func (a *author) navigation(entries int) {
	a.WriteString("<body class=\"single single-post postid-1 wide\">\n<header><nav class=\"menu\" aria-label=\"Menu\"><ul>\n")
	for i := range entries {
		a.printf("<li id=\"menu-item-%d\" class=\"menu-item menu-item-%d\"><a href=\"/chuyen-muc/%d/\">%s %s</a></li>\n", i, i, i, a.word(), a.word())
	}
	a.printf("</ul></nav><form role=\"search\" method=\"get\" action=\"https://%s/\"><input type=\"search\" name=\"s\" placeholder=\"…\"></form></header>\n", ownHost)
}

func (a *author) article() {
	i := a.dice.IntN(9999)
	a.printf("<article id=\"post-%d\" class=\"post type-post status-publish\"><h2 class=\"entry-title\"><a href=\"https://%s/tin/%d/\" rel=\"bookmark\">%s</a></h2>\n", i, ownHost, i, a.sentence())
	for range 1 + a.dice.IntN(3) {
		a.printf("<p>%s %s <a href=\"https://%s/van-ban/%d\">%s</a> &ndash; <strong>%s</strong> %s</p>\n", a.sentence(), a.sentence(), a.host(), i, a.word(), a.word(), a.sentence())
	}
	a.WriteString("</article>\n")
}

func (a *author) figure() {
	i := a.dice.IntN(999)
	a.printf("<figure class=\"wp-block-image size-large\"><img loading=\"lazy\" decoding=\"async\" width=\"1024\" height=\"683\" src=\"/uploads/2026/11/%d.jpg\" alt=\"%s\" srcset=\"/uploads/2026/11/%d-300.jpg 300w, /uploads/2026/11/%d.jpg 1024w\" sizes=\"(max-width: 1024px) 100vw, 1024px\"><figcaption>%s</figcaption></figure>\n",
		i, a.word(), i, i, a.sentence())
}

func (a *author) comment() {
	i := a.dice.IntN(99999)
	a.printf("<li id=\"comment-%d\" class=\"comment depth-%d\"><article class=\"comment-body\"><footer class=\"comment-meta\"><img alt=\"\" src=\"/avatar/%d.png\" class=\"avatar\" height=\"32\" width=\"32\"><b class=\"fn\">%s</b> <time datetime=\"2026-11-%02dT10:00:00+07:00\">%d ngày trước</time></footer>",
		i, i%4+1, i, a.word(), i%28+1, i%28+1)
	a.printf("<div class=\"comment-content\"><p>%s</p></div><a rel=\"nofollow\" class=\"comment-reply-link\" href=\"/tin/1/?replytocom=%d#respond\" data-commentid=\"%d\">Trả lời</a></article></li>\n", a.sentence(), i, i)
}

func (a *author) embed() {
	a.printf("<div class=\"embed\"><iframe title=\"%s\" width=\"500\" height=\"281\" src=\"https://%s/embed/%d\" frameborder=\"0\" allowfullscreen></iframe></div>\n", a.word(), a.host(), a.dice.IntN(9999))
}

func (a *author) widget() {
	a.printf("<script async src=\"https://%s/w/%d.js\"></script>\n<script>window.q=window.q||[];q.push({\"a\":%d,\"t\":\"<b>%s</b>\"});</script>\n", a.host(), a.dice.IntN(99), a.dice.IntN(99), a.word())
}

func (a *author) footer() {
	a.WriteString("<form action=\"/comments\" method=\"post\" id=\"commentform\" class=\"comment-form\"><p><label for=\"c\">Ý kiến</label><textarea id=\"c\" name=\"comment\" cols=\"45\" rows=\"8\" required></textarea></p>" +
		"<p><input id=\"author\" name=\"author\" type=\"text\" size=\"30\"></p><input type=\"hidden\" name=\"post_id\" value=\"1\"><input type=\"submit\" value=\"Gửi\"></form>\n")
	a.printf("<footer><p>%s</p></footer>\n<script src=\"/js/end.min.js\"></script>\n</body>\n</html>\n", a.sentence())
}

// plant writes the nth thing that an intruder leaves behind.
func (a *author) plant(host string, n int) {
	switch n % 4 {
	case 0:
		a.printf("<script src=\"https://%s/x.js?%d\"></script>", host, n)
	case 1:
		a.printf("<div style=\"position:absolute;left:-9999px\"><a href=\"https://nhacai.%s/\">cá cược bóng đá</a> <a href=\"https://slot.%s/\">slot gacor</a></div>", host, host)
	case 2:
		a.printf("<iframe src=\"//%s/f%d\" width=\"1\" height=\"1\"></iframe>", host, n)
	case 3:
		a.printf("<p><a href=\"https://%s/vay-%d\" rel=\"dofollow\">vay tiền nhanh</a> %s</p>\n", host, n, a.sentence())
	}
}

// scriptPage is mostly inline script: settings, translations, small programs.
func scriptPage(size int) []byte {
	a := newAuthor(3)
	a.head()
	a.WriteString("<body>\n")
	for i := 0; a.Len() < size; i++ {
		a.printf("<div id=\"app-%d\" class=\"app\"></div>\n<script id=\"app-%d-js-extra\">\nvar app%dSettings = {", i, i, i)
		for j := range 12 {
			a.printf("\"key_%d\":{\"label\":\"%s\",\"url\":\"https:\\/\\/%s\\/wp-json\\/v%d\\/\",\"html\":\"<span class=\\\"n\\\">%d<\\/span>\"},", j, a.word(), ownHost, j, j)
		}
		a.printf("\"end\":1};\n(function($){ $(function(){ var el = document.getElementById('app-%d'); if (!el || el.length < %d) { return; } for (var i = 0; i < el.children.length; i++) { $(el.children[i]).toggleClass('on', i %% 2 == 0); } }); })(jQuery);\n</script>\n", i, i)
	}
	a.WriteString("</body></html>\n")
	return a.page()
}

// sloppyPage is the markup of twenty years ago.
func sloppyPage(size int) []byte {
	a := newAuthor(4)
	a.WriteString("<HTML><HEAD><TITLE>Trang tin</TITLE></HEAD>\r\n<BODY BGCOLOR=#FFFFFF onLoad=\"chay()\">\r\n<TABLE BORDER=0 WIDTH=760>")
	for i := 0; a.Len() < size; i++ {
		a.printf("<TR><TD width=20 valign=top><IMG SRC=images/new.gif WIDTH=20 BORDER=0><TD><FONT FACE='.VnTime' SIZE=2><A HREF=tin%d.htm>%s</A><BR/><P ALIGN=justify>%s & %s; 1 < 2 &nbsp<I><B>%s</I></B></FONT></FONT></P>\r\n<HR NOSHADE SIZE=1 COLOR=#CCCCCC><UL><LI>%s<LI>%s</UL>",
			i, a.sentence(), a.sentence(), a.word(), a.word(), a.word(), a.word())
	}
	a.WriteString("</TABLE></BODY></HTML>\r\n")
	return a.page()
}
