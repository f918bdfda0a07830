package clean

import (
	"bytes"
	"slices"
	"strings"
)

// maxStyleRead bounds a declaration that is read; a longer one is passed over.
const maxStyleRead = 4 << 10

// means are the ways by which declarations put an element out of sight.
type means uint8

const (
	meansDisplay means = 1 << iota
	meansVisibility
	meansOpacity
	meansOther // which no page undoes
	meansAway  // off the screen
	meansCut   // cut off
	meansFont  // in letters of no size
	meansPaint // or of no colour
)

const (
	// meansShown are those by which pages show again what they hide, the open tab
	// among the closed ones.
	meansShown = meansDisplay | meansVisibility | meansOpacity
	// meansUndone are undone on some screens: a menu that is put away on telephones.
	meansUndone = meansAway | meansCut | meansFont | meansPaint
	// meansInherited are undone by what is within: a list in letters of no size,
	// so that nothing is between its entries.
	meansInherited = meansVisibility | meansFont | meansPaint
)

// sight is what declarations do to the sight of an element.
type sight struct {
	hides, shows means
	important    means // which of them are !important
}

// marks are what hides only together.
type marks uint16

const (
	markFlat   marks = 1 << iota // no line height
	markBehind                   // under its parent
	markCut                      // what flows over is cut off
	markPlaced                   // taken out of the flow
	markFilled                   // the text is a mask of the background
	markSize                     // no height, or by the next bits another size
)

const markSizes = ^(markSize - 1)

// declarations gathers what hides only together.
type declarations struct {
	sight
	has, said          marks // those that count, and those that were spoken of
	text, fill, ground colour
	loud               bool  // the one that is read is !important
	doubtful           bool  // its name is two words, and so may be none
	undoes             means // by which they have a property that could hide, and does not
}

// note notes that a property has a mark; the last one that is valid counts.
func (d *declarations) note(m marks, on, valid bool) {
	switch {
	case on:
		d.has |= m
	case valid:
		d.has &^= m
	default:
		return
	}
	d.said |= m
}

// reveals is what a rule does that counts while a visitor points somewhere.
func (d *declarations) reveals() sight {
	return sight{shows: d.shows | d.undoes, important: d.important}
}

// half reports whether more declarations might hide together with these.
func (d *declarations) half() bool {
	return d.has != 0 || d.text.known || d.fill.known || d.ground.known
}

// join adds those of a later rule for the same elements.
func (d *declarations) join(later *declarations) {
	d.has, d.said = d.has&^later.said|later.has, d.said|later.said
	for _, c := range [...][2]*colour{{&d.text, &later.text}, {&d.fill, &later.fill}, {&d.ground, &later.ground}} {
		if c[1].known {
			*c[0] = *c[1]
		}
	}
}

// readSight reads the declarations of a rule or of a style attribute, using
// buf for each.
func readSight(css, buf []byte) (sight, []byte) {
	var d declarations
	buf = d.readBlock(css, buf)
	return d.sum(), buf
}

// readBlock reads the declarations of a block.
func (d *declarations) readBlock(css, buf []byte) []byte {
	for len(css) > 0 {
		end := declarationEnd(css)
		if end <= maxStyleRead {
			buf = d.readDeclaration(css[:end], buf[:0])
		}
		css = css[min(end+1, len(css)):]
	}
	return buf
}

