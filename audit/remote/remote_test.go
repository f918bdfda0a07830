package remote

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func written(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// A secret may begin or end in a space; the newline of an editor is none of it.
func TestSecret(t *testing.T) {
	for content, want := range map[string]string{"s3cret\n": "s3cret", "s3cret\r\n": "s3cret", " s3 cret ": " s3 cret ", "s3cret": "s3cret"} {
		if got, err := Secret(written(t, content)); got != want || err != nil {
			t.Errorf("%q: %q, %v", content, got, err)
		}
	}
	if got, err := Secret(""); got != "" || err != nil {
		t.Errorf("no file: %q, %v", got, err)
	}
	for _, file := range []string{written(t, ""), written(t, "\n"), filepath.Join(t.TempDir(), "missing")} {
		if _, err := Secret(file); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

// The signature is what openssl makes of the same: printf '1795651200.{}' |
// openssl dgst -sha256 -hmac key
func TestSign(t *testing.T) {
	const want = "t=1795651200,v1=a9160f402b73e2a11b8044a9b81246cd29256a1e83a4e85a29c68c578a752241"
	if got := Sign([]byte("{}"), "key", time.Unix(1795651200, 0)); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// What is sent goes to nobody else, and an error does not say where it went.
func TestClientStaysWhereItIs(t *testing.T) {
	s := httptest.NewServer(http.RedirectHandler("http://elsewhere.example/", http.StatusTemporaryRedirect))
	defer s.Close()
	trust, err := TLS("", "", "")
	if err != nil {
		t.Fatal(err)
	}
	c := Client(trust)
	defer c.CloseIdleConnections()
	answer, err := c.Get(s.URL + "/bot-s3cret/")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusTemporaryRedirect {
		t.Errorf("%s", answer.Status)
	}
	s.Close()
	_, err = c.Get(s.URL + "/bot-s3cret/")
	if err = WithoutURL(err); err == nil || strings.Contains(err.Error(), "s3cret") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("%v", err)
	}
	if other := errors.New("another"); !errors.Is(WithoutURL(other), other) {
		t.Error("another error is not kept")
	}
}
