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
	"aria-current", "aria-labelledby", "noshade", "shape", "coords", "usemap", "hspace", "vspace", "translate",
}

// skimAttributes reads the attributes of a tag whose name ends at b[at]. It
// returns where its > stands, or -1 where the tag must be read.
func (w *rewriter) skimAttributes(b []byte, at int, el *skimElement) (end int, seen attrs) {
	var others uint64
	for {
		if at+1+wordRoom > len(b) {
			return -1, seen
		}
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
		name, n := readWord(b[at:])
		id, known := w.skimmed.attributes.find(name), true
		if id == nil {
			if n = plainOther(b[at:], &others); n < 0 {
				return -1, seen
			}
			known = false
		} else if seen.has(*id) {
			return -1, seen
		} else {
			seen.add(*id)
		}
		at += n
		from, to := at, at
		if b[at] == '=' {
			quote := b[at+1]
			if quote != '"' && quote != '\'' {
				return -1, seen
			}
			from = at + 2
			if to = closingQuote(b, from, quote); to < 0 {
				return -1, seen
			}
			at = to + 1
		}
		if known && *id < attrCount && !w.skimValue(b[from:to], *id, el) {
			return -1, seen
		}
	}
}

// plainOther returns the length of a name that the tables do not hold but
// nobody takes otherwise, -1 for any other. others holds a bit of each such
// name's hash, so that of two alike the second is not passed.
func plainOther(b []byte, others *uint64) int {
	if b[0]|0x20 == 'o' && b[1]|0x20 == 'n' {
		return -1
	}
	n := 0
	for ; n < len(b) && classOf[b[n]]&classNameEnd == 0 && b[n] != '='; n++ {
		if classOf[b[n]] != 0 {
			return -1
		}
	}
	if n == 0 || len(b)-n < wordRoom {
		return -1
	}
	bit := uint64(1) << (nameHash(b[:n]) >> 4)
	if *others&bit != 0 {
		return -1
	}
	*others |= bit
	return n
}

// skimValue reports whether the value of an attribute that means something
// somewhere may stand in el.
func (w *rewriter) skimValue(value []byte, id attr, el *skimElement) bool {
	switch id {
	case attrHidden, attrXMLBase, attrBackground:
		return false
	case attrNonce:
		return el.el != elScript || len(w.nonce) == 0
	case attrStyle:
		return w.familiar.style(w, value)
	case attrClass:
		return w.hidden.sheet.keys == 0 || w.familiar.class(w, value)
	case attrID:
		return !w.hidden.sheet.names(sheetID, value)
	}
	if !el.judged.has(id) {
		return true
	}
	for _, r := range el.rules {
		if r.attr == id {
			return w.skimReference(value, r)
		}
	}
	return false
}

// skimReference reports whether the reference may stand, for all a glance
// tells.
func (w *rewriter) skimReference(value []byte, r rule) bool {
	switch r.action {
	case dropAttribute, dropTag, dropElement, unwrap:
		return w.staysHome(value) || w.familiar.host(w, value, r.kind)
	case list:
		return w.skimList(value, r.kind)
	}
	return false
}

// skimList is skimReference for each reference of a list.
func (w *rewriter) skimList(value []byte, k kind) bool {
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
