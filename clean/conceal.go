package clean

import (
	"bytes"
	"strconv"
)

// maxStyleRead bounds what is read of one rule's or attribute's declarations.
const maxStyleRead = 4 << 10

// means are the ways by which declarations put an element out of sight. The
// first three are those by which pages show again what they hide, the open tab
// among the closed ones.
type means uint8

const (
	meansDisplay means = 1 << iota
	meansVisibility
	meansOpacity
	meansOther
)

// sight is what declarations do to the sight of an element.
type sight struct {
	hides, shows means
	important    means // which of them are !important
}

// declarations gathers what hides only together.
type declarations struct {
	sight
	tiny, flat, behind  bool // no height or width; no line height; under its parent
	cut, placed, filled bool // overflow is cut off; taken out of the flow; text is a mask of the background
	text, ground        []byte
}

// readSight reads the declarations of a rule or of a style attribute, using
// buf for them.
func readSight(css, buf []byte) (sight, []byte) {
	buf = foldCSS(buf[:0], css[:min(len(css), maxStyleRead)])
	var d declarations
	for declaration := range bytes.SplitSeq(buf, []byte(";")) {
		name, value, ok := bytes.Cut(declaration, []byte(":"))
		if !ok || len(value) == 0 {
			continue
		}
		plain := bytes.TrimSuffix(value, []byte("!important"))
		before := d.sight
		d.read(string(name), plain)
		if len(plain) < len(value) {
			d.important |= (d.hides | d.shows) &^ (before.hides | before.shows)
		}
	}
	if d.together() {
		d.hides |= meansOther
	}
	return d.sight, buf
}

// set notes that a property hides, or shows.
func (d *declarations) set(m means, hides bool) {
	d.hides, d.shows = d.hides&^m, d.shows&^m // the last declaration counts
	if hides {
		d.hides |= m
	} else {
		d.shows |= m
	}
}

// read judges one declaration, folded to lower case without spaces.
func (d *declarations) read(name string, value []byte) {
	switch name {
	case "display":
		d.set(meansDisplay, string(value) == "none")
	case "visibility":
		d.set(meansVisibility, string(value) == "hidden" || string(value) == "collapse")
	case "opacity":
		d.set(meansOpacity, faint(value))
	case "overflow", "overflow-x", "overflow-y":
		d.cut = d.cut || string(value) != "visible"
	case "position":
		d.placed = string(value) == "absolute" || string(value) == "fixed"
	case "height", "width", "max-height", "max-width", "block-size", "inline-size":
		d.tiny = d.tiny || tiny(value)
	case "line-height":
		d.flat = tiny(value)
	case "z-index":
		n, _ := number(value)
		d.behind = n < 0
		d.also(n <= -9)
	case "color":
		d.text = value
	case "background", "background-color":
		d.ground = value
	case "background-clip", "-webkit-background-clip":
		d.filled = string(value) == "text"
	default:
		d.also(putsAway(name, value))
	}
}

func (d *declarations) also(hides bool) {
	if hides {
		d.hides |= meansOther
	}
}

// together judges what hides in company only: a box without height shows what
// flows over, a clearfix does so on every other page.
func (d *declarations) together() bool {
	return (d.tiny || d.flat) && d.cut || d.behind && d.placed || !d.filled && unseenText(d.text, d.ground)
}

// putsAway judges the declarations that hide by themselves and that no page
// undoes by a class.
func putsAway(name string, value []byte) bool {
	switch name {
	case "left", "right", "top", "bottom", "margin", "margin-left", "margin-top", "margin-right", "margin-bottom", "text-indent", "inset",
		"inset-inline-start", "inset-inline-end", "inset-block-start", "inset-block-end", "margin-inline-start", "margin-block-start", "translate":
		return farAway(value)
	case "font-size", "zoom", "scale":
		return tiny(value) || faint(value)
	case "content-visibility":
		return string(value) == "hidden"
	case "transform", "-webkit-transform", "-ms-transform":
		return shrinks(value) || bytes.Contains(value, []byte("translate")) && farAway(value[bytes.IndexByte(value, '(')+1:])
	case "filter", "-webkit-filter":
		return fades(value)
	case "clip":
		return bytes.HasPrefix(value, []byte("rect(")) && noLarger(value, 1)
	case "clip-path", "-webkit-clip-path":
		return clipsAll(value)
	}
	return false
}

