package clean

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"path"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

// maxScriptFile is the longest script file that is judged as a whole. Of a
// longer one the head is judged before its first byte passes, and the tail
// while it is held back; what lies between is read for its hash only.
const maxScriptFile = 1 << 20

// scriptFile judges a script file: by the versions of it that the baseline
// holds, behind whose end nothing may follow, and by what looks planted at its
// head or tail, where loaders are put in. A file that is none of its versions
// is only reported as changed: the site has been updated, most often.
//
// Of a file that looks planted the first or last lines go, where that makes it
// look honest, and else all of it.
type scriptFile struct {
	w        *BodyWriter
	rewriter *rewriter // lends its policy to the signals
	versions []policies.FileVersion
	whole    int // maxScriptFile
	window   int // fileWindow

	buf     []byte
	offset  int64 // of buf[0]
	long    bool
	sum     hash.Hash // of all before buf's end, where the file is long
	hashed  int64
	ends    int64 // where the longest version ends, once it is found to be this file; or -1
	drops   bool  // the rest goes
	removal removal
}

func newScriptFile(w *BodyWriter) *scriptFile {
	return &scriptFile{
		w: w, rewriter: &rewriter{c: w.c, doc: Document{Charset: w.doc.Charset}, decode: w.decode},
		versions: w.c.baseline.Files(pathOf(w.doc.URL)), whole: maxScriptFile, window: fileWindow, ends: -1,
	}
}

// pathOf returns the path of an absolute URL in its plainest spelling: a page
// may spell the address of a file as it likes.
func pathOf(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	rest, _, _ = strings.Cut(rest, "#")
	rest, _, _ = strings.Cut(rest, "?")
	_, rest, _ = strings.Cut(rest, "/")
	return path.Clean("/" + string(unpercent([]byte(rest))))
}

func (s *scriptFile) feed(p []byte) error {
	if s.drops {
		s.removal.write(p)
		return nil
	}
	s.buf = append(s.buf, p...)
	if s.long {
		s.stream(p)
	} else if len(s.buf) > s.whole {
		s.long, s.sum = true, sha256.New()
		s.judgeLongHead()
		if !s.drops {
			s.stream(s.buf)
		}
	}
	return nil
}

func (s *scriptFile) eof() error {
	switch {
	case s.drops:
		s.w.found.pass(s.removal.end())
	case s.long:
		s.judgeLongTail()
	default:
		s.w.out.put(s.judge(s.buf))
	}
	return nil
}

// judge returns what may stay of a file that is there as a whole.
func (s *scriptFile) judge(b []byte) []byte {
	for _, v := range s.versions {
		if int64(len(b)) < v.Size || sha256.Sum256(b[:v.Size]) != v.SHA256 {
			continue
		}
		if tail := b[v.Size:]; len(bytes.TrimSpace(tail)) > 0 {
			s.found(v.Size, tail, "", reasonPlantedTail)
			return b[:v.Size]
		}
		return b
	}
	sum := sha256.Sum256(b)
	s.reportChanged(sum)
	if s.w.c.honest.has(sum) {
		return b
	}
	kept := s.cut(b, s.signals, true, true)
	if len(kept) == len(b) {
		s.w.c.honest.add(sum)
	}
	return kept
}

// reportChanged reports a file that is none of the versions that are known.
func (s *scriptFile) reportChanged(sum [sha256.Size]byte) {
	if len(s.versions) > 0 {
		s.w.found.pass(Finding{Kind: kindScript.String(), Reasons: []string{reasonChangedFile}, SHA256: sum})
	}
}

func (s *scriptFile) found(at int64, removed []byte, host string, reasons ...string) {
	s.w.found.add(Finding{Kind: kindScript.String(), Host: host, Offset: at, Reasons: reasons, Removed: s.w.removes}, removed)
}

// signals says what looks planted at the head or at the tail of b.
func (s *scriptFile) signals(b []byte) (reasons []string, host string) {
	if reasons, host = s.headSignals(b); len(reasons) > 0 || len(b) <= s.window {
		return reasons, host
	}
	return s.tailSignals(b)
}

func (s *scriptFile) headSignals(b []byte) (reasons []string, host string) {
	return s.rewriter.fileSignals(b[:min(len(b), s.window)])
}

