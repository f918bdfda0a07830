package clean

// state is a state of the standard's tokenizer, by its name there.
type state uint8

const (
	data state = iota
	rcdataText
	rawtext
	scriptData
	plaintext
	tagOpen
	endTagOpen
	tagName
	rawLessThanSign
	rawEndTagOpen
	rawEndTagName
	scriptDataLessThanSign
	scriptDataEscapeStart
	scriptDataEscapeStartDash
	scriptDataEscaped
	scriptDataEscapedDash
	scriptDataEscapedDashDash
	scriptDataEscapedLessThanSign
	scriptDataDoubleEscapeStart
	scriptDataDoubleEscaped
	scriptDataDoubleEscapedDash
	scriptDataDoubleEscapedDashDash
	scriptDataDoubleEscapedLessThanSign
	scriptDataDoubleEscapeEnd
	beforeAttributeName
	attributeName
	afterAttributeName
	beforeAttributeValue
	attributeValueDoubleQuoted
	attributeValueSingleQuoted
	attributeValueUnquoted
	afterAttributeValueQuoted
	selfClosingStartTag
	bogusComment
	markupDeclarationOpen
	commentStart
	commentStartDash
	comment
	commentEndDash
	commentEnd
	commentEndBang
	doctype
	cdataSection
	cdataSectionBracket
	cdataSectionEnd
)

// step runs the current state once. Every state takes at least one byte or
// hands the same byte to another state.
func (t *tokenizer) step(w []byte) {
	switch t.state {
	case data:
		t.dataState(w)
	case tagOpen:
		t.tagOpenState(w)
	case tagName:
		t.tagNameState(w)
	case beforeAttributeName:
		t.beforeAttributeNameState(w)
	case attributeName:
		t.attributeNameState(w)
	case beforeAttributeValue:
		t.beforeAttributeValueState(w)
	case attributeValueDoubleQuoted:
		t.attributeValueQuotedState(w, '"')
	case attributeValueSingleQuoted:
		t.attributeValueQuotedState(w, '\'')
	case attributeValueUnquoted:
		t.attributeValueUnquotedState(w)
	case afterAttributeName:
		t.afterAttributeNameState(w)
	case afterAttributeValueQuoted:
		t.afterAttributeValueQuotedState(w)
	case selfClosingStartTag:
		t.selfClosingStartTagState(w)
	case endTagOpen:
		t.endTagOpenState(w)
	case rcdataText, rawtext:
		t.rawTextState(w)
	case rawLessThanSign:
		t.rawLessThanSignState(w)
	case rawEndTagOpen:
		t.rawEndTagOpenState(w)
	case rawEndTagName:
		t.rawEndTagNameState(w)
	case plaintext:
		t.pos = len(w)
	case bogusComment:
		t.bogusCommentState(w)
	case markupDeclarationOpen:
		t.markupDeclarationOpenState(w)
	case doctype:
		t.doctypeState(w)
	case cdataSection, cdataSectionBracket, cdataSectionEnd:
		t.stepCDATA(w)
	case commentStart, commentStartDash, comment, commentEndDash, commentEnd, commentEndBang:
		t.stepComment(w)
	default:
		t.stepScript(w)
	}
}

// classes of bytes in tags.
const (
	classSpace    uint8 = 1 << iota // tab, LF, FF, CR, space
	classNameEnd                    // ends a tag or attribute name: space / > and, for attributes, =
	classOddName                    // in a name, some reader takes it otherwise
	classUnquoted                   // ends an unquoted value, or is odd there
)

// classOf tells a byte's classes; a table, because the loops over names run
// over a fifth of every page.
var classOf = [256]uint8{
	0: classOddName | classUnquoted,
	1: classOddName, 2: classOddName, 3: classOddName, 4: classOddName,
	5: classOddName, 6: classOddName, 7: classOddName, 8: classOddName,
	'\t': classSpace | classNameEnd | classUnquoted,
	'\n': classSpace | classNameEnd | classUnquoted,
	0x0B: classOddName | classUnquoted,
	'\f': classSpace | classNameEnd | classUnquoted,
	'\r': classSpace | classNameEnd | classUnquoted,
	0x0E: classOddName, 0x0F: classOddName, 0x10: classOddName, 0x11: classOddName,
	0x12: classOddName, 0x13: classOddName, 0x14: classOddName, 0x15: classOddName,
	0x16: classOddName, 0x17: classOddName, 0x18: classOddName, 0x19: classOddName,
	0x1A: classOddName, 0x1B: classOddName, 0x1C: classOddName, 0x1D: classOddName,
	0x1E: classOddName, 0x1F: classOddName,
	' ':  classSpace | classNameEnd | classUnquoted,
	'/':  classNameEnd,
	'>':  classNameEnd | classUnquoted,
	'"':  classOddName | classUnquoted,
	'\'': classOddName | classUnquoted,
	'<':  classOddName | classUnquoted,
	'`':  classOddName | classUnquoted,
	'&':  classOddName,
	0x7F: classOddName,
}

func isSpace(c byte) bool { return classOf[c]&classSpace != 0 }

func isLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

func isAlphanumeric(c byte) bool { return isLetter(c) || '0' <= c && c <= '9' }
