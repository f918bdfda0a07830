package sinks

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/lachan-waf/lachan/audit/remote"
	"github.com/lachan-waf/lachan/policies"
)

// credentials are what a receiver over HTTP asks for. Their files are read for
// each request, so that a secret that is replaced needs no restart.
type credentials struct {
	scheme    string // of the token: Bearer, Splunk, ApiKey
	tokenFile string

	username     string
	passwordFile string
}

// newCredentials fails on a file that cannot be read now.
func newCredentials(sink policies.Sink, scheme string) (credentials, error) {
	c := credentials{scheme, sink.TokenFile, sink.Username, sink.PasswordFile}
	if c.tokenFile != "" && c.username != "" {
		return c, errors.New("token_file and username are two ways to say who sends: one is too many")
	}
	return c, c.apply(&http.Request{Header: http.Header{}})
}

func (c credentials) apply(r *http.Request) error {
	switch {
	case c.tokenFile != "":
		token, err := remote.Secret(c.tokenFile)
		if err != nil {
			return fmt.Errorf("token: %w", err)
		}
		r.Header.Set("Authorization", c.scheme+" "+token)
	case c.username != "":
		password, err := remote.Secret(c.passwordFile)
		if err != nil {
			return fmt.Errorf("password: %w", err)
		}
		r.SetBasicAuth(c.username, password)
	}
	return nil
}