// farAway reports a length by which nothing is left on the screen. A menu that
// waits just beyond the edge, left:-100%, is none.
func farAway(value []byte) bool {
	if n, ok := number(value); ok && n >= 3000 {
		return true
	}
	for {
		at := bytes.IndexByte(value, '-')
		if at < 0 {
			return false
		}
		value = value[at+1:]
		end := numberEnd(value)
		n, ok := number(value)
		if ok && (n >= 500 || n >= 50 && bytes.HasPrefix(bytes.TrimPrefix(value[end:], []byte("r")), []byte("em"))) {
			return true
		}
	}
}

// tiny reports a length of a pixel at most.
func tiny(value []byte) bool {
	n, ok := number(value)
	return ok && n >= 0 && (n == 0 || n <= 1 && bytes.HasSuffix(value, []byte("px")))
}

// faint reports a share below a tenth.
func faint(value []byte) bool {
	n, ok := number(value)
	if bytes.HasSuffix(value, []byte("%")) {
		n /= 100
	}
	return ok && n >= 0 && n < 0.1
}

// shrinks reports scale(0), scaleX(0) and the like.
func shrinks(value []byte) bool {
	_, factors, found := bytes.Cut(value, []byte("scale"))
	if !found {
		return false
	}
	at := bytes.IndexByte(factors, '(')
	return at >= 0 && at <= len("3d") && faint(factors[at+1:])
}

// fades reports opacity(0) and the alpha(opacity=0) of old.
func fades(value []byte) bool {
	for _, function := range [...]string{"opacity(", "opacity="} {
		if _, share, found := bytes.Cut(value, []byte(function)); found {
			share, _, _ = bytes.Cut(share, []byte(")"))
			return faint(share)
		}
	}
	return false
}

// clipsAll reports a clip-path that leaves nothing.
func clipsAll(value []byte) bool {
	shape, size, found := bytes.Cut(value, []byte("("))
	if !found {
		return false
	}
	n, ok := number(size)
	switch string(shape) {
	case "inset":
		return ok && n >= 50 && bytes.Contains(size, []byte("%"))
	case "circle", "ellipse":
		return ok && n == 0
	}
	return string(shape) == "polygon" && noLarger(size, 0)
}

// noLarger reports that value holds numbers, none of them above most.
func noLarger(value []byte, most int) bool {
	any := false
	for i := 0; i < len(value); i++ {
		if value[i] < '0' || value[i] > '9' {
			continue
		}
		n, from := 0, i
		for ; i < len(value) && '0' <= value[i] && value[i] <= '9' && i-from < 8; i++ {
			n = n*10 + int(value[i]-'0')
		}
		if any = true; n > most {
			return false
		}
	}
	return any
}

// unseenText reports text in the colour of its background, or in none.
func unseenText(text, ground []byte) bool {
	text, ground = colour(text), colour(ground)
	switch {
	case len(text) == 0:
		return false
	case string(text) == "transparent":
		return true
	}
	return bytes.HasPrefix(ground, text) && (len(ground) == len(text) || !isAlphanumeric(ground[len(text)]))
}

// colour writes the usual spellings of a colour in one way.
func colour(value []byte) []byte {
	switch string(value) {
	case "white", "#ffffff", "rgb(255,255,255)", "rgba(255,255,255,1)":
		return []byte("#fff")
	case "black", "#000000", "rgb(0,0,0)", "rgba(0,0,0,1)":
		return []byte("#000")
	}
	transparent := len(value) == 5 && value[0] == '#' && value[4] == '0' ||
		len(value) == 9 && value[0] == '#' && bytes.HasSuffix(value, []byte("00")) ||
		bytes.HasPrefix(value, []byte("rgba(")) && bytes.HasSuffix(value, []byte(",0)"))
	if transparent {
		return []byte("transparent")
	}
	return value
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
