package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
)

func TestRequestsAreInspectedAndForwarded(t *testing.T) {
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Host)
	}))
	defer origin.Close()
	to, err := url.Parse(origin.URL)
	if err != nil {
		t.Fatal(err)
	}
	handler, err := inspect(forward(to))
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]int{
		"/page?q=kitchen+table":                        http.StatusOK,
		"/page?q=%3Cscript%3Ealert(1)%3C/script%3E":    http.StatusForbidden,
		"/page?id=1+UNION+SELECT+1,2,version()--":      http.StatusForbidden,
		"/page?file=../../../../etc/passwd&lang=en-GB": http.StatusForbidden,
	} {
		r := httptest.NewRequest(http.MethodGet, target, nil)
		r.Host = "portal.example"
		r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
		r.Header.Set("Accept", "text/html")
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", target, w.Code, want)
		}
		if want == http.StatusOK && w.Body.String() != "portal.example" {
			t.Errorf("%s: the origin was asked for %q", target, w.Body)
		}
	}
}
