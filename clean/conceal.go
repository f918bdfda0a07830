package clean

import (
	"bytes"
	"strconv"
)

// maxStyleRead bounds a declaration that is read; a longer one is passed over.
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
	text, ground        shade
	loud                bool // the one that is read is !important
	doubtful            bool // it is two words where one is asked for, and so may be none
}

// shade is the value of a colour, as far as colours are compared.
type shade struct {
	value [64]byte
	n     int
}

func (s *shade) set(value []byte) { s.n = copy(s.value[:], value) }
func (s *shade) get() []byte      { return s.value[:s.n] }

// readSight reads the declarations of a rule or of a style attribute, using
// buf for each.
func readSight(css, buf []byte) (sight, []byte) {
	var d declarations
	for len(css) > 0 {
		end := declarationEnd(css)
		if end <= maxStyleRead {
			buf = d.readDeclaration(css[:end], buf[:0])
		}
		css = css[min(end+1, len(css)):]
	}
	if d.together() {
		d.hides |= meansOther
	}
	return d.sight, buf
}

// declarationEnd returns where the first declaration ends, or the rule that is
// nested among them.
func declarationEnd(css []byte) int {
	if bytes.HasPrefix(trimRules(css), []byte("--")) {
		return endCSS(css, ";") // may hold a block
	}
	end := endCSS(css, ";{")
	if end < len(css) && css[end] == '{' {
		end += 1 + endCSS(css[end+1:], "}")
	}
	return min(end, len(css))
}

func (d *declarations) readDeclaration(css, buf []byte) []byte {
	name, value, found := bytes.Cut(css, []byte(":"))
	if !found {
		return buf
	}
	buf = foldCSS(buf, name)
	n := len(buf)
	buf = foldCSS(buf, value)
	plain := bytes.TrimSuffix(buf[n:], []byte("!important"))
	if len(plain) == 0 {
		return buf
	}
	d.loud = n+len(plain) < len(buf)
	word, _, _ := bytes.Cut(value, []byte("!"))
	d.doubtful = parted(name) || parted(word)
	d.read(string(buf[:n]), plain)
	return buf
}

// parted reports white space or a comment within css, which foldCSS leaves out.
func parted(css []byte) bool {
	return bytes.ContainsAny(bytes.TrimSpace(css), " \t\r\n\f/")
}

// set notes that a property hides, or shows; the last declaration counts, but
// for one that is !important. What is none to a browser may hide here, but must
// not show: display:none;display:nothing.
func (d *declarations) set(m means, hides, shows bool) {
	if d.important&m != 0 && !d.loud || !hides && (!shows || d.doubtful) {
		return
	}
	if d.hides, d.shows = d.hides&^m, d.shows&^m; hides {
		d.hides |= m
	} else {
		d.shows |= m
	}
	if d.loud {
		d.important |= m
	}
}

// read judges one declaration, folded to lower case without spaces.
func (d *declarations) read(name string, value []byte) {
	switch name {
	case "display":
		d.set(meansDisplay, string(value) == "none", showsBox(value))
	case "visibility":
		d.set(meansVisibility, string(value) == "hidden" || string(value) == "collapse", string(value) == "visible" || everywhere(value))
	case "opacity":
		d.set(meansOpacity, faint(value), share(value) || everywhere(value))
	case "overflow", "overflow-x", "overflow-y":
		d.cut = d.cut || string(value) != "visible"
	case "position":
		d.placed = string(value) == "absolute" || string(value) == "fixed" || d.placed && !flows(value)
	case "height", "width", "max-height", "max-width", "block-size", "inline-size":
		d.tiny = d.tiny || tiny(value)
	case "line-height":
		d.flat = tiny(value) || d.flat && !measures(value)
	case "z-index":
		n, ok := number(value)
		d.behind = n < 0 || d.behind && !ok && string(value) != "auto" && !everywhere(value)
		d.also(n <= -9)
	case "color":
		d.paint(&d.text, value)
	case "background", "background-color":
		d.paint(&d.ground, value)
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

// showsBox reports a value of display that every browser takes, and shows.
func showsBox(value []byte) bool {
	switch string(value) {
	case "block", "inline", "inline-block", "flex", "inline-flex", "grid", "inline-grid", "flow-root", "list-item", "contents",
		"table", "inline-table", "table-row", "table-cell", "table-row-group", "table-header-group", "table-footer-group",
		"table-caption", "-webkit-box", "-webkit-inline-box", "-webkit-flex", "-webkit-inline-flex":
		return true
	}
	return everywhere(value)
}

// everywhere reports the values that any property takes (CSS Cascade 5, 7.3).
func everywhere(value []byte) bool {
	switch string(value) {
	case "initial", "inherit", "unset", "revert", "revert-layer":
		return true
	}
	return false
}

// flows reports a value of position that leaves a box in the flow.
func flows(value []byte) bool {
	switch string(value) {
	case "static", "relative", "sticky", "-webkit-sticky":
		return true
	}
	return everywhere(value)
}

// measures reports a value of line-height.
func measures(value []byte) bool {
	_, ok := number(value)
	return ok || string(value) == "normal" || everywhere(value)
}

// share reports a number or a percentage and nothing behind it.
func share(value []byte) bool {
	_, ok := number(value)
	return ok && len(bytes.TrimSuffix(value[numberEnd(value):], []byte("%"))) == 0
}

// paint notes a colour, unless a word is given that may be none.
func (d *declarations) paint(s *shade, value []byte) {
	if s.n == 0 || paints(value) {
		s.set(value)
	}
}

// paints reports whether a value, where it is a single word, is a colour of CSS
// 2.1 or stands for one. Of the others few are ever written over another.
func paints(value []byte) bool {
	for _, c := range value {
		if !isLetter(c) {
			return true
		}
	}
	switch string(value) {
	case "white", "black", "red", "green", "blue", "gray", "grey", "yellow", "orange", "purple", "navy", "silver", "maroon",
		"olive", "lime", "teal", "aqua", "fuchsia", "transparent", "currentcolor", "none":
		return true
	}
	return everywhere(value)
}

// together judges what hides in company only: a box without height shows what
// flows over, a clearfix does so on every other page.
func (d *declarations) together() bool {
	return (d.tiny || d.flat) && d.cut || d.behind && d.placed || !d.filled && unseenText(d.text.get(), d.ground.get())
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
