package formats_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lachan-waf/lachan/audit/formats"
)

var update = flag.Bool("update", false, "write the golden files anew")

// all are the formats with what checks their messages.
var all = []struct {
	format formats.Format
	check  func(message []byte) (facts, error)
}{
	{formats.ECS, checkECS},
	{formats.CEF, checkCEF},
	{formats.LEEF, checkLEEF},
	{formats.OCSF, checkOCSF},
	{formats.Wazuh, checkWazuh},
	{formats.RFC5424, checkStructured},
}

// facts are what each message must say of its event, whatever the format. url
// is the target of the request, or the whole address, as the format has it.
type facts struct {
	id, action, source, url string
}

// trail returns the lines of testdata/trail.jsonl: one of each kind, as the
// audit log writes them.
func trail(t testing.TB) [][]byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "trail.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
}

func newFormatter(t testing.TB, f formats.Format, cfg formats.Config) formats.Formatter {
	t.Helper()
	formatter, err := formats.New(f, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return formatter
}

func TestGolden(t *testing.T) {
	for _, of := range all {
		for name, cfg := range map[string]formats.Config{
			string(of.format):             {},
			string(of.format) + "-syslog": {Syslog: true},
		} {
			t.Run(name, func(t *testing.T) {
				f := newFormatter(t, of.format, cfg)
				var got []byte
				for _, line := range trail(t) {
					var err error
					if got, err = f.Append(got, line); err != nil {
						t.Fatal(err)
					}
					got = append(got, '\n')
				}
				compare(t, filepath.Join("testdata", "golden", name+".txt"), got)
			})
		}
	}
}

func compare(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// TestMessagesAreValid holds the golden messages, too, to the other readers.
func TestMessagesAreValid(t *testing.T) {
	for _, line := range trail(t) {
		checkAll(t, line, formats.Config{})
		checkAll(t, line, formats.Config{Syslog: true})
	}
}
