package clean

import (
	"crypto/sha256"
	"hash"
	"strconv"
	"strings"
)

const (
	maxSnippet = 256
	// maxFindings bounds the findings of one document; the rest are counted.
	maxFindings = 1000
	maxTarget   = 512
)

// removal gathers the evidence of one removal that may take several writes.
type removal struct {
	finding Finding
	sum     hash.Hash
	snippet []byte
}

func (r *removal) begin(f Finding) {
	if r.sum == nil {
		r.sum = sha256.New()
	}
	r.sum.Reset()
	r.finding, r.snippet = f, r.snippet[:0]
}

// write adds removed bytes.
func (r *removal) write(p []byte) {
	r.sum.Write(p)
	if room := maxSnippet - len(r.snippet); room > 0 {
		r.snippet = append(r.snippet, p[:min(room, len(p))]...)
	}
}

// end returns the finished finding.
func (r *removal) end() Finding {
	f := r.finding
	f.Snippet = snippetOf(r.snippet)
	r.sum.Sum(f.SHA256[:0])
	return f
}

// snippetOf cuts p to valid UTF-8 of at most maxSnippet bytes.
func snippetOf(p []byte) string {
	s := strings.ToValidUTF8(string(p[:min(len(p), maxSnippet)]), "?")
	return s
}

// report passes a finding on, or counts it once there are too many.
func (w *rewriter) report(f Finding) {
	if w.block.takes(f) {
		return
	}
	f = w.bounded(f)
	if w.findings++; w.findings > maxFindings {
		return
	}
	if w.doc.Report != nil {
		w.doc.Report(f)
	}
}

func cutTarget(target string) string {
	return strings.ToValidUTF8(target[:min(len(target), maxTarget)], "")
}

// bounded is f as it may be told.
func (w *rewriter) bounded(f Finding) Finding {
	f.Target = cutTarget(f.Target)
	if w.c.reportOnly {
		f.Removed = false
	}
	return f
}

// reportFurther sums up what report only counted.
func (w *rewriter) reportFurther() {
	if n := w.findings - maxFindings; n > 0 && w.doc.Report != nil {
		w.doc.Report(Finding{
			Kind:    kindLimit.String(),
			Offset:  w.offset,
			Reasons: []string{reasonLimit, reasonFurther + strconv.Itoa(n)},
			Removed: !w.c.reportOnly,
		})
	}
}

// found reports bytes that went, or would have, all at once.
func (w *rewriter) found(f Finding, removed []byte) {
	w.report(evidence(f, removed))
}

// evidence adds what is kept of the removed bytes.
func evidence(f Finding, removed []byte) Finding {
	f.SHA256 = sha256.Sum256(removed)
	f.Snippet = snippetOf(removed)
	return f
}
