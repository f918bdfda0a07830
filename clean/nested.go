package clean

import "bytes"

// maxNested is how deep documents in attributes of documents in attributes are read.
const maxNested = 3

// nested cleans a document that stands in an attribute, and reports why
// anything in it would have to go. Where it stays but for the nonces its
// scripts get, it returns the document with them: a srcdoc document is under
// the policy of the page around it.
func (w *rewriter) nested(document []byte) (reasons []string, cleaned []byte) {
	if w.depth >= maxNested {
		return []string{reasonLimit}, nil
	}
	doc := Document{URL: w.doc.URL, Script: w.doc.Script, Report: func(f Finding) {
		if len(reasons) < 8 {
			reasons = append(reasons, f.Reasons...)
		}
	}}
	out, err := w.runNested(document, doc)
	switch {
	case err != nil:
		return []string{reasonLimit}, nil
	case len(reasons) == 0 && !bytes.Equal(out, document):
		// What is taken out without a finding was not live as it stood; the
		// attribute keeps its own bytes, in which it might come to life.
		reasons = []string{reasonAmbiguous}
	}
	if len(reasons) > 0 || w.doc.Nonce == "" {
		return reasons, nil
	}
	if out, err = w.runNested(document, Document{URL: w.doc.URL, Nonce: w.doc.Nonce}); err != nil {
		return []string{reasonLimit}, nil
	}
	if bytes.Equal(out, document) {
		return nil, nil
	}
	return nil, out
}

func (w *rewriter) runNested(document []byte, doc Document) ([]byte, error) {
	var out bytes.Buffer
	inner := w.c.NewWriter(&out, doc)
	inner.r.depth = w.depth + 1
	if _, err := inner.Write(document); err != nil {
		return nil, err
	}
	if err := inner.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
