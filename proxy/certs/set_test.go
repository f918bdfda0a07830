package certs

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lachan-waf/lachan/policies"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
)

func newKeeper(t *testing.T, opts Options) *Keeper {
	t.Helper()
	if opts.StateDir == "" {
		opts.StateDir = t.TempDir()
	}
	opts.ACME.CA = cmp.Or(opts.ACME.CA, "https://127.0.0.1:1/dir")
	k, err := NewKeeper(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

func site(name string, mode policies.TLSMode, hosts ...string) policies.Site {
	return policies.Site{Name: name, Hosts: hosts, TLS: policies.TLS{Mode: mode}}
}

func filesSite(name, cert, key string, hosts ...string) policies.Site {
	s := site(name, policies.TLSFiles, hosts...)
	s.TLS.Cert, s.TLS.Key = cert, key
	return s
}

func TestInternal(t *testing.T) {
	dir := t.TempDir()
	k := newKeeper(t, Options{StateDir: dir})
	set, err := k.Prepare([]policies.Site{site("xa", policies.TLSInternal, "xa.example", "cổng.example", "127.0.0.1")})
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.ReadFile(k.RootFile())
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "internal-ca", "root.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key: %v, %v", info, err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(root)
	puny, err := policies.ASCIIHost("cổng.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"xa.example", "XA.example", puny, "127.0.0.1"} {
		if _, err := handshake(t, set.GetCertificate, &tls.Config{RootCAs: roots, ServerName: name}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}

	again := newKeeper(t, Options{StateDir: dir})
	if set, err = again.Prepare([]policies.Site{site("xa", policies.TLSInternal, "xa.example")}); err != nil {
		t.Fatal(err)
	}
	if _, err := handshake(t, set.GetCertificate, &tls.Config{RootCAs: roots, ServerName: "xa.example"}); err != nil {
		t.Errorf("after a restart: %v", err)
	}
}

func TestInternalLeafIsRenewed(t *testing.T) {
	now := time.Now()
	k := newKeeper(t, Options{Now: func() time.Time { return now }})
	set, err := k.Prepare([]policies.Site{site("xa", policies.TLSInternal, "xa.example")})
	if err != nil {
		t.Fatal(err)
	}
	get := func() *tls.Certificate {
		cert, err := set.GetCertificate(&tls.ClientHelloInfo{ServerName: "xa.example"})
		if err != nil {
			t.Fatal(err)
		}
		return cert
	}
	first := get()
	now = now.Add(leafLife - leafRest - time.Minute)
	if get() != first {
		t.Error("renewed too early")
	}
	now = now.Add(2 * time.Minute)
	if second := get(); second == first || !second.Leaf.NotAfter.After(first.Leaf.NotAfter) {
		t.Error("not renewed")
	}
}

func TestInternalRootWithoutItsKey(t *testing.T) {
	k := newKeeper(t, Options{})
	write(t, k.RootFile(), issue(t, time.Now(), time.Now().Add(time.Hour), "ca").certPEM)
	_, err := k.Prepare([]policies.Site{site("xa", policies.TLSInternal, "xa.example")})
	if err == nil || !strings.Contains(err.Error(), "site xa: internal CA: ") || !strings.Contains(err.Error(), "root.key") {
		t.Errorf("%v", err)
	}
}

func TestNames(t *testing.T) {
	k := newKeeper(t, Options{})
	two, err := k.Prepare([]policies.Site{
		site("xa", policies.TLSInternal, "xa.example"), site("huyen", policies.TLSInternal, "huyen.example", "127.0.0.1"),
		site("plain", policies.TLSOff, "plain.example"), site("acme", policies.TLSACME, "acme.example"),
	})
	if err != nil {
		t.Fatal(err)
	}
	one, err := k.Prepare([]policies.Site{site("xa", policies.TLSInternal, "xa.example"), site("plain", policies.TLSOff, "plain.example")})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, sni string
		set       *Set
		want      string
	}{
		{"known", "xa.example", two, ""},
		{"unknown", "evil.test", two, "unrecognized name"},
		{"unknown to a single site", "evil.test", one, "unrecognized name"},
		{"without TLS", "plain.example", two, "unrecognized name"},
		{"not issued yet", "acme.example", two, "internal error"},
		{"none, single site", "", one, ""},
		{"none, address of a site", "", two, ""},
	} {
		_, err := handshake(t, tt.set.GetCertificate, &tls.Config{ServerName: tt.sni, InsecureSkipVerify: true})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	delete(two.hosts, "127.0.0.1")
	if _, err := handshake(t, two.GetCertificate, &tls.Config{InsecureSkipVerify: true}); err == nil {
		t.Error("no name and several sites: served")
	}
}

// One site's files do not stop another site.
func TestPrepareKeepsTheOthers(t *testing.T) {
	dir := t.TempDir()
	good := issue(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), "good.example")
	other := issue(t, time.Now(), time.Now().Add(time.Hour), "x.example")
	cert, key := write(t, filepath.Join(dir, "good.crt"), good.certPEM), write(t, filepath.Join(dir, "good.key"), good.keyPEM)
	wrong := write(t, filepath.Join(dir, "other.key"), other.keyPEM)
	k := newKeeper(t, Options{})
	set, err := k.Prepare([]policies.Site{
		filesSite("missing", filepath.Join(dir, "none.crt"), key, "missing.example"),
		filesSite("mixed", cert, wrong, "mixed.example"),
		filesSite("good", cert, key, "good.example"),
	})
	for _, want := range []string{"site missing: certificate: ", "none.crt", "site mixed: certificate ", "other.key", "private key does not match public key"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v lacks %q", err, want)
		}
	}
	if shown, err := handshake(t, set.GetCertificate, &tls.Config{ServerName: "good.example", InsecureSkipVerify: true}); err != nil || !shown.Equal(good.leaf) {
		t.Errorf("the good site: %v", err)
	}
	if _, err := handshake(t, set.GetCertificate, &tls.Config{ServerName: "mixed.example", InsecureSkipVerify: true}); err == nil {
		t.Error("the site with the wrong key is served")
	}
}

func TestCheckPair(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	good := issue(t, now.Add(-time.Hour), now.Add(time.Hour), "www.example", "xn--cng-8na.example")
	cert, key := write(t, filepath.Join(dir, "a.crt"), good.certPEM), write(t, filepath.Join(dir, "a.key"), good.keyPEM)
	text := write(t, filepath.Join(dir, "text"), []byte("not PEM"))
	otherKey := write(t, filepath.Join(dir, "b.key"), issue(t, now, now, "b").keyPEM)
	for _, tt := range []struct {
		name, cert, key string
		hosts           []string
		now             time.Time
		want            []string
	}{
		{"good", cert, key, []string{"www.example", "WWW.Example"}, now, nil},
		{"no certificate", dir + "/none", key, nil, now, []string{"certificate: ", dir + "/none"}},
		{"no key", cert, dir + "/none", nil, now, []string{"key: ", dir + "/none"}},
		{"certificate without PEM", text, key, nil, now, []string{"certificate: ", text + ": no PEM block"}},
		{"key without PEM", cert, text, nil, now, []string{"key: ", text + ": no PEM block"}},
		{"swapped", key, cert, nil, now, []string{key, cert}},
		{"other key", cert, otherKey, nil, now, []string{cert, otherKey, "does not match"}},
		{"expired, and a host too many", cert, key, []string{"www.example", "x.example"}, now.Add(48 * time.Hour), []string{cert + ": expired on ", cert + ": does not cover host x.example"}},
		{"too early", cert, key, nil, now.Add(-48 * time.Hour), []string{cert + ": not valid before "}},
	} {
		err := CheckPair(tt.cert, tt.key, tt.hosts, tt.now)
		if (err == nil) != (tt.want == nil) {
			t.Errorf("%s: %v", tt.name, err)
		}
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v lacks %q", tt.name, err, want)
			}
		}
	}
}

