package incident

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
)

// link is a line's place in the chain: its number, the hash of the line before
// and its own, as the line says them, and the hash that its bytes have.
type link struct {
	seq             uint64
	prev, hash, sum [sha256.Size]byte
	start, end      int // of what is hashed of the link, within the line
}

func (l *link) altered() bool { return l.hash != l.sum }

var errNoLink = errors.New("the line has no place in the chain")

// The end of a line, and where what is hashed ends:
//
//	…,"chain":{"seq":12,"prev":"<64 hex>","hash":"<64 hex>"}}}
const (
	openSeq  = `"chain":{"seq":`
	openPrev = `,"prev":"`
	openHash = `","hash":"`
	closing  = `"}}}`
	hexLen   = 2 * sha256.Size
	hashLen  = len(openHash) + hexLen + len(closing) - 1 // the quote before the comma is hashed
)

// readLink reads the link of a line without its newline.
func readLink(line []byte) (l link, err error) {
	rest, ok := bytes.CutSuffix(line, []byte(closing))
	if !ok {
		return link{}, errNoLink
	}
	for _, part := range []struct {
		hash   *[sha256.Size]byte
		before string
	}{{&l.hash, openHash}, {&l.prev, openPrev}} {
		if rest, ok = cutHash(part.hash, rest, part.before); !ok {
			return link{}, errNoLink
		}
	}
	at := bytes.LastIndex(rest, []byte(openSeq))
	if at < 0 {
		return link{}, errNoLink
	}
	digits := rest[at+len(openSeq):]
	l.seq, err = strconv.ParseUint(string(digits), 10, 64)
	if err != nil || l.seq == 0 || digits[0] < '1' || digits[0] > '9' {
		return link{}, errNoLink
	}
	l.start, l.end = at, len(line)-hashLen
	l.sum = sha256.Sum256(line[:l.end])
	return l, nil
}

// cutHash takes a hash and what stands before it off the end of b.
func cutHash(to *[sha256.Size]byte, b []byte, before string) ([]byte, bool) {
	at := len(b) - hexLen
	if at < 0 {
		return nil, false
	}
	if _, err := hex.Decode(to[:], b[at:]); err != nil || bytes.ContainsAny(b[at:], "ABCDEF") {
		return nil, false
	}
	return bytes.CutSuffix(b[:at], []byte(before))
}
