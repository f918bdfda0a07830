package clean

import (
	"bytes"
	"math"
)

// faintest is the share of its opacity, or of its size, below which nobody sees
// an element.
const faintest = 0.1

// putsAway judges the declarations that hide by themselves: by which means, if
// the property is one of those that may, and whether it does.
func putsAway(name string, value []byte) (by means, hides bool) {
	switch name {
	case "left", "right", "top", "bottom", "margin", "margin-left", "margin-top", "margin-right", "margin-bottom", "text-indent",
		"inset", "inset-inline", "inset-block", "inset-inline-start", "inset-inline-end", "inset-block-start", "inset-block-end",
		"margin-inline", "margin-block", "margin-inline-start", "margin-block-start", "translate":
		return meansAway, anyFar(value, ' ')
	case "font-size":
		return meansFont, smallFont(value)
	case "font":
		return meansFont, smallFont(sizeOfFont(value))
	case "zoom", "scale":
		return meansOther, shrunk(value, ' ')
	case "rotate":
		return meansOther, onEdge(value)
	case "content-visibility":
		return meansOther, string(value) == "hidden"
	case "transform", "-webkit-transform", "-ms-transform", "-moz-transform", "-o-transform":
		return meansAway, transformsAway(value)
	case "filter", "-webkit-filter":
		return meansOther, fades(value)
	case "clip":
		return meansCut, clipsRect(value)
	case "clip-path", "-webkit-clip-path":
		return meansCut, clipsAll(value)
	case "mask", "mask-image", "-webkit-mask", "-webkit-mask-image":
		return meansPaint, masksAll(value)
	}
	return 0, false
}

// anyFar reports whether one of the lengths leads off the screen.
func anyFar(value []byte, sep byte) bool {
	for len(value) > 0 {
		var part []byte
		part, value = cutValue(value, sep)
		if m, ok := measured(part); ok && m.far() {
			return true
		}
	}
	return false
}

// tiny reports a length of a pixel at most.
func tiny(value []byte) bool {
	m, ok := measured(value)
	return ok && m.tiny()
}

// smallFont reports a size of letters of a pixel at most.
func smallFont(value []byte) bool {
	m, ok := measured(value)
	size := m.on(16)
	return ok && 0 <= size && size <= 1 && (m.number == 0 || m.typeless() && m.number < faintest)
}

// sizeOfFont returns the size in a font shorthand (CSS Fonts 4, 2.7), behind the
// weight, a number too.
func sizeOfFont(value []byte) []byte {
	for len(value) > 0 {
		var part []byte
		part, value = cutValue(value, ' ')
		part, _ = cutValue(part, '/')
		if m, ok := measured(part); ok && (m.number == 0 || !m.typeless()) {
			return part
		}
	}
	return nil
}

// shrunk reports factors of which one of the first two leaves nothing.
func shrunk(value []byte, sep byte) bool {
	for count := 0; len(value) > 0 && count < 2; count++ {
		var part []byte
		part, value = cutValue(value, sep)
		if m, ok := measured(part); ok && math.Abs(m.share()) < faintest {
			return true
		}
	}
	return false
}

// transformsAway reports a list of functions of which one leaves nothing, or
// leads off the screen (CSS Transforms 1, 13 and 2, 12).
func transformsAway(value []byte) bool {
	single := bytes.IndexByte(value, ')') == len(value)-1
	for len(value) > 0 {
		var function []byte
		function, value = cutValue(value, ' ')
		name, arguments, found := bytes.Cut(bytes.TrimSuffix(function, []byte(")")), []byte("("))
		if !found {
			return false
		}
		switch string(name) {
		case "translate", "translatex", "translatey", "translate3d":
			if anyFar(arguments, ',') {
				return true
			}
		case "scale", "scalex", "scaley", "scale3d":
			if shrunk(arguments, ',') {
				return true
			}
		case "matrix", "matrix3d":
			if flattens(arguments) {
				return true
			}
		case "rotatex", "rotatey":
			// With others it may be a side of a cube that is turned round.
			if turns, ok := angle(arguments); ok && single && edgewise(turns) {
				return true
			}
		}
	}
	return false
}

// flattens reports a matrix that leaves no area, or leads off the screen.
func flattens(arguments []byte) bool {
	var m [16]float64
	n := 0
	for ; len(arguments) > 0 && n < len(m); n++ {
		var part []byte
		part, arguments = cutValue(arguments, ',')
		value, ok := measured(part)
		if !ok {
			return false
		}
		m[n] = value.number
	}
	a, b, c, d, e, f := m[0], m[1], m[2], m[3], m[4], m[5]
	switch {
	case n == 16:
		c, d, e, f = m[4], m[5], m[12], m[13]
	case n != 6:
		return false
	}
	return math.Abs(a*d-b*c) < faintest*faintest || measure{px: e}.far() || measure{px: f}.far()
}

// onEdge reports a value of rotate that turns an element out of its plane until
// only its edge is seen: y 90deg.
func onEdge(value []byte) bool {
	axis, turn := cutValue(value, ' ')
	turns, ok := angle(turn)
	return ok && (string(axis) == "x" || string(axis) == "y") && edgewise(turns)
}

func edgewise(turns float64) bool { return math.Abs(math.Cos(turns*2*math.Pi)) < 0.01 }

// fades reports opacity(0) and the alpha(opacity=0) of old.
func fades(value []byte) bool {
	for _, function := range [...]string{"opacity(", "opacity="} {
		if _, share, found := bytes.Cut(value, []byte(function)); found {
			m, rest, ok := calc(share)
			if function == "opacity=" {
				m.number /= 100
			}
			return ok && len(rest) > 0 && rest[0] == ')' && 0 <= m.share() && m.share() < faintest
		}
	}
	return false
}

// masksAll reports a mask of nothing but a gradient between colours that are
// clear.
func masksAll(value []byte) bool {
	name, stops, found := bytes.Cut(value, []byte("gradient("))
	if !found || len(name) > 20 || bytes.IndexByte(name, ' ') >= 0 {
		return false
	}
	stops, behind := cutValue(stops, ')')
	unseen := 0
	for first := true; len(stops) > 0; first = false {
		var stop []byte
		stop, stops = cutValue(stops, ',')
		shade, _ := cutValue(stop, ' ')
		switch c := readColour(shade); {
		case c.clear():
			unseen++
		case c.known || !first:
			return false
		}
	}
	return unseen > 1 && bytes.IndexByte(behind, '(') < 0
}
