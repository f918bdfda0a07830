package wordpress_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// blockEditor does what a day in Gutenberg sends. It returns the published
// article's ID and path.
func blockEditor(t *testing.T, c *client) (id int, path string) {
	media := photos(t, c)
	t.Run("draft", func(t *testing.T) {
		id = c.rest(t, "POST", "/wp/v2/posts", map[string]any{"title": "Bản nháp", "content": "", "status": "draft"}).want(t, 201).id(t)
	})
	post := fmt.Sprintf("/wp/v2/posts/%d", id)
	t.Run("autosave", func(t *testing.T) {
		c.rest(t, "POST", post+"/autosaves", map[string]any{"id": id, "title": articleTitle, "content": article, "excerpt": `Tóm tắt: "select … from" & <em>mã lệnh</em>`, "status": "draft"}).want(t)
	})
	var terms map[string]int
	t.Run("terms", func(t *testing.T) { terms = restTerms(t, c) })
	t.Run("publish with method override", func(t *testing.T) {
		r := c.rest(t, "PUT", post, map[string]any{
			"id": id, "title": articleTitle, "content": withImage(article, media), "excerpt": "Lệnh `cat /etc/passwd` & thẻ <b style=\"color:red\">script</b> là gì?",
			"status": "publish", "slug": "huong-dan-an-toan", "featured_media": media, "comment_status": "open", "sticky": false,
			"categories": []int{terms["category"]}, "tags": []int{terms["tag"]}, "meta": map[string]any{"footnotes": ""}, "format": "standard",
		}).want(t)
		u, _ := url.Parse(r.json(t)["link"].(string))
		path = u.Path
	})
	t.Run("update with patch", func(t *testing.T) {
		c.rest(t, "PATCH", post, map[string]any{"content": withImage(article, media) + "\n<!-- wp:paragraph --><p>Cập nhật.</p><!-- /wp:paragraph -->"}).want(t)
	})
	t.Run("reads", func(t *testing.T) { restReads(t, c, post) })
	t.Run("page and reusable block", func(t *testing.T) { restPages(t, c) })
	t.Run("delete", func(t *testing.T) {
		gone := c.rest(t, "POST", "/wp/v2/posts", map[string]any{"title": "Xóa đi", "content": article, "status": "draft"}).want(t, 201).id(t)
		c.rest(t, "DELETE", fmt.Sprintf("/wp/v2/posts/%d?force=true", gone), map[string]any{}).want(t)
	})
	t.Run("plain permalinks", func(t *testing.T) { queryRoutes(t, c, id) })
	t.Run("block widgets", func(t *testing.T) { restWidgets(t, c) })
	t.Run("comments", func(t *testing.T) { restComments(t, c, id) })
	return id, path
}

func withImage(content string, media int) string {
	return content + fmt.Sprintf("\n<!-- wp:image {\"id\":%d} --><figure class=\"wp-block-image\"><img src=\"/wp-content/uploads/anh.jpg\" alt=\"Ảnh hội nghị\" class=\"wp-image-%d\"/></figure><!-- /wp:image -->", media, media)
}

// photos uploads in the three ways WordPress knows and edits what came of it.
func photos(t *testing.T, c *client) (id int) {
	large := photo(t, 2400)
	t.Run("photo by REST, raw body", func(t *testing.T) {
		h := http.Header{"X-Wp-Nonce": {c.nonce}, "Content-Disposition": {`attachment; filename="hoi-nghi (1).jpg"`}}
		id = c.do(t, "POST", "/wp-json/wp/v2/media", "image/jpeg", large, h).want(t, 201).id(t)
	})
	t.Run("photo by REST, form", func(t *testing.T) {
		h := http.Header{"X-Wp-Nonce": {c.nonce}, "Accept": {"application/json, */*;q=0.1"}}
		c.upload(t, "/wp-json/wp/v2/media?_locale=user", map[string]string{"post": "0", "alt_text": "Ảnh 'khai mạc' <2026>"}, "file", "Ảnh khai mạc.jpg", "image/jpeg", photo(t, 320), h).want(t, 201)
	})
	t.Run("photo by async-upload", func(t *testing.T) {
		page := c.get(t, "/wp-admin/media-new.php").want(t)
		nonce := page.form(t, "file-form").Get("_wpnonce")
		c.upload(t, "/wp-admin/async-upload.php", map[string]string{"name": "le-hoi.jpg", "action": "upload-attachment", "_wpnonce": mediaNonce(t, c, nonce)}, "async-upload", "le-hoi.jpg", "image/jpeg", photo(t, 640), http.Header{"Origin": {c.to.base}}).want(t)
	})
	t.Run("media edit by REST", func(t *testing.T) {
		c.rest(t, "PUT", fmt.Sprintf("/wp/v2/media/%d", id), map[string]any{"title": `Ảnh "hội nghị"`, "caption": `<em>Ảnh:</em> <a href="https://www.example.gov.vn/">Báo</a> – select from`, "alt_text": "O'Brien & đoàn", "description": "<p>Chụp ngày 1/11; nguồn: /etc/anh</p>"}).want(t)
		c.rest(t, "POST", fmt.Sprintf("/wp/v2/media/%d/edit", id), map[string]any{"src": c.rest(t, "GET", fmt.Sprintf("/wp/v2/media/%d", id), nil).json(t)["source_url"], "modifiers": []any{map[string]any{"type": "rotate", "args": map[string]any{"angle": 90}}}}).want(t, 201)
	})
	return id
}

