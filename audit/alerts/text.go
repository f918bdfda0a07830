package alerts

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"github.com/lachan-waf/lachan/policies"
)

//go:embed texts/vi.txt texts/en.txt
var builtIn embed.FS

// message is an alert as people read it.
type message struct {
	Subject string
	Body    string
	Alert   Alert
}

// texts write alerts in the languages that are asked for.
type texts struct {
	languages []*template.Template
}

// loadTexts takes vi.txt and en.txt from folder where they are there, and the
// built-in ones otherwise.
func loadTexts(language policies.Language, folder string) (*texts, error) {
	names := map[policies.Language][]string{
		policies.Vietnamese: {"vi.txt"}, policies.English: {"en.txt"},
	}[language]
	if names == nil {
		names = []string{"vi.txt", "en.txt"}
	}
	t := &texts{}
	for _, name := range names {
		text, err := readText(folder, name)
		if err != nil {
			return nil, err
		}
		parsed, err := template.New(name).Funcs(template.FuncMap{"time": clock, "minutes": minutes}).Parse(string(text))
		if err != nil {
			return nil, fmt.Errorf("alert text %w", err)
		}
		t.languages = append(t.languages, parsed)
	}
	return t, t.check()
}

func readText(folder, name string) ([]byte, error) {
	if folder != "" {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return text, err
		}
	}
	return builtIn.ReadFile("texts/" + name)
}

// check writes each kind of alert once: a mistake in a text shows at the start,
// not in the night it is needed.
func (t *texts) check() error {
	for _, when := range []policies.AlertWhen{
		policies.WhenInjection, policies.WhenBlocks, policies.WhenChain, policies.WhenDisk,
		policies.WhenGap, policies.WhenSink, policies.WhenCertificate,
	} {
		if _, err := t.message(Alert{When: when, Site: "x", Count: 1, Examples: []string{"x"}}); err != nil {
			return err
		}
	}
	return nil
}

func clock(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05 -07:00") }

func minutes(d time.Duration) int { return int(d.Round(time.Minute).Minutes()) }

// message writes the alert. The subject is of the first language.
func (t *texts) message(a Alert) (message, error) {
	m := message{Alert: a}
	var bodies []string
	for _, language := range t.languages {
		subject, err := write(language, string(a.When)+" subject", a)
		if err != nil {
			return m, err
		}
		body, err := write(language, string(a.When), a)
		if err != nil {
			return m, err
		}
		frame, err := write(language, "end", a)
		if err != nil {
			return m, err
		}
		if m.Subject == "" {
			m.Subject = strings.Join(strings.Fields(subject), " ")
		}
		bodies = append(bodies, strings.TrimSpace(body)+"\n\n"+strings.TrimSpace(frame)+"\n")
	}
	m.Body = strings.Join(bodies, "\n----\n\n")
	return m, nil
}

func write(t *template.Template, name string, a Alert) (string, error) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, a); err != nil {
		return "", fmt.Errorf("alert text %s: %w", t.Name(), err)
	}
	return b.String(), nil
}
