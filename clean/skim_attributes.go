package clean

// plainAttributes refer to nothing, run nothing and hide nothing.
var plainAttributes = [...]string{
	"lang", "dir", "role", "target", "for", "label", "align", "valign", "border", "bgcolor",
	"cellpadding", "cellspacing", "colspan", "rowspan", "nowrap", "scope", "summary", "link", "vlink", "alink", "text",
	"loading", "decoding", "sizes", "media", "fetchpriority", "crossorigin", "referrerpolicy", "integrity", "itemprop",
	"itemscope", "itemtype", "datetime", "method", "enctype", "accept", "accept-charset", "autocomplete", "autofocus",
	"placeholder", "required", "disabled", "readonly", "checked", "selected", "multiple", "maxlength", "minlength",
	"min", "max", "step", "pattern", "cols", "rows", "tabindex", "accesskey", "download", "hreflang", "start",
	"controls", "autoplay", "loop", "muted", "preload", "aria-hidden", "aria-expanded", "aria-controls",
	"aria-current", "aria-labelledby", "shape", "coords", "usemap", "hspace", "vspace", "translate",
}

// skimAttributes reads the attributes of a tag whose name ends at b[at]. It
// returns where its > stands, or -1 where the tag must be read; and, where the
// content of el is text, which attributes there are.
func (w *rewriter) skimAttributes(b []byte, at int, el *skimElement) (end int, seen attrs) {
	at, name := w.follow(b, at, el)
	if at < 0 || at+1+wordRoom > len(b) {
		return -1, seen
	}
	if b[at] == '>' {
		if el.ends != nil {
			seen, _ = w.familiar.names.seen(name)
		}
		return at, seen
	}
	return w.skimFurther(b, at, el, name)
}

// skimFurther is skimAttributes from behind the last name that was known, or 0,
// on. It remembers the further ones.
func (w *rewriter) skimFurther(b []byte, at int, el *skimElement, name uint8) (end int, seen attrs) {
	names := &w.familiar.names
	seen, others := names.seen(name)
	learns := !names.makeRoom()
	for {
		if at+1+wordRoom > len(b) {
			return -1, seen
		}
		from := at
		switch b[at] {
		case ' ', '\n', '\t', '\r':
			for at++; isSpace(b[at]); at++ {
				if at+1+wordRoom > len(b) {
					return -1, seen
				}
			}
		case '>', '/':
		default:
			return -1, seen
		}
		if b[at] == '>' {
			return at, seen
		}
		if b[at] == '/' {
			if b[at+1] != '>' {
				return -1, seen
			}
			return at + 1, seen
		}
		row := skimName{id: noAttr}
		word, n := readWord(b[at:])
		if id := w.skimmed.attributes.find(word); id == nil {
			if n, row.other = plainOther(b[at:]); n < 0 || others>>row.other&1 != 0 {
				return -1, seen
			}
			others |= 1 << row.other
			if rule, late := lateRule(el.el, b[at:at+n]); late {
				row.demand = rule.demand()
			}
		} else {
			if row.id = *id; seen.has(row.id) {
				return -1, seen
			}
			seen.add(row.id)
			row.demand = el.demandOn(row.id)
		}
		at += n
		lead := b[from:at]
		value := b[at:at]
		if b[at] == '=' {
			at++
			if row.quote = b[at]; row.quote == '"' || row.quote == '\'' {
				at++
			} else {
				row.quote = unquoted
			}
			lead = b[from:at]
			to := valueEnd(b, at, row.quote)
			if to < 0 {
				return -1, seen
			}
			value, at = b[at:to], to
			if row.quote != unquoted {
				at++
			}
		}
		if row.demand.of != demandNothing && !w.skimValue(value, row.demand) {
			return -1, seen
		}
		if learns {
			name = names.add(el, name, lead, row)
			learns = name != 0
		}
	}
}

// valueEnd returns where the value ends that begins at from, or -1 where the
// window does, or where readers would not agree on it.
func valueEnd(b []byte, from int, quote byte) int {
	if quote == unquoted {
		return unquotedEnd(b, from)
	}
	return closingQuote(b, from, quote)
}

