package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"hash"
)

// What stands where a secret stood: "[redacted]", or with a key
// "[redacted:1a2b3c4d]", so that the same secret can be recognised in several
// places and events and be guessed in none.
const redacted = "[redacted]"

// tagBytes is enough to tell the sessions of a day apart, and too little to
// confirm a guess by if the key should leak one day.
const tagBytes = 4

// tagger makes the marks. The zero value makes ones without a tag.
type tagger struct {
	mac hash.Hash
	sum []byte
}

func newTagger(key []byte) tagger {
	if len(key) == 0 {
		return tagger{}
	}
	return tagger{mac: hmac.New(sha256.New, key)}
}

// mark appends what stands for a secret. It is read as the site reads it, with
// encodings undone and without the quotes and spaces around it: a session
// is the same one in a Cookie field, in a query and in JSON.
func (t *tagger) mark(dst, secret []byte) []byte {
	if t.mac == nil {
		return append(dst, redacted...)
	}
	t.mac.Reset()
	t.mac.Write(bytes.Trim(secret, "\"' \t\r\n"))
	t.sum = t.mac.Sum(t.sum[:0])
	dst = append(dst, redacted[:len(redacted)-1]...)
	dst = append(dst, ':')
	for _, b := range t.sum[:tagBytes] {
		dst = append(dst, hexDigits[b>>4], hexDigits[b&15])
	}
	return append(dst, ']')
}
