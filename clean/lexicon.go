package clean

import (
	"bytes"
	"strings"
)

// spamWords are what betting, pharmacy, loan and forgery spam is made of, in
// the languages it is planted in; Vietnamese and other Latin text without its
// marks. A word of this list alone removes nothing: a police warning uses the
// same words. What honest portals write is not in it: football, the state's
// lottery, an app to be installed. Words stand with a space on either side.
var spamWords = [...]string{
	// Vietnamese
	" ca cuoc bong da ", " ca cuoc the thao ", " ca cuoc truc tuyen ", " ca cuoc uy tin ", " ca cuoc online ",
	" ca do bong da ", " ca do online ",
	" co bac online ", " co bac truc tuyen ", " danh bac online ", " danh bac truc tuyen ",
	" danh bai online ", " danh bai truc tuyen ", " danh bai doi thuong ",
	" nha cai uy tin ", " keo nha cai ", " nha cai hang dau ", " top nha cai ", " link vao nha cai ",
	" tai xiu ", " xoc dia ", " ban ca doi thuong ", " game bai ", " game doi thuong ",
	" game no hu ", " no hu doi thuong ", " slot doi thuong ",
	" lo de online ", " danh lo de ", " soi cau lo ", " soi cau mien bac ", " soi cau xsmb ", " xo so online ",
	" keo bong da ", " ty le keo ", " xoilac ",
	" vay tien nhanh ", " vay tien online ", " vay tien cap toc ", " app vay tien ", " boc bat ho ",
	" thuoc cuong duong ", " kich duc ", " gai goi ", " phim sex ", " clip sex ",
	" lam bang dai hoc ", " mua bang dai hoc ",
	// brands that live on planted links
	" w88 ", " m88 ", " fun88 ", " fb88 ", " 188bet ", " bk8 ", " kubet ", " ku casino ", " vn88 ", " hi88 ", " jun88 ", " 789bet ", " 789club ",
	" shbet ", " new88 ", " f8bet ", " okvip ", " 8xbet ", " sunwin ", " go88 ", " b52 club ", " 1xbet ", " v9bet ", " ae888 ", " sv388 ", " mb66 ", " bet88 ",
	" bong88 ", " rikvip ", " hitclub ", " zowin ", " thabet ", " mu88 ", " i9bet ", " red88 ", " five88 ", " loto188 ", " ee88 ", " bet365 ", " sbobet ", " qh88 ", " 78win ", " kuwin ", " st666 ", " nohu90 ",
	// Indonesian
	" slot gacor ", " slot online ", " slot88 ", " slot deposit ", " slot demo ", " situs slot ", " judi online ", " judi bola ", " judi slot ", " gacor ", " maxwin ", " togel ",
	" bandar togel ", " bandar judi ", " bandar bola ", " agen judi ", " taruhan bola ", " taruhan online ", " rtp live ", " rtp slot ", " scatter hitam ", " pragmatic play ", " pinjaman online ", " obat kuat ",
	// English
	" casino ", " casinos ", " betting ", " sportsbook ", " poker online ", " online poker ", " roulette ", " baccarat ", " jackpot slot ", " slot jackpot ", " viagra ", " cialis ", " levitra ", " kamagra ",
	" payday loan ", " payday loans ", " porn ", " escort service ", " escort girls ", " replica watches ", " essay writing service ",
}

// spamMarked are those that mean it with their marks only: without, "ca cuoc"
// may be the whole of (cả cuộc) a life, and "vay nong" a loan for farming.
var spamMarked = [...]string{
	" cá cược ", " cá độ ", " nhà cái ", " nổ hũ ", " lô đề ", " soi cầu ", " vay nóng ", " làm bằng giả ",
}

