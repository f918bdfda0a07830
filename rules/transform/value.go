package transform

// Value is a text together with what its bytes may be changed by. The zero
// Value is the empty text.
type Value struct {
	text  string
	marks marks
}

// Of reads a text once, for all chains.
func Of(text string) Value {
	var m marks
	for i := range len(text) {
		m |= byteMarks[text[i]]
	}
	return Value{text, m}
}

// String returns the text.
func (v Value) String() string { return v.text }

// marks has a bit for each transformation that a text may be changed by: a text
// without a step's bit certainly comes out of it unchanged. The bits of ASCII
// letters stand apart, for readers that fold case themselves.
type marks uint32

const (
	capitals marks = 1 << (31 - iota) // A to Z
	smalls                            // a to z
)

var _ [30 - len(steps)]struct{} // the bits that are left

// marksOf are the marks of texts that a step may change.
func marksOf(step int) marks { return 1<<step | steps[step].folds }

// byteMarks are the marks of each byte.
var byteMarks = func() (table [256]marks) {
	for i, s := range steps {
		for b := range table {
			if s.touches(byte(b)) {
				table[b] |= 1 << i
			}
		}
	}
	for i := range byte(26) {
		table['A'+i] |= capitals
		table['a'+i] |= smalls
	}
	return table
}()