// mediaNonce finds the plupload nonce; without JavaScript's settings the form's
// own one is valid too for the old uploader.
func mediaNonce(t *testing.T, c *client, fallback string) string {
	t.Helper()
	page := c.get(t, "/wp-admin/upload.php?mode=grid").want(t).body
	if _, rest, ok := strings.Cut(page, `"multipart_params":{`); ok {
		if _, v, ok := strings.Cut(rest, `"_wpnonce":"`); ok {
			nonce, _, _ := strings.Cut(v, `"`)
			return nonce
		}
	}
	return fallback
}

func restTerms(t *testing.T, c *client) map[string]int {
	return map[string]int{
		"category": c.rest(t, "POST", "/wp/v2/categories", map[string]any{"name": "Chuyển đổi số & CNTT", "slug": "chuyen-doi-so", "description": `Mục "cơ sở dữ liệu" <b>SQL</b>`, "parent": 0}).want(t, 201).id(t),
		"tag":      c.rest(t, "POST", "/wp/v2/tags", map[string]any{"name": "C++, PHP; <SQL>", "description": "select, update"}).want(t, 201).id(t),
	}
}

func restReads(t *testing.T, c *client, post string) {
	for _, path := range []string{
		post + "?context=edit&_locale=user", post + "/revisions?per_page=1&_fields=id,parent,date&context=view",
		"/wp/v2/types?context=edit", "/wp/v2/taxonomies?context=edit&per_page=100", "/wp/v2/users/me?context=edit",
		"/wp/v2/users?who=authors&per_page=50&_fields=id,name", "/wp/v2/categories?per_page=100&orderby=name&order=asc&_fields=id,name,parent&search=chuy%E1%BB%83n",
		"/wp/v2/search?search=th%C3%B4ng%20b%C3%A1o&per_page=20&type=post&isInitialSuggestions=1", "/wp/v2/settings", "/wp/v2/themes?context=edit&status=active",
		"/wp/v2/media?context=edit&per_page=20&search=hoi", "/wp/v2/block-types?context=view", "/wp/v2/blocks?context=edit&per_page=100", "/wp/v2/menus?context=edit",
		"/wp/v2/block-renderer/core/latest-posts?context=edit&attributes%5BpostsToShow%5D=5&attributes%5BdisplayPostContent%5D=false",
		"/wp/v2/block-patterns/patterns", "/wp/v2/comments?context=edit&post=" + strings.TrimPrefix(post, "/wp/v2/posts/"), "/?_fields=name,url,home",
	} {
		c.rest(t, "GET", path, nil).want(t)
	}
	c.rest(t, "OPTIONS", "/wp/v2/media", nil).want(t)
	c.rest(t, "GET", "/oembed/1.0/proxy?url="+url.QueryEscape("https://www.youtube.com/watch?v=aqz-KE-bpKQ&t=10s"), nil).want(t, 200, 404)
	c.rest(t, "GET", "/wp-block-editor/v1/url-details?url="+url.QueryEscape("https://www.example.gov.vn/tin?id=1&muc=a"), nil).want(t, 200, 400, 404, 500)
	c.rest(t, "GET", "/oembed/1.0/embed?url="+url.QueryEscape(c.to.base+"/"), nil).want(t, 200, 404)
}

