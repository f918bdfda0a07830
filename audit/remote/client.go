package remote

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Patience is how long a receiver may take for what it is sent at once. An attempt
// that fails costs nothing but time; one that hangs would hold up all that come
// after it.
const Patience = time.Minute

// Within it:
const (
	dialTimeout   = 10 * time.Second
	answerTimeout = 30 * time.Second // from the request's last byte to the answer's first
)

const maxHeader = 64 << 10 // bytes of an answer

// Client follows no redirect and asks no proxy: what is sent names visitors, may
// be signed for its receiver alone, and goes where the configuration says or nowhere.
func Client(trust *tls.Config) *http.Client {
	return &http.Client{
		Timeout:       Patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
			TLSClientConfig:        trust,
			TLSHandshakeTimeout:    dialTimeout,
			ResponseHeaderTimeout:  answerTimeout,
			IdleConnTimeout:        time.Minute,
			MaxResponseHeaderBytes: maxHeader,
			DisableCompression:     true, // an answer's bound counts what is kept
			ForceAttemptHTTP2:      true,
		},
	}
}

// WithoutURL takes the URL out of an error of a client: its path or its query may
// hold a secret.
func WithoutURL(err error) error {
	if at, ok := errors.AsType[*url.Error](err); ok {
		return fmt.Errorf("request: %w", at.Err)
	}
	return err
}
