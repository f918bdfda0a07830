// Package reading_test measures how fast the cleaner reads pages, beside others
// that do the same work in the same run: the tokenizer of golang.org/x/net/html,
// the lexer of github.com/tdewolff/parse, and the two packages of npm that hold
// lol-html, workerd and html-rewriter-wasm.
//
//	go test -run '^$' -bench . ./bench/reading
//
// The others look at script, iframe, a, link, form, meta and base, hold src, href
// and action against the same hosts, remove what is not allowed and write the
// rest. The cleaner takes all of its decisions. The output is for benchstat;
// bench/run.sh prints it as a table. MB/cpu-s counts the processor time of the
// process that reads, which survives a noisy machine.
package reading_test

import (
	"bytes"
	"testing"
	"time"
)

// reader takes what is not allowed out of a page, n times over.
type reader interface {
	// read returns what is left of the page.
	read(t testing.TB, page []byte, n int) []byte
	// used is the processor time that the reader's process has used.
	used(t testing.TB) time.Duration
}

// inGo are the readers of this process, ours first.
func inGo(t testing.TB) []named {
	t.Helper()
	return []named{{"lachan", newLachan(t)}, {"xnet", &inProcess{pass: passXNet}}, {"tdewolff", &inProcess{pass: passTdewolff}}}
}

// named is a reader as it stands in a benchmark's name.
type named struct {
	name string
	reader
}

// warmUp is how many small pages are read before any is measured: compilers of
// JavaScript want to see code run.
const warmUp = 300

func BenchmarkReading(b *testing.B) {
	documents := pages()
	for _, r := range append(inGo(b), named{"workerd", newWorkerd(b)}, named{"html-rewriter-wasm", newWasm(b)}) {
		r.read(b, documents[0].data, warmUp)
		for _, p := range documents {
			r.fair(b, p)
			b.Run("reader="+r.name+"/"+p.name, func(b *testing.B) { r.measure(b, p.data) })
		}
	}
}

func (r named) measure(b *testing.B, page []byte) {
	if _, ours := r.reader.(*inProcess); ours {
		b.ReportAllocs()
	}
	b.SetBytes(int64(len(page)))
	before := r.used(b)
	b.ResetTimer()
	r.read(b, page, b.N)
	b.StopTimer()
	if cpu := r.used(b) - before; cpu > 0 {
		b.ReportMetric(float64(len(page))*float64(b.N)/1e6/cpu.Seconds(), "MB/cpu-s")
	}
}

// fair fails where a reader does not do what the others do: leave honest pages
// as they are, but for the nonces, and nothing of the intruder's in infected ones.
func (r named) fair(t testing.TB, p page) {
	t.Helper()
	out := bytes.ReplaceAll(r.read(t, p.data, 1), []byte(` nonce="`+nonce+`"`), nil)
	switch {
	case !p.infected && !bytes.Equal(out, p.data):
		t.Errorf("%s changes %s", r.name, p.name)
	case p.infected && bytes.Contains(out, []byte(intruder)):
		t.Errorf("%s leaves the intruder in %s", r.name, p.name)
	case p.infected && len(out) < len(p.data)*8/10:
		t.Errorf("%s leaves %d of the %d bytes of %s", r.name, len(out), len(p.data), p.name)
	}
}

func TestReadersDoTheSame(t *testing.T) {
	for _, p := range pages() {
		for _, r := range inGo(t) {
			r.fair(t, p)
		}
	}
}
