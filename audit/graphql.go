package audit

import "bytes"

// maxVariables bounds the variables of one text.
const maxVariables = 8

// passedIn notes the variable of GraphQL that stands for a secret, as in
// login(password: $p): the value is in the member of that name.
func (r *redactor) passedIn(v span) {
	t := r.v.text
	if v.from == v.to || t[v.from] != '$' || len(r.variables) == maxVariables {
		return
	}
	end := v.from + 1
	for end < v.to && (letter(t[end]) || digitByte(t[end]) || t[end] == '_') {
		end++
	}
	if name := t[v.from+1 : end]; len(name) > 0 && !r.isVariable(name) {
		r.variables = append(r.variables, span{v.from + 1, end})
	}
}

func (r *redactor) isVariable(name []byte) bool {
	for _, v := range r.variables {
		if bytes.Equal(name, r.v.text[v.from:v.to]) {
			return true
		}
	}
	return false
}
