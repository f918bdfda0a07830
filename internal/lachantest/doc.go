// Package lachantest runs the real binary for tests, as net/http/httptest runs
// a server: built from this module, on free loopback ports, with its files in
// a temporary folder, and stopped when the test ends.
//
//	srv := lachantest.Start(t, `
//	sites:
//	  - {name: portal, hosts: [portal.example], upstream: "http://127.0.0.1:8080", tls: internal}
//	`)
//	resp, err := srv.Client().Get(srv.URL("portal.example") + "/?q=1")
//	…
//	event := srv.WaitEvent(10*time.Second, func(e lachantest.Event) bool {
//		return e.Text("event.action") == "block"
//	})
//
// The configuration is a whole lachan.yaml. Only what ties it to a machine is
// changed: see Server. An example in a folder of its own is started where it
// lies in a copy, with StartFile.
//
// Only test files import this package, so that nothing of it is linked into
// the binary; the module's import test pins that.
package lachantest