// The ways a pair is replaced: written over, renamed over, a symlink swapped
// on the file (certbot) and on the folder (Kubernetes).
func TestReplacedFiles(t *testing.T) {
	ways := map[string]func(t *testing.T, dir string, next issued){
		"written over": func(t *testing.T, dir string, next issued) {
			write(t, dir+"/tls.crt", next.certPEM)
			write(t, dir+"/tls.key", next.keyPEM)
		},
		"renamed over": func(t *testing.T, dir string, next issued) {
			for name, data := range map[string][]byte{"tls.crt": next.certPEM, "tls.key": next.keyPEM} {
				rename(t, write(t, dir+"/new", data), dir+"/"+name)
			}
		},
		"symlinks of files": func(t *testing.T, dir string, next issued) {
			for name, data := range map[string][]byte{"tls.crt": next.certPEM, "tls.key": next.keyPEM} {
				link(t, write(t, dir+"/archive/2-"+name, data), dir+"/"+name)
			}
		},
		"symlink of the folder": func(t *testing.T, dir string, next issued) {
			write(t, dir+"/..2/tls.crt", next.certPEM)
			write(t, dir+"/..2/tls.key", next.keyPEM)
			link(t, "..2", dir+"/..data")
		},
	}
	for name, replace := range ways {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				first := issue(t, time.Now(), time.Now().Add(time.Hour), "www.example")
				second := issue(t, time.Now(), time.Now().Add(2*time.Hour), "www.example")
				write(t, dir+"/..1/tls.crt", first.certPEM)
				write(t, dir+"/..1/tls.key", first.keyPEM)
				link(t, "..1", dir+"/..data")
				if name == "symlink of the folder" {
					link(t, "..data/tls.crt", dir+"/tls.crt")
					link(t, "..data/tls.key", dir+"/tls.key")
				} else {
					write(t, dir+"/tls.crt", first.certPEM)
					write(t, dir+"/tls.key", first.keyPEM)
				}
				set := managed(t, zap.NewNop(), filesSite("www", dir+"/tls.crt", dir+"/tls.key", "www.example"))
				time.Sleep(3 * pollEvery)
				if got := shown(t, set); !got.Equal(first.leaf) {
					t.Fatal("not the first certificate")
				}
				replace(t, dir, second)
				time.Sleep(2 * pollEvery)
				if got := shown(t, set); !got.Equal(second.leaf) {
					t.Error("still the first certificate")
				}
			})
		})
	}
}

