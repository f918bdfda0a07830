package browser_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// evasion is a case of testdata/corpus/evasions.json, whose README describes
// the fields.
type evasion struct {
	ID, HTML, Kind, Probe string
	BodyBase64            string             `json:"body_base64"`
	Headers               map[string]*string `json:"header_overrides"`
	Interaction           bool
	Observed              struct {
		Live *bool `json:"chromium156_live"`
	}

	body []byte
}

func (e *evasion) mustBlock() bool { return e.Kind == "must_block" }

// observedLive reports whether the intruder was seen to succeed in Chromium.
func (e *evasion) observedLive() bool { return e.Observed.Live != nil && *e.Observed.Live }

// header is a header field that the case sets; "" where it does not.
func (e *evasion) header(name string) string {
	if value := e.Headers[name]; value != nil {
		return *value
	}
	return ""
}

func readCorpus(t *testing.T) []*evasion {
	t.Helper()
	data, err := os.ReadFile("../../testdata/corpus/evasions.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []*evasion
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	for _, e := range cases {
		e.body = []byte(e.HTML)
		if e.BodyBase64 != "" {
			if e.body, err = base64.StdEncoding.DecodeString(e.BodyBase64); err != nil {
				t.Fatalf("%s: %v", e.ID, err)
			}
		}
		if e.Kind != "must_block" && e.Kind != "must_not_break" || !knownProbe(e.Probe) {
			t.Fatalf("%s: no test for kind %q, probe %q", e.ID, e.Kind, e.Probe)
		}
	}
	return cases
}

func knownProbe(probe string) bool {
	return strings.Contains(" js net dom domattr domtext domtext-js text header ", " "+probe+" ")
}
