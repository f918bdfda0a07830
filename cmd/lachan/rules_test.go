package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A script tells a failed trial from one that could not be made.
func TestRulesTestExitCodes(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	config := file("lachan.yaml", "sites:\n- {name: portal, hosts: [portal.example], upstream: \"http://127.0.0.1:1\"}\n")
	const fields = "headers: {Host: portal.example, User-Agent: Mozilla/5.0, Accept: '*/*'}\n"
	for text, want := range map[string]int{
		"uri: /\n" + fields:                                              0,
		"uri: /?q=%3Cscript%3Ealert(1)\n" + fields:                       1,
		"uri: /?q=%3Cscript%3Ealert(1)\nexpect_ids: [941100]\n" + fields: 0,
		"uri: /\nexpect_ids: [941100]\n" + fields:                        1,
		"uri: /?q=%3Cscript%3Ealert(1)\nstatus: 200\n" + fields:          1,
		"url: /\n": 2,
	} {
		if got := run(t.Context(), []string{"rules", "test", "--config", config, "--json", file("case.yaml", text)}); got != want {
			t.Errorf("%s: exit code %d, want %d", text, got, want)
		}
	}
	if got := run(t.Context(), []string{"rules", "test", "--config", filepath.Join(dir, "none.yaml"), config}); got != 2 {
		t.Errorf("without a configuration: exit code %d", got)
	}
}
