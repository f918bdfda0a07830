package checkpoint

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/lachan-waf/lachan/audit/statefile"
)

// The files of a key, in the folder that OpenKey is given.
const (
	privateFile = "checkpoint.key"
	publicFile  = "checkpoint.pub"
	lastFile    = "checkpoint.last"
)

// Key signs checkpoints with Ed25519.
type Key struct {
	signer note.Signer
	public string
}

// Public is the key that verifies, in the encoding of sumdb/note:
// name+hash+key. It is no secret, and belongs into the SOC's hands.
func (k *Key) Public() string { return k.public }

// OpenKey reads the key of folder, or makes one: checkpoint.key (mode 0600) and
// checkpoint.pub, which is for copying to whoever verifies.
func OpenKey(folder, host string) (*Key, error) {
	private, err := os.ReadFile(filepath.Join(folder, privateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(folder, host)
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	public, err := ReadPublic(folder)
	if err != nil {
		return nil, err
	}
	return newKey(string(private), public)
}

// ReadPublic returns the public key of folder.
func ReadPublic(folder string) (string, error) {
	public, err := os.ReadFile(filepath.Join(folder, publicFile))
	if err != nil {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	return strings.TrimSpace(string(public)), nil
}

func newKey(private, public string) (*Key, error) {
	signer, err := note.NewSigner(strings.TrimSpace(private))
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %s: %w", privateFile, err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %s: %w", publicFile, err)
	}
	if signer.KeyHash() != verifier.KeyHash() || signer.Name() != verifier.Name() {
		return nil, fmt.Errorf("checkpoint: %s and %s are not of one key", privateFile, publicFile)
	}
	return &Key{signer, public}, nil
}

// makeKey writes the public half first: a crash in between leaves one that the
// next start replaces, never a key that nobody can verify.
func makeKey(folder, host string) (*Key, error) {
	private, public, err := note.GenerateKey(rand.Reader, "lachan/"+strings.ReplaceAll(word(host), "+", "_"))
	if err != nil {
		return nil, fmt.Errorf("checkpoint: new key: %w", err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	err = os.WriteFile(filepath.Join(folder, publicFile), []byte(public+"\n"), 0o644) //nolint:gosec // it is public
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, privateFile), []byte(private+"\n"), 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	return newKey(private, public)
}

// Save keeps the last note of folder's key.
func Save(folder, signed string) error {
	err := statefile.Write(filepath.Join(folder, lastFile), []byte(signed))
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// Last returns the last note of folder's key; "" where there is none.
func Last(folder string) (string, error) {
	signed, err := os.ReadFile(filepath.Join(folder, lastFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("checkpoint: %w", err)
	}
	return string(signed), nil
}
