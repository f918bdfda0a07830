package main

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/proxy/evidence"
)

func writeText(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compressed(t *testing.T, content string) string {
	t.Helper()
	var out bytes.Buffer
	encoder, err := zstd.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(encoder, content); err != nil {
		t.Fatal(err)
	}
	if err := encoder.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func eventLine(at, text string) string {
	return fmt.Sprintf(`{"@timestamp":"%s","event":{"action":"block"},"service":{"name":"portal"},"rule":{"id":"942100","name":"%s"},"lachan":{}}`+"\n", at, text)
}

func keepDocument(t *testing.T, dir, before, after string) {
	t.Helper()
	store := evidence.Open(evidence.Options{Dir: dir, Now: func() time.Time { return time.Date(2026, 11, 26, 1, 0, 0, 0, time.UTC) }})
	d := store.Begin(evidence.About{Site: "portal", RequestID: "01KB", URL: "https://portal.test/"})
	if _, err := io.Copy(io.Discard, d.Before(strings.NewReader(before))); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(d.After(io.Discard), after); err != nil {
		t.Fatal(err)
	}
	d.Found(3, true)
	d.Close(true)
	if err := store.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// A bundle of a trail in segments, with documents of the real store and a
// configuration in which there is a secret.
func TestIncidentOfSegmentsAndEvidence(t *testing.T) {
	dir := t.TempDir()
	const secret = "upstream-password-7f3a"
	writeText(t, filepath.Join(dir, "lachan.yaml"), "# "+secret+"\nstate_dir: state\naudit: {file: log/audit.jsonl}\nsites_dir: sites.d\n")
	writeText(t, filepath.Join(dir, "sites.d", "portal.yaml"), "name: portal\nhosts: [portal.test]\nupstream: http://127.0.0.1:1\ntls: internal\nwaf: {rules: [own.conf]}\n")
	writeText(t, filepath.Join(dir, "sites.d", "other.yaml"), "name: other\nhosts: [other.test]\nupstream: http://127.0.0.1:1\ntls: internal\n")
	writeText(t, filepath.Join(dir, "sites.d", "own.conf"), "# no rules\n")
	first, second, third := eventLine("2026-11-26T01:00:00Z", "first"), eventLine("2026-11-26T02:00:00Z", "second"), eventLine("2026-11-26T03:00:00Z", "third")
	writeText(t, filepath.Join(dir, "log", "audit-20261126T000000Z-1.jsonl.zst"), compressed(t, first))
	writeText(t, filepath.Join(dir, "log", "audit-20261126T020000Z-2.jsonl"), second)
	writeText(t, filepath.Join(dir, "log", "audit-20261126T020000Z-2.jsonl.zst"), compressed(t, second)) // being compressed
	writeText(t, filepath.Join(dir, "log", "audit-notes.txt"), "no segment\n")
	writeText(t, filepath.Join(dir, "log", "audit.jsonl"), strings.Repeat("x", 200<<10)+"\n"+third+`{"@timestamp":"half a li`)
	keepDocument(t, filepath.Join(dir, "state"), "<p>Xã<script>", "<p>Xã")

	out := filepath.Join(dir, "out.zip")
	if code := run(context.Background(), []string{"incident", "--config", filepath.Join(dir, "lachan.yaml"), "--site", "portal",
		"--from", "2026-11-26T00:00:00Z", "--to", "2026-11-27T00:00:00Z", "-o", out}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if info, err := os.Stat(out); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	files := readZip(t, out)
	if files["events.jsonl"] != first+second+third {
		t.Errorf("events:\n%s", files["events.jsonl"])
	}
	if files["evidence/20261126T010000.000Z-01KB.before.html.txt"] != "<p>Xã<script>" || files["evidence/20261126T010000.000Z-01KB.after.html.txt"] != "<p>Xã" {
		t.Error("the document is missing")
	}
	if !strings.Contains(files["report.en.html"], "1 line of the trail could not be read") {
		t.Error("the overlong line is not told")
	}
	for _, want := range []string{"lachan.yaml", "portal.yaml", "own.conf"} {
		if !strings.Contains(files["configuration.txt"], want) {
			t.Errorf("configuration.txt does not list %s", want)
		}
	}
	for name, content := range files {
		if strings.Contains(content, secret) || strings.Contains(content, "other.yaml") {
			t.Errorf("%s tells what is nobody's business", name)
		}
	}
}

func readZip(t *testing.T, path string) map[string]string {
	t.Helper()
	r, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	files := make(map[string]string)
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		in.Close()
		files[f.Name] = string(content)
	}
	return files
}

// The last line of a file that has been cut off counts, and is told if it is half.
func TestTrailLinesAtTheirEdges(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "audit.jsonl")
	writeText(t, filepath.Join(dir, "audit-20261126T000000Z-7.jsonl"), "a\n\nhalf")
	writeText(t, path, "b\n"+strings.Repeat("l", trail.MaxLine+9)+"\nc\nunfinished")
	files, err := trail.Files(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	read := 0
	for line, err := range trailLines(path, files, func(n int) { read += n }) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(line[:min(len(line), 4)]))
	}
	if strings.Join(got, " ") != "a half b llll c" || int64(read) != sizeOf(path, nil) {
		t.Errorf("%q, %d bytes", got, read)
	}
	writeText(t, filepath.Join(dir, "audit-20261126T000000Z-1.jsonl.zst"), "no zstd at all")
	if files, err = trail.Files(path); err != nil {
		t.Fatal(err)
	}
	for _, err := range trailLines(path, files, func(int) {}) {
		if err == nil || !strings.Contains(err.Error(), "audit-20261126T000000Z-1.jsonl.zst") {
			t.Errorf("%v", err)
		}
		break
	}
}

func FuzzTrailLines(f *testing.F) {
	f.Add([]byte("a\nb"), true)
	f.Fuzz(func(t *testing.T, content []byte, zst bool) {
		file := trail.File{Path: filepath.Join(t.TempDir(), "audit-20261126T000000Z-1.jsonl"), First: 1, Compressed: zst}
		if zst {
			file.Path += ".zst"
		}
		writeText(t, file.Path, string(content))
		for line, err := range trailLines("audit.jsonl", []trail.File{file, file}, func(int) {}) {
			if bytes.ContainsRune(line, '\n') || len(line) > trail.MaxLine || err == nil && len(line) == 0 {
				t.Errorf("%q, %v", line, err)
			}
		}
	})
}
