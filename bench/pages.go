package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// pages are the documents served, by approximate size in bytes.
var pages = map[string]int{"5kB": 5 << 10, "50kB": 50 << 10}

// writePages puts the pages below dir/www. They are portal pages without
// anything to remove: the cleaner's common case.
func writePages(dir string) error {
	www := filepath.Join(dir, "www")
	if err := os.Mkdir(www, 0o755); err != nil {
		return err
	}
	for name, size := range pages {
		if err := os.WriteFile(filepath.Join(www, name+".html"), []byte(page(size)), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func page(size int) string {
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><title>Cổng thông tin</title>" +
		"<link rel=\"stylesheet\" href=\"/theme/style.css\"><script src=\"/theme/menu.js\"></script></head><body>\n")
	for i := 0; b.Len() < size-20; i++ {
		fmt.Fprintf(&b, "<article class=\"news\" id=\"tin-%d\"><h2><a href=\"/tin-tuc/%d.html\">Thông báo số %d</a></h2>"+
			"<img src=\"/anh/%d.jpg\" alt=\"\"><p>Ủy ban nhân dân xã thông báo lịch tiếp công dân tháng %d. "+
			"Xem thêm tại <a href=\"https://dichvucong.gov.vn/p/%d\">Cổng Dịch vụ công</a>.</p></article>\n", i, i, i, i, i%12+1, i)
	}
	b.WriteString("</body></html>\n")
	return b.String()
}
