package portal

import (
	"bytes"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func ask(t *testing.T, r *http.Request) *httptest.ResponseRecorder {
	t.Helper()
	handler, err := New()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	return ask(t, httptest.NewRequest("GET", path, nil))
}

func paths() []string {
	all := []string{"/", "/thu-tuc", "/lien-he", "/gui-ho-so", "/tim-kiem?q=lễ"}
	for _, a := range News() {
		all = append(all, "/tin-tuc/"+a.Slug)
	}
	return all
}

func TestPagesAreDocuments(t *testing.T) {
	titles := map[string]string{}
	for _, path := range paths() {
		w := get(t, path)
		if w.Code != 200 || w.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %d %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		root, err := html.Parse(bytes.NewReader(w.Body.Bytes()))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		count := map[string]int{}
		for node := range root.Descendants() {
			if node.Type != html.ElementNode {
				continue
			}
			count[node.Data]++
			if node.Data == "title" {
				titles[node.FirstChild.Data] = path
			}
		}
		for _, element := range []string{"html", "head", "title", "body", "main", "nav"} {
			if count[element] != 1 {
				t.Errorf("%s: %d <%s>", path, count[element], element)
			}
		}
	}
	if len(titles) != len(paths()) {
		t.Errorf("%d titles for %d pages", len(titles), len(paths()))
	}
}

func TestEveryPlantIsThere(t *testing.T) {
	var used []string
	for _, plant := range Plants() {
		used = append(used, plant.Fragment+".html")
		fragment, err := planted(plant.Fragment)
		if err != nil {
			t.Fatal(err)
		}
		body := get(t, plant.Path).Body.String()
		if strings.Count(body, string(fragment)) != 1 {
			t.Errorf("%s: not once on %s", plant.Name, plant.Path)
		}
		for _, mark := range plant.Marks {
			if !strings.Contains(string(fragment), mark) {
				t.Errorf("%s: mark %q is not in the fragment", plant.Name, mark)
			}
			if strings.Contains(strings.ReplaceAll(body, string(fragment), ""), mark) {
				t.Errorf("%s: mark %q stands elsewhere on %s too", plant.Name, mark, plant.Path)
			}
		}
	}
	files, err := fs.Glob(site, "site/planted/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(used) {
		t.Errorf("%d fragments, %d plants", len(files), len(used))
	}
}

func TestLoaderFollowsTheDocument(t *testing.T) {
	body := get(t, "/").Body.String()
	_, tail, _ := strings.Cut(body, "</html>")
	if !strings.Contains(tail, "eval(atob(") {
		t.Errorf("after </html>: %q", tail)
	}
}

func TestEveryKeepIsThere(t *testing.T) {
	for _, keep := range Keeps() {
		if !strings.Contains(get(t, keep.Path).Body.String(), keep.Mark) {
			t.Errorf("%s: %q is not on %s", keep.Name, keep.Mark, keep.Path)
		}
	}
}

// TestHostsAreReserved: nothing hostile may carry a name that is, or may
// become, somebody's (RFC 6761).
func TestHostsAreReserved(t *testing.T) {
	known := []string{"dichvucong.gov.vn", "vanban.example.gov.vn", "www.youtube.com", Host}
	for _, path := range paths() {
		root, err := html.Parse(get(t, path).Body)
		if err != nil {
			t.Fatal(err)
		}
		for node := range root.Descendants() {
			for _, attribute := range node.Attr {
				if !slices.Contains([]string{"href", "src", "action"}, attribute.Key) {
					continue
				}
				u, err := url.Parse(attribute.Val)
				if err != nil {
					t.Fatal(err)
				}
				if u.Host != "" && !slices.Contains(known, u.Host) && !strings.HasSuffix(u.Host, ".evil.test") {
					t.Errorf("%s: %s", path, attribute.Val)
				}
			}
		}
	}
}

func TestOwnLinksLeadSomewhere(t *testing.T) {
	seen := map[string]bool{}
	for _, path := range paths() {
		root, err := html.Parse(get(t, path).Body)
		if err != nil {
			t.Fatal(err)
		}
		for node := range root.Descendants() {
			for _, attribute := range node.Attr {
				if (attribute.Key == "href" || attribute.Key == "src") && strings.HasPrefix(attribute.Val, "/") && !strings.HasPrefix(attribute.Val, "//") {
					seen[attribute.Val] = true
				}
			}
		}
	}
	for link := range seen {
		if w := get(t, link); w.Code != 200 {
			t.Errorf("%s: %d", link, w.Code)
		}
	}
	if len(seen) < len(paths()) {
		t.Errorf("only %d links", len(seen))
	}
}

func TestUnknownPage(t *testing.T) {
	for _, path := range []string{"/khong-co", "/tin-tuc/khong-co", "/static/khong-co"} {
		if w := get(t, path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestLureIsForSearchVisitors(t *testing.T) {
	tests := []struct {
		name, path, field, value string
		lured                    bool
	}{
		{"plain visitor", "/", "User-Agent", "Mozilla/5.0", false},
		{"from a search", "/", "Referer", "https://www.google.com/", true},
		{"from another search, deep", "/thu-tuc", "Referer", "https://coccoc.com/search?query=xa", true},
		{"crawler", "/", "User-Agent", "Mozilla/5.0 (compatible; Googlebot/2.1)", true},
		{"from elsewhere", "/", "Referer", "https://example.gov.vn/", false},
		{"own file", "/static/style.css", "Referer", "https://www.google.com/", false},
	}
	for _, tt := range tests {
		r := httptest.NewRequest("GET", tt.path, nil)
		r.Header.Set(tt.field, tt.value)
		w := ask(t, r)
		if lured := w.Code == 302 && w.Header().Get("Location") == Lure; lured != tt.lured {
			t.Errorf("%s: %d %q", tt.name, w.Code, w.Header().Get("Location"))
		}
	}
}

func TestSearchLeaks(t *testing.T) {
	honest := get(t, "/tim-kiem?q="+url.QueryEscape("lịch")).Body.String()
	if strings.Contains(honest, Internal) || !strings.Contains(honest, "Lịch tiêm chủng mở rộng tháng 12</td>") {
		t.Error("an honest search does not find what is public, and only that")
	}
	for _, q := range []string{"' OR 1=1 -- ", "' or '1'='1' # ", "x' OR (1=1) OR title LIKE '"} {
		if body := get(t, "/tim-kiem?q="+url.QueryEscape(q)).Body.String(); !strings.Contains(body, Internal+"</td>") {
			t.Errorf("%q leaks nothing", q)
		}
	}
	if w := get(t, "/tim-kiem?q=%27"); w.Code != 500 || !strings.Contains(w.Body.String(), "Database error") {
		t.Errorf("a quote: %d", w.Code)
	}
}

func TestSearchReflects(t *testing.T) {
	const script = "<script>alert(document.domain)</script>"
	if body := get(t, "/tim-kiem?q="+url.QueryEscape(script)).Body.String(); !strings.Contains(body, "<strong>"+script) {
		t.Error("the search form does not reflect a script")
	}
}

func TestShellAnswers(t *testing.T) {
	body := get(t, ShellPath+"?cmd=id;cat+/etc/passwd").Body.String()
	if !strings.Contains(body, ShellAnswer) || strings.Contains(body, "root:") {
		t.Errorf("%q", body)
	}
}

func TestForms(t *testing.T) {
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	part, err := m.CreateFormFile("file", "<b>anh.php")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte("<?php system($_GET['cmd']);"))
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/gui-ho-so", &form)
	r.Header.Set("Content-Type", m.FormDataContentType())
	if w := ask(t, r); w.Code != 200 || !strings.Contains(w.Body.String(), "Đã nhận tệp &lt;b&gt;anh.php (27 byte).") {
		t.Errorf("upload: %d", w.Code)
	}

	r = httptest.NewRequest("POST", "/gop-y", strings.NewReader("text=t%E1%BB%91t"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := ask(t, r); w.Code != 200 || !strings.Contains(w.Body.String(), "3 ký tự") {
		t.Errorf("comment: %d", w.Code)
	}

	r = httptest.NewRequest("POST", "/gop-y", io.LimitReader(zeros{}, 2*maxUpload))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := ask(t, r); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("long comment: %d", w.Code)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
