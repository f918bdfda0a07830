package alerts

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/lachan-waf/lachan/audit/remote"
	"github.com/lachan-waf/lachan/policies"
)

// poster sends JSON over HTTP.
type poster struct {
	client *http.Client
	now    func() time.Time
}

func newPoster(c policies.AlertChannel) (poster, error) {
	trust, err := remote.TLS(c.CA, "", "")
	if err != nil {
		return poster{}, err
	}
	return poster{remote.Client(trust), time.Now}, nil
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
	defer p.client.CloseIdleConnections() // the next alert may be days away
	answer, err := p.client.Do(r)
	if err != nil {
		return remote.WithoutURL(err)
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
	p, err := newPoster(c)
	if err != nil {
		return nil, err
	}
	_, err = remote.Secret(c.SecretFile)
	return &webhook{p, c.URL, c.SecretFile}, err
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
		key, err := remote.Secret(w.secretFile)
		if err != nil {
			return err
		}
		header.Set(remote.SignatureHeader, remote.Sign(body, key, w.now()))
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
	p, err := newPoster(c)
	if err != nil {
		return nil, err
	}
	_, err = remote.Secret(c.TokenFile)
	return &telegram{p, api, c.TokenFile, c.Chat}, err
}

func (t *telegram) send(ctx context.Context, m message) error {
	token, err := remote.Secret(t.tokenFile)
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