// A replacement that does not fit is reported once, and the pair in use stays
// until one comes that does.
func TestReplacementThatDoesNotFit(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		first := issue(t, time.Now(), time.Now().Add(time.Hour), "www.example")
		second := issue(t, time.Now(), time.Now().Add(2*time.Hour), "www.example")
		cert, key := write(t, dir+"/tls.crt", first.certPEM), write(t, dir+"/tls.key", first.keyPEM)
		core, logs := observer.New(zap.ErrorLevel)
		set := managed(t, zap.New(core), filesSite("www", cert, key, "www.example"))
		for i, breakIt := range []func(){
			func() { rename(t, write(t, dir+"/new", second.certPEM), cert) },
			func() { rename(t, write(t, dir+"/new", []byte("half")), cert) },
			func() { os.Remove(cert) },
		} {
			breakIt()
			time.Sleep(10 * pollEvery)
			if got := shown(t, set); !got.Equal(first.leaf) {
				t.Errorf("change %d: not the pair in use", i)
			}
			if n := logs.Len(); n != i+1 {
				t.Errorf("change %d: %d errors logged", i, n)
			}
		}
		if fields := logs.All()[0].ContextMap(); fields["cert"] != cert || fields["key"] != key {
			t.Errorf("logged %v", fields)
		}
		write(t, cert, second.certPEM)
		write(t, key, second.keyPEM)
		time.Sleep(2 * pollEvery)
		if got := shown(t, set); !got.Equal(second.leaf) {
			t.Error("the repaired pair is not used")
		}
	})
}

func managed(t *testing.T, logger *zap.Logger, sites ...policies.Site) *Set {
	t.Helper()
	k := newKeeper(t, Options{StateDir: "unused", Logger: logger})
	set, err := k.Prepare(sites)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Manage(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	return set
}

func shown(t *testing.T, set *Set) *x509.Certificate {
	t.Helper()
	cert, err := set.GetCertificate(&tls.ClientHelloInfo{ServerName: "www.example"})
	if err != nil {
		t.Fatal(err)
	}
	return cert.Leaf
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// link points name at target in one step.
func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name+".new"); err != nil {
		t.Fatal(err)
	}
	rename(t, name+".new", name)
}

func TestTrustedRoots(t *testing.T) {
	text := write(t, filepath.Join(t.TempDir(), "text"), []byte("not PEM"))
	for file, want := range map[string]string{text: "no certificate in PEM", "/does/not/exist.pem": "no such file"} {
		_, err := NewKeeper(Options{StateDir: t.TempDir(), ACME: policies.ACME{TrustedRoots: []string{file}}})
		if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v", err)
		}
	}
}
