package policies

import (
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// checkAudit checks what the trail's keys mean together.
func checkAudit(d *decoder, a *Audit) {
	if a.File == "" {
		d.reject("audit.file", "empty: events need a file")
	}
	if d.given("audit.rotate") && a.Rotate < MiB {
		d.reject("audit.rotate", "too small: expected 1MiB or more")
	}
	if every := time.Duration(a.Fold.Every); a.Fold.First > 0 && d.given("audit.fold.every") && (every < time.Second || every > time.Hour) {
		d.reject("audit.fold.every", "expected 1s to 1h")
	}
	names := map[string]bool{}
	for i := range a.Sinks {
		s := sinkDraft{d, "audit.sinks[" + strconv.Itoa(i) + "]", &a.Sinks[i]}
		s.check()
		if names[s.sink.Name] {
			s.fail("name", "another sink is called %s", quote(s.sink.Name))
		}
		names[s.sink.Name] = true
		if a.File != "" && s.sink.URL == "file://"+a.File {
			s.fail("url", "the trail itself: the sink would be fed with what it writes")
		}
	}
	checkAlerts(d, &a.Alerts)
}

// sinkDraft is a sink whose keys are being checked.
type sinkDraft struct {
	dec  *decoder
	key  string
	sink *Sink
}

func (s sinkDraft) fail(key, format string, args ...any) {
	s.dec.reject(s.key+"."+key, format, args...)
}

func (s sinkDraft) given(key string) bool { return s.dec.given(s.key + "." + key) }

// schemes are those of a sink's URL, by type.
func schemes(t SinkType) []string {
	switch t {
	case SinkSyslog:
		return []string{"tls", "tcp", "udp"}
	case SinkKafka:
		return []string{"kafka", "kafkas"}
	case SinkFile:
		return []string{"file"}
	}
	return []string{"https", "http"}
}

func (s sinkDraft) check() {
	if name := s.sink.Name; s.given("name") && (!siteName.MatchString(name) || len(name) > maxNameLen) {
		s.fail("name", "%s is not a name: expected up to %d letters, digits, '.', '_' and '-', the first a letter or digit", quote(name), maxNameLen)
	}
	if s.given("url") && s.given("type") {
		s.checkURL()
	}
	s.checkPairs()
	s.checkFormat()
	if s.given("batch.bytes") && (s.sink.Batch.Bytes < 64*KiB || s.sink.Batch.Bytes > 16*MiB) {
		s.fail("batch.bytes", "expected 64KiB to 16MiB")
	}
	if delay := time.Duration(s.sink.Batch.Delay); s.given("batch.delay") && delay > time.Minute {
		s.fail("batch.delay", "expected at most 1m")
	}
	if resend := time.Duration(s.sink.Resend); s.given("resend") && (resend < time.Second || resend > time.Hour) {
		s.fail("resend", "expected 1s to 1h")
	}
	for i, action := range s.sink.Filter.Actions {
		if !slices.Contains(actions(), action) {
			s.fail("filter.actions["+strconv.Itoa(i)+"]", "unknown value %s: expected %s", quote(action), orList(strings.Join(actions(), ",")))
		}
	}
}

// actions are the values of event.action.
func actions() []string {
	return []string{"block", "detect", "strip", "redirect", "deny", "config", "gap", "fold", "checkpoint", "notice"}
}

func (s sinkDraft) checkURL() {
	u, err := url.Parse(s.sink.URL)
	known := schemes(s.sink.Type)
	switch {
	case err != nil || !slices.Contains(known, u.Scheme):
		s.fail("url", "%s is not a URL of a %s sink: expected %s://…", quote(s.sink.URL), s.sink.Type, orList(strings.Join(known, ",")))
	case u.User != nil:
		s.fail("url", "leave user and password out: username and password_file are for them")
	case s.sink.Type == SinkFile && (u.Host != "" || u.Path == ""):
		s.fail("url", "%s is not file:///path", quote(s.sink.URL))
	case s.sink.Type == SinkFile:
	case u.Hostname() == "":
		s.fail("url", "%s names no host", quote(s.sink.URL))
	case s.sink.Type == SinkSyslog && u.Port() == "":
		s.fail("url", "%s names no port: syslog over TLS is 6514, without 514", quote(s.sink.URL))
	case s.sink.Type == SinkKafka:
		for broker := range strings.SplitSeq(u.Host, ",") {
			if _, _, err := net.SplitHostPort(broker); err != nil {
				s.fail("url", "%s is not host:port", quote(broker))
			}
		}
	}
}

// checkPairs finds keys that need another one.
func (s sinkDraft) checkPairs() {
	if (s.sink.Cert == "") != (s.sink.Key == "") {
		s.fail("cert", "cert and key go together")
	}
	if (s.sink.Username == "") != (s.sink.PasswordFile == "") {
		s.fail("username", "username and password_file go together")
	}
	if s.sink.TokenFile != "" && s.sink.Username != "" {
		s.fail("token_file", "one of token_file and username says who sends, not both")
	}
	if s.sink.Type == SinkSplunk && s.sink.TokenFile == "" {
		s.fail("token_file", "missing: splunk asks for a token")
	}
}

func (s sinkDraft) checkFormat() {
	switch s.sink.Type {
	case SinkElastic, SinkLoki, SinkOTLP:
		if s.sink.Format != FormatECS {
			s.fail("format", "%s takes ecs only", s.sink.Type)
		}
	}
}

func checkAlerts(d *decoder, a *Alerts) {
	const key = "audit.alerts"
	if every := time.Duration(a.Every); d.given(key+".every") && every < time.Minute {
		d.reject(key+".every", "expected 1m or more")
	}
	names := map[string]bool{}
	for i := range a.Channels {
		at := key + ".channels[" + strconv.Itoa(i) + "]"
		c := &a.Channels[i]
		checkChannel(d, at, c)
		if names[c.Name] {
			d.reject(at+".name", "another channel is called %s", quote(c.Name))
		}
		names[c.Name] = true
	}
	if len(a.Rules) > 0 && len(a.Channels) == 0 {
		d.reject(key+".rules", "nobody would be told: there are no channels")
	}
	for i, r := range a.Rules {
		for j, name := range r.To {
			if !names[name] {
				d.reject(key+".rules["+strconv.Itoa(i)+"].to["+strconv.Itoa(j)+"]", "there is no channel called %s", quote(name))
			}
		}
	}
}

func checkChannel(d *decoder, key string, c *AlertChannel) {
	u, err := url.Parse(c.URL)
	bad := err != nil || u.Hostname() == ""
	switch c.Type {
	case ChannelEmail:
		if bad || u.Scheme != "smtps" && u.Scheme != "smtp" {
			d.reject(key+".url", "%s is not smtps://host:465 or smtp://host:587", quote(c.URL))
		}
		checkAddress(d, key+".from", c.From)
		if len(c.To) == 0 {
			d.reject(key+".to", "missing: email needs somebody to write to")
		}
		for i, to := range c.To {
			checkAddress(d, key+".to["+strconv.Itoa(i)+"]", to)
		}
	case ChannelTelegram:
		if c.TokenFile == "" || c.Chat == "" {
			d.reject(key, "telegram needs token_file and chat")
		}
		if c.URL != "" && (bad || u.Scheme != "https" && u.Scheme != "http") {
			d.reject(key+".url", "%s is not the URL of a Bot API server", quote(c.URL))
		}
	case ChannelWebhook:
		if bad || u.Scheme != "https" && u.Scheme != "http" {
			d.reject(key+".url", "%s is not https://host/path", quote(c.URL))
		}
	}
}

func checkAddress(d *decoder, key, address string) {
	if m, err := mail.ParseAddress(address); err != nil || m.Address != address {
		d.reject(key, "%s is not an e-mail address", quote(address))
	}
}
