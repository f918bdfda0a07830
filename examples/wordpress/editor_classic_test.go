package wordpress_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"testing"
)

// find returns the first group of the pattern in the body.
func (r response) find(t *testing.T, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(r.body)
	if m == nil {
		t.Fatalf("%s: nothing matches %s", r.where, pattern)
	}
	return m[1]
}

// classicEditing writes and maintains articles through forms and admin-ajax, as
// the old editor and the list tables do.
func classicEditing(t *testing.T, c *client) {
	var id string
	t.Run("save", func(t *testing.T) { id = classicPost(t, c) })
	t.Run("autosave", func(t *testing.T) { heartbeat(t, c, id) })
	t.Run("quick edit", func(t *testing.T) { quickEdit(t, c, id) })
	t.Run("bulk edit", func(t *testing.T) {
		f := c.get(t, "/wp-admin/edit.php?post_type=post&s=th%C3%B4ng+b%C3%A1o+%22r%C3%A1c%22").want(t).form(t, "posts-filter")
		q := url.Values{"action": {"edit"}, "bulk_edit": {"Cập nhật"}, "post[]": {id}, "_status": {"-1"}, "tax_input[post_tag]": {"an toàn, SQL"}, "comment_status": {"open"}, "_wpnonce": {f.Get("_wpnonce")}, "post_type": {"post"}, "screen": {"edit-post"}, "post_view": {"list"}, "post_author": {"-1"}, "post_format": {"-1"}, "sticky": {"-1"}, "ping_status": {""}}
		c.get(t, "/wp-admin/edit.php?"+q.Encode()).want(t, 302)
	})
	t.Run("dashboard draft", func(t *testing.T) {
		f := c.get(t, "/wp-admin/index.php").want(t).form(t, "quick-press")
		f.Set("post_title", `Ghi chú "nhanh"`)
		f.Set("content", "Nhớ kiểm tra: select, update, insert into; /etc/hosts; <b>gấp</b>")
		c.post(t, "/wp-admin/post.php", f).want(t, 200, 302)
	})
	t.Run("categories and tags", func(t *testing.T) { classicTerms(t, c) })
	t.Run("media", func(t *testing.T) { classicMedia(t, c) })
	t.Run("links and small requests", func(t *testing.T) { smallRequests(t, c, id) })
	t.Run("revisions", func(t *testing.T) {
		c.get(t, "/wp-admin/edit.php?orderby=title&order=asc&paged=1&cat=0&m=0&post_status=all").want(t)
		c.get(t, "/wp-admin/post.php?post="+id+"&action=edit").want(t)
	})
}

func classicPost(t *testing.T, c *client) string {
	f := c.get(t, "/wp-admin/post-new.php?classic-editor=1").want(t).form(t, "post")
	f.Set("post_title", articleTitle+" (bản cũ)")
	f.Set("content", classicArticle)
	f.Set("excerpt", `Tóm tắt <b>"câu lệnh"</b>: select * from bang where id=1`)
	f.Set("post_name", "ban-cu")
	f.Set("tax_input[post_tag]", "PHP, C#, dữ liệu")
	f.Set("metakeyinput", "nguon")
	f.Set("metavalue", `Báo "An Bình" <https://www.example.gov.vn/>`)
	f.Set("publish", "Đăng bài viết")
	f.Set("action", "editpost")
	c.post(t, "/wp-admin/post.php", f).want(t, 302)
	id := f.Get("post_ID")
	f = c.get(t, "/wp-admin/post.php?post="+id+"&action=edit&classic-editor=1").want(t).form(t, "post")
	f.Set("content", classicArticle+"\n"+article)
	f.Set("save", "Cập nhật")
	c.post(t, "/wp-admin/post.php", f).want(t, 302)
	return id
}

func heartbeat(t *testing.T, c *client, id string) {
	page := c.get(t, "/wp-admin/post.php?post="+id+"&action=edit&classic-editor=1").want(t)
	nonce := page.find(t, `var heartbeatSettings = \{"nonce":"([0-9a-f]+)"`)
	f := page.form(t, "post")
	c.ajax(t, "heartbeat", url.Values{
		"_nonce": {nonce}, "interval": {"60"}, "screen_id": {"post"}, "has_focus": {"true"},
		"data[wp-refresh-post-lock][post_id]": {id}, "data[wp-check-locked-posts][]": {"post-" + id}, "data[wp-refresh-post-nonces][post_id]": {id},
		"data[wp_autosave][post_id]": {id}, "data[wp_autosave][_wpnonce]": {f.Get("_wpnonce")}, "data[wp_autosave][post_type]": {"post"},
		"data[wp_autosave][post_title]": {articleTitle}, "data[wp_autosave][content]": {classicArticle + article},
		"data[wp_autosave][excerpt]": {"select 1 from dual <b>x</b>"}, "data[wp_autosave][auto_draft]": {""}, "data[wp_autosave][comment_status]": {"open"},
	}).want(t)
	c.ajax(t, "sample-permalink", url.Values{"post_id": {id}, "new_slug": {"ban-cu-2"}, "new_title": {articleTitle}, "samplepermalinknonce": {f.Get("samplepermalinknonce")}}).want(t)
}

