package requests

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	crstests "github.com/corazawaf/coraza-coreruleset/v4/tests"
	"github.com/google/go-cmp/cmp"
)

// text writes a case the way it would be sent, with its place and what it expects.
func text(c Case) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s| %s %s %s\n", c.Line, c.Name, c.Method, c.Target, c.Proto)
	for _, f := range c.Fields {
		fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
	}
	fmt.Fprintf(&b, "%q", c.Body)
	if c.Expect != nil {
		fmt.Fprintf(&b, " %+v", *c.Expect)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"data.txt": "x=1\r\n&y=2\n", "anh.png": "\x89PNG\r\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const ua = "User-Agent: curl/8.14.1\nAccept: */*\n"
	for _, tt := range []struct {
		name, file, text string
		want             []string
	}{
		{"HTTP", "a.txt", "POST /a?b=c d HTTP/1.1\nHost: x.test\nX-Empty:\nCookie: a=b\n\nq=1\n", []string{"1 | POST /a?b=c d HTTP/1.1\nHost: x.test\nX-Empty: \nCookie: a=b\n\"q=1\""}},
		{"HTTP with carriage returns", "a", "PUT / HTTP/2\r\nHost: x\r\nContent-Length: 4\r\n\r\nq=1\n", []string{"1 | PUT / HTTP/2\nHost: x\nContent-Length: 4\n\"q=1\\n\""}},
		{"HTTP without a body", "a", "GET / HTTP/1.1\nHost: x", []string{"1 | GET / HTTP/1.1\nHost: x\n\"\""}},
		{"multipart in an editor", "a", "POST / HTTP/1.1\nContent-Type: multipart/form-data; boundary=b\n\n--b\nContent-Disposition: form-data; name=\"a\"\n\nx\n--b--\n",
			[]string{"1 | POST / HTTP/1.1\nContent-Type: multipart/form-data; boundary=b\n\"--b\\r\\nContent-Disposition: form-data; name=\\\"a\\\"\\r\\n\\r\\nx\\r\\n--b--\\r\\n\""}},
		{"curl -v", "a", "* Connected to x\n> GET /?a=1 HTTP/1.1\r\n> Host: x.test\r\n> \n< HTTP/1.1 302 Found\n* again\n> GET /b HTTP/1.1\n> Host: x.test\n>\n{ [5 bytes data]\n",
			[]string{"2 | GET /?a=1 HTTP/1.1\nHost: x.test\n\"\"", "7 | GET /b HTTP/1.1\nHost: x.test\n\"\""}},
		{"curl", "a", "# two\n$ curl -s 'https://u:p@x.test/a b?q=%27#frag'\n\ncurl -sSLXDELETE --url x.test \\\n  -H \"X-A: \\\"b\\\" \\x\" -H Accept: -H 'X-B;'; curl -I -A ua -e ref -b 'a=b; c=d' http://x.test/a/../b/./c/..\n",
			[]string{
				"2 | GET /a%20b?q=%27 HTTP/1.1\nAuthorization: Basic dTpw\nHost: x.test\n" + ua + `""`,
				"4 | DELETE / HTTP/1.1\nX-A: \"b\" \\x\nX-B: \nHost: x.test\nUser-Agent: curl/8.14.1\n\"\"",
				"5 | HEAD /b/ HTTP/1.1\nUser-Agent: ua\nReferer: ref\nCookie: a=b; c=d\nHost: x.test\nAccept: */*\n\"\"",
			}},
		{"curl with data", "a", `curl x.test -d a=1 -d @data.txt --data-raw @x --data-urlencode 'ô=á b' --data-urlencode =c\&d --data-urlencode n@data.txt`,
			[]string{"1 | POST / HTTP/1.1\nHost: x.test\n" + ua + "Content-Type: application/x-www-form-urlencoded\n\"a=1&x=1&y=2&@x&ô=%C3%A1%20b&c%26d&n=x%3D1%0D%0A%26y%3D2%0A\""}},
		{"curl with binary data", "a", "curl x.test/?a -H 'content-type: text/xml' --data-binary @data.txt", []string{"1 | POST /?a HTTP/1.1\ncontent-type: text/xml\nHost: x.test\n" + ua + "\"x=1\\r\\n&y=2\\n\""}},
		{"curl with JSON", "a", `curl x.test --json '{"a":' --json '1}' --path-as-is`, []string{"1 | POST / HTTP/1.1\nAccept: application/json\nHost: x.test\nUser-Agent: curl/8.14.1\nContent-Type: application/json\n\"{\\\"a\\\":1}\""}},
		{"curl -G", "a", "curl -G --path-as-is 'x.test/../a?b=1' -d q=2 --data-urlencode 'r=3 4'", []string{"1 | GET /../a?b=1&q=2&r=3%204 HTTP/1.1\nHost: x.test\n" + ua + `""`}},
		{"curl of a browser", "a", `curl x.test -X POST --data-raw $'a=\'\u0041\x42\n' --compressed`, []string{"1 | POST / HTTP/1.1\nHost: x.test\n" + ua + "Content-Type: application/x-www-form-urlencoded\n\"a='AB\\n\""}},
		{"curl -F", "a", `curl x.test -F 'a=b;type=text/x' -F "f=@anh.png;filename=a\"b.php" -F 'd=<data.txt' --form-string 's=@x;type=y'`, []string{"1 | POST / HTTP/1.1\nHost: x.test\n" + ua +
			"Content-Type: multipart/form-data; boundary=" + boundary + "\n" + fmt.Sprintf("%q", strings.ReplaceAll("--B\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: text/x\r\n\r\nb\r\n"+
			"--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a%22b.php\"\r\nContent-Type: application/octet-stream\r\n\r\n\x89PNG\r\n\r\n"+
			"--B\r\nContent-Disposition: form-data; name=\"d\"\r\n\r\nx=1\r\n&y=2\n\r\n--B\r\nContent-Disposition: form-data; name=\"s\"\r\n\r\n@x;type=y\r\n--B--\r\n", "B", boundary))}},
		{"short YAML", "a.yaml", "# mine\n- name: one\n  uri: /?a=1\n  expect_ids: [942100]\n  status: 403\n- {method: POST, uri: /b, headers: {Content-Type: text/plain, Host: x}, data: a b, no_expect_ids: [1]}\n- uri: /c\n",
			[]string{
				"2 one| GET /?a=1 HTTP/1.1\nConnection: close\n\"\" {IDs:[942100] NotIDs:[] Isolated:false Refused:false Status:403}",
				"6 | POST /b HTTP/1.1\nContent-Type: text/plain\nHost: x\nConnection: close\nContent-Length: 3\n\"a b\" {IDs:[] NotIDs:[1] Isolated:false Refused:false Status:0}",
				"7 | GET /c HTTP/1.1\nConnection: close\n\"\"",
			}},
		{"one in YAML, from standard input", "standard input", "uri: /\n", []string{"1 | GET / HTTP/1.1\nConnection: close\n\"\""}},
		{"CRS's YAML", "a.yml", "---\nmeta: {author: a}\nrule_id: 7\ntests:\n  - test_id: 1\n    stages:\n      - input: {uri: /, method: POST, data: 'a= b', headers: {Host: x}}\n        output: {log: {expect_ids: [7]}}\n  - test_id: 2\n    stages:\n      - input: {encoded_request: R0VUIC8gSFRUUC8xLjANCkE6IGINCg0KYm9keQo=}\n        output: {expect_error: true}\n      - input: {uri: /}\n        output: {}\n",
			[]string{
				"5 7-1| POST / HTTP/1.1\nHost: x\nContent-Type: application/x-www-form-urlencoded\nConnection: close\nContent-Length: 4\n\"a=+b\" {IDs:[7] NotIDs:[] Isolated:false Refused:false Status:0}",
				"9 7-2 stage 1| GET / HTTP/1.0\nA: b\n\"body\\n\" {IDs:[] NotIDs:[] Isolated:false Refused:true Status:0}",
				"9 7-2 stage 2| GET / HTTP/1.1\nConnection: close\n\"\"",
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			all, err := Read(filepath.Join(dir, tt.file), []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range all {
				got = append(got, text(c))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestErrorsNameTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"GET / HTTP/1.1\nHost: x\nnonsense\n\n": `f:3: expected NAME: VALUE, found "nonsense"`,
		"curl x.test\ncurl --bogus x":           "f:2: option --bogus of curl is not known here",
		"curl x.test \\\n  -Z":                  "f:2: option -Z of curl is not known here",
		"curl x.test -d":                        "f:1: nothing follows -d",
		"curl x.test y.test":                    `f:1: a second URL, "y.test"`,
		"curl -X GET":                           "f:1: no URL",
		"curl x -H a":                           `f:1: -H "a": expected NAME: VALUE`,
		"curl x -b jar.txt":                     "f:1: -b \"jar.txt\": a file of cookies is not read; write name=value",
		"curl x -F a":                           `f:1: -F "a": expected NAME=CONTENT`,
		"curl x -d @missing":                    "f:1: open missing: no such file or directory",
		"curl x -d @-":                          "f:1: @-: standard input is not read; name a file",
		"curl x\nwget y":                        `f:2: expected a command line of curl, found "wget"`,
		"curl x 'y\n":                           "f:1: a quote is not closed",
		"> GET / HTTP/1.1\n> Host: x\n":         "f:1: the request's head has no end: a line of > alone",
		"":                                      "f:1: no request: expected the text of one, command lines of curl, or YAML",
		"hello":                                 "f:1: expected the text of a request, command lines of curl, or YAML with requests",
		"- uri: /\n- url: /\n":                  `f:2: unknown field "url"`,
		"- uri: /\n  expect_ids: x\n":           "f:2: ",
		"a: [":                                  "f:1: ",
		"tests:\n- test_id: 1\n  stages:\n  - inputs: {}\n":                      `f:4: unknown field "inputs"`,
		"tests:\n- test_id: 1\n  stages:\n  - output: {log: {match_regex: x}}\n": "f:2: log.match_regex and log.no_match_regex ask for a log",
		"tests:\n- stages:\n  - input: {encoded_request: '*'}\n":                 "f:2: illegal base64",
	} {
		if _, err := Read("f", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v\nwant %s", text, err, want)
		}
	}
}

// All of CRS's tests are read, but for those that ask for a log.
func TestReadCRS(t *testing.T) {
	cases := 0
	err := fs.WalkDir(crstests.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(crstests.FS, path)
		if err != nil {
			return err
		}
		all, err := Read(path, data)
		if err != nil && !strings.Contains(err.Error(), "match_regex") && strings.Contains(string(data), "\ntests:") { // 920539 is all comments
			t.Error(err)
		}
		cases += len(all)
		return nil
	})
	t.Logf("%d requests", cases)
	if err != nil || cases < 4000 {
		t.Errorf("%d requests of CRS's tests, %v", cases, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\nHost: x\n\nbody", "curl 'x' -H \"a: b\" -d $'\\x41' -F a=b;type=c", "> GET / HTTP/1.1\n>\n",
		"- uri: /\n  headers: {a: b}\n", "tests:\n- stages:\n  - input: {data: '{{ repeat 3 \"a\" }}'}\n", "curl x -G -d a -b b=c -u a:b", "curl -", "curl \\", "{", "- ", "curl $'", "[: ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "@") || strings.Contains(text, "<") || strings.Contains(text, "repeat") {
			t.Skip("reads files, or grows")
		}
		all, err := Read("fuzz", []byte(text))
		if err == nil && len(all) == 0 {
			t.Error("neither a request nor an error")
		}
		for _, c := range all {
			c.Request("x.test")
		}
	})
}
