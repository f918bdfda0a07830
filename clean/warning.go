package clean

import "strings"

// warningWords are what those write who warn of spam, or report on it: the
// police, a ministry, the press. A link whose own text has one of them beside
// a word of the lexicon keeps its words and loses its tags. An intruder may
// write them too; then a warning without a link is what is left to read.
var warningWords = [...]string{
	// Vietnamese
	" canh bao ", " triet pha ", " triet xoa ", " phong chong ", " phong ngua ", " ngan chan ", " dau tranh ", " bai tru ",
	" toi pham ", " te nan ", " duong day ", " bi bat ", " bat giu ", " khoi to ", " truy to ", " xet xu ", " tuyen an ", " linh an ", " xu phat ", " xu ly ", " vi pham ",
	" lua dao ", " trai phep ", " tuyen truyen ", " khuyen cao ", " de phong ", " canh giac ", " hau qua ", " tac hai ", " nghi dinh ", " thong tu ", " du thao ", " quy dinh ",
	// Indonesian
	" blokir ", " diblokir ", " berantas ", " pemberantasan ", " bahaya ", " waspada ", " ditangkap ", " tangkap ", " penipuan ", " ilegal ", " larangan ", " pidana ", " tersangka ",
	// English
	" arrest ", " arrested ", " arrests ", " warning ", " warns ", " scam ", " fraud ", " crackdown ", " illegal ", " addiction ", " busted ",
}

// warningMarked are those that mean it with their marks only.
var warningMarked = [...]string{" bắt ", " bẫy "}

// warningRuns are the same in scripts that set no spaces.
var warningRuns = [...]string{
	"打击", "打擊", "查处", "查處", "查获", "查獲", "破获", "破獲", "抓获", "逮捕", "诈骗", "詐騙", "防范", "防範", "警告", "提醒", "禁止", "犯罪", "非法", "违法", "違法", "条例", "條例",
	"摘発", "注意", "依存症", "対策", "防止", "詐欺", "被害", "法案",
	"จับกุม", "จับ", "เตือน", "ปราบปราม", "ผิดกฎหมาย", "ระวัง", "หลอกลวง", "ปิดเว็บ", "ภัย",
	"단속", "검거", "불법", "주의",
}

// authorities are who warns most. Their names stand in the titles of their own
// sites, too, which an intruder's words do not become a warning by.
var authorities = [...]string{
	" cong an ", " canh sat ", " bo doi bien phong ",
	" polisi ", " polri ", " polda ", " polres ", " kominfo ", " komdigi ",
	" police ",
}

// authorityRuns are the same in scripts that set no spaces.
var authorityRuns = [...]string{"警方", "警察", "公安", "ตำรวจ", "경찰"}

// newsHosts are national papers and broadcasters, whose words stay.
var newsHosts = [...]string{
	"baochinhphu.vn", "nhandan.vn", "qdnd.vn", "cand.com.vn", "bocongan.vn", "vtv.vn", "vov.vn", "vietnamplus.vn", "ttxvn.vn", "vnexpress.net", "tuoitre.vn", "thanhnien.vn", "dantri.com.vn", "vietnamnet.vn", "laodong.vn", "tienphong.vn", "nld.com.vn", "plo.vn", "baophapluat.vn", "sggp.org.vn", "hanoimoi.vn", "znews.vn", "congly.vn", "anninhthudo.vn",
	"kompas.com", "detik.com", "antaranews.com", "tempo.co", "bangkokpost.com", "thairath.co.th", "xinhuanet.com", "people.com.cn", "cna.com.tw", "nhk.or.jp", "asahi.com", "yomiuri.co.jp", "bbc.com", "reuters.com", "apnews.com", "yna.co.kr",
}

// warns reports whether a link that holds words of the lexicon is about spam
// rather than for it.
func warns(text *wording, host string) bool {
	if text.warnsOfDeeds() || text.holds(authorities[:], nil) || text.runs(authorityRuns[:]) {
		return true
	}
	for _, news := range newsHosts {
		if rest, found := strings.CutSuffix(host, news); found && (rest == "" || rest[len(rest)-1] == '.') {
			return true
		}
	}
	return governs(host)
}

// warnsOfDeeds reports whether a text says what those do who warn, or what they
// warn of.
func (t *wording) warnsOfDeeds() bool {
	return t.holds(warningWords[:], warningMarked[:]) || t.runs(warningRuns[:])
}

// governs reports a host of some country's authorities.
func governs(host string) bool {
	labels := strings.Split(host, ".")
	if len(labels) < 3 || len(labels[len(labels)-1]) != 2 {
		return false
	}
	switch labels[len(labels)-2] {
	case "gov", "go", "gob", "gouv":
		return true
	}
	return false
}
