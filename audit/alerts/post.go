package alerts

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/lachan-waf/lachan/policies"
)

// poster sends JSON over HTTP.
type poster struct {
	client *http.Client
	now    func() time.Time
}

func newPoster(c policies.AlertChannel, address string) (poster, error) {
	u, err := url.Parse(address)
	if err != nil {
		return poster{}, err
	}
	trust, err := trusted(c.CA, u.Hostname())
	if err != nil {
		return poster{}, err
	}
	return poster{now: time.Now, client: &http.Client{
		Timeout:   sendTimeout,
		Transport: &http.Transport{TLSClientConfig: trust, ForceAttemptHTTP2: true, DisableKeepAlives: true},
		// A receiver that moves must be configured anew: what is sent is signed, and
		// for it alone.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// maxAnswer is how much of an answer an error shows.
const maxAnswer = 500

func (p poster) post(ctx context.Context, address string, body []byte, header http.Header) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return errors.New("the address is not a URL") // it may hold a token
	}
	r.Header = header
	r.Header.Set("Content-Type", "application/json")
	answer, err := p.client.Do(r)
	if err != nil {
		if u := (*url.Error)(nil); errors.As(err, &u) {
			err = u.Err // without the address
		}
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 == 2 {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	return fmt.Errorf("%s: %s", answer.Status, strings.ToValidUTF8(string(text), "?"))
}

// webhook posts the alert as JSON, signed where there is a key.
type webhook struct {
	poster
	url, secretFile string
}

func newWebhook(c policies.AlertChannel) (channel, error) {
	p, err := newPoster(c, c.URL)
	if err != nil {
		return nil, err
	}
	return &webhook{p, c.URL, c.SecretFile}, readable(c.SecretFile)
}

// told is the body of a webhook.
type told struct {
	When     policies.AlertWhen `json:"when"`
	Site     string             `json:"site,omitempty"`
	Subject  string             `json:"subject,omitempty"`
	Host     string             `json:"host"`
	Count    int                `json:"count"`
	First    time.Time          `json:"first"`
	Last     time.Time          `json:"last"`
	Removed  bool               `json:"removed"`
	Examples []string           `json:"examples"`
	Missed   int                `json:"missed,omitempty"`
	Title    string             `json:"title"`
	Text     string             `json:"text"`
}

// send signs as t=UNIX,v1=HMAC-SHA256 over "UNIX.BODY": a receiver that checks
// the time cannot be sent an old alert again.
func (w *webhook) send(ctx context.Context, m message) error {
	a := m.Alert
	body, err := json.Marshal(told{
		a.When, a.Site, a.Subject, a.Host, a.Count, a.First, a.Last,
		a.When == policies.WhenInjection && a.Removed, a.Examples, a.Missed, m.Subject, m.Body,
	})
	if err != nil {
		return err
	}
	header := http.Header{}
	if w.secretFile != "" {
		key, err := secret(w.secretFile)
		if err != nil {
			return err
		}
		at := strconv.FormatInt(w.now().Unix(), 10)
		mac := hmac.New(sha256.New, []byte(key))
		mac.Write([]byte(at + "."))
		mac.Write(body)
		header.Set("X-Lachan-Signature", "t="+at+",v1="+hex.EncodeToString(mac.Sum(nil)))
	}
	return w.post(ctx, w.url, body, header)
}

// telegramAPI is the Bot API's own server; a vendor may run another.
const telegramAPI = "https://api.telegram.org"

// maxTelegram is the longest message the Bot API takes, in characters.
const maxTelegram = 4096

// telegram sends with a bot (core.telegram.org/bots/api, sendMessage).
type telegram struct {
	poster
	api, tokenFile, chat string
}

func newTelegram(c policies.AlertChannel) (channel, error) {
	api := telegramAPI
	if c.URL != "" {
		api = strings.TrimSuffix(c.URL, "/")
	}
	p, err := newPoster(c, api)
	if err != nil {
		return nil, err
	}
	return &telegram{p, api, c.TokenFile, c.Chat}, readable(c.TokenFile)
}

func (t *telegram) send(ctx context.Context, m message) error {
	token, err := secret(t.tokenFile)
	if err != nil {
		return err
	}
	text := []rune(m.Subject + "\n\n" + m.Body)
	body, err := json.Marshal(map[string]any{
		"chat_id": t.chat, "text": string(text[:min(len(text), maxTelegram)]),
		"link_preview_options": map[string]bool{"is_disabled": true},
	})
	if err != nil {
		return err
	}
	return t.post(ctx, t.api+"/bot"+token+"/sendMessage", body, http.Header{})
}

// secret reads a file that holds one, each time: it may be replaced.
func secret(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	s := strings.TrimSpace(string(text))
	if s == "" {
		return "", fmt.Errorf("%s is empty", file)
	}
	return s, nil
}

// readable finds out at the start that a secret's file is missing.
func readable(file string) error {
	if file == "" {
		return nil
	}
	_, err := secret(file)
	return err
}
