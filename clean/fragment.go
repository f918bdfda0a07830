package clean

import "bytes"

// fragment cleans HTML that stands in a string of another medium, at the given
// place in the body. Its findings are told as those of that place.
func (w *BodyWriter) fragment(html []byte, at int64) []byte {
	var out bytes.Buffer
	doc := Document{URL: w.doc.URL, Charset: w.charset.sent(), Report: func(f Finding) {
		f.Offset, f.Removed = at, f.Removed && w.removes
		w.found.pass(f)
	}}
	fw := w.c.NewWriter(&out, doc)
	if _, err := fw.Write(html); err != nil {
		return nil
	}
	if err := fw.Close(); err != nil {
		return nil
	}
	return out.Bytes()
}
