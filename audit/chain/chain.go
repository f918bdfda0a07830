// Package chain links the lines of a trail so that none can be altered,
// removed, inserted or moved without a trace.
//
// Each line is a JSON object whose last member is an object (`lachan`), whose
// last member is the link:
//
//	{…,"lachan":{…,"chain":{"seq":7,"prev":"<64 hex>","hash":"<64 hex>"}}}
//
// `seq` counts lines from 1, `prev` is the hash of the line before (zeros before
// the first), and `hash` is the SHA-256 of the line up to the comma before
// "hash". So a line is checked with sha256sum and a knife, without a parser and
// without a canonical form of JSON.
//
// A chain alone proves order and completeness between two lines that somebody
// trusts. Whoever can write the file can write another chain: that is what
// signed checkpoints (package checkpoint) and the SOC's copies are for.
package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
)

// Hash is the SHA-256 of a line.
type Hash [sha256.Size]byte

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Head is the end of a chain: the last line's number and hash. The zero value
// stands before the first line.
type Head struct {
	Seq  uint64
	Hash Hash
}

// The pieces of a link, as they stand in the line.
const (
	openSeq  = `"chain":{"seq":`
	openPrev = `,"prev":"`
	openHash = `,"hash":"`
	closing  = `"}}}`

	hexLen = 2 * sha256.Size
	// afterSeq is how long a link is from the comma after its seq.
	afterSeq = len(openPrev) + hexLen + len(`"`) + len(openHash) + hexLen + len(closing)
	// maxDigits of a seq: 2^64-1 has 20.
	maxDigits = 20
)

// Overhead is the most bytes that Seal adds to a line.
const Overhead = len(`,`) + len(openSeq) + maxDigits + afterSeq - len(`}}`)

// errShape says that a line cannot carry a link.
var errShape = errors.New("chain: the line does not end with }} and a newline")

// Seal appends the line with its link to dst and moves the head on. The line
// ends with `}}` and a newline. On an error dst and head stay as they were.
func (h *Head) Seal(dst, line []byte) ([]byte, error) {
	body, ok := bytes.CutSuffix(line, []byte("}}\n"))
	if !ok || len(body) == 0 {
		return dst, errShape
	}
	start := len(dst)
	dst = append(dst, body...)
	if body[len(body)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(dst, openSeq...)
	dst = strconv.AppendUint(dst, h.Seq+1, 10)
	dst = append(dst, openPrev...)
	dst = hex.AppendEncode(dst, h.Hash[:])
	dst = append(dst, '"')
	*h = Head{h.Seq + 1, sha256.Sum256(dst[start:])}
	dst = append(dst, openHash...)
	dst = hex.AppendEncode(dst, h.Hash[:])
	return append(dst, closing+"\n"...), nil
}

// Link is what a line says of its place in the chain.
type Link struct {
	Seq  uint64
	Prev Hash
	Hash Hash // as the line says
	Sum  Hash // as the line is
	// Start is where the link begins in the line, with "chain": and End where what
	// is hashed ends.
	Start, End int
}

// Altered reports that the line is not the one that was sealed.
func (l Link) Altered() bool { return l.Hash != l.Sum }

// Head is where the chain stands after this line.
func (l Link) Head() Head { return Head{l.Seq, l.Hash} }

// ErrNoLink says that a line has no link.
var ErrNoLink = errors.New("no chain member at its end")

// Read returns the link of a line, which may end with a newline.
func Read(line []byte) (Link, error) {
	l, err := Place(line)
	if err == nil {
		l.Sum = sha256.Sum256(line[:l.End])
	}
	return l, err
}

// Place is Read without the sum, for whoever only needs to know where a line belongs.
func Place(line []byte) (Link, error) {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	at := len(line) - afterSeq
	if at < len(openSeq)+1 {
		return Link{}, ErrNoLink
	}
	var l Link
	rest := line[at:]
	for _, part := range []struct {
		before string
		hash   *Hash
	}{{openPrev, &l.Prev}, {`"` + openHash, &l.Hash}} {
		var ok bool
		if rest, ok = bytes.CutPrefix(rest, []byte(part.before)); !ok {
			return Link{}, ErrNoLink
		}
		if _, err := hex.Decode(part.hash[:], rest[:hexLen]); err != nil || bytes.ContainsAny(rest[:hexLen], "ABCDEF") {
			return Link{}, ErrNoLink
		}
		rest = rest[hexLen:]
	}
	if string(rest) != closing {
		return Link{}, ErrNoLink
	}
	l.End = len(line) - hexLen - len(openHash) - len(closing)
	return l.count(line[:at])
}

// count reads the seq at the end of what is before the link's other members.
func (l Link) count(before []byte) (Link, error) {
	tail := before[max(0, len(before)-len(openSeq)-maxDigits):]
	at := bytes.LastIndex(tail, []byte(openSeq))
	if at < 0 {
		return Link{}, ErrNoLink
	}
	digits := string(tail[at+len(openSeq):])
	seq, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || seq == 0 || digits[0] == '0' || digits[0] == '+' {
		return Link{}, ErrNoLink
	}
	l.Seq, l.Start = seq, len(before)-len(digits)-len(openSeq)
	return l, nil
}