// spamRuns are the same in scripts that set no spaces.
var spamRuns = [...]string{
	// Chinese, simplified and traditional
	"博彩", "赌场", "赌博", "网赌", "娱乐城", "彩票平台", "彩票网", "百家乐", "老虎机", "体育投注", "时时彩", "六合彩", "真人荷官", "棋牌游戏", "威而钢", "网贷口子", "贷款秒批",
	"賭場", "賭博", "網賭", "娛樂城", "彩票平臺", "百家樂", "老虎機", "體育投注", "運彩投注", "真人視訊", "棋牌遊戲", "威而鋼", "快速借款",
	// Japanese
	"オンラインカジノ", "カジノ", "パチンコ攻略", "ブックメーカー", "バイアグラ", "激安コピー", "スーパーコピー", "闇金", "即日融資",
	// Thai
	"สล็อต", "คาสิโน", "บาคาร่า", "แทงบอล", "พนันออนไลน์", "หวยออนไลน์", "เว็บตรง", "เครดิตฟรี", "เงินกู้ด่วน", "ไวอากร้า",
	// Korean
	"카지노", "바카라", "토토사이트", "슬롯", "비아그라",
}

// hostWords are what only such sites run together, in the names of their hosts
// and in links that hide from a reader of words.
var hostWords = [...]string{
	"casino", "slotgacor", "slot88", "slotonline", "gacor", "togel", "judionline", "judibola", "judislot", "situsjudi", "agenjudi", "sportsbetting", "nhacai", "taixiu", "xocdia", "gamenohu", "nohu90", "nohu88", "nohudoithuong", "xosoonline", "soicau", "lodeonline", "lode88", "cacuoc", "keonhacai", "cadobongda", "danhbaionline", "gamebai", "doithuong", "bongdalu",
	"188bet", "fun88", "kubet", "789bet", "8xbet", "1xbet", "f8bet", "shbet", "jun88", "hi88", "new88", "sunwin", "go88", "okvip", "rikvip", "hitclub", "sbobet", "poker", "baccarat", "viagra", "buycialis", "cialisonline", "maxwin", "vaytiennhanh", "vaytienonline", "sexviet", "phimsex", "pornhub",
}

// spamHost reports whether a host's name is of that kind.
func spamHost(host string) bool {
	if strings.HasPrefix(host, "slot") || strings.Contains(host, ".slot") || strings.Contains(host, "-slot") {
		return true
	}
	plain := host
	if strings.IndexByte(host, '-') >= 0 {
		plain = strings.ReplaceAll(host, "-", "")
	}
	for _, word := range hostWords {
		if strings.Contains(plain, word) {
			return true
		}
	}
	return false
}

// disguised are the words worth writing with figures for letters: c4s1no.
var disguised = [...]string{
	" casino ", " gacor ", " togel ", " maxwin ", " slot online ", " judi online ", " betting ", " baccarat ", " viagra ", " cialis ", " porn ", " poker online ",
	" tai xiu ", " xoc dia ", " nha cai ", " ca cuoc ", " nhacai ", " cacuoc ", " taixiu ",
}

// spamText reports whether text holds a word of the lexicon.
func spamText(text []byte) bool {
	var words wording
	words.read(text)
	return words.spam()
}

// spam reports whether the text holds a word of the lexicon, disguised or not.
func (t *wording) spam() bool {
	return t.holds(spamWords[:], spamMarked[:]) || t.runs(spamRuns[:]) || t.joins() || t.figures && t.disguises()
}

// joins reports words run together, or parted by anything but a space.
func (t *wording) joins() bool {
	for _, word := range hostWords {
		if strings.Contains(view(t.joined), word) {
			return true
		}
	}
	return false
}

// disguises reports words with figures in the place of letters. A 1 may be an
// i or an l.
func (t *wording) disguises() bool {
	for _, one := range [...]byte{'i', 'l'} {
		plain := wording{plain: wordsOf(nil, unfigured(t.folded, one))}
		if plain.note(); plain.holds(disguised[:], nil) {
			return true
		}
	}
	return false
}

// unfigured writes letters for the figures that stand beside letters.
func unfigured(text []byte, one byte) []byte {
	letters := [...]byte{'o', one, 'e', 'a', 's', 't', 'b', 'a', 's'}
	out := bytes.Clone(text)
	for i, c := range text {
		at := bytes.IndexByte([]byte("0134578@$"), c)
		if at >= 0 && (i > 0 && isLetter(out[i-1]) || i+1 < len(text) && isLetter(text[i+1])) {
			out[i] = letters[at]
		}
	}
	return out
}
