package portal

import (
	"fmt"
	"html"
	"html/template"
	"net/http"
	"strings"
)

// Lure is where the intruder sends visitors who come from a search engine.
const Lure = "https://casino.evil.test/"

// ShellPath is the web shell the intruder left among the uploads.
const ShellPath = "/uploads/2019/cache.php"

// planted returns one of the intruder's fragments, as it is, for a template.
func planted(name string) (template.HTML, error) {
	fragment, err := site.ReadFile("site/planted/" + name + ".html")
	return template.HTML(strings.TrimSuffix(string(fragment), "\n")), err // the portal is meant to be infected
}

// lure sends search engines and who comes from them to the casino, and shows
// everybody else, the site's own editors first, the page they expect.
func lure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/static/") && fromSearch(r) {
			http.Redirect(w, r, Lure, http.StatusFound)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func fromSearch(r *http.Request) bool {
	referer, agent := strings.ToLower(r.Referer()), strings.ToLower(r.UserAgent())
	for _, engine := range []string{"google", "bing", "coccoc"} {
		if strings.Contains(referer, engine+".") || strings.Contains(agent, engine+"bot") {
			return true
		}
	}
	return false
}

// legacy names the software of a machine nobody has updated for years.
func legacy(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Server", "Apache/2.4.6 (CentOS) PHP/5.4.16")
		w.Header().Set("X-Powered-By", "PHP/5.4.16")
		next.ServeHTTP(w, r)
	})
}

// ShellAnswer is in every answer of the web shell.
const ShellAnswer = "uid=33(www-data) gid=33(www-data)"

// shell answers as a web shell would, and runs nothing.
func shell(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, "<pre>$ %s\n%s\n</pre>\n", html.EscapeString(r.FormValue("cmd")), ShellAnswer)
}
