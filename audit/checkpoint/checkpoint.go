// Package checkpoint signs where a trail's chain stands.
//
// A checkpoint is a signed note (golang.org/x/mod/sumdb/note, the format of the
// Go checksum database): text, a blank line, and an Ed25519 signature. Its text is
//
//	lachan-audit-chain/v1
//	host cms01.example
//	seq 123456
//	hash 5f1c…
//	time 2026-11-26T03:04:05.000000Z
//
// It says that the line with this number had this hash at this time. As a
// checkpoint is an event too, it leaves the machine with the others: whoever
// breaks in later cannot take back what the SOC holds.
package checkpoint

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/notation"
)

const format = "lachan-audit-chain/v1"

// Checkpoint is what a note says.
type Checkpoint struct {
	Host string
	Head chain.Head
	Time time.Time
}

// Text is the part of the note that is signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\nhost %s\nseq %d\nhash %s\ntime %s\n", format, word(c.Host), c.Head.Seq, c.Head.Hash, c.Time.UTC().Format(notation.Time))
}

// word keeps a name on its line.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '_'
		}
		return r
	}, s)
}

// Sign returns the note.
func (k *Key) Sign(c Checkpoint) (string, error) {
	signed, err := note.Sign(&note.Note{Text: c.Text()}, k.signer)
	if err != nil {
		return "", fmt.Errorf("checkpoint: sign: %w", err)
	}
	return string(signed), nil
}

// errShape says that a note is none of ours, whoever signed it.
var errShape = errors.New("it is no checkpoint of an audit chain")

// Open checks the signature of a note and reads it. public is a verifier key,
// as Key.Public gives it.
func Open(signed, public string) (Checkpoint, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: public key: %w", err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", err)
	}
	return parse(n.Text)
}

// Unverified reads a note without a look at its signature.
func Unverified(signed string) (Checkpoint, error) {
	text, _, ok := strings.Cut(signed, "\n\n")
	if !ok {
		return Checkpoint{}, fmt.Errorf("checkpoint: %w", errShape)
	}
	return parse(text + "\n")
}

func parse(text string) (Checkpoint, error) {
	var c Checkpoint
	lines := strings.Split(text, "\n")
	if len(lines) != 6 || lines[0] != format || lines[5] != "" {
		return c, fmt.Errorf("checkpoint: %w", errShape)
	}
	values := make([]string, 0, 4)
	for i, key := range []string{"host ", "seq ", "hash ", "time "} {
		value, ok := strings.CutPrefix(lines[i+1], key)
		if !ok {
			return c, fmt.Errorf("checkpoint: %w", errShape)
		}
		values = append(values, value)
	}
	seq, err1 := strconv.ParseUint(values[1], 10, 64)
	hash, err2 := hex.DecodeString(values[2])
	at, err3 := time.Parse(notation.Time, values[3])
	if err := errors.Join(err1, err2, err3); err != nil || len(hash) != len(c.Head.Hash) {
		return c, fmt.Errorf("checkpoint: %w", errors.Join(errShape, err))
	}
	return Checkpoint{Host: values[0], Head: chain.Head{Seq: seq, Hash: chain.Hash(hash)}, Time: at}, nil
}
