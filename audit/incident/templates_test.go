package incident

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func file(content string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(content)} }

// What the operator edited stands in for the built-in; the rest stays.
func TestEditedTemplates(t *testing.T) {
	c := incidentOf(trail(t))
	c.Templates = fstest.MapFS{
		"authorities.yaml": file(`
reporter: {organisation: {vi: "Công ty Lưu trữ Thử nghiệm", en: "Test Hosting Co."}}
recipients: [{vi: "Cơ quan <A>", en: "Authority <A>"}]
basis: [{vi: "Quy định B", en: "Regulation B"}]
title: {vi: "Báo cáo ban đầu (Mẫu 1)", en: "Initial report (form 1)"}
deadlines: [{hours: 120, name: {vi: "Năm ngày", en: "Five days"}}]
`),
		"report.en.html": file(`<p>{{.Site}}: {{.Events}}, {{range .Deadlines}}{{.At.UTC}}{{end}}, {{.Authorities.Title.EN}}`),
	}
	b := write(t, c)
	if got := b.files["report.en.html"]; got != "<p>portal: 7, 2026-12-01 01:05:00 UTC, Initial report (form 1)" {
		t.Error(got)
	}
	for _, want := range []string{"Công ty Lưu trữ Thử nghiệm", "Cơ quan &lt;A&gt;", "Quy định B", "Báo cáo ban đầu (Mẫu 1)", "Năm ngày"} {
		if !strings.Contains(b.files["report.vi.html"], want) || !strings.Contains(unzip(t, []byte(b.files["report.vi.docx"]))["word/document.xml"], want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestBrokenTemplates(t *testing.T) {
	for name, content := range map[string]string{
		"authorities.yaml":   "recipient: []\n",
		"words.yaml":         "kinds: 5\n",
		"report.vi.html":     "{{.Nothing}}",
		"report.en.docx.xml": "{{",
		"custody.html":       `{{range .Nothing}}`,
	} {
		c := incidentOf(trail(t))
		c.Templates = fstest.MapFS{name: file(content)}
		if _, err := Write(context.Background(), new(bytes.Buffer), c); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c := incidentOf(trail(t))
	c.Templates = fstest.MapFS{"authorities.yaml": file("deadlines: [{hours: 0}]\n")}
	if _, err := Write(context.Background(), new(bytes.Buffer), c); err == nil || !strings.Contains(err.Error(), "0 is no number of hours") {
		t.Errorf("%v", err)
	}
	c.Templates = fstest.MapFS{"report.en.html": file(`{{range .Files}}{{range $.Files}}{{range $.Files}}{{range $.Files}}` + strings.Repeat("x", 4096) + `{{end}}{{end}}{{end}}{{end}}`)}
	if _, err := Write(context.Background(), new(bytes.Buffer), c); err == nil || !strings.Contains(err.Error(), "longer than 16 MiB") {
		t.Errorf("%v", err)
	}
}

// Written out and used as they are, the templates change nothing; edits are never overwritten.
func TestWriteTemplates(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "templates")
	if err := WriteTemplates(dir); err != nil {
		t.Fatal(err)
	}
	c := incidentOf(trail(t))
	plain := write(t, c)
	c.Templates = os.DirFS(dir)
	if !bytes.Equal(plain.raw, write(t, c).raw) {
		t.Error("the bundle differs")
	}
	if err := WriteTemplates(dir); err == nil || !strings.Contains(err.Error(), "exists") {
		t.Errorf("%v", err)
	}
}

// The program names no authority and no form.
func TestNothingIsNamed(t *testing.T) {
	a, err := readAuthorities(Templates())
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Recipients)+len(a.Basis) > 0 || a.Reporter.Organisation != (Words{}) {
		t.Errorf("%+v", a)
	}
	err = fs.WalkDir(Templates(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path == authoritiesFile {
			return err
		}
		text, err := fs.ReadFile(Templates(), path)
		for _, name := range []string{"VNCERT", "NCSC", "A05", "Bộ Công an", "TT-BTTTT", "QĐ-TTg", "Mẫu số"} {
			if strings.Contains(string(text), name) {
				t.Errorf("%s names %s", path, name)
			}
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
