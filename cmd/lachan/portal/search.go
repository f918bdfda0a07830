package portal

import (
	"html/template"
	"net/http"
)

// document is a row of the table the search form asks.
type document struct {
	Title  string
	Public bool
}

// documents holds news and, beside them, what was never meant to be found.
func documents() []document {
	rows := []document{
		{Internal, false},
		{"Biên bản họp nội bộ về giải phóng mặt bằng (bản nháp)", false},
		{"Danh bạ điện thoại riêng của cán bộ xã", false},
	}
	for _, a := range News() {
		rows = append(rows, document{a.Title, true})
	}
	return rows
}

// Internal is the title of a row that only an injection finds.
const Internal = "Danh sách hộ nghèo kèm số tài khoản (nội bộ)"

// search puts the visitor's words into its query and its page as they are:
// the portal's injection and cross-site scripting holes.
func (p *portal) search(w http.ResponseWriter, r *http.Request) {
	q := r.FormValue("q")
	v := view{Title: "Tìm kiếm", Query: q, Echo: template.HTML(q)}
	status := http.StatusOK
	rows, err := selectWhere(documents(), "public = 1 AND title LIKE '%"+q+"%'")
	if err != nil {
		v.Fault, status = "Database error: "+err.Error(), http.StatusInternalServerError
	}
	v.Rows = rows
	p.show(w, r, status, "search", v)
}
