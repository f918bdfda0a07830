package wordpress_test

import (
	"encoding/json"
	"net/url"
	"testing"
)

// blockedWords is a discussion list as administrators paste it: it consists of
// what spam and attacks look like.
const blockedWords = `viagra
casino
nhà cái
cá cược bóng đá
http://evil.test/
https://www.evil.test/index.php?id=1&page=../../etc
[url=
<a href=
<script
eval(
base64_decode
union select
or 1=1
.*\.ru$
192.0.2.15
/wp-config.php
document.cookie
onmouseover=
javascript:
xp_cmdshell
; rm -rf
$(wget`

// administration changes settings, people, widgets, menus and the theme.
func administration(t *testing.T, c *client) {
	t.Run("discussion settings", func(t *testing.T) {
		options(t, c, "/wp-admin/options-discussion.php", url.Values{"disallowed_keys": {blockedWords}, "moderation_keys": {blockedWords}})
	})
	t.Run("discussion settings emptied", func(t *testing.T) {
		options(t, c, "/wp-admin/options-discussion.php", url.Values{"disallowed_keys": {""}, "moderation_keys": {""}})
	})
	t.Run("general settings", func(t *testing.T) {
		options(t, c, "/wp-admin/options-general.php", url.Values{"blogdescription": {`Trang "tin" xã An Bình & bà con`}, "date_format": {"\\c\\u\\s\\t\\o\\m"}, "date_format_custom": {`j F, Y \l\ú\c H:i`}})
	})
	t.Run("reading settings", func(t *testing.T) {
		options(t, c, "/wp-admin/options-reading.php", url.Values{"posts_per_page": {"8"}})
	})
	t.Run("writing settings", func(t *testing.T) {
		options(t, c, "/wp-admin/options-writing.php", url.Values{"ping_sites": {"http://rpc.pingomatic.test/"}})
	})
	t.Run("media settings", func(t *testing.T) {
		options(t, c, "/wp-admin/options-media.php", url.Values{"medium_size_w": {"320"}})
	})
	t.Run("permalinks", func(t *testing.T) { permalinkSettings(t, c) })
	t.Run("privacy page", func(t *testing.T) { c.get(t, "/wp-admin/options-privacy.php").want(t) })
	t.Run("people", func(t *testing.T) { people(t, c) })
	t.Run("menus", func(t *testing.T) { menus(t, c) })
	t.Run("customizer", func(t *testing.T) { customizer(t, c) })
	t.Run("classic widgets", func(t *testing.T) { classicWidgets(t, c) })
	t.Run("pages of the back office", func(t *testing.T) {
		for _, p := range []string{"", "index.php", "plugins.php", "themes.php", "users.php?role=administrator&s=bien", "tools.php", "site-health.php", "widgets.php", "nav-menus.php", "export.php", "update-core.php", "edit.php?post_type=page", "profile.php", "load-scripts.php?c=1&load%5Bchunk_0%5D=jquery-core,jquery-migrate,utils&ver=6.1", "load-styles.php?c=1&dir=ltr&load%5Bchunk_0%5D=dashicons,admin-bar,common&ver=6.1"} {
			c.get(t, "/wp-admin/"+p).want(t)
		}
		c.get(t, "/wp-admin/export.php?download=true&content=all&cat=0&post_author=0").want(t)
	})
}

// options submits a settings page as its form would be, with some fields changed.
func options(t *testing.T, c *client, page string, change url.Values) {
	t.Helper()
	f := c.get(t, page).want(t).form(t, "options.php")
	for k, v := range change {
		f[k] = v
	}
	c.post(t, "/wp-admin/options.php", f).want(t, 302)
}

func permalinkSettings(t *testing.T, c *client) {
	f := c.get(t, "/wp-admin/options-permalink.php").want(t).form(t, "options-permalink.php")
	f.Set("selection", "custom")
	f.Set("permalink_structure", "/%year%/%monthnum%/%postname%/")
	f.Set("category_base", "chuyen-muc")
	f.Set("tag_base", "")
	c.post(t, "/wp-admin/options-permalink.php", f).want(t, 200, 302)
}

func people(t *testing.T, c *client) {
	f := c.get(t, "/wp-admin/user-new.php").want(t).form(t, "createuser")
	f.Set("user_login", "nguyen.van.b")
	f.Set("email", "b@portal.example")
	f.Set("first_name", "Văn B")
	f.Set("last_name", "O'Brien-Nguyễn")
	f.Set("url", "https://www.example.gov.vn/~b")
	f.Set("pass1", trickyPassword)
	f.Set("pass2", trickyPassword)
	f.Set("role", "author")
	c.post(t, "/wp-admin/user-new.php", f).want(t, 302)
	id := c.get(t, "/wp-admin/users.php?s=nguyen").want(t).find(t, `id='user-(\d+)'`)
	f = c.get(t, "/wp-admin/user-edit.php?user_id="+id).want(t).form(t, "your-profile")
	f.Set("description", `Cán bộ "một cửa": <b>SQL</b>, select; phụ trách <a href="https://www.example.gov.vn/">dịch vụ</a> & báo cáo`)
	f.Set("nickname", `B "béo" & 'bạn'`)
	f.Set("pass1", trickyPassword+"x")
	f.Set("pass2", trickyPassword+"x")
	c.post(t, "/wp-admin/user-edit.php?user_id="+id, f).want(t, 302)
	other := newClient(t, c.to)
	other.count = c.count
	other.login(t, "nguyen.van.b", trickyPassword+"x")
	f = other.get(t, "/wp-admin/profile.php").want(t).form(t, "your-profile")
	f.Set("pass1", trickyPassword)
	f.Set("pass2", trickyPassword)
	other.post(t, "/wp-admin/profile.php", f).want(t, 302)
	f = other.get(t, "/wp-login.php?action=lostpassword").want(t).form(t, "lostpasswordform")
	f.Set("user_login", "b@portal.example")
	other.post(t, "/wp-login.php?action=lostpassword", f).want(t, 302)
	c.rest(t, "PUT", "/wp/v2/users/"+id, map[string]any{"password": trickyPassword + `' or "1"="1`, "description": "<b>select</b> * from"}).want(t)
	c.rest(t, "DELETE", "/wp/v2/users/"+id+"?force=true&reassign=1", map[string]any{}).want(t)
}

