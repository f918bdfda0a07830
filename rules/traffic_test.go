package rules

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// traffic makes requests that visitors, editors and the scripts of pages send.
// The same seed makes the same requests.
type traffic struct {
	dice  *rand.Rand
	pages []string // pieces of real pages, as editors save them
}

func newTraffic(t testing.TB, seed uint64) *traffic {
	t.Helper()
	tr := &traffic{dice: rand.New(rand.NewPCG(seed, 1))}
	files, err := filepath.Glob("../clean/pages/testdata/*.html")
	if err != nil || len(files) < 8 {
		t.Fatalf("%d pages: %v", len(files), err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		tr.pages = append(tr.pages, articles(string(data))...)
	}
	return tr
}

// articles are the parts of a page that an editor could have written: no
// scripts, no forms, no handlers.
func articles(page string) (parts []string) {
	for _, open := range []string{"<p", "<ul", "<table", "<h2", "<div class"} {
		for from := 0; ; {
			at := strings.Index(page[from:], open)
			if at < 0 {
				break
			}
			at += from
			end := min(at+400+len(parts)*37%2500, len(page))
			part := page[at:end]
			if cut := strings.LastIndex(part, ">"); cut > 0 {
				part = part[:cut+1]
			}
			from = at + len(open)
			lower := strings.ToLower(part)
			if !strings.Contains(lower, "<script") && !strings.Contains(lower, " on") && !strings.Contains(lower, "<form") && !strings.Contains(lower, "<iframe") && !strings.Contains(lower, "javascript:") && !strings.Contains(lower, "<base") && !strings.Contains(lower, "<link") && !strings.Contains(lower, "<meta") && !strings.Contains(lower, "<style") && len(part) > 60 {
				parts = append(parts, part)
			}
			if len(parts) > 400 {
				return parts
			}
		}
	}
	return parts
}

func oneOf[T any](tr *traffic, list ...T) T { return list[tr.dice.IntN(len(list))] }

func (tr *traffic) some(list []string, least, most int) string {
	n := least + tr.dice.IntN(most-least+1)
	words := make([]string, n)
	for i := range words {
		words[i] = oneOf(tr, list...)
	}
	return strings.Join(words, " ")
}

var sentences = []string{
	"Ủy ban nhân dân xã thông báo lịch tiếp công dân tháng này.", "Đề nghị các hộ gia đình (từ 18 tuổi trở lên) đến đăng ký trước ngày 15/12.",
	"Kính gửi: Phòng Văn hóa & Thông tin; Phòng Tài chính - Kế hoạch", "Hồ sơ gồm: 01 bản chính, 02 bản sao (có chứng thực).",
	"It's the best I've had, and the kids don't want anything else!", "Please select the option from the list, then update your profile or delete the old one.",
	"O'Brien & Sons -- since 1921; we're open 9-5, Mon–Fri.", "Union of workers: select committee votes on the order by Friday and/or Monday.",
	"Where can I find the id of my order? I've tried #1234 and #1235.", "The group having the most points wins; tie-break = coin toss (heads or tails).",
	"She said: \"I can't; it's 5' 6\" tall and costs < $20\" -- really?", "Drop by the table at the back & ask for Ana or Eve.",
	"Set the time to 10:30; ping me if you're late, or call +84 24 3825 1234.", "Check the log, kill the process and start again: that's what the host told us.",
	"Use `npm install` and then `npm run build` as described in the README.", "If (a < b && b > c) then the list is sorted; else swap them.",
	"Execute the order, insert the card into the slot and wait for the beep.", "1 or 2 people = fine; 3 and more = ask first!!",
	"価格は3,000円（税込）です。詳しくは「お問い合わせ」へ。", "这个产品很好用，推荐给大家！价格=便宜；质量>预期", "สวัสดีครับ ขอสอบถามราคาสินค้า (รวมค่าส่ง) หน่อยครับ",
	"L'été dernier, j'ai visité l'Espagne; c'était 'magnifique' !", "Größe: 1,80 m; Gewicht < 80 kg – alles \"super\".",
	"Location: Hà Nội", "Content: xem file đính kèm", "Host: Nguyễn Văn A", "Get started\nwith the guide below", "Date: 2026-11-26\r\nFrom: Ana\r\nTo: Bình\r\nSubject: Báo cáo quý IV",
	"e.g. file names such as report.final(2).docx, or ../images/logo.png", "Visit https://example.org/a?b=c&d=e#f (new!) or mail info@example.org.",
	"100% guaranteed; 50% off* (*selected items only)", "Rock 'n' roll, R&B, drum & bass | live music | from 8pm", "Tom & Jerry; Q&A; AT&T; C++ / C# / .NET / Node.js",
	"How do I alter a table in MySQL? My select with a join does not return null rows.", "He asked: 'who am i?' and 'where is the cat?'; nobody could tell.",
	"Nhận báo giá: 1.200.000đ/m2 (chưa VAT 10%) - LH: 0912.345.678", "Ngày 20/11/2026, tại Hội trường A; thành phần: lãnh đạo, giáo viên & phụ huynh",
	"The <b> tag makes text bold, <i> makes it italic; I <3 HTML", "my email is a.b+c@example.com, password reset didn't work :( -->", "Sleep (8 hours) and exercise help; so does reading.",
	"class of '99; the '90s; '-' means none; \"n/a\" otherwise", "Meeting notes:\n- open issues; close old ones\n- test env; find owner\n- echo back to team", "Version 1.e is out; char (s) and int (s) explained",
}

var searches = []string{
	"giấy phép xây dựng", "học phí 2026 - 2027", "o'reilly \"learning go\"", "m&m's", "5' x 7' rug", "tv 55\" samsung", "l'oréal", "nike & adidas", "c# tutorial", "c++", "select * from", "order by mail",
	"rock'n'roll", "it's a wonderful life", "coca-cola 24 x 330ml", "size:xl OR size:xxl", "price<100", "áo dài cách tân", "kids' bikes 20\"", "\"exact phrase\" -without", "what's on tv; tonight", "drop table lamp", "union station", "cat food",
	"who is the president", "echo dot", "time zone converter", "mains sockets (uk)", "3/4\" pipe fitting", "a|b testing", "$20 gift card", "50% off", "日本語 検索", "手机 & 平板", "tra cứu (mst)", "1=1 meaning", "and or not", "user's guide",
	"node js tutorial", "java.lang.NullPointerException fix", "etc", "select the best from 2026", "script fonts", "body lotion onclick", "alert level 2", "d'angelo's", "100% cotton \"king size\" sheets", "rm-rf", "q&a", "sort by: newest",
}

func (tr *traffic) token(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(tr.dice.UintN(256))
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func (tr *traffic) uuid() string {
	return fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", tr.dice.Uint32(), tr.dice.UintN(65536), tr.dice.UintN(4096), tr.dice.UintN(4096), tr.dice.Uint64()>>16)
}

func jwt(tr *traffic) string {
	claims := fmt.Sprintf(`{"sub":"%d","name":"Nguyễn Văn %c","iat":17%08d,"scope":"read write"}`, tr.dice.UintN(1e6), 'A'+rune(tr.dice.IntN(26)), tr.dice.UintN(1e8))
	return "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + "." + tr.token(32)
}

func toJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

type object = map[string]any

func (tr *traffic) page() string {
	return oneOf(tr, "/", "/tin-tuc/thong-bao", "/products/tv-55", "/blog/2026/11/what's-new", "/a/b.html", "/wiki/C%2B%2B", "/tin/%C4%90%E1%BA%A1i-h%E1%BB%99i", "/index.php/component/content", "/collections/men%27s")
}

func (tr *traffic) link() string {
	return "https://www.example.org" + tr.page() + "?utm_source=news&utm_campaign=" + url.QueryEscape(oneOf(tr, searches...)) + "&id=" + fmt.Sprint(tr.dice.UintN(1e5))
}

// form posts pairs, JSON posts a value of a content type.
func (tr *traffic) form(target string, pairs ...string) *sample {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return tr.post(target, form, values.Encode())
}

func (tr *traffic) post(target, contentType, body string) *sample {
	r := request("POST", target)
	if contentType != "" {
		r.Header["Content-Type"] = []string{contentType}
	}
	r.ContentLength = int64(len(body))
	return &sample{request: r, body: body}
}

func (tr *traffic) get(target string, fields ...string) *sample {
	return &sample{request: request("GET", target, fields...)}
}

var kinds = []struct {
	name string
	make func(*traffic) *sample
}{
	{"search", func(tr *traffic) *sample {
		return tr.get(oneOf(tr, "/?s=", "/tim-kiem?q=", "/search?lang=vi&page=2&query=", "/index.php?option=com_search&searchword=") + url.QueryEscape(oneOf(tr, searches...)+oneOf(tr, "", "", " "+oneOf(tr, searches...))))
	}},
	{"filters", func(tr *traffic) *sample {
		return tr.get("/products?" + oneOf(tr, "filter[price][gte]=100&filter[price][lte]=500&sort=-created_at", "brand=a|b|c&size=xl,xxl&color=%23fff", "fields=id,name,date&include=author;comments", "q=price:%5B10%20TO%2020%5D%20AND%20brand:%22x%22", "$filter=Name%20eq%20%27Ana%27%20and%20Price%20gt%2020&$top=10&$orderby=Name", "where=%7B%22status%22%3A%22open%22%7D&order=-updatedAt&limit=20", "columns=name|id|date&order=asc", "range=1-10&group=a%26b"))
	}},
	{"redirect", func(tr *traffic) *sample {
		return tr.get("/login?returnUrl=" + url.QueryEscape(tr.link()) + "&state=" + tr.token(24) + "&session_id=" + tr.uuid())
	}},
	{"token", func(tr *traffic) *sample {
		return tr.get("/callback?code="+tr.token(40)+"&id_token="+jwt(tr)+"&scope=openid+email+profile", "Authorization", "Bearer "+jwt(tr))
	}},
	{"consent cookies", func(tr *traffic) *sample {
		consent := fmt.Sprintf("isGpcEnabled=0&datestamp=Thu+Nov+26+2026+10%%3A%02d%%3A12+GMT%%2B0700+(Indochina+Time)&version=202406.1.0&groups=C0001%%3A1%%2CC0002%%3A0&geolocation=VN%%3BHN&AwaitingReconsent=false", tr.dice.IntN(60))
		return tr.get(tr.page(), "Cookie", "_ga=GA1.2."+fmt.Sprint(tr.dice.Uint32())+".1700000000; OptanonConsent="+consent+"; cart="+url.QueryEscape(toJSON(object{"items": []any{object{"id": 1, "n": oneOf(tr, searches...)}}, "cur": "VND"}))+"; sid="+tr.token(30)+"; prefs={\"theme\":\"dark\",\"name\":\"Ana\"}; pll_language=vi; last="+url.QueryEscape(tr.link()))
	}},
	{"beacon", func(tr *traffic) *sample {
		body := toJSON(object{"events": []any{object{"name": "page_view", "url": tr.link(), "title": oneOf(tr, sentences...), "ref": "https://www.google.com/", "ts": tr.dice.Uint32(), "sid": tr.uuid()}}, "ua": "Mozilla/5.0 (X11; Linux x86_64)", "err": "TypeError: Cannot read properties of undefined (reading 'id')\n    at HTMLButtonElement.onclick (app.js:12:34)\n    at eval (webpack:///./src/a.js)"})
		return tr.post("/api/collect?v=2&tid=G-"+tr.token(5), oneOf(tr, "text/plain;charset=UTF-8", "text/plain", "application/json", "", "application/x-www-form-urlencoded;charset=UTF-8", "application/json; charset=utf-8")+"", body)
	}},
	{"ga", func(tr *traffic) *sample {
		return tr.post("/g/collect?v=2&dl="+url.QueryEscape(tr.link())+"&dt="+url.QueryEscape(oneOf(tr, sentences...))+"&sr=1920x1080&_p="+fmt.Sprint(tr.dice.Uint32())+"&uaa=x86&uafvl=Chromium%3B131.0%7CNot_A%2520Brand%3B24.0", "text/plain;charset=UTF-8", oneOf(tr, "en=scroll&epn.percent_scrolled=90&_et=12\r\nen=user_engagement&_et=23"))
	}},
	{"csp report", func(tr *traffic) *sample {
		return tr.post("/csp", oneOf(tr, "application/csp-report", "application/reports+json"), toJSON(object{"csp-report": object{"document-uri": tr.link(), "violated-directive": "script-src-elem 'self' 'unsafe-inline'", "blocked-uri": "inline", "original-policy": "default-src 'self'; script-src 'self' 'nonce-" + tr.token(9) + "'; report-uri /csp", "script-sample": "console.log('x')"}}))
	}},
	{"ndjson", func(tr *traffic) *sample {
		line := toJSON(object{"level": "info", "msg": oneOf(tr, sentences...), "n": tr.dice.UintN(100)})
		return tr.post("/logs", oneOf(tr, "application/x-ndjson", "text/plain;charset=UTF-8", "application/x-sentry-envelope"), line+"\n"+toJSON(object{"index": object{}})+"\n"+line+"\n")
	}},
	{"binary", func(tr *traffic) *sample {
		b := make([]byte, 200+tr.dice.IntN(4000))
		for i := range b {
			b[i] = byte(tr.dice.UintN(256))
		}
		return tr.post("/rpc", oneOf(tr, "application/x-protobuf", "application/grpc-web+proto", "image/jpeg", "image/png", "application/octet-stream", "", "video/mp4", "application/msgpack"), "\x0a\x12"+oneOf(tr, sentences...)+string(b))
	}},
	{"graphql", func(tr *traffic) *sample {
		query := oneOf(tr, "query Search($q: String!, $first: Int = 10, $size: Size, $filter: ProductFilter) {\n  products(query: $q, first: $first, filter: $filter) {\n    edges { node { id name price(currency: VND) { amount } } }\n  }\n}", "mutation UpdateUser($input: UserInput!, $not: Boolean) { updateUser(input: $input) { id ok errors { message } } }", "{ viewer { id login } posts(order_by: {id: desc}, where: {status: {_eq: \"open\"}}) { id } }", "fragment F on User { id }\nquery Q($in: [ID!]) { users(ids: $in) { ...F } }")
		return tr.post("/graphql", "application/json", toJSON(object{"operationName": "Search", "query": query, "variables": object{"q": oneOf(tr, searches...), "first": 10, "filter": object{"min": 1, "tags": []string{"a&b", "c'd"}}}}))
	}},
	{"rich text form", func(tr *traffic) *sample {
		return tr.form(oneOf(tr, "/administrator/index.php?option=com_content", "/node/1/edit", "/admin/news/save"), "title", oneOf(tr, sentences...), "content", oneOf(tr, tr.pages...), "slug", "thong-bao", "token", tr.token(16))
	}},
	{"rich text JSON", func(tr *traffic) *sample {
		return tr.post("/api/posts/12", "application/json", toJSON(object{"title": oneOf(tr, sentences...), "html": oneOf(tr, tr.pages...), "blocks": []any{object{"type": "paragraph", "data": object{"text": "<b>" + oneOf(tr, sentences...) + "</b><br><a href=\"" + tr.link() + "\" target=\"_blank\" rel=\"noopener\">x</a>"}}}}))
	}},
	{"pasted from a word processor", func(tr *traffic) *sample {
		return tr.form("/admin/save", "body", `<p class="MsoNormal" style="margin:0cm 0cm 8pt;line-height:107%;font-size:11pt;font-family:Calibri,&quot;sans-serif&quot;"><span lang="VI" style="color:#333333;mso-ansi-language:VI">`+oneOf(tr, sentences...)+`<o:p></o:p></span></p><img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA`+tr.token(300)+`" alt="ảnh"><!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]-->`)
	}},
	{"video in an article", func(tr *traffic) *sample {
		return tr.form("/admin/save", "body", `<p>`+oneOf(tr, sentences...)+`</p><figure class="media"><iframe width="560" height="315" src="https://www.youtube.com/embed/`+tr.token(8)+`" frameborder="0" allowfullscreen></iframe></figure><ul><li>a</li><li><a href="javascript:void(0)">in</a></li></ul><video controls src="/media/a.mp4"></video>`)
	}},
	{"comment", func(tr *traffic) *sample {
		return tr.form("/wp-comments-post.php", "author", oneOf(tr, "D'Arcy O'Neil", "Nguyễn Thị Hồng", "王小明", "Ana & Bình"), "email", "a.b+c@example.com", "url", "", "comment", tr.some(sentences, 1, 4), "submit", "Gửi")
	}},
	{"contact with line breaks", func(tr *traffic) *sample {
		return tr.form("/lien-he", "name", "Trần Văn Bình", "phone", "+84 912 345 678", "message", strings.ReplaceAll(tr.some(sentences, 2, 6), ". ", ".\r\n\r\n"))
	}},
	{"upload", func(tr *traffic) *sample {
		name := oneOf(tr, "ảnh (1).jpg", "báo cáo quý 4.docx", "O'Brien's photo.png", "report;final=2.pdf", "IMG_2026.HEIC", "screenshot 2026-11-26 at 10.30.12.png")
		return tr.post("/upload", multipart, part(`name="title"`, "", oneOf(tr, sentences...))+part(`name="file"; filename="`+name+`"`, "image/jpeg", "\xff\xd8\xff\xe0\x00\x10JFIF"+tr.token(500))+partsEnd)
	}},
	{"REST", func(tr *traffic) *sample {
		s := tr.post("/api/v1/users/"+tr.uuid(), "application/json;charset=UTF-8", toJSON(object{"name": oneOf(tr, "D'Arcy O'Neil", "Nguyễn Thị Hồng"), "bio": tr.some(sentences, 1, 3), "tags": []string{oneOf(tr, searches...), oneOf(tr, searches...)}, "avatar": "data:image/png;base64," + tr.token(200), "meta": toJSON(object{"a": oneOf(tr, sentences...)})}))
		s.request.Method = oneOf(tr, "POST", "PUT", "PATCH")
		return s
	}},
	{"code in a question", func(tr *traffic) *sample {
		code := oneOf(tr, "function add(a, b) {\n  return a + b;\n}\nconsole.log(add(1, 2));", "for i in range(10):\n    print(i)", "SELECT name, COUNT(*) AS n\nFROM orders\nGROUP BY name\nORDER BY n DESC;", "const x = items.map(i => i.id).filter(Boolean);\nif (x && x.length > 0) { render(x); }", "git commit -m 'fix' && git push", ".card { color: #333; background: url(../img/bg.png) no-repeat }", "public static void main(String[] args) { System.out.println(\"hi\"); }")
		return tr.post("/api/questions", "application/json", toJSON(object{"title": oneOf(tr, sentences...), "body": tr.some(sentences, 1, 3) + "\n\n```\n" + code + "\n```\n" + tr.some(sentences, 1, 2)}))
	}},
	{"autosave", func(tr *traffic) *sample {
		return tr.form("/wp-admin/admin-ajax.php", "action", "heartbeat", "data[wp_autosave][post_title]", oneOf(tr, sentences...), "data[wp_autosave][content]", "<!-- wp:paragraph {\"align\":\"center\"} -->\n<p>"+oneOf(tr, sentences...)+"</p>\n<!-- /wp:paragraph -->", "_nonce", tr.token(7), "interval", "60")
	}},
	{"ASP.NET", func(tr *traffic) *sample {
		return tr.form("/Default.aspx", "__VIEWSTATE", tr.token(400), "__EVENTTARGET", "ctl00$Main$btnSearch", "__EVENTVALIDATION", tr.token(100), "ctl00$Main$txtSearch", oneOf(tr, searches...))
	}},
	{"XML", func(tr *traffic) *sample {
		return tr.post("/xmlrpc.php", "text/xml", `<?xml version="1.0"?><methodCall><methodName>pingback.ping</methodName><params><param><value><string>`+strings.NewReplacer("&", "&amp;", "<", "&lt;").Replace(oneOf(tr, sentences...))+`</string></value></param></params></methodCall>`)
	}},
	{"shop", func(tr *traffic) *sample {
		return tr.form("/cart/add", "id", "123", "options[Size]", "12\" x 18\"", "options[Color]", "Black & White", "note", oneOf(tr, sentences...), "properties[_url]", tr.link(), "coupon", "SAVE-50%", "address", "12/3 Nguyễn Trãi, P. 5; Q. 1 (hẻm)")
	}},
	{"static", func(tr *traffic) *sample {
		return tr.get(oneOf(tr, "/wp-content/themes/a/style.css?ver=6.5", "/media/jui/js/jquery.min.js?", "/images/%E1%BA%A3nh%201.jpg", "/sites/default/files/css/css_a.css?delta=0&include=eJx1", "/load-scripts.php?c=0&load%5Bchunk_0%5D=jquery-core,jquery-migrate,utils", "/fonts/a.woff2", "/WebResource.axd?d=abc&t=6371"), "Referer", tr.link())
	}},
	{"error report", func(tr *traffic) *sample {
		return tr.post("/api/1/envelope/?sentry_key="+tr.token(12), oneOf(tr, "text/plain;charset=UTF-8", "application/json", ""), toJSON(object{"exception": object{"values": []any{object{"type": "TypeError", "value": "undefined is not an object (evaluating 'window.top.x')", "stacktrace": object{"frames": []any{object{"filename": "webpack:///../../../node_modules/react/index.js", "function": "HTMLDocument.<anonymous>", "context_line": oneOf(tr, "    return items.map((i) => i.id).join(', ');", "  const total = cart.reduce((a, b) => a + b.price, 0);", "if (!el) throw new Error('no element');")}}}}}}, "breadcrumbs": []any{object{"category": "console", "message": "java.lang.NullPointerException at java.lang.Thread.run(Thread.java:834)"}, object{"category": "ui.click", "message": "div#app > button.btn[onclick=\"go()\"]"}}}))
	}},
}

// next makes a request of any kind.
func (tr *traffic) next() (kind string, s *sample) {
	k := kinds[tr.dice.IntN(len(kinds))]
	return k.name, k.make(tr)
}
