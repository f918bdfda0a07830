package wordpress_test

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// searches are what people type, not what scanners send.
var searches = []string{
	"thông báo", "lịch tiếp công dân", `"rác thải"`, "O'Brien", "select * from", "C++", "C# & .NET", "xã An Bình; thôn 3", "100% hộ dân", "điều 12, khoản 3 (sửa đổi)",
	"mẫu đơn -mới", "a/b test", "năm 2025 or 2026", "where is the office", "email@portal.example", "drop in", "giá < 5 triệu", "số 12/2026/NĐ-CP", "update & insert", "học phí?",
}

// visitorComments quote the article's code, as readers of such articles do.
var visitorComments = []string{
	"Bài viết rất hữu ích, cảm ơn xã nhà!",
	"Câu lệnh SELECT * FROM nguoi_dung WHERE ten = 'admin' chạy chậm, nên đánh chỉ mục.",
	"Nếu nhập ' OR '1'='1 vào ô tìm kiếm thì sao ạ?",
	"Tôi chạy UNION SELECT NULL, table_name FROM information_schema.tables mà báo lỗi; xin hướng dẫn -- cảm ơn.",
	"Nên viết <strong>đậm</strong> và <em>nghiêng</em>, xem <a href=\"https://www.example.gov.vn/huong-dan?id=1\">hướng dẫn</a>.",
	"Thẻ <code>&lt;b&gt;</code> và <blockquote>trích dẫn</blockquote> hiển thị đúng.",
	"It's O'Brien's idea; we'd update tables & insert rows (50%).",
	"INSERT INTO don_tu (ten) VALUES ('Lan'); có cần COMMIT không?",
	"Xem <a href=\"https://www.example.gov.vn/\">đây</a> (bản cũ) và <em>ghi chú</em> (mới).",
	"DROP TABLE nhat_ky; là lệnh xóa bảng phải không?",
}

// visiting reads, searches and comments without an account.
// round tells two days apart: WordPress refuses a comment it already has.
func visiting(t *testing.T, c *client, post int, path, round string) {
	t.Run("pages", func(t *testing.T) {
		for _, p := range []string{
			"/", path, "/gioi-thieu/", "/thu-tuc-hanh-chinh/", "/2026/10/", "/author/bientap/", "/feed/", "/comments/feed/", path + "feed/", "/feed/atom/",
			"/wp-sitemap.xml", "/wp-sitemap-posts-post-1.xml", "/wp-sitemap.xsl", "/robots.txt", "/wp-json/", "/wp-json/wp/v2/posts?per_page=3&_embed", "/wp-json/wp/v2/pages?slug=gioi-thieu", "/wp-links-opml.php",
			"/wp-includes/css/dist/block-library/style.min.css?ver=6.1", "/wp-content/themes/twentytwentyone/style.css?ver=1.7", "/wp-login.php",
		} {
			c.get(t, p).want(t, 200, 301)
		}
		c.get(t, fmt.Sprintf("/?p=%d&utm_source=zalo&utm_medium=xã+hội&fbclid=IwAR0_a-b", post)).want(t, 200, 301)
		c.get(t, "/khong-co-trang-nay/").want(t, 404)
	})
	t.Run("search", func(t *testing.T) {
		for _, s := range searches {
			c.get(t, "/?s="+url.QueryEscape(s)).want(t)
			c.get(t, "/wp-json/wp/v2/search?search="+url.QueryEscape(s)).want(t)
			c.get(t, "/wp-json/wp/v2/posts?search="+url.QueryEscape(s)).want(t)
		}
	})
	t.Run("comment", func(t *testing.T) {
		f := c.get(t, path).want(t).form(t, "commentform")
		for i, s := range visitorComments {
			f.Set("comment", s+" ("+round+")")
			f.Set("author", fmt.Sprintf("Nguyễn O'Brien %d", i))
			f.Set("email", fmt.Sprintf("ban.doc+%d@portal.example", i))
			f.Set("url", "https://blog.portal.example/~ban-doc/?a=1&b=2")
			f.Set("wp-comment-cookies-consent", "yes")
			r := c.post(t, "/wp-comments-post.php", f).want(t, 302)
			if !strings.Contains(r.header.Get("Location"), "#comment-") {
				t.Errorf("comment %d went to %q", i, r.header.Get("Location"))
			}
		}
		f.Set("comment_post_ID", strconv.Itoa(post))
	})
}
