package clean

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// spamWords are what betting, pharmacy and loan spam is made of, in the
// languages it is planted in; Vietnamese and other Latin text without its
// marks. A word of this list alone removes nothing: a police warning uses the
// same words. Words stand with a space on either side.
var spamWords = [...]string{
	// Vietnamese
	" ca cuoc ", " ca do ", " bong da truc tuyen ", " co bac ", " nha cai ", " tai xiu ", " xoc dia ", " lo de ", " soi cau ", " xo so online ",
	" no hu ", " ban ca doi thuong ", " game bai ", " doi thuong ", " danh bai ", " keo nha cai ", " casino truc tuyen ", " tai app ",
	" vay tien nhanh ", " vay tien online ", " vay nong ", " vay tin dung den ", " thuoc cuong duong ", " kich duc ", " gai goi ", " phim sex ",
	" link vao ", " dang ky nhan thuong ", " rut tien nhanh ",
	// brands that live on planted links
	" w88 ", " m88 ", " fun88 ", " 188bet ", " bk8 ", " kubet ", " ku casino ", " vn88 ", " hi88 ", " jun88 ", " 789bet ", " shbet ", " new88 ", " f8bet ", " okvip ", " 8xbet ", " sunwin ", " go88 ", " b52 club ", " 1xbet ", " v9bet ", " ae888 ", " sv388 ", " mb66 ", " bet88 ",
	// Indonesian
	" slot gacor ", " slot online ", " slot88 ", " slot deposit ", " judi online ", " judi bola ", " gacor ", " maxwin ", " togel ", " situs slot ", " bandar ", " taruhan ", " rtp live ", " scatter hitam ", " pragmatic play ", " pinjaman online ",
	// English
	" casino ", " betting ", " sportsbook ", " poker online ", " online poker ", " roulette ", " baccarat ", " jackpot ", " viagra ", " cialis ", " levitra ", " kamagra ", " payday loan ", " payday loans ", " porn ", " escort ", " escorts ", " replica watches ", " essay writing service ",
}

// spamRuns are the same in scripts that set no spaces.
var spamRuns = [...]string{
	"博彩", "赌场", "赌博", "娱乐城", "彩票", "百家乐", "老虎机", "体育投注", "时时彩", "六合彩", "真人荷官", "賭場", "娛樂城", "百家樂", "老虎機",
	"オンラインカジノ", "カジノ", "パチンコ", "ブックメーカー", "バイアグラ", "激安コピー", "スーパーコピー",
	"สล็อต", "คาสิโน", "บาคาร่า", "แทงบอล", "พนันออนไลน์", "หวยออนไลน์", "เว็บตรง", "เครดิตฟรี",
	"카지노", "바카라", "토토사이트", "슬롯",
}

// maxLexicon bounds the text that is compared.
const maxLexicon = 16 << 10

// spamText reports whether text holds a word of the lexicon.
func spamText(text []byte) bool {
	text = text[:min(len(text), maxLexicon)]
	plain := plainWords(text)
	for _, word := range spamWords {
		if strings.Contains(plain, word) {
			return true
		}
	}
	if isASCII(text) {
		return false
	}
	for _, run := range spamRuns {
		if bytes.Contains(text, []byte(run)) {
			return true
		}
	}
	return false
}

// plainWords writes text in lower case, without marks, words between single
// spaces: Cờ Bạc, CO-BAC and cờ  bạc are one.
func plainWords(text []byte) string {
	var out strings.Builder
	out.Grow(len(text) + 2)
	out.WriteByte(' ')
	space := true
	for _, r := range norm.NFKD.String(string(text)) {
		switch {
		case unicode.Is(unicode.Mn, r) || r == '\u00AD' || '\u200B' <= r && r <= '\u200F' || r == '\u2060' || r == '\uFEFF':
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			out.WriteRune(plainLetter(unicode.ToLower(r)))
			space = false
		case !space:
			out.WriteByte(' ')
			space = true
		}
	}
	if !space {
		out.WriteByte(' ')
	}
	return out.String()
}

func plainLetter(r rune) rune {
	if r == 'đ' {
		return 'd'
	}
	return r
}

// hostWords are the parts of host names that only such sites bear.
var hostWords = [...]string{
	"casino", "slot", "gacor", "togel", "judi", "betting", "nhacai", "taixiu", "nohu", "xoso", "soicau", "lode88", "cacuoc", "keonhacai", "danhbai", "gamebai", "doithuong",
	"188bet", "fun88", "kubet", "789bet", "8xbet", "1xbet", "f8bet", "shbet", "jun88", "hi88", "new88", "sunwin", "go88", "okvip", "poker", "baccarat", "viagra", "cialis", "maxwin", "vaytien", "sexviet", "porn",
}

// spamHost reports whether a host's name is of that kind.
func spamHost(host string) bool {
	plain := strings.ReplaceAll(host, "-", "")
	for _, word := range hostWords {
		if strings.Contains(plain, word) {
			return true
		}
	}
	return false
}
