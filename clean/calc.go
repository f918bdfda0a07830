package clean

import (
	"bytes"
	"math"
	"strconv"
)

// maxCalc bounds how deep the brackets of a value that is computed may stand in
// each other.
const maxCalc = 8

// measure is what a length, a percentage or a number comes to (CSS Values 4,
// 10): a sum, of which the parts are kept apart that a screen decides on.
type measure struct {
	number  float64
	px      float64 // absolute lengths
	em      float64 // those of the font, in its size
	percent float64
	view    float64 // hundredths of the window
}

// typeless reports a number without a unit.
func (m measure) typeless() bool { return m.px == 0 && m.em == 0 && m.percent == 0 && m.view == 0 }

func (m measure) zero() bool { return m == measure{} }

func (m measure) plus(o measure) measure {
	return measure{m.number + o.number, m.px + o.px, m.em + o.em, m.percent + o.percent, m.view + o.view}
}

func (m measure) times(n float64) measure {
	return measure{m.number * n, m.px * n, m.em * n, m.percent * n, m.view * n}
}

// on is the length in px on a usual screen, where a percentage is one of base.
func (m measure) on(base float64) float64 {
	return m.number + m.px + 16*m.em + m.percent*base/100 + 10*m.view
}

// share is a number or a percentage as a number.
func (m measure) share() float64 { return m.number + m.percent/100 }

// calc computes the value at the head of text, and returns what is behind it.
// What it cannot compute is no measure.
func calc(text []byte) (m measure, rest []byte, ok bool) { return calcValue(text, maxCalc) }

// measured computes a value with nothing behind it.
func measured(text []byte) (measure, bool) {
	m, rest, ok := calc(text)
	return m, ok && len(rest) == 0
}

// calcSum reads sums and differences. Browsers ask for white space around
// their signs, which the fold has left.
func calcSum(text []byte, depth int) (sum measure, rest []byte, ok bool) {
	if sum, rest, ok = calcProduct(text, depth); !ok {
		return sum, rest, false
	}
	for {
		sign := 1.0
		switch {
		case bytes.HasPrefix(rest, []byte(" + ")):
		case bytes.HasPrefix(rest, []byte(" - ")):
			sign = -1
		default:
			return sum, rest, true
		}
		next, behind, ok := calcProduct(rest[3:], depth)
		if !ok {
			return sum, rest, false
		}
		sum, rest = sum.plus(next.times(sign)), behind
	}
}

func calcProduct(text []byte, depth int) (product measure, rest []byte, ok bool) {
	if product, rest, ok = calcValue(text, depth); !ok {
		return product, rest, false
	}
	for len(rest) > 0 && (rest[0] == '*' || rest[0] == '/') {
		factor, behind, ok := calcValue(rest[1:], depth)
		switch {
		case !ok:
			return product, rest, false
		case rest[0] == '/' && factor.typeless() && factor.number != 0:
			product = product.times(1 / factor.number)
		case rest[0] == '*' && factor.typeless():
			product = product.times(factor.number)
		case rest[0] == '*' && product.typeless():
			product = factor.times(product.number)
		default:
			return product, rest, false
		}
		rest = behind
	}
	return product, rest, true
}

// calcValue reads a number with its unit, a bracket, or a function.
func calcValue(text []byte, depth int) (m measure, rest []byte, ok bool) {
	if end := numberEnd(text); end > 0 {
		return dimension(text, end)
	}
	name, inner, found := bytes.Cut(text, []byte("("))
	if !found || depth == 0 {
		return m, text, false
	}
	switch string(name) {
	case "", "calc", "-webkit-calc", "-moz-calc":
		m, rest, ok = calcSum(inner, depth-1)
	case "min", "max", "clamp":
		m, rest, ok = calcChoice(string(name), inner, depth-1)
	}
	if !ok || len(rest) == 0 || rest[0] != ')' {
		return m, rest, false
	}
	return m, rest[1:], true
}

