package incident

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// checkpoint is what a signed note (golang.org/x/mod/sumdb/note) says: that the
// line with this number had this hash at this time. Its text is
//
//	lachan-audit-chain/v1
//	host cms01.example
//	seq 123456
//	hash 5f1c…
//	time 2026-11-26T03:04:05.000000Z
type checkpoint struct {
	seq  uint64
	hash [32]byte
	at   time.Time
}

const noteFormat = "lachan-audit-chain/v1"

var errNoCheckpoint = errors.New("it is no checkpoint of an audit chain")

// openNote checks the signature, unless there is no key to check it with, and
// reads the text.
func openNote(signed, public string) (checkpoint, error) {
	text, _, ok := strings.Cut(signed, "\n\n")
	if !ok {
		return checkpoint{}, errNoCheckpoint
	}
	if public == "" {
		return readNote(text)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return checkpoint{}, fmt.Errorf("public key: %w", err)
	}
	n, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return checkpoint{}, err
	}
	return readNote(strings.TrimSuffix(n.Text, "\n"))
}

func readNote(text string) (c checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || lines[0] != noteFormat {
		return checkpoint{}, errNoCheckpoint
	}
	var values [4]string
	for i, key := range []string{"host ", "seq ", "hash ", "time "} {
		var ok bool
		if values[i], ok = strings.CutPrefix(lines[i+1], key); !ok {
			return checkpoint{}, errNoCheckpoint
		}
	}
	seq, err1 := strconv.ParseUint(values[1], 10, 64)
	hash, err2 := hex.DecodeString(values[2])
	at, err3 := time.Parse(time.RFC3339, values[3])
	if errors.Join(err1, err2, err3) != nil || len(hash) != len(c.hash) {
		return checkpoint{}, errNoCheckpoint
	}
	return checkpoint{seq, [32]byte(hash), at}, nil
}
