package clean

import "bytes"

// Bogus comment state (13.2.5.41).
func (t *tokenizer) bogusCommentState(w []byte) {
	t.untilGreaterThan(w, tokenBogus)
}

// untilGreaterThan ends the token after the next >.
func (t *tokenizer) untilGreaterThan(w []byte, kind token) {
	at := bytes.IndexByte(w[t.pos:], '>')
	if at < 0 {
		t.pos = len(w)
		return
	}
	t.pos += at + 1
	t.finish(kind)
}

// Markup declaration open state (13.2.5.42): it waits until the bytes behind
// <! can no longer become one of the three openers.
func (t *tokenizer) markupDeclarationOpenState(w []byte) {
	after := w[t.temp:]
	switch {
	case bytes.HasPrefix(after, []byte("--")):
		t.pos = t.temp + len("--")
		t.closed = false
		t.state = commentStart
	case hasPrefixFold(after, "doctype"):
		t.pos = t.temp + len("doctype")
		t.state = doctype
	case t.foreign && bytes.HasPrefix(after, []byte("[CDATA[")):
		t.pos = t.temp + len("[CDATA[")
		t.temp = t.pos
		t.state = cdataSection
	case t.mayOpen(after):
		t.pos = len(w)
	default:
		t.pos = t.temp
		t.state = bogusComment
	}
}

func (t *tokenizer) mayOpen(after []byte) bool {
	n := len(after)
	return n < len("doctype") && equalFold(after, "doctype"[:n]) ||
		n < len("--") && string(after) == "--"[:n] ||
		t.foreign && n < len("[CDATA[") && string(after) == "[CDATA["[:n]
}

// DOCTYPE states (13.2.5.53 to 68). Every one of them, the quoted ones too,
// ends at the first >, so one stands for all.
func (t *tokenizer) doctypeState(w []byte) {
	t.untilGreaterThan(w, tokenDoctype)
}

// stepComment runs the comment states (13.2.5.43 to 52). The four less-than
// sign states only find nested comments, an error that changes nothing.
func (t *tokenizer) stepComment(w []byte) {
	c := w[t.pos]
	switch t.state {
	case commentStart: // <!-->
		t.endOr(c, '-', commentStartDash, comment)
	case commentStartDash: // <!--->
		t.endOr(c, '-', commentEnd, comment)
	case comment:
		t.commentState(w)
	case commentEndDash:
		t.state = comment
		if c == '-' {
			t.pos++
			t.state = commentEnd
		}
	case commentEnd:
		t.commentEndState(c)
	case commentEndBang: // --!>
		t.endOr(c, '-', commentEndDash, comment)
	}
}

// endOr ends the comment in an odd way at >, takes want to next, and leaves
// any other byte to other.
func (t *tokenizer) endOr(c, want byte, next, other state) {
	switch c {
	case '>':
		t.pos++
		t.finish(tokenComment)
	case want:
		t.pos++
		t.state = next
	default:
		t.state = other
	}
}

func (t *tokenizer) commentState(w []byte) {
	at := bytes.IndexByte(w[t.pos:], '-')
	if at < 0 {
		t.pos = len(w)
		return
	}
	t.pos += at + 1
	t.state = commentEndDash
}

func (t *tokenizer) commentEndState(c byte) {
	switch c {
	case '>':
		t.pos++
		t.closed = true
		t.finish(tokenComment)
	case '!':
		t.pos++
		t.state = commentEndBang
	case '-':
		t.pos++
	default:
		t.state = comment
	}
}
