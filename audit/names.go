package audit

import "unicode/utf8"

// stems make a name secret wherever they stand in it, once it is lower-case
// ASCII without separators: user[new_password], __Host-PHPSESSID, "Mật khẩu".
func stems() []string {
	return []string{
		"password", "passwd", "passphrase", "passcode", "passwort", "pwd",
		"matkhau", "matma", "maotp", "mapin", "maxacthuc", "maxacnhan", "mabaomat", "bimat",
		"secret", "credential", "token", "nonce", "csrf", "xsrf", "session", "sessid", "bearer",
		"apikey", "accesskey", "privatekey", "privkey", "authkey", "signingkey", "encryptionkey", "appkey", "masterkey",
		"subscriptionkey", "functionskey", "authorization", "oauth", "cookie", "signature", "codeverifier",
		"samlresponse", "samlrequest", "recoverycode", "backupcode", "verificationcode",
		"cccd", "cmnd", "cmtnd", "dinhdanh", "cancuoc", "hochieu", "cardnumber", "creditcard", "ccnum",
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

// foldedName is a name as lower-case ASCII letters and digits, with the
// places where its words start.
type foldedName struct {
	text   []byte
	starts []bool
	room   []byte
}

// fold takes a name over. Case, separators, brackets, dots and Vietnamese
// diacritics do not matter; encodings must have been undone.
func (n *foldedName) fold(name []byte) {
	n.text, n.starts = n.text[:0], n.starts[:0]
	last := other
	for i := 0; i < len(name); {
		size := 1
		n.room = n.room[:0]
		if name[i] < utf8.RuneSelf {
			n.room = append(n.room, name[i])
		} else {
			n.room, size = unmarked(n.room, name[i:])
		}
		for _, c := range n.room {
			last = n.letter(c, last)
		}
		i += size
	}
}

func (n *foldedName) letter(c byte, last charCase) charCase {
	now := letterCase(c)
	switch now {
	case other:
		return other
	case upper:
		c |= 0x20
	}
	n.text = append(n.text, c)
	n.starts = append(n.starts, startsWord(last, now))
	return now
}

// charCase tells camelCase into its words.
type charCase uint8

const (
	other charCase = iota
	lower
	upper
	digit
)

func letterCase(c byte) charCase {
	switch {
	case c >= 'a' && c <= 'z':
		return lower
	case c >= 'A' && c <= 'Z':
		return upper
	case c >= '0' && c <= '9':
		return digit
	}
	return other
}

// startsWord reports whether a letter or digit behind another starts a word:
// userPin has two, PIN and Pin are one.
func startsWord(last, now charCase) bool {
	return now != last && !(last == upper && now == lower)
}

// secret reports whether values under the name that was folded (of an argument,
// a header, a JSON member, …) are secrets.
func (n *foldedName) secret(l *lexicon) bool {
	state := uint16(0)
	for i, c := range n.text {
		state = l.next[int(state)+int(column(c))]
		if state >= l.ending && n.ends(l.words[state/columns], i+1) {
			return true
		}
	}
	return false
}

// ends reports whether one of the words makes the name secret that ends there.
// All digits are one to the automaton.
func (n *foldedName) ends(words []word, end int) bool {
	for _, w := range words {
		from := end - len(w.text)
		switch {
		case w.kind == stem:
			return true
		case w.kind == whole && n.starts[from] && n.wordEnds(end) && string(n.text[from:end]) == w.text:
			return true
		case w.kind == ending && n.wordEnds(end) && !n.harmless(end):
			return true
		}
	}
	return false
}

// is reports whether the name that was folded is, as a whole, a word of the kind.
func (n *foldedName) is(kind wordKind, l *lexicon) bool {
	state := uint16(0)
	for _, c := range n.text {
		state = l.next[int(state)+int(column(c))]
	}
	for _, w := range l.words[state/columns] {
		if w.kind == kind && w.text == string(n.text) {
			return true
		}
	}
	return false
}

func (n *foldedName) wordEnds(i int) bool { return i == len(n.text) || n.starts[i] }

func (n *foldedName) harmless(end int) bool {
	for _, s := range harmless() {
		if end >= len(s) && string(n.text[end-len(s):end]) == s {
			return true
		}
	}
	return false
}
