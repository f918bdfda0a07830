package clean

import (
	"bytes"
	"crypto/sha256"

	"github.com/lachan-waf/lachan/policies"
)

// Script is a piece of script that stands in a document: the content of a
// script element, an event handler or a javascript: URL.
type Script struct {
	// Snippet is what it begins with, cut to 256 bytes of valid UTF-8.
	Snippet string
	// SHA256 is the hash a baseline knows it by.
	SHA256 [sha256.Size]byte
	// Fingerprint is what it shares with scripts that differ in data only. The
	// zero value: there is none, as in attributes.
	Fingerprint [sha256.Size]byte
}

// offer tells whoever fills a baseline of a script, before it is judged.
func (w *rewriter) offer(code []byte, element bool) {
	if w.doc.Script == nil || len(bytes.TrimSpace(code)) == 0 {
		return
	}
	s := Script{Snippet: snippetOf(code), SHA256: sha256.Sum256(code)}
	if element {
		s.Fingerprint, _ = w.fingerprintOf(code)
	}
	w.doc.Script(s)
}

// endScript judges an inline script, and reports whether it went.
func (w *rewriter) endScript(b, content []byte) (gone bool) {
	if w.sort == sortLinked && w.endLinked(b, content) {
		return true
	}
	if w.sort == sortRuns || w.sort == sortImportMap {
		w.offer(content, w.sort == sortRuns)
	}
	reasons, host := w.scriptReasons(content)
	switch {
	case len(reasons) == 0:
		w.passHeld(b)
	case w.c.scripts == policies.ScriptsReport:
		w.found(Finding{
			Kind: kindScript.String(), Element: "script", Host: host,
			Offset: w.offset + int64(w.mark), Reasons: reasons,
		}, b[w.mark:w.tok.pos])
		w.passHeld(b)
	default:
		w.foundHeld(b, w.tok.pos, kindScript, host, reasons...)
		return true
	}
	return false
}

// scriptReasons says why the inline script may not stand; nothing: it may.
// Behind </html> more speaks against one than elsewhere.
func (w *rewriter) scriptReasons(content []byte) (reasons []string, host string) {
	if w.place.afterHTML {
		return w.judgeScript(content)
	}
	if w.c.harmless.find(w.sort, content) != nil {
		return nil, ""
	}
	if reasons, host = w.judgeScript(content); len(reasons) == 0 {
		w.c.harmless.add(w.sort, content, nil)
	}
	return reasons, host
}

// judgeScript asks the baseline for the script itself, the policy, and last,
// as it costs the most, the baseline for scripts like it.
func (w *rewriter) judgeScript(content []byte) (reasons []string, host string) {
	switch {
	case w.sort != sortRuns:
		return w.dataReasons(content)
	case len(bytes.TrimSpace(content)) == 0 || w.c.baseline.HasScripts() && w.c.baseline.KnowsScript(sha256.Sum256(content)):
		return nil, ""
	case w.c.scripts == policies.ScriptsKnown:
		reasons = []string{reasonNotKnown}
	default:
		reasons, host = w.scriptSignals(content, w.place.afterHTML)
	}
	if len(reasons) > 0 && w.knownFingerprint(content) {
		return nil, ""
	}
	return reasons, host
}

// knownFingerprint reports whether scripts that do the same are approved.
func (w *rewriter) knownFingerprint(content []byte) bool {
	if !w.c.baseline.HasFingerprints() {
		return false
	}
	sum, ok := w.fingerprintOf(content)
	return ok && w.c.baseline.KnowsFingerprint(sum)
}
