package sinks

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// answer is what a receiver said, which is not to be believed in anything but
// what it takes.
type answer struct {
	status int
	wait   time.Duration // that it asks for
	body   []byte
	cut    bool // there was more than the limit
}

func readAnswer(in *http.Response, limit int64) (answer, error) {
	if limit == 0 {
		limit = answerLimit
	}
	a := answer{status: in.StatusCode, wait: retryAfter(in.Header.Get("Retry-After"), time.Now())}
	body, err := io.ReadAll(io.LimitReader(in.Body, limit+1))
	if err != nil {
		return a, fmt.Errorf("the answer (%d) breaks off: %w", a.status, err)
	}
	a.cut = int64(len(body)) > limit
	a.body = body[:min(int64(len(body)), limit)]
	return a, nil
}

// ok says that the receiver took the request, going by the status.
func (a answer) ok() bool { return a.status >= 200 && a.status <= 299 }

// problem is what the status means for the messages sent. 401, 403 and 404 are no
// refusal of messages: somebody will mend a token or a path, and wants them then.
func (a answer) problem() error {
	err := a.said()
	switch {
	case a.ok():
		return nil
	case a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable:
		return &busy{err, a.wait}
	case a.status == http.StatusRequestEntityTooLarge:
		return &refusal{cause: err, sure: true}
	case a.status == http.StatusBadRequest || a.status == http.StatusUnprocessableEntity:
		return &refusal{cause: err}
	case a.status >= 300 && a.status <= 399:
		return fmt.Errorf("%w: redirects are not followed, the URL must be where events are taken", err)
	}
	return err
}

// said is the answer as an error.
func (a answer) said() error {
	text := strings.TrimSpace(fmt.Sprint(a.status, " ", http.StatusText(a.status)))
	if shown := excerpt(a.body); shown != "" {
		text += ": " + shown
	}
	return fmt.Errorf("answered %s", text)
}

// decode reads a JSON answer. Another one is an error although the status is
// good: a login page or a proxy must not swallow the trail.
func (a answer) decode(v any, protocol string) error {
	if a.cut {
		return fmt.Errorf("the answer is longer than %d bytes: %s", len(a.body), excerpt(a.body))
	}
	if err := json.Unmarshal(a.body, v); err != nil {
		return fmt.Errorf("%w, which is no answer of %s: %w", a.said(), protocol, err)
	}
	return nil
}

// maxShown is how many bytes of what a receiver says an error shows.
const maxShown = 256

// excerpt makes a receiver's words fit for a log: one line, bounded, nothing a
// terminal would obey.
func excerpt[T string | []byte](text T) string {
	shown := strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, string(text[:min(len(text), 2*maxShown)]))
	shown = strings.Join(strings.Fields(shown), " ")
	if len(shown) <= maxShown {
		return shown
	}
	return strings.ToValidUTF8(shown[:maxShown], "") + "…"
}

// longestWait bounds what a receiver may ask for.
const longestWait = 5 * time.Minute

// retryAfter reads a number of seconds or a date (RFC 9110, 10.2.3). What cannot
// be read asks for nothing.
func retryAfter(value string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longestWait)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), longestWait)
	}
	return 0
}
