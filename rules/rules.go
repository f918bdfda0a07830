// Package rules inspects requests with the OWASP Core Rule Set on coraza. It
// is the only importer of coraza, and it knows no net/http.
//
//	engines := rules.NewEngines(rules.Options{Logger: logger})
//	engine, err := engines.Acquire(&site) // err: "/etc/lachan/portal.conf:3: operator rex not found"
//	…
//	defer engine.Release()
//
//	verdict, err := engine.Inspect(ctx, &rules.Request{ID: id, Method: "GET", Target: "/?q=1", …}, body)
//	if err != nil { … refuse the request: it was not inspected … }
//	defer verdict.Close()
//	if verdict.Blocked { … answer verdict.Status … }
//	forward(verdict.Body) // every byte of body, the inspected ones first
//	…
//	judged, err := verdict.InspectResponse(&rules.Response{Status: 200, Header: …, Body: …})
//
// An Engine never changes: a new policy is a new Engine, acquired before the
// old one is released. Rules are read in the order CRS prescribes: our set-up,
// the site's profile, its exclusions, the operator's files, CRS.
//
// An operator's file holds SecRule, SecAction, SecMarker, SecDataset and
// Include, for phases 1 and 2, and SecRuleRemove… and SecRuleUpdate…, which
// apply to CRS wherever they stand. Files it includes or reads (@pmFromFile,
// @ipMatchFromFile) stand beside it or below. What would run a program, ask
// the network, or be ignored by coraza without a word is refused with its line.
//
// Uploaded files pass through the temporary folder while coraza parses a
// multipart body, and are deleted when Inspect returns or, where the response
// is inspected too, after that; nothing else of a request is written to disk. Without a writable one Acquire fails.
package rules
