package alerts

import (
	"context"
	"net/url"
	"strconv"

	"github.com/wneessen/go-mail"

	"github.com/lachan-waf/lachan/audit/remote"
	"github.com/lachan-waf/lachan/policies"
)

// email sends by SMTP (RFC 5321): smtps:// with TLS from the first byte, smtp://
// with STARTTLS where the server offers it, and always before a password.
type email struct {
	channel policies.AlertChannel
	host    string
	options []mail.Option
}

func newEmail(c policies.AlertChannel) (channel, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, err
	}
	e := &email{channel: c, host: u.Hostname()}
	trust, err := remote.TLS(c.CA, "", "")
	if err != nil {
		return nil, err
	}
	trust.ServerName = u.Hostname()
	e.options = append(e.options, mail.WithTLSConfig(trust), mail.WithTimeout(sendTimeout))
	switch {
	case u.Scheme == "smtps":
		e.options = append(e.options, mail.WithSSL())
	case c.Username != "":
		e.options = append(e.options, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		e.options = append(e.options, mail.WithTLSPolicy(mail.TLSOpportunistic))
	}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		e.options = append(e.options, mail.WithPort(port))
	}
	_, err = remote.Secret(c.PasswordFile)
	return e, err
}

func (e *email) send(ctx context.Context, m message) error {
	letter := mail.NewMsg()
	if err := letter.From(e.channel.From); err != nil {
		return err
	}
	if err := letter.To(e.channel.To...); err != nil {
		return err
	}
	letter.Subject(m.Subject)
	letter.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday replies
	letter.SetBodyString(mail.TypeTextPlain, m.Body)
	options := e.options
	if e.channel.Username != "" {
		password, err := remote.Secret(e.channel.PasswordFile)
		if err != nil {
			return err
		}
		options = append(options[:len(options):len(options)],
			mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(e.channel.Username), mail.WithPassword(password))
	}
	client, err := mail.NewClient(e.host, options...)
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, letter)
}
