package incident

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// LibreOffice opens the documents, the hostile ones too, and shows what they say.
func TestLibreOfficeOpensTheDocuments(t *testing.T) {
	b, hostile := write(t, incidentOf(trail(t))), hostileBundle(t)
	dir := t.TempDir()
	var names []string
	for name, content := range map[string]string{
		"report.vi": b.files["report.vi.docx"], "report.en": b.files["report.en.docx"], "custody": b.files["custody.docx"],
		"hostile.vi": hostile.files["report.vi.docx"], "hostile.custody": hostile.files["custody.docx"],
	} {
		if err := os.WriteFile(filepath.Join(dir, name+".docx"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		names = append(names, name+".docx")
	}
	convert := func(format string) {
		t.Helper()
		args := append([]string{"-env:UserInstallation=file://" + filepath.ToSlash(t.TempDir()), "--headless", "--convert-to", format}, names...)
		if out, err := run(t, dir, "soffice", args...); err != nil || strings.Contains(out, "Error") {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	convert("pdf")
	convert("txt:Text (encoded):UTF8")
	for name, wants := range map[string][]string{
		"report.vi": {"Báo cáo sự cố an toàn thông tin mạng", "Chuỗi băm nguyên vẹn và có chữ ký.", "cdn[.]casino[.]test", "www[.]portal[.]test/tin-tuc/lễ-hội", "NGƯỜI BÁO CÁO", "đã quá hạn 5:55", "còn 42:05"},
		"report.en": {"Incident report", "The chain of hashes is whole and signed.", "203.0.113.9", "passed 5:55 ago", "42:05 left"},
		"custody":   {"Biên bản bàn giao chứng cứ điện tử", b.ManifestSHA256},
		"hostile.vi": {`<script>alert(1)</script>`, `'=HYPERLINK("hxxp://evil[.]test","x")`, `moc\u202eexe[.]hp`,
			`</w:t></w:r><w:r><w:instrText>INCLUDETEXT "/etc/passwd"`},
		"hostile.custody": {`<script>alert(1)</script>`},
	} {
		pdf, err := os.ReadFile(filepath.Join(dir, name+".pdf"))
		if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
			t.Errorf("%s: no PDF: %v", name, err)
		}
		text, err := os.ReadFile(filepath.Join(dir, name+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range wants {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s: %q is missing", name, want)
			}
		}
	}
}
