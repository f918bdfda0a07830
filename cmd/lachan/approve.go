package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
)

type approveCmd struct {
	pageFlags
}

// Help is kong's long help.
func (approveCmd) Help() string {
	return `Approve the inline scripts of a page that you have looked through: a page of a
fresh installation, or of a backup from before the break-in. What the site's
baseline holds already is written too, so that the output replaces it. Each
script is known by its hash; one in an element also by a fingerprint, which
stays the same where only data differs, as a nonce or a date. Scripts that run
text or navigate are approved with every literal in them.

Example:
  curl -s http://127.0.0.1:8080/ | lachan approve --config /etc/lachan/lachan.yaml --site portal > new.yaml
  less new.yaml && mv new.yaml /var/lib/lachan/portal/baseline.yaml && systemctl reload lachan`
}

// Run reads standard input and writes a baseline to standard output.
func (c *approveCmd) Run() error {
	cleaner, baseline, err := c.policy()
	if err != nil {
		return err
	}
	approval := newApproval(baseline)
	if err := c.clean(cleaner, os.Stdin, io.Discard, clean.Document{Script: approval.add}); err != nil {
		return err
	}
	return approval.write(os.Stdout)
}

// approval is a baseline that is being filled.
type approval struct {
	scripts, fingerprints []approved
	verifications         []string
	files                 *policies.Baseline // whose files stay
	known                 map[[32]byte]bool
}

type approved struct {
	sum     [32]byte
	snippet string // empty for what was approved before
}

func newApproval(b *policies.Baseline) *approval {
	a := &approval{known: make(map[[32]byte]bool), verifications: b.Verifications(), files: b}
	for _, sum := range b.Scripts() {
		a.known[sum] = true
		a.scripts = append(a.scripts, approved{sum: sum})
	}
	for _, sum := range b.Fingerprints() {
		a.known[sum] = true
		a.fingerprints = append(a.fingerprints, approved{sum: sum})
	}
	return a
}

func (a *approval) add(s clean.Script) {
	if !a.known[s.SHA256] {
		a.known[s.SHA256] = true
		a.scripts = append(a.scripts, approved{s.SHA256, s.Snippet})
	}
	if s.Fingerprint != [32]byte{} && !a.known[s.Fingerprint] {
		a.known[s.Fingerprint] = true
		a.fingerprints = append(a.fingerprints, approved{s.Fingerprint, s.Snippet})
	}
}

func (a *approval) write(to io.Writer) error {
	out := bufio.NewWriter(to)
	list(out, "scripts", a.scripts)
	list(out, "fingerprints", a.fingerprints)
	if len(a.verifications) > 0 {
		_, _ = fmt.Fprintln(out, "verifications:")
		for _, token := range a.verifications {
			_, _ = fmt.Fprintf(out, "  - %s\n", strconv.QuoteToASCII(token)) // whose escapes YAML has too
		}
	}
	listFiles(out, a.files)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("standard output: %w", err)
	}
	return nil
}

// listFiles writes the versions of files that were approved before.
func listFiles(out *bufio.Writer, b *policies.Baseline) {
	for i, path := range b.FilePaths() {
		if i == 0 {
			_, _ = out.WriteString("files:\n")
		}
		_, _ = fmt.Fprintf(out, "  %s:\n", strconv.QuoteToASCII(path))
		for _, v := range b.Files(path) {
			_, _ = fmt.Fprintf(out, "    - {size: %d, sha256: %x}\n", v.Size, v.SHA256)
		}
	}
}

// list writes one list. What a script begins with stands behind its hash,
// quoted: it is the page's, and must not become YAML.
func list(out *bufio.Writer, name string, entries []approved) {
	if len(entries) == 0 {
		_, _ = fmt.Fprintf(out, "%s: []\n", name) // a failed write stays, until Flush
		return
	}
	_, _ = fmt.Fprintf(out, "%s:\n", name)
	for _, e := range entries {
		_, _ = fmt.Fprintf(out, "  - %s", hex.EncodeToString(e.sum[:]))
		if e.snippet != "" {
			_, _ = fmt.Fprintf(out, " # %s", strconv.QuoteToGraphic(firstRunes(e.snippet, 60)))
		}
		_, _ = out.WriteString("\n")
	}
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i] + "…"
		}
	}
	return s
}