// trickyPassword is what a password manager or a careful person invents.
const trickyPassword = `a'); --$(id)|<b>&"Đ%27;x/etc/passwd`

func menus(t *testing.T, c *client) {
	page := c.get(t, "/wp-admin/nav-menus.php").want(t)
	f := page.form(t, "update-nav-menu")
	c.ajax(t, "add-menu-item", url.Values{"menu": {f.Get("menu")}, "menu-settings-column-nonce": {page.find(t, `name="menu-settings-column-nonce" value="([0-9a-f]+)"`)}, "menu-item[-1][menu-item-type]": {"custom"}, "menu-item[-1][menu-item-url]": {"https://dichvucong.example.gov.vn/?q='tra cứu'&x=1"}, "menu-item[-1][menu-item-title]": {`Dịch vụ "công" & hồ sơ`}}).want(t)
	c.ajax(t, "menu-quick-search", url.Values{"q": {"giới thiệu & select"}, "type": {"quick-search-posttype-page"}, "response-format": {"markup"}, "menu": {f.Get("menu")}}).want(t)
	c.post(t, "/wp-admin/nav-menus.php", f).want(t, 200, 302)
	// Large menus travel as one JSON field, past PHP's max_input_vars.
	var pairs []map[string]string
	for k, v := range f {
		pairs = append(pairs, map[string]string{"name": k, "value": v[0]})
	}
	b, _ := json.Marshal(pairs)
	c.post(t, "/wp-admin/nav-menus.php", url.Values{"nav-menu-data": {string(b)}}).want(t, 200, 302)
}

func customizer(t *testing.T, c *client) {
	page := c.get(t, "/wp-admin/customize.php").want(t)
	nonce := page.find(t, `"nonce":\{"save":"([0-9a-f]+)"`)
	preview := page.find(t, `"preview":"([0-9a-f]+)"`)
	uuid := page.find(t, `"uuid":"([0-9a-f-]+)"`)
	customized := `{"blogdescription":"Trang \"thông tin\" <xã>","custom_css[twentytwentyone]":"/* từ nhà thầu */ a:hover{color:#b00020;background:url('/wp-content/uploads/nen.jpg')} .x::before{content:'select \\201C'}","background_color":"#ffffff","widget_block[2]":{"raw_instance":{"content":"<div style=\"text-align:center\"><iframe src='https://www.youtube.com/embed/aqz-KE-bpKQ'></iframe></div>"}},"nav_menu_item[-100]":false}`
	f := url.Values{"wp_customize": {"on"}, "customize_theme": {"twentytwentyone"}, "nonce": {nonce}, "customize_changeset_uuid": {uuid}, "customize_changeset_autosaved": {"off"}, "customize_changeset_status": {"publish"}, "customized": {customized}, "customize_changeset_data": {`{"blogdescription":{"value":"Trang \"thông tin\" <xã>"},"custom_css[twentytwentyone]":{"value":".muc > a:hover { color: #b00020; } /* select a from b */"},"widget_block[2]":{"value":{"raw_instance":{"content":"<p style=\"color:red\">Giờ <b>làm việc</b></p>"}}}}`}}
	c.ajax(t, "customize_save", f).want(t)
	c.do(t, "POST", "/?customize_changeset_uuid="+uuid+"&customize_theme=twentytwentyone&customize_messenger_channel=preview-0", "application/x-www-form-urlencoded",
		[]byte(url.Values{"wp_customize": {"on"}, "customize_theme": {"twentytwentyone"}, "nonce": {preview}, "customized": {customized}, "partials": {`{"blogdescription":[{}]}`}, "wp_customize_render_partials": {"1"}}.Encode()), nil).want(t, 200)
}

func classicWidgets(t *testing.T, c *client) {
	nonce := c.get(t, "/wp-admin/widgets.php").want(t).find(t, `_wpnonce_widgets(?:&quot;|")?[^0-9a-f]{1,40}([0-9a-f]{10})|"nonce":"([0-9a-f]+)"`)
	c.ajax(t, "save-widget", url.Values{"id_base": {"text"}, "widget-id": {"text-2"}, "widget-width": {"400"}, "widget-height": {"350"}, "widget_number": {"2"}, "multi_number": {"2"}, "add_new": {"multi"}, "sidebar": {"sidebar-1"}, "savewidgets": {nonce},
		"widget-text[2][title]": {`Liên hệ & "giờ làm việc"`}, "widget-text[2][text]": {`<p style="text-align:center">Điện thoại: <a href="tel:+84200000000">0200 000 000</a></p><iframe src="https://www.youtube.com/embed/aqz-KE-bpKQ"></iframe>`}, "widget-text[2][filter]": {"on"}, "widget-text[2][visual]": {"on"}}).want(t, 200, 403)
	c.ajax(t, "widgets-order", url.Values{"savewidgets": {nonce}, "sidebars[sidebar-1]": {"widget-1_block-2,widget-2_block-3"}}).want(t, 200, 403)
}