// calcChoice reads the arguments of min(), max() or clamp(), and chooses as a
// usual screen would.
func calcChoice(name string, text []byte, depth int) (m measure, rest []byte, ok bool) {
	for count := 0; ; count++ {
		next, behind, ok := calcSum(text, depth)
		if !ok {
			return m, text, false
		}
		larger := next.on(1000) > m.on(1000)
		if count == 0 || larger == (name == "max" || name == "clamp" && count == 1) {
			m = next
		}
		if len(behind) == 0 || behind[0] != ',' {
			return m, behind, true
		}
		text = behind[1:]
	}
}

// dimension reads the unit behind a number that ends at end (CSS Values 4, 6).
func dimension(text []byte, end int) (m measure, rest []byte, ok bool) {
	n, ok := number(text)
	if !ok || math.Abs(n) > 1e12 {
		return m, text, false
	}
	to := end
	for to < len(text) && isLetter(text[to]) {
		to++
	}
	if to < len(text) && text[to] == '%' && to == end {
		return measure{percent: n}, text[to+1:], true
	}
	switch unit := string(text[end:to]); unit {
	case "":
		m.number = n
	case "em", "rem", "ic", "lh", "rlh":
		m.em = n
	case "ex", "ch", "rex", "rch", "cap":
		m.em = n / 2
	case "vw", "vh", "vi", "vb", "vmin", "vmax", "svw", "svh", "lvw", "lvh", "dvw", "dvh":
		m.view = n
	default:
		px := pixelsOf(unit)
		m.px, ok = n*px, px > 0
	}
	return m, text[to:], ok
}

// pixelsOf returns how long an absolute unit is (CSS Values 4, 6.2), or 0.
func pixelsOf(unit string) float64 {
	switch unit {
	case "px":
		return 1
	case "pt":
		return 4.0 / 3
	case "pc":
		return 16
	case "in":
		return 96
	case "cm":
		return 96 / 2.54
	case "mm":
		return 96 / 25.4
	case "q":
		return 96 / 101.6
	}
	return 0
}

// angle computes an angle, in turns (CSS Values 4, 7.1).
func angle(text []byte) (turns float64, ok bool) {
	end := numberEnd(text)
	n, ok := number(text)
	switch string(text[end:]) {
	case "deg":
		return n / 360, ok
	case "grad":
		return n / 400, ok
	case "rad":
		return n / (2 * math.Pi), ok
	case "turn":
		return n, ok
	}
	return 0, ok && n == 0
}

// far reports a length by which nothing is left on the screen. A menu that
// waits just beyond the edge, left:-100%, is none; nor is what half a wide
// screen brings back, calc(50% - 600px).
func (m measure) far() bool {
	if m.number+m.px+10*m.em+m.percent+10*m.view >= 3000 {
		return true
	}
	towards := func(part, wide, narrow float64) float64 {
		if part > 0 {
			return part * wide
		}
		return part * narrow
	}
	return m.number+m.px+10*m.em+towards(m.percent, 20, 1)+towards(m.view, 20, 5) <= -500
}

// tiny reports a length of a pixel at most.
func (m measure) tiny() bool {
	if m.zero() {
		return true
	}
	length := m.on(1000)
	return m.number == 0 && m.percent == 0 && 0 <= length && length <= 1
}

// number reads the number at the head of value.
func number(value []byte) (float64, bool) {
	n, err := strconv.ParseFloat(string(value[:numberEnd(value)]), 64)
	return n, err == nil
}

func numberEnd(value []byte) int {
	end := 0
	for end < len(value) && (end == 0 && (value[end] == '-' || value[end] == '+') || value[end] == '.' || '0' <= value[end] && value[end] <= '9') {
		end++
	}
	if exponent := value[end:]; end > 0 && len(exponent) > 1 && exponent[0] == 'e' {
		if n := numberEnd(exponent[1:]); n > 0 && exponent[n] != '.' {
			return end + 1 + n
		}
	}
	return end
}
