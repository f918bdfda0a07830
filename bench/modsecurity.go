package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Where Debian and Ubuntu put the module and its recommended configuration.
const (
	modsecurityModule = "/usr/lib/nginx/modules/ngx_http_modsecurity_module.so"
	modsecurityConf   = "/etc/nginx/modsecurity.conf"
)

// modsecurity starts nginx with ModSecurity 3: the distribution's recommended
// configuration in blocking mode, requests only, no audit log, and the files of
// CRS that lachan has. Bodies fit into memory, as they do in the others.
func (s *stand) modsecurity(address string) (*exec.Cmd, error) {
	folder := filepath.Join(s.dir, "crs")
	if err := writeCRS(folder); err != nil {
		return nil, err
	}
	rules := fmt.Sprintf(`Include %s
SecRuleEngine On
SecRequestBodyNoFilesLimit 1048576
SecResponseBodyAccess Off
SecAuditEngine Off
SecStatusEngine Off
Include %[2]s/crs-setup.conf
Include %[2]s/REQUEST-*.conf
`, modsecurityConf, folder)
	file := filepath.Join(s.dir, "modsecurity.conf")
	if err := os.WriteFile(file, []byte(rules), 0o644); err != nil {
		return nil, err
	}
	c := proxyTo(s.origin)
	c.main = "load_module " + modsecurityModule + ";"
	c.server = "client_body_buffer_size 256k; modsecurity on; modsecurity_rules_file " + file + "; " + c.server
	return s.nginx("modsecurity", serversCPU, address, c)
}

// writeCRS copies the Core Rule Set out of the module that lachan is built with.
func writeCRS(folder string) error {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/corazawaf/coraza-coreruleset/v4").Output()
	if err != nil {
		return fmt.Errorf("finding the Core Rule Set: %w", err)
	}
	from := filepath.Join(strings.TrimSpace(string(out)), "rules")
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(from, "@owasp_crs", "*"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("no Core Rule Set in %s", from)
	}
	for _, file := range files {
		if err := copySpaced(file, filepath.Join(folder, filepath.Base(file))); err != nil {
			return err
		}
	}
	return copySpaced(filepath.Join(from, "@crs-setup.conf.example"), filepath.Join(folder, "crs-setup.conf"))
}

func copySpaced(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if !strings.HasSuffix(from, ".data") {
		text = spaced(text)
	}
	return os.WriteFile(to, text, 0o644)
}

// spaced puts a blank line behind each directive: ModSecurity 3.0.9 reads two that
// follow each other closely, with a comment between them, as one.
func spaced(text []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		out.Write(line)
		out.WriteByte('\n')
		if len(line) > 0 && line[len(line)-1] != '\\' {
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}
