package soc_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/audit/formats"
	"github.com/lachan-waf/lachan/internal/lachantest"
)

// tools is where install.sh unpacks the receivers.
const tools = "/usr/local/lib/lachan-soc"

// receiver is a syslog server that runs with the example's configuration.
type receiver struct {
	addr   string
	roots  *x509.CertPool
	output string // the folder it writes to
}

// place copies the example's configuration to a folder of the test, with paths
// and the port moved there, and certificates beside it.
func place(t *testing.T, example string, moved map[string]string) (config string, r *receiver) {
	t.Helper()
	if out, err := exec.Command("./install.sh").CombinedOutput(); err != nil {
		t.Fatalf("install.sh: %v\n%s", err, out)
	}
	dir := t.TempDir()
	port := fmt.Sprint(lachantest.FreePort(t))
	r = &receiver{addr: net.JoinHostPort("127.0.0.1", port), output: filepath.Join(dir, "out")}
	if err := os.Mkdir(r.output, 0o755); err != nil {
		t.Fatal(err)
	}
	r.roots = certificates(t, dir)
	text := read(t, example)
	for shipped, local := range moved {
		local = strings.NewReplacer("{dir}", dir, "{port}", port).Replace(local)
		if !strings.Contains(text, shipped) {
			t.Fatalf("%s: no %s to move", example, shipped)
		}
		text = strings.ReplaceAll(text, shipped, local)
	}
	config = filepath.Join(dir, "lachan.conf")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return config, r
}

// certificates makes a CA, and a certificate of it for this machine.
func certificates(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caKey := newKey(t)
	caDER := sign(t, ca, ca, caKey, caKey)
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, KeyUsage: x509.KeyUsageDigitalSignature,
	}
	key := newKey(t)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	writePEM(t, filepath.Join(dir, "ca.pem"), "CERTIFICATE", caDER)
	writePEM(t, filepath.Join(dir, "server.pem"), "CERTIFICATE", sign(t, server, ca, key, caKey))
	writePEM(t, filepath.Join(dir, "server.key"), "PRIVATE KEY", keyDER)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(read(t, dir, "ca.pem")))
	return roots
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, of, by *x509.Certificate, key, signer *ecdsa.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, of, by, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func writePEM(t *testing.T, path, kind string, der []byte) {
	t.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run starts the server and stops it with the test.
func (r *receiver) run(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s:\n%s", filepath.Base(cmd.Path), output.Bytes())
		}
	})
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		conn, err := net.Dial("tcp", r.addr)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s does not listen: %v", cmd.Path, err)
		}
	}
}

// send writes the messages over TLS, each behind its length (RFC 5425, 4.3).
func (r *receiver) send(t *testing.T, messages [][]byte) {
	t.Helper()
	conn, err := tls.Dial("tcp", r.addr, &tls.Config{RootCAs: r.roots, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range messages {
		if _, err := fmt.Fprintf(conn, "%d %s", len(message), message); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
}

// await waits until the file has as many lines as are wanted, and compares them.
func (r *receiver) await(t *testing.T, file string, want []string) {
	t.Helper()
	path := filepath.Join(r.output, file)
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		data, _ := os.ReadFile(path)
		got := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		if len(got) == len(want) && strings.HasSuffix(string(data), "\n") {
			slices.Sort(got)
			slices.Sort(want)
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("%s has\n%q, want\n%q", file, got[i], want[i])
				}
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s has %d lines, want %d", file, len(got), len(want))
		}
	}
}

// receives sends everything in every format, and looks for each message in its
// file: the JSON formats bare, the others with their headers.
func receives(t *testing.T, r *receiver) {
	t.Helper()
	var bare, whole []string
	for _, format := range allFormats {
		sent := messages(t, format, formats.Config{Syslog: true})
		r.send(t, sent)
		for i, message := range messages(t, format, formats.Config{MaxBytes: formats.DefaultSyslogBytes}) {
			if message[0] == '{' {
				bare = append(bare, string(message))
			} else {
				whole = append(whole, string(sent[i]))
			}
		}
	}
	r.await(t, "events.jsonl", bare)
	r.await(t, "events.log", whole)
}

func TestRsyslog(t *testing.T) {
	config, r := place(t, "rsyslog/lachan.conf", map[string]string{
		"/etc/rsyslog.d/lachan": "{dir}", "/var/log/lachan-soc": "{dir}/out", `address="0.0.0.0"`: `address="127.0.0.1"`, `"6514"`: `"{port}"`,
	})
	modules, err := filepath.Glob(tools + "/usr/lib/*/rsyslog")
	if err != nil || len(modules) != 1 {
		t.Fatalf("rsyslog's modules: %v %v", modules, err)
	}
	rsyslogd := func(args ...string) *exec.Cmd {
		return exec.Command(tools+"/usr/sbin/rsyslogd", append(args, "-f", config, "-i", filepath.Join(r.output, "pid"), "-M", modules[0])...)
	}
	if out, err := rsyslogd("-N1").CombinedOutput(); err != nil || bytes.Contains(out, []byte("warning")) {
		t.Fatalf("rsyslogd -N1: %v\n%s", err, out)
	}
	r.run(t, rsyslogd("-n"))
	receives(t, r)
}

func TestSyslogNG(t *testing.T) {
	config, r := place(t, "syslog-ng/lachan.conf", map[string]string{
		"/etc/syslog-ng/lachan": "{dir}", "/var/log/lachan-soc": "{dir}/out", `ip("0.0.0.0")`: `ip("127.0.0.1")`, "port(6514)": "port({port})",
	})
	modules, err := filepath.Glob(tools + "/usr/lib/syslog-ng/[0-9]*")
	if err != nil || len(modules) == 0 {
		t.Fatalf("syslog-ng's modules: %v %v", modules, err)
	}
	syslogNG := func(args ...string) *exec.Cmd {
		cmd := exec.Command(tools+"/usr/sbin/syslog-ng", append(args, "--cfgfile="+config, "--module-path="+strings.Join(modules, ":"), "--no-caps",
			"--persist-file="+filepath.Join(r.output, "persist"), "--pidfile="+filepath.Join(r.output, "pid"), "--control="+filepath.Join(r.output, "ctl"))...)
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+tools+"/usr/lib/syslog-ng")
		return cmd
	}
	if out, err := syslogNG("--syntax-only").CombinedOutput(); err != nil || bytes.Contains(out, []byte("WARNING")) {
		t.Fatalf("syslog-ng --syntax-only: %v\n%s", err, out)
	}
	r.run(t, syslogNG("--foreground", "--stderr"))
	receives(t, r)
}