func quickEdit(t *testing.T, c *client, id string) {
	nonce := c.get(t, "/wp-admin/edit.php").want(t).find(t, `name="_inline_edit" value="([0-9a-f]+)"`)
	c.ajax(t, "inline-save", url.Values{
		"post_type": {"post"}, "post_ID": {id}, "_inline_edit": {nonce}, "post_title": {`Tiêu đề "sửa nhanh" & 'khác' – select from where`}, "post_name": {"ban-cu"},
		"edit_date": {"true"}, "mm": {"10"}, "jj": {"20"}, "aa": {"2026"}, "hh": {"08"}, "mn": {"30"}, "ss": {"00"}, "post_author": {"1"}, "post_password": {`bí'mật"--`},
		"tax_input[post_tag]": {"C++, .NET, <b>"}, "comment_status": {"open"}, "_status": {"publish"}, "screen": {"edit-post"}, "post_view": {"list"}, "edit_date_": {""},
	}).want(t)
	c.ajax(t, "inline-save", url.Values{"post_type": {"post"}, "post_ID": {id}, "_inline_edit": {nonce}, "post_title": {"Bản cũ"}, "post_author": {"1"}, "_status": {"publish"}, "screen": {"edit-post"}, "post_view": {"list"}, "comment_status": {"open"}, "post_password": {""}, "tax_input[post_tag]": {""}}).want(t)
}

func classicTerms(t *testing.T, c *client) {
	page := c.get(t, "/wp-admin/edit-tags.php?taxonomy=category").want(t)
	c.ajax(t, "add-tag", url.Values{"screen": {"edit-category"}, "taxonomy": {"category"}, "post_type": {"post"}, "_wpnonce_add-tag": {page.find(t, `name="_wpnonce_add-tag" value="([0-9a-f]+)"`)}, "_wp_http_referer": {"/wp-admin/edit-tags.php?taxonomy=category"}, "tag-name": {"Tin hoạt động; sự kiện"}, "slug": {"tin-hoat-dong"}, "parent": {"-1"}, "description": {`Mục <b>"tin"</b> – select from; <a href="https://www.example.gov.vn/">nguồn</a>`}}).want(t)
	id := c.get(t, "/wp-admin/edit-tags.php?taxonomy=category&s=tin").want(t).find(t, `id="cb-select-(\d+)"`)
	f := c.get(t, "/wp-admin/term.php?taxonomy=category&tag_ID="+id).want(t).form(t, "edittag")
	f.Set("description", `Sửa: O'Brien & "cộng sự" <em>update … set</em>`)
	c.post(t, "/wp-admin/edit-tags.php", f).want(t, 302)
	nonce := c.get(t, "/wp-admin/edit-tags.php?taxonomy=category").want(t).find(t, `name="_inline_edit" value="([0-9a-f]+)"`)
	c.ajax(t, "inline-save-tax", url.Values{"_inline_edit": {nonce}, "taxonomy": {"category"}, "post_type": {"post"}, "tax_ID": {id}, "name": {"Tin & sự kiện"}, "slug": {"tin-su-kien"}}).want(t)
}

func classicMedia(t *testing.T, c *client) {
	page := c.get(t, "/wp-admin/upload.php?mode=list").want(t)
	id := page.find(t, `id="cb-select-(\d+)"`)
	c.ajax(t, "query-attachments", url.Values{"post_id": {"0"}, "query[orderby]": {"date"}, "query[order]": {"DESC"}, "query[posts_per_page]": {"80"}, "query[paged]": {"1"}, "query[s]": {"lễ hội 'xuân'"}}).want(t)
	details := c.ajax(t, "get-attachment", url.Values{"id": {id}}).want(t)
	nonce := details.find(t, `"update":"([0-9a-f]+)"`)
	c.ajax(t, "save-attachment", url.Values{"id": {id}, "nonce": {nonce}, "post_id": {"0"}, "changes[caption]": {`<em>Ảnh</em>: <a href="https://www.example.gov.vn/">Báo "An Bình"</a>`}, "changes[alt]": {"Lễ hội O'Brien <2026>"}, "changes[description]": {"select ảnh from album where ngày = '1/11'"}, "changes[title]": {`Lễ "hội"`}}).want(t)
	c.ajax(t, "save-attachment-compat", url.Values{"id": {id}, "nonce": {nonce}, "post_id": {"0"}, "attachments[" + id + "][menu_order]": {"0"}}).want(t)
	f := c.get(t, "/wp-admin/post.php?post="+id+"&action=edit").want(t).form(t, "post")
	f.Set("excerpt", `Chú thích <b>"mới"</b>`)
	f.Set("content", classicArticle)
	f.Set("_wp_attachment_image_alt", `Ảnh <lễ> "hội"`)
	f.Set("save", "Cập nhật")
	c.post(t, "/wp-admin/post.php", f).want(t, 302)
	edit := details.find(t, `"edit":"([0-9a-f]+)"`)
	c.ajax(t, "image-editor", url.Values{"do": {"open"}, "postid": {id}, "_ajax_nonce": {imageNonce(t, c, id, edit)}}).want(t)
	c.get(t, "/wp-admin/media-upload.php?post_id=0&type=image&TB_iframe=1").want(t)
	c.get(t, "/wp-admin/upload.php?item="+id).want(t)
}

