package audit

import "strconv"

// object writes JSON, member after member. It takes names and words of ours as
// they are; what comes from elsewhere goes through record.
type object struct{ line []byte }

// open begins an object as a member of the one that is open.
func (o *object) open(name string) {
	o.member(name)
	o.line = append(o.line, '{')
}

func (o *object) close() { o.line = append(o.line, '}') }

// member writes the name. A value never ends in a bare opening bracket, so that
// one means that this is the first member.
func (o *object) member(name string) {
	line := o.line
	if line[len(line)-1] != '{' {
		line = append(line, ',')
	}
	line = append(line, '"')
	line = append(line, name...)
	o.line = append(line, '"', ':')
}

func (o *object) openList(name string) {
	o.member(name)
	o.line = append(o.line, '[')
}

func (o *object) closeList() { o.line = append(o.line, ']') }

func (o *object) element() {
	if last := o.line[len(o.line)-1]; last != '[' {
		o.line = append(o.line, ',')
	}
}

// word writes a text of ours.
func (o *object) word(name, value string) {
	o.member(name)
	line := append(o.line, '"')
	line = append(line, value...)
	o.line = append(line, '"')
}

func (o *object) integer(name string, n int64) {
	o.member(name)
	o.line = strconv.AppendInt(o.line, n, 10)
}

func (o *object) count(name string, n uint64) {
	o.member(name)
	o.line = strconv.AppendUint(o.line, n, 10)
}

// number is integer where there is something to say.
func (o *object) number(name string, n int64) {
	if n != 0 {
		o.integer(name, n)
	}
}
