package sinks

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// unpacked is where examples/soc/install.sh puts the receivers, whose packages
// would take the place of the machine's own system log.
const unpacked = "/usr/local/lib/lachan-soc"

// syslogd is a real receiver of syslog over TLS, which asks for a certificate.
// It writes a line for each message: the time of arrival, a space, the message.
type syslogd struct {
	dir, addr string
	out       string
	command   func() *exec.Cmd
	running   *exec.Cmd
	stderr    bytes.Buffer
}

func newSyslogd(t *testing.T) *syslogd {
	t.Helper()
	dir := t.TempDir()
	writeCertificates(t, dir)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return &syslogd{dir: dir, addr: l.Addr().String(), out: filepath.Join(dir, "out.log")}
}

func (d *syslogd) configure(t *testing.T, text string) (path string) {
	t.Helper()
	host, port, err := net.SplitHostPort(d.addr)
	if err != nil {
		t.Fatal(err)
	}
	text = strings.NewReplacer("{dir}", d.dir, "{host}", host, "{port}", port, "{out}", d.out).Replace(text)
	path = filepath.Join(d.dir, "receiver.conf")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func modules(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(unpacked + pattern)
	if err != nil || len(found) == 0 {
		t.Fatalf("%s%s: not there: run make test-tools (%v)", unpacked, pattern, err)
	}
	return found[0]
}

// newRsyslog has no queue between the connection and the file. rsyslog's default
// is one in memory: what is in it when rsyslogd is killed is lost, and no sender
// can know. It drains at once while the file takes messages; where it may fill up
// (a slow disk, a forwarder that is down) an operator gives it
// queue.type="Direct", or a disk (queue.type="Disk"), or audit.sinks.resend
// more time. flushOnTXEnd (default) and asyncWriting="off" (default) have omfile
// write each batch to the file before the next; what is written outlives a
// killed process, and a killed machine only with sync="on".
func newRsyslog(t *testing.T) *syslogd {
	d := newSyslogd(t)
	config := d.configure(t, `
global(workDirectory="{dir}" maxMessageSize="64k" defaultNetstreamDriver="gtls"
       defaultNetstreamDriverCAFile="{dir}/ca.pem" defaultNetstreamDriverCertFile="{dir}/server.pem" defaultNetstreamDriverKeyFile="{dir}/server.key")
main_queue(queue.type="Direct")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
input(type="imtcp" address="{host}" port="{port}")
template(name="arrival" type="string" string="%timegenerated:::date-rfc3339% %rawmsg%\n")
action(type="omfile" file="{out}" template="arrival")
`)
	folder := modules(t, "/usr/lib/*/rsyslog")
	d.command = func() *exec.Cmd {
		return exec.Command(unpacked+"/usr/sbin/rsyslogd", "-n", "-f", config, "-i", filepath.Join(d.dir, "pid"), "-M", folder)
	}
	return d
}

// newSyslogNG has flow control: it reads no more than its file takes. Its queue
// for the file is in memory all the same.
func newSyslogNG(t *testing.T) *syslogd {
	d := newSyslogd(t)
	config := d.configure(t, `@version: 3.38
options { stats-freq(0); };
source s { syslog(ip("{host}") port({port}) transport("tls") flags(no-parse) log-msg-size(65536)
  tls(ca-file("{dir}/ca.pem") cert-file("{dir}/server.pem") key-file("{dir}/server.key") peer-verify(required-trusted))); };
destination d { file("{out}" template("${R_ISODATE} ${MESSAGE}\n") ts-format(iso) frac-digits(6)); };
log { source(s); destination(d); flags(flow-control); };
`)
	folder := modules(t, "/usr/lib/syslog-ng/[0-9]*")
	d.command = func() *exec.Cmd {
		cmd := exec.Command(unpacked+"/usr/sbin/syslog-ng", "--foreground", "--stderr", "--no-caps", "--cfgfile="+config, "--module-path="+folder,
			"--persist-file="+filepath.Join(d.dir, "persist"), "--pidfile="+filepath.Join(d.dir, "pid"), "--control="+filepath.Join(d.dir, "control"))
		cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+unpacked+"/usr/lib/syslog-ng")
		return cmd
	}
	return d
}

func (d *syslogd) start(t *testing.T) {
	t.Helper()
	d.running = d.command()
	d.running.Stdout, d.running.Stderr = &d.stderr, &d.stderr
	d.running.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := d.running.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.kill)
	d.await(t)
}

func (d *syslogd) await(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", d.addr)
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			d.kill()
			t.Fatalf("%s does not listen: %v\n%s", d.running.Path, err, d.stderr.Bytes())
		}
	}
}

func (d *syslogd) kill() {
	_ = d.running.Process.Kill()
	_ = d.running.Wait()
}

// writeCertificates makes ca.pem, and server and client certificates of it.
func writeCertificates(t *testing.T, dir string) {
	t.Helper()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	authority := newKey(t)
	writePEM(t, filepath.Join(dir, "ca.pem"), "CERTIFICATE", signed(t, ca, ca, authority, authority))
	for i, name := range []string{"server", "client"} {
		key := newKey(t)
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		cert := &x509.Certificate{
			SerialNumber: big.NewInt(int64(2 + i)), Subject: pkix.Name{CommonName: name}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}, KeyUsage: x509.KeyUsageDigitalSignature,
		}
		writePEM(t, filepath.Join(dir, name+".pem"), "CERTIFICATE", signed(t, cert, ca, key, authority))
		writePEM(t, filepath.Join(dir, name+".key"), "PRIVATE KEY", der)
	}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func signed(t *testing.T, of, by *x509.Certificate, key, signer *ecdsa.PrivateKey) []byte {
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
