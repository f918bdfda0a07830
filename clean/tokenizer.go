package clean

// token is what the tokenizer found. Text is no token: it is whatever lies
// between two of them.
type token uint8

const (
	tokenNone    token = iota // the input ended first
	tokenTag                  // a start or end tag
	tokenComment              // <!-- … -->
	tokenBogus                // a bogus comment: <! …>, <? …>, </ …>
	tokenDoctype
	tokenCDATA // <![CDATA[ … ]]> in foreign content
)

// span is a part of the window, [from, to).
type span struct{ from, to int }

func (s span) of(b []byte) []byte { return b[s.from:s.to] }

// attribute is one attribute of a tag, in spans of the window.
type attribute struct {
	name, value span
	end         int // past the closing quote
	id          attr
	quote       byte // '"', '\'' or 0
	odd         bool // a name or value that not every reader takes alike
}

// maxAttributes bounds what is kept of a tag; the attributes beyond are
// dropped with the rebuilding that such a tag gets.
const maxAttributes = 256

// tag is the start or end tag being read.
type tag struct {
	name        span
	attrs       []attribute
	el          element
	closing     bool // an end tag
	selfClosing bool
	odd         bool // must be rebuilt to read the same everywhere
	seen        uint64
}

func (t *tag) reset(closing bool) {
	t.attrs = t.attrs[:0]
	t.el, t.closing, t.selfClosing, t.odd, t.seen = elOther, closing, false, false, 0
}

// tokenizer is the state machine of WHATWG HTML 13.2.5. It owns no input: each
// call of next gets the window, and every position is an index into it, so
// that a clean document is never copied. Where a window ends inside a token the
// caller keeps the bytes from held() on, puts more behind them, and tells shift
// by how much they moved; the state goes on at the byte where it stopped.
//
// A parse error that changes nothing in the token has no state of its own here.
// Whatever the standard decides by the tree (raw text, CDATA) the owner sets,
// after the tag that causes it.
type tokenizer struct {
	state state
	// back is the text state that an abandoned end tag returns to.
	back state
	// start is where the current token began, or -1 between tokens.
	start int
	pos   int
	// temp is where the standard's temporary buffer begins.
	temp    int
	done    token
	tag     tag
	current attribute
	// raw is the element whose end tag is the appropriate one.
	raw element
	// foreign is true where <![CDATA[ opens a CDATA section.
	foreign bool
	// blind is true in a token too long to be kept: its bytes are gone, and
	// only its end and its element's name are still of interest.
	blind bool
	// closed is false for a comment ended by anything but -->.
	closed bool

	elements   *names
	attributes *names
}

// reset prepares t for a new document.
func (t *tokenizer) reset() {
	t.state, t.back, t.start, t.pos, t.done = data, data, -1, 0, tokenNone
	t.raw, t.foreign, t.blind = elOther, false, false
	t.tag.reset(false)
}

// next reads w from t.pos until a token is complete. tokenNone says that w
// ended first.
func (t *tokenizer) next(w []byte) token {
	for t.pos < len(w) {
		t.step(w)
		if t.done != tokenNone {
			done := t.done
			t.done = tokenNone
			return done
		}
	}
	return tokenNone
}

// finish ends the token at t.pos and goes on in the data state.
func (t *tokenizer) finish(kind token) {
	t.done, t.state = kind, data
}

// took tells t that the token has been dealt with.
func (t *tokenizer) took() { t.start = -1 }

// shift moves every position n bytes towards the front.
func (t *tokenizer) shift(n int) {
	t.pos -= n
	if t.start < 0 || n == 0 {
		return
	}
	t.start -= n
	t.temp -= n
	t.tag.name = t.tag.name.shift(n)
	for i := range t.tag.attrs {
		t.tag.attrs[i].shift(n)
	}
	t.current.shift(n)
}

func (s span) shift(n int) span { return span{s.from - n, s.to - n} }

func (a *attribute) shift(n int) {
	a.name, a.value, a.end = a.name.shift(n), a.value.shift(n), a.end-n
}

// inText reports whether t stands in text, so that the bytes before t.pos may go.
func (t *tokenizer) inText() bool { return t.start < 0 }
