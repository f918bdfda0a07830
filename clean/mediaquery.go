package clean

import "bytes"

const (
	narrowestScreen = 320
	lowestScreen    = 200
	widestUsual     = 1600
	largestScreen   = 16000
)

// onEveryScreen reports whether a media query, folded, matches for every
// visitor: not one for paper, nor one for telephones.
func onEveryScreen(query []byte) bool {
	for part := range bytes.SplitSeq(query, []byte(",")) {
		features, screen := screenFeatures(part)
		if screen && everyScreenHas(features) || notOnScreens(part) {
			return true
		}
	}
	return false
}

// everyScreenHas reports features that leave no screen out: from hardly any
// width or height on, to more than there is; and colours.
func everyScreenHas(features []byte) bool {
	for len(features) > 0 {
		feature, rest, _ := bytes.Cut(features, []byte(")"))
		features, _ = bytes.CutPrefix(rest, []byte("and("))
		if len(features) == 0 && len(rest) > 0 || !everyScreenFits(feature) {
			return false
		}
	}
	return true
}

func everyScreenFits(feature []byte) bool {
	at := bytes.LastIndexAny(feature, ":=<>")
	if at < 0 {
		return string(feature) == "color" || string(feature) == "width" || string(feature) == "height"
	}
	n, ok := pixels(feature[at+1:])
	switch string(feature[:at+1]) {
	case "min-width:", "width>=", "width>", "min-device-width:":
		return ok && n <= narrowestScreen
	case "min-height:", "height>=", "height>", "min-device-height:":
		return ok && n <= lowestScreen
	case "max-width:", "width<=", "width<", "max-height:", "height<=", "height<":
		return ok && n >= largestScreen
	case "min-color:", "color>=", "color>":
		return ok && n <= 1
	}
	return false
}

// inEveryContainer reports a query, folded, that any container meets which is
// there to be seen.
func inEveryContainer(query []byte) bool {
	feature, found := bytes.CutPrefix(query, []byte("("))
	feature, closed := bytes.CutSuffix(feature, []byte(")"))
	at := bytes.LastIndexAny(feature, ":=>")
	if !found || !closed || at < 0 {
		return false
	}
	n, ok := pixels(feature[at+1:])
	switch string(feature[:at+1]) {
	case "min-width:", "width>=", "width>", "min-inline-size:", "inline-size>=", "inline-size>":
		return ok && n <= 1
	}
	return false
}

// notOnScreens reports the negation of a query for anything but screens.
func notOnScreens(part []byte) bool {
	kind, not := bytes.CutPrefix(part, []byte("not"))
	if kind, _, _ = bytes.Cut(kind, []byte("(")); !not || len(kind) == 0 {
		return false
	}
	switch string(bytes.TrimSuffix(kind, []byte("and"))) {
	case "all", "screen":
		return false
	}
	return isWord(kind)
}

// onSomeScreen reports whether a media query, folded, asks for nothing but a
// width that many screens have.
func onSomeScreen(query []byte) bool {
	for part := range bytes.SplitSeq(query, []byte(",")) {
		if features, screen := screenFeatures(part); screen && usualWidth(features) {
			return true
		}
	}
	return false
}

// screenFeatures returns what a query for screens asks for behind the first
// bracket: min-width:1px)and(max-width:2px).
func screenFeatures(query []byte) (features []byte, screen bool) {
	kind, features, found := bytes.Cut(bytes.TrimPrefix(query, []byte("only")), []byte("("))
	if found {
		kind = bytes.TrimSuffix(kind, []byte("and"))
	}
	switch string(kind) {
	case "", "all", "screen":
		return features, true
	}
	return nil, false
}

// usualWidth reports whether features leave room for a usual screen.
func usualWidth(features []byte) bool {
	least, most := 0.0, 1e6
	for feature := range bytes.SplitSeq(features, []byte("and(")) {
		feature, closed := bytes.CutSuffix(feature, []byte(")"))
		at := bytes.IndexAny(feature, ":=")
		if at < 0 || !closed {
			return false
		}
		n, ok := pixels(feature[at+1:])
		switch name := string(feature[:at+1]); {
		case !ok:
			return false
		case name == "min-width:" || name == "width>=":
			least = max(least, n)
		case name == "max-width:" || name == "width<=":
			most = min(most, n)
		default:
			return false
		}
	}
	return least <= widestUsual && most >= narrowestScreen && least <= most
}

// pixels reads a length in px or em, of 16 px each.
func pixels(value []byte) (float64, bool) {
	n, ok := number(value)
	switch string(value[numberEnd(value):]) {
	case "px":
		return n, ok
	case "em", "rem":
		return 16 * n, ok
	}
	return n, ok && n == 0
}
