package clean

import "bytes"

// stepScript runs the states of script data (13.2.5.4, 15 to 31). A script
// that holds <!-- <script goes on past the next </script>.
func (t *tokenizer) stepScript(w []byte) {
	switch t.state {
	case scriptData:
		t.scriptDataState(w)
	case scriptDataLessThanSign:
		t.scriptDataLessThanSignState(w)
	case scriptDataEscapeStart:
		t.dashOr(w, scriptDataEscapeStartDash, scriptData)
	case scriptDataEscapeStartDash:
		t.dashOr(w, scriptDataEscapedDashDash, scriptData)
	case scriptDataEscaped:
		t.scriptDataEscapedState(w)
	case scriptDataEscapedDash:
		t.scriptDataEscapedDashState(w)
	case scriptDataEscapedDashDash:
		t.scriptDataEscapedDashDashState(w)
	case scriptDataEscapedLessThanSign:
		t.scriptDataEscapedLessThanSignState(w)
	case scriptDataDoubleEscapeStart:
		t.doubleEscape(w, scriptDataDoubleEscaped, scriptDataEscaped)
	case scriptDataDoubleEscaped:
		t.scriptDataDoubleEscapedState(w)
	case scriptDataDoubleEscapedDash:
		t.scriptDataDoubleEscapedDashState(w)
	case scriptDataDoubleEscapedDashDash:
		t.scriptDataDoubleEscapedDashDashState(w)
	case scriptDataDoubleEscapedLessThanSign:
		t.scriptDataDoubleEscapedLessThanSignState(w)
	case scriptDataDoubleEscapeEnd:
		t.doubleEscape(w, scriptDataEscaped, scriptDataDoubleEscaped)
	}
}

func (t *tokenizer) scriptDataState(w []byte) {
	at := bytes.IndexByte(w[t.pos:], '<')
	if at < 0 {
		t.pos = len(w)
		return
	}
	t.openInText(t.pos+at, scriptDataLessThanSign)
}

func (t *tokenizer) scriptDataLessThanSignState(w []byte) {
	switch w[t.pos] {
	case '/':
		t.pos++
		t.state = rawEndTagOpen
	case '!':
		t.pos++
		t.text(scriptDataEscapeStart)
	default:
		t.abandon()
	}
}

// text goes on in state with what has been read taken for text.
func (t *tokenizer) text(next state) {
	t.start = -1
	t.state = next
}

// dashOr takes a dash to the state dash; anything else is for other to read.
func (t *tokenizer) dashOr(w []byte, dash, other state) {
	t.state = other
	if w[t.pos] == '-' {
		t.pos++
		t.state = dash
	}
}

func (t *tokenizer) scriptDataEscapedState(w []byte) {
	at := bytes.IndexAny(w[t.pos:], "-<")
	if at < 0 {
		t.pos = len(w)
		return
	}
	t.pos += at
	if w[t.pos] == '<' {
		t.openEscaped()
		return
	}
	t.pos++
	t.state = scriptDataEscapedDash
}

// openEscaped notes a < in an escaped script; an end tag that comes to
// nothing leaves the script escaped.
func (t *tokenizer) openEscaped() {
	t.openInText(t.pos, scriptDataEscapedLessThanSign)
	t.back = scriptDataEscaped
}

func (t *tokenizer) scriptDataEscapedDashState(w []byte) {
	if w[t.pos] == '<' {
		t.openEscaped()
		return
	}
	t.dashOr(w, scriptDataEscapedDashDash, scriptDataEscaped)
}

func (t *tokenizer) scriptDataEscapedDashDashState(w []byte) {
	switch w[t.pos] {
	case '-':
		t.pos++
	case '<':
		t.openEscaped()
	case '>':
		t.pos++
		t.state = scriptData
	default:
		t.state = scriptDataEscaped
	}
}

func (t *tokenizer) scriptDataEscapedLessThanSignState(w []byte) {
	switch c := w[t.pos]; {
	case c == '/':
		t.pos++
		t.state = rawEndTagOpen
	case isLetter(c):
		t.temp = t.pos
		t.state = scriptDataDoubleEscapeStart
	default:
		t.abandon()
	}
}

// doubleEscape is the double escape start state and, with the outcomes
// exchanged, the double escape end state: a name that reads "script" changes
// the kind of text, any other does not.
func (t *tokenizer) doubleEscape(w []byte, script, other state) {
	i := t.pos
	for i < len(w) && isLetter(w[i]) {
		i++
	}
	t.pos = i
	next := other
	if i == len(w) {
		if i-t.temp > len("script") { // already too long to be the one
			t.text(next)
		}
		return
	}
	if c := w[i]; isSpace(c) || c == '/' || c == '>' {
		if equalFold(w[t.temp:i], "script") {
			next = script
		}
		t.pos++
	}
	t.text(next)
}

func (t *tokenizer) scriptDataDoubleEscapedState(w []byte) {
	at := bytes.IndexAny(w[t.pos:], "-<")
	if at < 0 {
		t.pos = len(w)
		return
	}
	t.pos += at
	if w[t.pos] == '<' {
		t.openDoubleEscaped()
		return
	}
	t.pos++
	t.state = scriptDataDoubleEscapedDash
}

func (t *tokenizer) openDoubleEscaped() {
	t.openInText(t.pos, scriptDataDoubleEscapedLessThanSign)
	t.back = scriptDataDoubleEscaped
}

func (t *tokenizer) scriptDataDoubleEscapedDashState(w []byte) {
	if w[t.pos] == '<' {
		t.openDoubleEscaped()
		return
	}
	t.dashOr(w, scriptDataDoubleEscapedDashDash, scriptDataDoubleEscaped)
}

func (t *tokenizer) scriptDataDoubleEscapedDashDashState(w []byte) {
	switch w[t.pos] {
	case '-':
		t.pos++
	case '<':
		t.openDoubleEscaped()
	case '>':
		t.pos++
		t.state = scriptData
	default:
		t.state = scriptDataDoubleEscaped
	}
}

func (t *tokenizer) scriptDataDoubleEscapedLessThanSignState(w []byte) {
	if w[t.pos] != '/' {
		t.abandon()
		return
	}
	t.pos++
	t.temp = t.pos
	t.state = scriptDataDoubleEscapeEnd
}
