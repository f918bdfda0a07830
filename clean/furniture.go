package clean

const (
	// enoughFurniture is how many different scripts and style sheets of others,
	// beside at most a quarter as many of the site's own, make a page another
	// site's: a copy of its template, which intruders fill with words.
	enoughFurniture = 5
	// maxFurniture bounds those that are told apart.
	maxFurniture = 64
)

// furniture is where the scripts and style sheets of a page's head come from.
// What the site's allowlists hold for them is its own, wherever that is: a
// network that delivers its files, or a theme's maker.
type furniture struct {
	strange [maxFurniture]uint64 // hashes of the addresses
	count   int                  // of strange
	own     int
}

// foreign reports whether nearly all of it is another site's.
func (f *furniture) foreign() bool {
	return f.count >= enoughFurniture && f.count >= 4*f.own
}

// add notes what comes from a host that is on no list.
func (f *furniture) add(t target) {
	key := hashOf([]byte(t.host + t.path))
	for _, known := range f.strange[:f.count] {
		if known == key {
			return
		}
	}
	if f.count < maxFurniture {
		f.strange[f.count] = key
		f.count++
	}
}

// furnish notes the script or the style sheet that a start tag names; listed is
// whether it may stand.
func (w *rewriter) furnish(t target, listed bool) {
	switch {
	case listed:
		w.verdict.furnishes = true
		w.furnishOwn(w.tok.pos)
	case w.inHead(w.tok.pos):
		w.identity.furniture.add(t)
	}
}

// furnishOwn notes one of the site's own, whose start tag ends at end.
func (w *rewriter) furnishOwn(end int) {
	if w.inHead(end) {
		w.identity.furniture.own++
	}
}

// inHead reports whether what ends at end in the window counts for what the
// page says of itself, however the document was cut.
func (w *rewriter) inHead(end int) bool {
	return !w.identity.over && w.offset+int64(end) <= maxHead
}

// titleAdvertises notes that the page's title does.
func (w *rewriter) titleAdvertises(f Finding, title []byte) {
	id := &w.identity
	if !w.inHead(w.tok.pos) {
		return
	}
	id.titled = true
	if id.first.Kind == "" {
		id.first = evidence(f, title)
	}
}