func imageNonce(t *testing.T, c *client, id, fallback string) string {
	t.Helper()
	m := regexp.MustCompile(`imageEdit\.open\( ` + id + `, &quot;([0-9a-f]+)`).FindStringSubmatch(c.get(t, "/wp-admin/post.php?post="+id+"&action=edit").body)
	if m == nil {
		return fallback
	}
	return m[1]
}

func smallRequests(t *testing.T, c *client, id string) {
	page := c.get(t, "/wp-admin/post.php?post="+id+"&action=edit&classic-editor=1").want(t)
	f := page.form(t, "post")
	c.ajax(t, "wp-link-ajax", url.Values{"search": {`thông báo "rác" & tiêm`}, "page": {"1"}, "_ajax_linking_nonce": {page.find(t, `id="_ajax_linking_nonce" name="_ajax_linking_nonce" value="([0-9a-f]+)"`)}}).want(t)
	c.ajax(t, "parse-embed", url.Values{"post_ID": {id}, "type": {"embed"}, "shortcode": {`[embed]https://www.youtube.com/watch?v=aqz-KE-bpKQ[/embed]`}}).want(t)
	c.ajax(t, "parse-media-shortcode", url.Values{"post_ID": {id}, "shortcode": {`[audio mp3="/wp-content/uploads/phat-thanh.mp3"][/audio]`}}).want(t)
	c.ajax(t, "add-meta", url.Values{"post_id": {id}, "metakeyselect": {"#NONE#"}, "metakeyinput": {"nguoi_ky"}, "metavalue": {`Ông "A" <chủ tịch>; select`}, "_ajax_nonce-add-meta": {f.Get("_ajax_nonce-add-meta")}, "_ajax_nonce": {"0"}}).want(t)
	c.ajax(t, "closed-postboxes", url.Values{"closed": {"postcustom"}, "hidden": {"slugdiv"}, "closedpostboxesnonce": {f.Get("closedpostboxesnonce")}, "page": {"post"}}).want(t)
	c.ajax(t, "meta-box-order", url.Values{"_ajax_nonce": {f.Get("meta-box-order-nonce")}, "page_columns": {"2"}, "page": {"post"}, "order[side]": {"submitdiv,categorydiv"}, "order[normal]": {"postexcerpt"}, "order[advanced]": {""}}).want(t)
	c.ajax(t, "get-tagcloud", url.Values{"tax": {"post_tag"}}).want(t)
	c.get(t, "/wp-admin/admin-ajax.php?action=ajax-tag-search&tax=post_tag&q="+url.QueryEscape("dữ liệu & C++")).want(t)
	c.get(t, "/wp-admin/admin-ajax.php?action=dashboard-widgets&widget=dashboard_primary&pagenow=dashboard").want(t)
	c.ajax(t, "press-this-add-category", url.Values{}).want(t, 200, 400)
}

// comments are moderated and answered by the editor.
func moderation(t *testing.T, c *client, post int) {
	c.get(t, "/wp-admin/edit-comments.php?s="+url.QueryEscape(`"câu lệnh" select`)).want(t)
	page := c.get(t, "/wp-admin/edit-comments.php").want(t)
	id := page.find(t, `id=['"]comment-(\d+)`)
	reply := page.find(t, `name="_ajax_nonce-replyto-comment" value="([0-9a-f]+)"`)
	form := url.Values{"_ajax_nonce-replyto-comment": {reply}, "_ajax_nonce": {reply}, "comment_ID": {id}, "comment_post_ID": {strconv.Itoa(post)}, "content": {`Cảm ơn bạn. Nên viết <code>SELECT ten FROM dan WHERE id = '1' OR 1=1</code> thành <b>tham số</b>; xem <a href="https://www.example.gov.vn/">đây</a>`}, "mode": {"detail"}, "checkbox": {"1"}, "position": {"-1"}, "status": {""}, "_wp_unfiltered_html_comment": {""}}
	for _, quoted := range visitorComments {
		form.Set("content", quoted)
		c.ajax(t, "replyto-comment", form).want(t)
	}
	c.ajax(t, "edit-comment", form).want(t, 200)
	f := c.get(t, "/wp-admin/comment.php?action=editcomment&c="+id).want(t).form(t, "post")
	f.Set("content", f.Get("content")+` (đã sửa: "select … union")`)
	c.post(t, "/wp-admin/comment.php", f).want(t, http.StatusFound)
	dim := page.find(t, `c=`+id+`&[^"']*action=(?:un)?approvecomment[^"']*_wpnonce=([0-9a-f]+)`)
	c.ajax(t, "dim-comment", url.Values{"id": {id}, "new": {"approved"}, "dimClass": {"unapproved"}, "_ajax_nonce": {dim}, "_url": {c.to.base + "/wp-admin/edit-comments.php"}}).want(t)
}
