package manysites_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lachan-waf/lachan/internal/lachantest"
)

const attack = "/?id=1%27%20UNION%20SELECT%20password%20FROM%20users--%20"

func TestEverySiteHasItsOwnPolicy(t *testing.T) {
	f := newFarm(t)
	srv := f.start()
	client := srv.Client(f.root)
	for _, site := range []struct {
		name, base, plantedLeft string
		attackStatus            int
	}{
		{"portal", srv.URL("portal.example"), "", http.StatusForbidden},
		{"news", srv.URL("news.example"), "", http.StatusOK},
		{"records", srv.URL("records.example"), plantedScript, http.StatusForbidden},
		{"intranet", srv.HTTPURL("intranet.example"), plantedScript, http.StatusForbidden},
	} {
		t.Run(site.name, func(t *testing.T) {
			resp, page := lachantest.Get(t, client, site.base+"/")
			if resp.StatusCode != http.StatusOK || !strings.Contains(page, "<h1>"+site.name+"</h1>") {
				t.Fatalf("status %s, not the site's own page:\n%s", resp.Status, page)
			}
			if left := strings.Contains(page, plantedScript); left != (site.plantedLeft != "") {
				t.Errorf("planted script left: %v, want %v", left, !left)
			}
			resp, _ = lachantest.Get(t, client, site.base+attack)
			if resp.StatusCode != site.attackStatus {
				t.Errorf("attack: status %s, want %d", resp.Status, site.attackStatus)
			}
		})
	}
}

// Where nothing is taken away, an event still tells: detect for the newspaper's
// attack and for the record office's script.
func TestWhatIsNotEnforcedIsRecorded(t *testing.T) {
	f := newFarm(t)
	srv := f.start()
	client := srv.Client(f.root)
	lachantest.Get(t, client, srv.URL("news.example")+attack)
	lachantest.Get(t, client, srv.URL("records.example")+"/")
	for site, key := range map[string]string{"news": "rule.id", "records": "lachan.finding.element"} {
		srv.WaitEvent(10*time.Second, func(e lachantest.Event) bool {
			return e.Text("service.name") == site && e.Text("event.action") == "detect" && e.Text(key) != ""
		})
	}
}

func TestOwnCertificateIsServed(t *testing.T) {
	f := newFarm(t)
	srv := f.start()
	resp, _ := lachantest.Get(t, srv.Client(f.root), srv.URL("records.example")+"/")
	if !resp.TLS.PeerCertificates[0].Equal(f.leaf) {
		t.Errorf("served a certificate of %s", resp.TLS.PeerCertificates[0].Issuer)
	}
}

// A site file that cannot be used takes down that site, and nothing else.
func TestBrokenSiteLeavesTheOthers(t *testing.T) {
	for name, broken := range map[string]string{
		"unknown key":     "name: broken\nhosts: [broken.example]\nupstream: http://127.0.0.1:1\ntls: internal\nwfa: {}\n",
		"not YAML":        "name: [broken\n",
		"rule file":       "name: broken\nhosts: [broken.example]\nupstream: http://127.0.0.1:1\ntls: internal\nwaf: {rules: [../broken.conf]}\n",
		"certificate":     "name: broken\nhosts: [broken.example]\nupstream: http://127.0.0.1:1\ntls: {cert: ../none.crt, key: ../none.key}\n",
		"another's host":  "name: broken\nhosts: [portal.example]\nupstream: http://127.0.0.1:1\ntls: internal\n",
		"another's name":  "name: portal\nhosts: [broken.example]\nupstream: http://127.0.0.1:1\ntls: internal\n",
		"absent upstream": "name: broken\nhosts: [broken.example]\ntls: internal\n",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFarm(t)
			f.write("broken.conf", "SecRule ARGS \"@nonsense\" \"id:1,phase:2\"\n")
			f.write("sites.d/zz-broken.yaml", broken)
			f.mustFailCheck("zz-broken.yaml")
			srv := f.start()
			client := srv.Client(f.root)
			for _, host := range []string{"portal.example", "news.example", "records.example"} {
				if resp, _ := lachantest.Get(t, client, srv.URL(host)+"/"); resp.StatusCode != http.StatusOK {
					t.Errorf("%s: status %s", host, resp.Status)
				}
			}
		})
	}
}

func TestReloadAddsAndRemovesSites(t *testing.T) {
	f := newFarm(t)
	srv := f.start()
	client := srv.Client(f.root)

	f.write("sites.d/school.yaml", "name: school\nhosts: [school.example]\nupstream: "+f.origin("school")+"\ntls: internal\n")
	srv.Reload()
	resp, page := lachantest.Get(t, client, srv.URL("school.example")+"/")
	if resp.StatusCode != http.StatusOK || !strings.Contains(page, "<h1>school</h1>") {
		t.Errorf("added site: status %s:\n%s", resp.Status, page)
	}

	f.remove("sites.d/news.yaml")
	srv.Reload()
	// Over plain HTTP: a TLS handshake for it finds no certificate any more.
	resp, _ = lachantest.Get(t, client, srv.HTTPURL("news.example")+"/")
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("removed site: status %s", resp.Status)
	}
	if resp, _ := lachantest.Get(t, client, srv.URL("portal.example")+"/"); resp.StatusCode != http.StatusOK {
		t.Errorf("portal after the reloads: status %s", resp.Status)
	}
	srv.WaitEvent(10*time.Second, lachantest.Is("event.action", "config"))
}

// A download that is under way when the configuration changes goes on to its end.
func TestReloadKeepsWhatIsUnderWay(t *testing.T) {
	f := newFarm(t)
	srv := f.start()
	resp, err := srv.Client(f.root).Get(srv.HTTPURL("intranet.example") + slowPath)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	first := make([]byte, len(slowFirst))
	if _, err := io.ReadFull(resp.Body, first); err != nil {
		t.Fatal(err)
	}
	f.write("sites.d/school.yaml", "name: school\nhosts: [school.example]\nupstream: "+f.origin("school")+"\ntls: internal\n")
	srv.Reload()
	close(f.release)
	rest, err := io.ReadAll(resp.Body)
	if err != nil || string(first)+string(rest) != slowFirst+slowRest {
		t.Errorf("got %q + %q, %v", first, rest, err)
	}
}

// The file as shipped needs only the certificate that README.md leaves to the
// operator.
func TestConfigurationAsShipped(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(".")); err != nil {
		t.Fatal(err)
	}
	newAuthority(t).issue(t, filepath.Join(dir, "certs"), "records", "records.example")
	out, err := lachantest.Command(t, "check", "--config", filepath.Join(dir, "lachan.yaml")).CombinedOutput()
	if err != nil {
		t.Errorf("lachan check: %v\n%s", err, out)
	}
}
