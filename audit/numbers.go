package audit

// Numbers that are secrets by what they are: of payment cards, and of Vietnamese
// identity cards (căn cước công dân). RATIONALE.md says why, and what
// that costs.

const (
	minDigits = 12 // of an identity card
	maxDigits = 19 // of a card (ISO/IEC 7812-1)
)

// numbers cuts them wherever they stand alone.
func (r *redactor) numbers() {
	t := r.v.text
	for i := 0; i < len(t); {
		if !digitByte(t[i]) {
			i++
			continue
		}
		end, d, n := number(t[i:])
		if n >= minDigits && n <= maxDigits && alone(t, i, i+end) && (identityCard(d[:n], end) || paymentCard(d[:n])) {
			r.cut(i, i+end)
		}
		i += end
	}
}

// number reads the digits at the beginning of t, with single spaces or hyphens
// between them. n is how many there are; only the first are in d.
func number(t []byte) (end int, d [maxDigits]byte, n int) {
	for i, c := range t {
		switch {
		case digitByte(c):
			if n < maxDigits {
				d[n] = c - '0'
			}
			n++
			end = i + 1
		case c != ' ' && c != '-' || end < i:
			return end, d, n
		}
	}
	return end, d, n
}

// alone tells a number from a piece of an identifier, a decimal fraction or a hash.
func alone(t []byte, from, to int) bool {
	return (from == 0 || !partOfNumber(t[from-1])) && (to == len(t) || !partOfNumber(t[to]) || t[to] == '.' && (to+1 == len(t) || !digitByte(t[to+1])))
}

func partOfNumber(c byte) bool { return letter(c) || digitByte(c) || c == '_' || c == '.' || c >= 0x80 }

// identityCard knows the structure of the twelve digits (Decree 137/2015/NĐ-CP,
// article 13): the code of a province, of century and sex, the year of birth,
// six more. They are written in one.
func identityCard(d []byte, written int) bool {
	if len(d) != 12 || written != 12 || d[0] != 0 {
		return false
	}
	province := int(d[1])*10 + int(d[2])
	return province >= 1 && province <= 96 && d[3] <= 3
}

// paymentCard knows the prefixes and lengths of the schemes that are used in
// Vietnam, and the check digit (ISO/IEC 7812-1, annex B).
func paymentCard(d []byte) bool {
	prefix := int(d[0])*1000 + int(d[1])*100 + int(d[2])*10 + int(d[3])
	var lengths [3]int
	switch {
	case prefix/1000 == 4: // Visa
		lengths = [3]int{13, 16, 19}
	case prefix/100 >= 51 && prefix/100 <= 55, prefix >= 2221 && prefix <= 2720: // Mastercard
		lengths[0] = 16
	case prefix/100 == 34, prefix/100 == 37: // American Express
		lengths[0] = 15
	case prefix >= 3528 && prefix <= 3589, prefix/100 == 62: // JCB, UnionPay
		lengths = [3]int{16, 19}
	case prefix == 9704: // NAPAS
		lengths = [3]int{16, 19}
	}
	return (len(d) == lengths[0] || len(d) == lengths[1] || len(d) == lengths[2]) && luhn(d)
}

func luhn(d []byte) bool {
	sum := 0
	for i := range d {
		n := int(d[len(d)-1-i])
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}