func (s *scriptFile) tailSignals(b []byte) (reasons []string, host string) {
	return s.rewriter.fileSignals(b[max(0, len(b)-s.window):])
}

// cut takes away the last lines of b, or the first, as few as leave nothing
// that looks planted; where no few lines do, all of it.
func (s *scriptFile) cut(b []byte, signals func([]byte) ([]string, string), last, first bool) []byte {
	reasons, host := signals(b)
	if len(reasons) == 0 {
		return b
	}
	honest := func(b []byte) bool {
		left, _ := signals(b)
		return len(left) == 0
	}
	if at := lastLines(b, honest); last && at > 0 {
		s.found(s.offset+int64(at), b[at:], host, reasons...)
		return b[:at]
	}
	at := len(b)
	if lines := firstLines(b, honest); first && lines > 0 {
		at = lines
	}
	s.found(s.offset, b[:at], host, reasons...)
	return b[at:]
}

// maxLines is how many lines are tried before all goes.
const maxLines = 8

// lastLines returns where the last lines begin without which b is honest, or 0.
func lastLines(b []byte, honest func([]byte) bool) int {
	at := len(b)
	for range maxLines {
		if at = bytes.LastIndexByte(bytes.TrimRight(b[:at], "\r\n"), '\n') + 1; at == 0 || honest(b[:at]) {
			return at
		}
	}
	return 0
}

// firstLines returns where the first lines end without which b is honest, or 0.
func firstLines(b []byte, honest func([]byte) bool) int {
	at := 0
	for range maxLines {
		line := bytes.IndexByte(b[at:], '\n') + 1
		if at += line; line == 0 {
			return 0
		}
		if honest(b[at:]) {
			return at
		}
	}
	return 0
}

// judgeLongHead judges the beginning of a file that will not be held.
func (s *scriptFile) judgeLongHead() {
	kept := s.cut(s.buf, s.headSignals, false, true)
	gone := len(s.buf) - len(kept)
	s.sum.Write(s.buf[:gone])
	s.hashed += int64(gone)
	s.offset += int64(gone)
	if s.buf = kept; len(kept) == 0 {
		s.drop(Finding{Kind: kindScript.String(), Offset: s.offset, Reasons: []string{reasonTooLong, reasonLimit}, Removed: s.w.removes})
	}
}

// drop takes out the rest of the file.
func (s *scriptFile) drop(f Finding) {
	s.removal.begin(f)
	s.removal.write(s.buf)
	s.drops, s.buf = true, nil
}

// stream hashes p, the end of buf, and passes on all but the last window.
func (s *scriptFile) stream(p []byte) {
	if len(s.versions) > 0 {
		s.hash(p)
	}
	to := max(0, len(s.buf)-s.window)
	if s.ends >= 0 {
		to = int(s.ends - s.offset)
	}
	s.pass(to)
	if s.ends >= 0 {
		s.drop(Finding{Kind: kindScript.String(), Offset: s.offset, Reasons: []string{reasonPlantedTail}, Removed: s.w.removes})
	}
}

// hash looks whether the file is its longest version up to that one's end.
// Shorter versions of a file this long do not tell where it ought to end.
func (s *scriptFile) hash(p []byte) {
	size := s.versions[0].Size
	if n := size - s.hashed; n >= 0 && n < int64(len(p)) {
		s.sum.Write(p[:n])
		if [sha256.Size]byte(s.sum.Sum(nil)) == s.versions[0].SHA256 {
			s.ends = size
		}
		p = p[n:]
		s.hashed += n
	}
	s.sum.Write(p)
	s.hashed += int64(len(p))
}

func (s *scriptFile) pass(n int) {
	s.w.out.put(s.buf[:n])
	s.offset += int64(n)
	s.buf = s.buf[:copy(s.buf, s.buf[n:])]
}

// judgeLongTail judges what is held back of a long file.
func (s *scriptFile) judgeLongTail() {
	if len(s.versions) > 0 {
		sum := [sha256.Size]byte(s.sum.Sum(nil))
		for _, v := range s.versions {
			if v.Size == s.hashed && v.SHA256 == sum {
				s.pass(len(s.buf))
				return
			}
		}
		s.reportChanged(sum)
	}
	s.w.out.put(s.cut(s.buf, s.tailSignals, true, false))
}