// unquotedEnd is valueEnd without a quote (13.2.5.38).
func unquotedEnd(b []byte, from int) int {
	to := from
	for to < len(b) && classOf[b[to]]&classUnquoted == 0 {
		to++
	}
	if to == from || to == len(b) || b[to] != '>' && !isSpace(b[to]) {
		return -1
	}
	return to
}

// plainOther returns the length of a name that the tables do not hold but
// nobody takes otherwise, -1 for any other, and some bits of its hash: of two
// names alike in these the second is not passed.
func plainOther(b []byte) (n int, bit uint8) {
	if b[0]|0x20 == 'o' && b[1]|0x20 == 'n' {
		return -1, 0
	}
	for ; n < len(b) && classOf[b[n]]&classNameEnd == 0 && b[n] != '='; n++ {
		if classOf[b[n]] != 0 {
			return -1, 0
		}
	}
	if n == 0 || len(b)-n < wordRoom || isPopover(b[:n]) {
		return -1, 0
	}
	return n, uint8(nameHash(b[:n]) >> 4)
}

// demand is what the value of an attribute is held against, on its element.
type demand struct {
	of   demands
	kind kind // of references
}

type demands uint8

const (
	demandNothing demands = iota
	demandReference
	demandList
	demandClass
	demandID
	demandStyle
	demandNonce
	demandFails // no value is skimmed
)

// demandOn tells what the values of an attribute on e are held against.
func (e *skimElement) demandOn(id attr) demand {
	switch id {
	case attrHidden, attrXMLBase, attrBackground:
		return demand{of: demandFails}
	case attrNonce:
		if e.el == elScript {
			return demand{of: demandNonce}
		}
	case attrStyle:
		return demand{of: demandStyle}
	case attrClass:
		return demand{of: demandClass}
	case attrID:
		return demand{of: demandID}
	}
	for _, r := range e.rules {
		if r.attr == id {
			return r.demand()
		}
	}
	return demand{}
}

func (r rule) demand() demand {
	switch r.action {
	case dropAttribute, dropTag, dropElement, unwrap:
		return demand{demandReference, r.kind}
	case list:
		return demand{demandList, r.kind}
	}
	return demand{of: demandFails}
}

// skimValue reports whether a value may stand, for all a glance tells.
func (w *rewriter) skimValue(value []byte, d demand) bool {
	switch d.of {
	case demandNothing:
		return true
	case demandReference:
		return w.staysHome(value) || w.familiar.host(w, value, d.kind)
	case demandList:
		return w.skimList(value, d.kind)
	case demandClass:
		return w.hidden.sheet.keys == 0 || w.familiar.class(w, value)
	case demandID:
		return !w.hidden.sheet.names(sheetID, value)
	case demandStyle:
		return w.familiar.style(w, value)
	case demandNonce:
		return len(w.nonce) == 0
	}
	return false
}

// skimList does so with each reference of a list that can be read in one way.
func (w *rewriter) skimList(value []byte, k kind) bool {
	if commaWithin(value) {
		return false
	}
	for len(value) > 0 {
		var ref []byte
		ref, value = nextCandidate(value)
		if !w.staysHome(ref) && !w.familiar.host(w, ref, k) {
			return false
		}
	}
	return true
}

// staysHome reports whether a reference, as it is written, can only lead to
// the document's own host: whatever follows, /a and abc/ begin a path, # a
// fragment, ? a query.
func (w *rewriter) staysHome(ref []byte) bool {
	if len(ref) == 0 {
		return true
	}
	switch c := ref[0]; {
	case c == '#' || c == '?':
		return true
	case c == '/':
		return len(ref) == 1 || plainPath[ref[1]]
	}
	for i, c := range ref {
		if !plainPath[c] {
			return i > 0 && (c == '/' || c == '?' || c == '#')
		}
	}
	return true
}

// plainPath are the bytes of a path that no reader of URLs or of character
// references takes for anything else.
var plainPath = func() (plain [256]bool) {
	for c := range 256 {
		plain[c] = isAlphanumeric(byte(c)) || c == '-' || c == '_' || c == '.' || c == '~'
	}
	return plain
}()
