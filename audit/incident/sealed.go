package incident

import (
	"bytes"
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"fmt"

	"github.com/lachan-waf/lachan/audit/chain"
)

// sealed stands for a line that is not disclosed. A bare hash would not do: nobody
// could tell that the line with this hash follows the line that it is said to
// follow, so that an event before it could be exchanged. Therefore the chaining
// value of SHA-256 (FIPS 180-4, 6.2.2) is given where the content has been read. From
// there on, anybody can hash the rest, which is the link, and must arrive at the hash.
// To have another link arrive there takes a preimage of the compression function.
type sealed struct {
	State string `json:"state"` // hex
	Read  int    `json:"read"`  // bytes of the line that are in it
	Rest  int    `json:"rest"`  // bytes that follow: the end of "chain":{"seq":…,"prev":"…"
}

// seal reads a line to the end of the block (64 bytes) in which its content ends. Of
// prev, 26 digits or more are in the rest: the seq and what stands around it take
// 25 bytes, a block 64.
func seal(line []byte, l chain.Link) (*sealed, error) {
	read := (l.Start + sha256.BlockSize - 1) / sha256.BlockSize * sha256.BlockSize
	h := sha256.New()
	h.Write(line[:read])
	state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("the state of SHA-256: %w", err)
	}
	words, ok := bytes.CutPrefix(state, []byte(stateMagic))
	if !ok || len(words) < sha256.Size {
		return nil, fmt.Errorf("the state of SHA-256 has an unknown form: %x", state)
	}
	return &sealed{hex.EncodeToString(words[:sha256.Size]), read, l.End - read}, nil
}

// stateMagic is what crypto/sha256 writes before the eight words of its state.
const stateMagic = "sha\x03"
