package incident

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed templates
var embedded embed.FS

// Templates are the built-in templates, and the file with the authorities.
func Templates() fs.FS {
	sub, err := fs.Sub(embedded, "templates")
	if err != nil {
		panic(err) // the folder is in the binary
	}
	return sub
}

// WriteTemplates writes the built-in templates into a folder, to be edited there.
// A file that exists is an error: it may hold somebody's work.
func WriteTemplates(folder string) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // templates hold no secrets
		return err
	}
	templates := Templates()
	names, err := fs.Glob(templates, "*")
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := writeTemplate(folder, templates, name); err != nil {
			return err
		}
	}
	return nil
}

func writeTemplate(folder string, from fs.FS, name string) error {
	text, err := fs.ReadFile(from, name)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(folder, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644) //nolint:gosec // templates hold no secrets
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

// overlay looks into edited before it looks into the built-in templates.
type overlay struct{ edited fs.FS }

func (o overlay) Open(name string) (fs.File, error) {
	if o.edited != nil {
		file, err := o.edited.Open(name)
		if !errors.Is(err, fs.ErrNotExist) {
			return file, err
		}
	}
	return Templates().Open(name)
}

// maxPage bounds a report. Its tables are bounded; an edited template need not be.
const maxPage = 16 << 20

var errLongPage = errors.New("the report is longer than 16 MiB")

// page executes the template of a name with those that it shares with others.
// Everything is escaped by html/template, for XML too: what it writes is XML where
// the template is, and display has taken out what XML forbids.
func page(templates fs.FS, name string, shared []string, data any) ([]byte, error) {
	t, err := template.New(name).Funcs(template.FuncMap{
		"list":  func(items ...any) []any { return items },
		"count": counted,
		"css":   func() (template.CSS, error) { return style(templates) },
	}).ParseFS(templates, append([]string{name}, shared...)...)
	if err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	}
	var out boundedBuffer
	if err := t.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("template %s: %w", name, err)
	}
	return out.Bytes(), nil
}

// counted is a number with its English noun: 1 event, 2 events.
func counted(n any, noun string) string {
	text := fmt.Sprint(n)
	if text != "1" {
		noun += "s"
	}
	return text + " " + noun
}

// style is the operator's own file: as trusted as the templates.
func style(templates fs.FS) (template.CSS, error) {
	text, err := fs.ReadFile(templates, "style.css")
	return template.CSS(text), err //nolint:gosec // see above
}

type boundedBuffer struct{ bytes.Buffer }

func (b *boundedBuffer) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxPage {
		return 0, errLongPage
	}
	return b.Buffer.Write(p)
}
