package sinks

import (
	"bytes"
	"encoding/json"
)

// appendJSON appends what always has a JSON form, without the escapes that are
// for HTML. encoding/json leaves no hazard in a string, invalid UTF-8 included.
func appendJSON(dst []byte, v any) []byte {
	b := bytes.NewBuffer(dst)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("sinks: " + err.Error()) // a type of ours that has none
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}
