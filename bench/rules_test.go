package main

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
)

// The workloads are whole requests, of the sizes that their names promise.
func TestWorkloadsAreRequests(t *testing.T) {
	all, err := workloads()
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string][2]int{"form2k": {1900, 2500}, "form2kvi": {1900, 2500}, "json10k": {10_000, 10_500}, "multi100k": {100_000, 104_000}}
	for _, wl := range all {
		for _, raw := range wl.requests {
			reader := bufio.NewReader(bytes.NewReader(raw))
			r, err := http.ReadRequest(reader)
			if err != nil {
				t.Fatalf("%s: %v", wl.name, err)
			}
			body, err := io.ReadAll(r.Body)
			if err != nil || reader.Buffered() > 0 {
				t.Errorf("%s: the body has another length than it says: %v", wl.name, err)
			}
			if size := bodies[wl.name]; len(body) < size[0] || len(body) > size[1] {
				t.Errorf("%s: a body of %d bytes, want %v", wl.name, len(body), size)
			}
			if r.Host != rulesHost || len(r.Cookies()) == 0 {
				t.Errorf("%s: %s is no browser's request", wl.name, raw)
			}
		}
	}
	again, err := workloads()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(all[4].requests[0], again[4].requests[0]) || !bytes.Equal(all[5].requests[0], again[5].requests[0]) {
		t.Error("two runs send different bytes")
	}
}

func TestAnswersAreChecked(t *testing.T) {
	honest, attack := workload{}, workload{refused: true}
	for _, x := range []struct {
		report string
		wl     workload
		want   string
	}{
		{"answered 7 succeeded 7 forbidden 0 other 0 lost 0", honest, ""},
		{"answered 7 succeeded 0 forbidden 7 other 0 lost 0", attack, ""},
		{"answered 7 succeeded 6 forbidden 1 other 0 lost 0", honest, "6 of 7 answers are 2xx"},
		{"answered 7 succeeded 1 forbidden 6 other 0 lost 0", attack, "6 of 7 answers are 403"},
		{"answered 7 succeeded 6 forbidden 0 other 413 lost 0", honest, "other: 413"},
		{"answered 7 succeeded 7 forbidden 0 other 0 lost 2", honest, "2 requests have no answer"},
	} {
		a, err := parseAnswered([]byte("Running 1s test\n" + x.report + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		if err := a.check(x.wl); (err == nil) != (x.want == "") || err != nil && !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %q", x.report, err, x.want)
		}
	}
	if _, err := parseAnswered([]byte("unable to connect")); err == nil {
		t.Error("a report without answers is read without an error")
	}
}

func TestRulesAreSpaced(t *testing.T) {
	in := "# one\nSecRule ARGS \"x\" \\\n    \"id:1\"\n\n# two\nSecAction \"id:2\"\n"
	want := "# one\n\nSecRule ARGS \"x\" \\\n    \"id:1\"\n\n\n# two\n\nSecAction \"id:2\"\n\n"
	if got := string(spaced([]byte(in))); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