// sum is what all of the declarations do.
func (d *declarations) sum() sight {
	s := d.sight
	s.hides |= d.together()
	s.shows |= d.undoes &^ s.hides
	return s
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
	buf = foldValue(buf, value)
	plain := bytes.TrimSuffix(buf[n:], []byte("!important"))
	if len(plain) == 0 {
		return buf
	}
	d.loud = n+len(plain) < len(buf)
	d.doubtful = parted(name)
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

// read judges one declaration, folded.
func (d *declarations) read(name string, value []byte) {
	switch name {
	case "display":
		d.set(meansDisplay, string(value) == "none", showsBox(value))
	case "visibility":
		d.set(meansVisibility, string(value) == "hidden" || string(value) == "collapse", string(value) == "visible" || everywhere(value))
	case "opacity":
		m, ok := measured(value)
		d.set(meansOpacity, ok && m.share() < faintest, ok || everywhere(value))
	case "overflow":
		d.note(markCut, string(value) != "visible", true)
		d.undo(meansCut, string(value) == "visible")
	case "overflow-x", "overflow-y":
		d.note(markCut, string(value) != "visible", false)
	case "position":
		d.note(markPlaced, string(value) == "absolute" || string(value) == "fixed", flows(value))
		d.undo(meansAway, string(value) == "static")
	case "line-height":
		d.note(markFlat, tiny(value), measures(value))
		d.undo(meansCut, measures(value) && !tiny(value))
	case "z-index":
		m, ok := measured(value)
		d.note(markBehind, m.number < 0, ok || string(value) == "auto" || everywhere(value))
		d.also(meansOther, m.number <= -9)
	case "color":
		d.text = painting(d.text, value)
		d.undo(meansPaint, d.text.known && !d.text.clear())
	case "-webkit-text-fill-color":
		d.fill = painting(d.fill, value)
	case "background", "background-color":
		d.ground = painting(d.ground, value)
		d.undo(meansPaint, d.ground.known)
	case "background-clip", "-webkit-background-clip":
		d.note(markFilled, string(value) == "text", true)
	default:
		if at := slices.Index(sizes[:], name); at >= 0 {
			d.note(markSize<<at, tiny(value), sizeable(value))
			d.undo(meansCut, sizeable(value) && !tiny(value))
			return
		}
		by, away := putsAway(name, value)
		d.also(by, away)
		d.undo(by&meansUndone, !away && !strings.HasPrefix(name, "margin"))
	}
}

// sizes are the properties that may leave a box no room.
var sizes = [...]string{"height", "width", "max-height", "max-width", "block-size", "inline-size", "max-block-size", "max-inline-size"}

// sizeable reports a value that a size may have.
func sizeable(value []byte) bool {
	switch string(value) {
	case "auto", "none", "min-content", "max-content", "fit-content":
		return true
	}
	_, ok := measured(value)
	return ok || everywhere(value)
}

func (d *declarations) also(m means, hides bool) {
	if !hides {
		return
	}
	d.hides |= m
	if d.loud {
		d.important |= m
	}
}

func (d *declarations) undo(m means, undoes bool) {
	if undoes {
		d.undoes |= m
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
	_, ok := measured(value)
	return ok || string(value) == "normal" || everywhere(value)
}

// painting is the colour that value paints in place of another, unless it is a
// word that may be none. A background's is known where nothing lies on it.
func painting(before colour, value []byte) colour {
	if bytes.Contains(value, []byte("url(")) || bytes.Contains(value, []byte("gradient(")) {
		return colour{}
	}
	for rest := value; len(rest) > 0; {
		var part []byte
		if part, rest = cutValue(rest, ' '); readColour(part).known {
			return readColour(part)
		}
	}
	if isWord(value) && string(value) != "none" && string(value) != "currentcolor" && !everywhere(value) {
		return before
	}
	return colour{}
}

func isWord(value []byte) bool {
	for _, c := range value {
		if !isLetter(c) {
			return false
		}
	}
	return true
}

// together judges what hides in company only: a box without height shows what
// flows over, a clearfix does so on every other page.
func (d *declarations) together() (hides means) {
	if d.has&markCut != 0 && d.has&(markFlat|markSizes) != 0 {
		hides |= meansCut
	}
	if d.has&markBehind != 0 && d.has&markPlaced != 0 {
		hides |= meansOther
	}
	if d.has&markFilled == 0 && d.unseenText() {
		hides |= meansPaint
	}
	return hides
}

// unseenText reports text in the colour of its background, or in none.
func (d *declarations) unseenText() bool {
	text := d.text
	if d.fill.known {
		text = d.fill
	}
	return text.clear() || text.like(d.ground)
}