func restPages(t *testing.T, c *client) {
	page := c.rest(t, "POST", "/wp/v2/pages", map[string]any{"title": "Hỏi đáp", "content": article, "status": "publish", "template": "", "parent": 0, "menu_order": 3, "password": ""}).want(t, 201).id(t)
	c.rest(t, "PUT", fmt.Sprintf("/wp/v2/pages/%d", page), map[string]any{"content": article + " ", "excerpt": "x"}).want(t)
	c.rest(t, "POST", fmt.Sprintf("/wp/v2/pages/%d/autosaves", page), map[string]any{"id": page, "content": article, "title": "Hỏi & đáp"}).want(t)
	block := c.rest(t, "POST", "/wp/v2/blocks", map[string]any{"title": "Khối mã", "content": article, "status": "publish"}).want(t, 201).id(t)
	c.rest(t, "PUT", fmt.Sprintf("/wp/v2/blocks/%d", block), map[string]any{"content": article + " "}).want(t)
	c.rest(t, "PUT", "/wp/v2/users/me", map[string]any{"meta": map[string]any{"persisted_preferences": map[string]any{"core/edit-post": map[string]any{"welcomeGuide": false, "fixedToolbar": true}, "_modified": "2026-11-01T00:00:00.000Z"}}}).want(t)
	c.rest(t, "POST", "/wp/v2/settings", map[string]any{"title": "Cổng thông tin xã An Bình", "description": `Vì dân & "phục vụ"`}).want(t)
}

// queryRoutes repeats a save on hosts that cannot rewrite paths.
func queryRoutes(t *testing.T, c *client, id int) {
	h := http.Header{"X-Wp-Nonce": {c.nonce}, "X-Http-Method-Override": {"PUT"}, "Accept": {"application/json"}}
	for _, path := range []string{
		fmt.Sprintf("/index.php?rest_route=%%2Fwp%%2Fv2%%2Fposts%%2F%d&_locale=user", id),
		fmt.Sprintf("/?rest_route=/wp/v2/posts/%d", id),
		fmt.Sprintf("/index.php/wp-json/wp/v2/posts/%d?_locale=user", id),
	} {
		body := []byte(`{"content":"<!-- wp:code --><pre><code>SELECT * FROM users WHERE 1=1; cat /etc/passwd<\/code><\/pre><!-- \/wp:code -->"}`)
		c.do(t, "POST", path, "application/json", body, h).want(t)
	}
	c.rest(t, "PUT", fmt.Sprintf("/wp/v2/posts/%d", id), map[string]any{"content": article}).want(t)
}

func restWidgets(t *testing.T, c *client) {
	html := `<!-- wp:html --><div style="text-align:center"><a href="https://dichvucong.example.gov.vn/?a=1&amp;b='2'">Dịch vụ công</a><iframe src="https://www.youtube.com/embed/aqz-KE-bpKQ"></iframe></div><!-- /wp:html -->`
	w := c.rest(t, "POST", "/wp/v2/widgets", map[string]any{"id_base": "block", "sidebar": "sidebar-1", "instance": map[string]any{"raw": map[string]any{"content": html}}}).want(t, 201).json(t)["id"].(string)
	c.rest(t, "PUT", "/wp/v2/widgets/"+w, map[string]any{"id": w, "sidebar": "sidebar-1", "instance": map[string]any{"raw": map[string]any{"content": html + article}}}).want(t)
	c.rest(t, "POST", "/batch/v1", map[string]any{"validation": "require-all-validate", "requests": []any{
		map[string]any{"path": "/wp/v2/widgets/" + w, "method": "PUT", "body": map[string]any{"id": w, "sidebar": "sidebar-1", "instance": map[string]any{"raw": map[string]any{"content": html}}}},
	}}).want(t, 207)
	side := c.rest(t, "GET", "/wp/v2/sidebars/sidebar-1", nil).want(t).json(t)
	c.rest(t, "PUT", "/wp/v2/sidebars/sidebar-1", map[string]any{"widgets": side["widgets"]}).want(t)
	c.rest(t, "GET", "/wp/v2/widget-types?context=edit&per_page=-1", nil).want(t)
	c.rest(t, "POST", "/wp/v2/widget-types/text/encode", map[string]any{"instance": map[string]any{}, "form_data": "widget-text%5B1%5D%5Btitle%5D=Li%C3%AAn+h%E1%BB%87&widget-text%5B1%5D%5Btext%5D=%3Cb%3E0200%3C%2Fb%3E"}).want(t)
	c.rest(t, "DELETE", "/wp/v2/widgets/"+w+"?force=true", map[string]any{}).want(t)
}

func restComments(t *testing.T, c *client, post int) {
	id := c.rest(t, "POST", "/wp/v2/comments", map[string]any{"post": post, "content": "Câu lệnh <code>SELECT * FROM users WHERE id = '1' OR 1=1</code> nguy hiểm."}).want(t, 201).id(t)
	for _, quoted := range visitorComments {
		c.rest(t, "POST", "/wp/v2/comments", map[string]any{"post": post, "content": quoted + " (REST)"}).want(t, 201)
	}
	c.rest(t, "PUT", fmt.Sprintf("/wp/v2/comments/%d", id), map[string]any{"status": "approved", "content": `Đã sửa: <b>"drop table"</b>; xem <a href="https://www.example.gov.vn/">đây</a>`}).want(t)
}
