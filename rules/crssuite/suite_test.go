// Package crssuite runs the regression tests of the OWASP Core Rule Set against
// the built binary: raw requests over TLS on one side, the server the tests
// expect behind it, and the audit trail, by which each case is judged. It holds
// nothing but tests.
//
// The cases come with the module of the rules, so that rules and tests are
// always of one version. They are written for Apache, and for a log that names
// every rule that matched; what is compared here is lachan.rule_ids of the
// events that bear the X-Request-Id of the answer.
package crssuite

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

// connections are open at once: enough to keep two cores busy.
const connections = 8

// TestCoreRuleSet sends every case, stops the server, so that the whole trail
// is on the disk, and judges.
func TestCoreRuleSet(t *testing.T) {
	cases := loadCases(t)
	server := start(t, hosts(cases))
	answers := send(t, newClient(t, server), cases)
	server.Stop()
	found, known := newTrail(server.Events()), knownFailures(t, cases)

	passed, unseen := 0, 0
	for i, c := range cases {
		problem := c.judge(answers[i], found)
		if problem == "" && slices.ContainsFunc(answers[i], answer.unseen) {
			unseen++
		}
		_, listed := known[c.name]
		switch {
		case problem == "" && listed:
			t.Errorf("%s passes: take it off known.yaml", c.name)
		case problem == "":
			passed++
		case !listed:
			t.Errorf("%s: %s", c.name, problem)
		}
	}
	t.Logf("%d cases: %d passed, %d known; %d of those that passed were refused for their framing", len(cases), passed, len(known), unseen)
}

// start runs the server as the core rule set's own tests have it: every
// paranoia level, nothing is stopped by a rule before the others have run, and CRS
// is judged alone (what the second opinion changes is TestDetectionStays in rules).
func start(t *testing.T, hosts []string) *lachantest.Server {
	t.Helper()
	backend := httptest.NewServer(newBackend())
	t.Cleanup(backend.Close)
	rules, err := filepath.Abs("testdata/ci.conf")
	if err != nil {
		t.Fatal(err)
	}
	return lachantest.Start(t, fmt.Sprintf(`
audit: {matches: all}
sites:
- name: crs
  hosts: ["%s"]
  upstream: %s
  tls: internal
  waf: {mode: detect, paranoia: 4, response: "on", second_opinion: "off", rules: [%q]}
`, strings.Join(hosts, `","`), backend.URL, rules))
}

func newClient(t *testing.T, server *lachantest.Server) *client {
	t.Helper()
	root, err := os.ReadFile(server.RootFile())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(root)
	return &client{address: server.HTTPSAddr, tls: &tls.Config{RootCAs: roots, ServerName: "localhost"}}
}

// send returns the answers to the stages of each case.
func send(t *testing.T, c *client, cases []testCase) [][]answer {
	t.Helper()
	answers := make([][]answer, len(cases))
	var group errgroup.Group
	group.SetLimit(connections)
	for i := range cases {
		group.Go(func() (err error) {
			answers[i], err = cases[i].send(c)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	return answers
}

func (c *testCase) send(to *client) ([]answer, error) {
	var answers []answer
	for i := range c.stages {
		request, err := c.stages[i].Input.Wire()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		a, err := to.do(request)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		answers = append(answers, a)
	}
	return answers, nil
}

// judge is the first thing that is wrong with a case.
func (c *testCase) judge(answers []answer, found trail) string {
	for i := range c.stages {
		if problem := c.stages[i].Output.judge(answers[i], found.of(answers[i])); problem != "" {
			return problem
		}
	}
	return ""
}
