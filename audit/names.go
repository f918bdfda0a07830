package audit

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// stems make a name secret wherever they stand in it, once it is lower-case
// ASCII without separators: user[new_password], __Host-PHPSESSID, "Mật khẩu".
func stems() []string {
	return []string{
		"password", "passwd", "passphrase", "passcode", "passwort", "pwd",
		"matkhau", "matma", "maotp", "mapin", "maxacthuc", "maxacnhan",
		"secret", "credential", "token", "nonce", "csrf", "xsrf", "session", "sessid",
		"apikey", "accesskey", "privatekey", "privkey", "authkey", "signingkey", "encryptionkey", "appkey",
		"authorization", "oauth", "cookie", "signature", "codeverifier",
		"samlresponse", "samlrequest", "recoverycode", "backupcode", "verificationcode",
		"cccd", "cmnd", "cmtnd", "dinhdanh", "cardnumber", "creditcard", "ccnum",
	}
}

// wholeWords make a name secret only as a word of it: `pass1`, `smsPin` and `x-sid`,
// but neither `compass`, `spinner` nor `inside`.
func wholeWords() []string {
	return []string{"pass", "pw", "otp", "totp", "hotp", "pin", "sid", "sess", "auth", "jwt", "sig", "cvv", "cvc", "mk", "ssn"}
}

// endings make a name secret at the end of a word: dbpass, smsotp.
func endings() []string { return []string{"pass", "otp"} }

// harmless words end like a secret.
func harmless() []string { return []string{"bypass", "compass", "overpass", "underpass", "trespass"} }

// settings are whole names that hold a stem and name no secret: directives that an
// attack sets (PHP manual, "Session runtime configuration"), and CRS logs to what.
// Left out are session.save_path, which may hold the password of a Redis, and
// session.name, as which a login form's session[name] is read too.
func settings() []string {
	return strings.Fields(`session.auto_start session.cache_expire session.cache_limiter
		session.cookie_domain session.cookie_httponly session.cookie_lifetime session.cookie_path
		session.cookie_samesite session.cookie_secure session.gc_divisor session.gc_maxlifetime
		session.gc_probability session.lazy_write session.referer_check session.save_handler
		session.serialize_handler session.sid_bits_per_character session.sid_length session.trans_sid_hosts
		session.trans_sid_tags session.use_cookies session.use_only_cookies session.use_strict_mode
		session.use_trans_sid`)
}

// dictionary is the lists by first letter, so that a name is read once.
type dictionary struct {
	stems, words, endings [256][]string
	settings              map[string]bool
}

var secretWords = sync.OnceValue(func() *dictionary {
	d := &dictionary{}
	index(&d.stems, stems())
	index(&d.words, wholeWords())
	index(&d.endings, endings())
	d.settings = map[string]bool{}
	var n foldedName
	for _, s := range settings() {
		n.text = n.text[:0]
		n.fold([]byte(s))
		d.settings[string(n.text)] = true
	}
	return d
})

func index(byLetter *[256][]string, list []string) {
	for _, s := range list {
		byLetter[s[0]] = append(byLetter[s[0]], s)
	}
}

// secretName reports whether values under this name (of an argument, a
// header, a JSON member, …) are secrets. Case, separators, brackets, dots and
// Vietnamese diacritics do not matter; encodings must have been undone.
func secretName(name []byte) bool { return new(foldedName).secretOf(name) }

// secretNameString is secretName for a name that may still be encoded.
func secretNameString(name string) bool {
	var v view
	v.reset(name)
	return secretName(v.text)
}

// foldedName is a name as lower-case ASCII letters and digits, with the
// places where its words start.
type foldedName struct {
	text   []byte
	starts []bool
}

// secretOf is secretName in memory that is used again.
func (n *foldedName) secretOf(name []byte) bool {
	n.text, n.starts = n.text[:0], n.starts[:0]
	n.fold(name)
	return n.secret()
}

func (n *foldedName) fold(name []byte) {
	const (
		other = iota
		lower
		upper
		digit
	)
	last := other
	for _, c := range fold(name) {
		class := other
		switch {
		case c >= 'a' && c <= 'z':
			class = lower
		case c >= 'A' && c <= 'Z':
			class, c = upper, c|0x20
		case c >= '0' && c <= '9':
			class = digit
		}
		if class != other {
			camel := class != last && !(last == upper && class == lower)
			n.text = append(n.text, c)
			n.starts = append(n.starts, camel)
		}
		last = class
	}
}

// fold takes the diacritics off: mật khẩu is written mat khau as often.
func fold(name []byte) []byte {
	ascii := true
	for _, c := range name {
		ascii = ascii && c < utf8.RuneSelf
	}
	if ascii {
		return name
	}
	return []byte(strings.Map(func(r rune) rune {
		switch {
		case r == 'đ' || r == 'Đ':
			return 'd'
		case unicode.Is(unicode.Mn, r):
			return -1
		}
		return r
	}, norm.NFKD.String(string(name))))
}

func (n *foldedName) secret() bool {
	d := secretWords()
	return n.holdsSecret(d) && !d.settings[string(n.text)]
}

func (n *foldedName) holdsSecret(d *dictionary) bool {
	for i, c := range n.text {
		for _, s := range d.stems[c] {
			if n.has(i, s) {
				return true
			}
		}
		for _, s := range d.words[c] {
			if n.starts[i] && n.has(i, s) && n.wordEnds(i+len(s)) {
				return true
			}
		}
		for _, s := range d.endings[c] {
			if n.has(i, s) && n.wordEnds(i+len(s)) && !n.harmless(i+len(s)) {
				return true
			}
		}
	}
	return false
}

func (n *foldedName) has(i int, s string) bool {
	return len(n.text)-i >= len(s) && string(n.text[i:i+len(s)]) == s
}

func (n *foldedName) wordEnds(i int) bool { return i == len(n.text) || n.starts[i] }

func (n *foldedName) harmless(end int) bool {
	for _, s := range harmless() {
		if end >= len(s) && n.has(end-len(s), s) {
			return true
		}
	}
	return false
}
