package browser_test

import (
	"math/rand/v2"
	"slices"
	"strings"
)

// generator writes documents in which everything is put together that readers
// of HTML disagree about, strewn with markers that a browser would act upon.
type generator struct {
	random *rand.Rand
	out    []byte
	open   []string // elements, innermost last; as written, not as read
}

// generate returns document number index of a seed, always the same.
func generate(seed, index uint64) string {
	g := &generator{random: rand.New(rand.NewPCG(seed, index))}
	g.document()
	g.mutate()
	return strings.ToValidUTF8(string(g.out), "�")
}

func (g *generator) one(of []string) string { return of[g.random.IntN(len(of))] }

func (g *generator) chance(percent int) bool { return g.random.IntN(100) < percent }

func (g *generator) write(parts ...string) {
	for _, s := range parts {
		g.out = append(g.out, s...)
	}
}

func (g *generator) document() {
	if g.chance(50) {
		g.write(g.one(doctypes))
	}
	if g.chance(15) {
		g.write(g.one([]string{"<head>", "<html>", "<html><head>", "<frameset>", "<frameset><frameset>", "</head>", "<body>"}))
	}
	for range 2 + g.random.IntN(18) {
		g.node()
	}
	g.payload() // behind everything that may have swallowed the others
	if g.chance(30) {
		g.close()
	}
}

// node writes one piece. Foreign content comes often, and stays open for long.
func (g *generator) node() {
	switch n := g.random.IntN(100); {
	case n < 16:
		g.start(g.one(flow))
	case n < 26:
		g.start(g.one(foreign))
	case n < 31:
		g.start(g.one(integration))
	case n < 38:
		g.start(g.one(raw))
	case n < 43:
		g.start(g.one(tables))
	case n < 47:
		g.start(g.one(disputed))
	case n < 65:
		g.close()
	case n < 80:
		g.payload()
	case n < 86:
		g.rawElement()
	case n < 91:
		g.write(g.one(oddities))
	case n < 94:
		g.write(g.one(texts))
	case n < 97:
		g.style()
	default:
		g.trap()
	}
}

// start writes a start tag, mostly a plain one.
func (g *generator) start(name string) {
	name, attributes, _ := strings.Cut(name, " ")
	g.open = append(g.open, name)
	if g.chance(8) {
		name = g.distort(name)
	}
	g.write("<", name)
	if attributes != "" {
		g.write(" ", attributes)
	}
	for g.chance(18) {
		g.write(g.one(separators), g.one(attributeTexts))
	}
	if g.chance(7) {
		g.write("/")
	}
	g.write(">")
}

// distort changes the case of a name, or puts something into it.
func (g *generator) distort(name string) string {
	switch g.random.IntN(4) {
	case 0:
		return strings.ToUpper(name)
	case 1:
		at := g.random.IntN(len(name) + 1)
		return name[:at] + g.one([]string{"\x00", "/", "<", "\"", "=", "-", "1", "\f", "K", "ſ"}) + name[at:]
	case 2:
		return name + g.one([]string{"x", ":", ":a", "\x00", "é"})
	}
	return strings.ToTitle(name[:1]) + name[1:]
}

// close writes an end tag: of the innermost element, of any, of none.
func (g *generator) close() {
	name := g.one([]string{"p", "br", "svg", "math", "table", "select", "template", "body", "html", "head", "noscript", "style", "title", "script", "frameset", "a", "form", "desc", "mi"})
	switch n := g.random.IntN(10); {
	case n < 5 && len(g.open) > 0:
		name = g.open[len(g.open)-1]
		g.open = g.open[:len(g.open)-1]
	case n < 8 && len(g.open) > 0:
		at := g.random.IntN(len(g.open))
		name = g.open[at]
		g.open = slices.Delete(g.open, at, at+1)
	}
	if g.chance(6) {
		name = g.distort(name)
	}
	g.write("</", name)
	if g.chance(8) {
		g.write(g.one(separators), g.one(attributeTexts))
	}
	g.write(g.one([]string{">", ">", ">", ">", ">", ">", " >", "/>", "\n>", "\x00>"}))
}

// payload writes something live.
func (g *generator) payload() { g.write(g.one(payloads)) }

// rawElement writes an element whose content one reader takes for text and
// another for markup.
func (g *generator) rawElement() {
	name := g.one([]string{"style", "script", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript", "template", "plaintext", "select", "option"})
	g.write("<", name, ">")
	for range 1 + g.random.IntN(3) {
		switch g.random.IntN(4) {
		case 0:
			g.write(g.one(oddities))
		case 1:
			g.write("</", g.one([]string{"style", "script", "textarea", "title", "xmp", "noscript", "svg", "math", "select"}), g.one([]string{">", " ", "x>", "/>", "\x00>"}))
		default:
			g.payload()
		}
	}
	if g.chance(70) {
		g.write("</", name, ">")
	}
}

// style writes CSS, in an element or an attribute.
func (g *generator) style() {
	var css strings.Builder
	for range 1 + g.random.IntN(8) {
		css.WriteString(g.one(stylePieces))
	}
	switch g.random.IntN(4) {
	case 0:
		g.write("<", g.one(flow), " style=\"", strings.ReplaceAll(css.String(), `"`, "&quot;"), "\">")
	case 1:
		g.write("<svg><style>", css.String(), "</style></svg>")
	default:
		g.write("<style>", css.String(), "</style>")
	}
}

// trap writes a tag with an attribute that holds the end of something and a
// payload: text to those who see the attribute, markup to those who do not.
func (g *generator) trap() {
	quote := g.one([]string{`"`, `'`, "`"})
	ends := g.one([]string{"</style>", "</noscript>", "</title>", "</script>", "</template>", "</select>", "</xmp>", "-->", "--!>", "]]>", "</svg>", "</math>", "</iframe>", "</textarea>", ">", ""})
	g.write("<", g.one([]string{"p", "a", "img", "svg", "mi", "style", "desc", "br", "col", "option", "input"}), g.one(separators), g.one([]string{"title", "alt", "a", "style", "id", "value"}), "=", quote, ends)
	payload := g.one(payloads)
	if quote == `"` {
		payload = strings.ReplaceAll(payload, `"`, `'`)
	}
	g.write(payload, quote, ">")
}

// mutate cuts, doubles and breaks what was written.
func (g *generator) mutate() {
	for g.chance(35) && len(g.out) > 4 {
		at := g.random.IntN(len(g.out))
		length := min(1+g.random.IntN(12), len(g.out)-at)
		switch g.random.IntN(6) {
		case 0:
			g.out = slices.Delete(g.out, at, at+length)
		case 1:
			g.out = slices.Insert(g.out, at, slices.Clone(g.out[at:at+length])...)
		case 2:
			g.out = slices.Insert(g.out, at, []byte(g.one(bytesInserted))...)
		case 3:
			g.out[at] = g.one(bytesInserted)[0]
		case 4:
			from := g.random.IntN(len(g.out))
			piece := slices.Clone(g.out[from:min(from+30, len(g.out))])
			g.out = slices.Insert(g.out, at, piece...)
		default:
			if g.chance(30) {
				g.out = g.out[:at]
			}
		}
	}
}
