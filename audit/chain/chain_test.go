package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
)

func sealed(t testing.TB, lines ...string) [][]byte {
	t.Helper()
	var h Head
	var out [][]byte
	for _, line := range lines {
		b, err := h.Seal(nil, []byte(line+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// The reader of this test knows the definition of the format and nothing else.
func TestSealedLinesAreAsDocumented(t *testing.T) {
	previous := strings.Repeat("0", 64)
	for i, line := range sealed(t, `{"a":1,"lachan":{}}`, `{"lachan":{"score":5}}`, `{"x":"\",\"hash\":\"","lachan":{}}`) {
		var parsed struct {
			Lachan struct {
				Chain struct {
					Seq        int
					Prev, Hash string
				}
			}
		}
		if err := json.Unmarshal(line, &parsed); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		c := parsed.Lachan.Chain
		before := line[:bytes.LastIndex(line, []byte(`,"hash":"`))]
		if sum := sha256.Sum256(before); hex.EncodeToString(sum[:]) != c.Hash || c.Seq != i+1 || c.Prev != previous {
			t.Errorf("line %d: %+v, sum %x", i, c, sum)
		}
		previous = c.Hash
		link, err := Read(line)
		if err != nil || link.Altered() || link.Seq != uint64(i+1) || link.Hash.String() != c.Hash || link.Prev.String() != c.Prev {
			t.Errorf("Read: %+v, %v", link, err)
		}
		if len(line) > len(`{"x":"\",\"hash\":\"","lachan":{}}`)+1+Overhead {
			t.Errorf("%d bytes added", len(line))
		}
	}
}

func TestEveryAlteredByteShows(t *testing.T) {
	line := sealed(t, `{"a":"việt","lachan":{"score":5}}`)[0]
	for i := range len(line) - 1 { // the newline is the file's
		for _, c := range []byte{line[i] ^ 1, line[i] ^ 0x20, ' ', '0'} {
			if c == line[i] {
				continue
			}
			altered := bytes.Clone(line)
			altered[i] = c
			if link, err := Read(altered); err == nil && !link.Altered() {
				t.Errorf("byte %d as %q: taken for whole: %s", i, c, altered)
			}
		}
	}
}

func TestSealRefusesOtherLines(t *testing.T) {
	for _, line := range []string{"", "}}\n", "{}\n", `{"lachan":{}}`, "{\"lachan\":{}} \n"} {
		h := Head{Seq: 3}
		if out, err := h.Seal([]byte("x"), []byte(line)); err == nil || string(out) != "x" || h.Seq != 3 {
			t.Errorf("%q: %q, %v", line, out, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, line := range sealed(f, `{"lachan":{}}`, `{"lachan":{"score":5}}`) {
		f.Add(line)
	}
	f.Add([]byte(`"chain":{"seq":1,"prev":"`))
	f.Fuzz(func(t *testing.T, line []byte) {
		link, err := Read(line)
		if err != nil || link.Altered() {
			return
		}
		if link.Seq == 0 {
			t.Errorf("seq 0: %q", line)
		}
		body, _, _ := bytes.Cut(line[bytes.LastIndex(line, []byte(openSeq)):], []byte(openPrev))
		if !bytes.Contains(line, body) || strings.TrimLeft(string(body[len(openSeq):]), "0123456789") != "" {
			t.Errorf("seq %q", body)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	line := []byte(`{"a":"` + strings.Repeat("x", 1024) + `","lachan":{}}` + "\n")
	var h Head
	buf := make([]byte, 0, 2048)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		buf, _ = h.Seal(buf[:0], line)
	}
}
