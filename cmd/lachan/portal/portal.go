package portal

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Host is the name the portal's own absolute links use.
const Host = "portal.example"

// maxUpload bounds the body of a form; a longer one is answered with 413.
const maxUpload = 1 << 20

//go:embed site
var site embed.FS

// portal serves the pages; it is immutable once built.
type portal struct {
	pages  map[string]*template.Template // by the name of the file, without .html
	static http.Handler
}

// view is what a page's template may show.
type view struct {
	Title, Path   string
	News          []Article
	Article       Article
	Query, Notice string

	// The search page's own. Echo is a template.HTML, which html/template
	// passes as it is: this is the portal's cross-site scripting hole.
	Echo  template.HTML
	Rows  []document
	Fault string
}

// New returns the infected portal.
func New() (http.Handler, error) {
	files, err := fs.Sub(site, "site")
	if err != nil {
		return nil, fmt.Errorf("open portal: %w", err)
	}
	p := &portal{pages: map[string]*template.Template{}, static: http.FileServerFS(files)}
	if err := p.parse(files); err != nil {
		return nil, fmt.Errorf("parse portal: %w", err)
	}
	return legacy(lure(p.routes())), nil
}

func (p *portal) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("GET /tin-tuc/{slug}", p.article)
	mux.HandleFunc("GET /thu-tuc", p.plain("procedures", "Thủ tục hành chính"))
	mux.HandleFunc("GET /lien-he", p.plain("contact", "Liên hệ"))
	mux.HandleFunc("GET /gui-ho-so", p.plain("upload", "Gửi hồ sơ"))
	mux.HandleFunc("POST /gui-ho-so", p.upload)
	mux.HandleFunc("POST /gop-y", p.comment)
	mux.HandleFunc("GET /tim-kiem", p.search)
	mux.HandleFunc("GET "+ShellPath, shell)
	mux.Handle("GET /static/", p.static)
	mux.HandleFunc("/", p.missing)
	return mux
}

// parse makes one template set per page: the layout, the page's frame and,
// for an article, its body.
func (p *portal) parse(files fs.FS) error {
	layout, err := template.New("layout.html").Funcs(template.FuncMap{"plant": planted}).ParseFS(files, "layout.html")
	if err != nil {
		return err
	}
	for _, pattern := range []string{"pages/*.html", "articles/*.html"} {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := p.parsePage(files, layout, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *portal) parsePage(files fs.FS, layout *template.Template, name string) error {
	key := strings.TrimSuffix(path.Base(name), ".html")
	if key == "article" {
		return nil // only a frame: it has no body of its own
	}
	page, err := layout.Clone()
	if err != nil {
		return err
	}
	patterns := []string{name}
	if path.Dir(name) == "articles" {
		patterns = []string{"pages/article.html", name}
	}
	p.pages[key], err = page.ParseFS(files, patterns...)
	return err
}

// show renders a page whole before the first byte goes out.
func (p *portal) show(w http.ResponseWriter, r *http.Request, status int, page string, v view) {
	v.Path, v.News = r.URL.Path, News()
	var buf bytes.Buffer
	if err := p.pages[page].Execute(&buf, v); err != nil {
		http.Error(w, "template: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(buf.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // a visitor who has gone needs no answer
}

func (p *portal) home(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusOK, "home", view{Title: "Trang chủ"})
}

func (p *portal) plain(page, title string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p.show(w, r, http.StatusOK, page, view{Title: title})
	}
}

func (p *portal) article(w http.ResponseWriter, r *http.Request) {
	for _, a := range News() {
		if a.Slug == r.PathValue("slug") {
			p.show(w, r, http.StatusOK, a.Slug, view{Title: a.Title, Article: a})
			return
		}
	}
	p.missing(w, r)
}

func (p *portal) missing(w http.ResponseWriter, r *http.Request) {
	p.show(w, r, http.StatusNotFound, "notice", view{Title: "Không tìm thấy trang", Notice: "Trang bạn tìm không có hoặc đã được chuyển đi."})
}

func (p *portal) comment(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	p.show(w, r, http.StatusOK, "notice", view{Title: "Góp ý", Notice: "Cảm ơn bạn đã góp ý. Nội dung gồm " + strconv.Itoa(len([]rune(r.PostFormValue("text")))) + " ký tự."})
}

// upload takes any file, a web shell too, and forgets it at once.
func (p *portal) upload(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
	_, file, err := r.FormFile("file")
	if err != nil {
		p.show(w, r, http.StatusBadRequest, "upload", view{Title: "Gửi hồ sơ", Notice: "Chưa nhận được tệp nào."})
		return
	}
	notice := fmt.Sprintf("Đã nhận tệp %s (%d byte).", file.Filename, file.Size)
	p.show(w, r, http.StatusOK, "upload", view{Title: "Gửi hồ sơ", Notice: notice})
}
