package audit

import (
	"strings"
	"testing"
)

// canary is the planted secret: no output may hold it, or its later half.
const canary = "hunter2-S3cr3t"

func redactText(r *redactor, s string) string { return taken(r, r.redact(s), s) }

// taken is the text without what was cut.
func taken(r *redactor, cut bool, s string) string {
	if cut {
		return string(r.clean)
	}
	return s
}

func isSecretName(name string) bool {
	return new(redactor).placeOf("ARGS:"+name) != open
}

func TestSecretNames(t *testing.T) {
	secret := []string{
		"password", "PASSWORD", "user[password]", "json.user.password", "pass", "pass1", "pass1-text", "userPass", "dbpass",
		"pwd", "new_pwd", "passwd", "mat_khau", "matkhau", "MatKhau", "Mật khẩu", "mật_khẩu_cũ", "mk", "otp", "smsOtp", "otp_code", "maOTP",
		"token", "csrf_token", "access-token", "secret", "client_secret", "api_key", "X-Api-Key", "apikey", "cccd", "so_cccd", "cmnd",
		"session", "sid", "PHPSESSID", "JSESSIONID", "_wpnonce", "Authorization", "Cookie", "jwt", "pass%77ord", "p%61ss", "user%5Bpassword%5D",
		"pin", "card_number", "cvv", "X-Amz-Signature", "so_dinh_danh", "ma_xac_thuc",
	}
	for _, name := range secret {
		if !isSecretName(name) {
			t.Errorf("%q is not taken for a secret", name)
		}
	}
	for _, name := range []string{
		"", "q", "compass", "bypass", "passage", "passenger", "inside", "spinner", "author", "option", "laptop", "page", "keyword", "s",
		"ho_ten", "noi_dung", "tim_kiem", "content", "comment", "email", "action", "signup", "mkdir",
	} {
		if isSecretName(name) {
			t.Errorf("%q is taken for a secret", name)
		}
	}
}

// TestRedactText has the canary in every dress; the result is compared too, so
// that redaction stays narrow enough to leave evidence.
func TestRedactText(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"query", "a=1&password=" + canary + "&b=2", "a=1&password=[redacted]&b=2"},
		{"first", "pwd=" + canary, "pwd=[redacted]"},
		{"brackets", "user[password]=" + canary + "&x=1", "user[password]=[redacted]&x=1"},
		{"encoded brackets", "user%5Bpassword%5D=" + canary + "&x=1", "user%5Bpassword%5D=[redacted]&x=1"},
		{"encoded name", "pass%77ord=" + canary + "&x=1", "pass%77ord=[redacted]&x=1"},
		{"doubly encoded name", "pass%2577ord=" + canary, "pass%2577ord=[redacted]"},
		{"encoded ampersand in value", "password=x%26" + canary + "&b=2", "password=[redacted]&b=2"},
		{"space in value", "password=x " + canary + "&b=2", "password=[redacted]&b=2"},
		{"nested URL", "next=%2Fa%3Ftoken%3D" + canary + "%26b%3D2&c=3", "next=%2Fa%3Ftoken%3D[redacted]%26b%3D2&c=3"},
		{"doubly nested URL", "n=%252Fa%253Ftoken%253D" + canary + "%2526b&c=3", "n=%252Fa%253Ftoken%253D[redacted]%2526b&c=3"},
		{"vietnamese", "mật_khẩu=" + canary + "&b=2", "mật_khẩu=[redacted]&b=2"},
		{"vietnamese encoded", "m%E1%BA%ADt+kh%E1%BA%A9u=" + canary, "m%E1%BA%ADt+kh%E1%BA%A9u=[redacted]"},
		{"vietnamese phrase", "Mật khẩu: " + canary, "Mật khẩu: [redacted]"},
		{"json", `{"user":"an","password":"` + canary + `","n":1}`, `{"user":"an","password":"[redacted]","n":1}`},
		{"json spaced", "{\n \"password\" : \n \"" + canary + "\"\n}", "{\n \"password\" : \n \"[redacted]\"\n}"},
		{"json escaped name", `{"pass\u0077ord":"` + canary + `"}`, `{"pass\u0077ord":"[redacted]"}`},
		{"json escaped quote", `{"password":"x\"` + canary + `","n":1}`, `{"password":"[redacted]","n":1}`},
		{"json in json", `{"m":"{\"password\":\"x\\\"` + canary + `\",\"n\":1}"}`, `{"m":"{\"password\":\"[redacted]\",\"n\":1}"}`},
		{"json number", `{"otp":123456,"n":1}`, `{"otp":[redacted],"n":1}`},
		{"json array", `{"password":["` + canary + `","]` + canary + `"],"n":1}`, `{"password":[redacted],"n":1}`},
		{"json object", `{"token":{"v":"}` + canary + `"},"n":1}`, `{"token":[redacted],"n":1}`},
		{"json encoded", "%7B%22password%22%3A%22" + canary + "%22%2C%22n%22%3A1%7D", "%7B%22password%22%3A%22[redacted]%22%2C%22n%22%3A1%7D"},
		{"json cut", `{"password":"` + canary, `{"password":"[redacted]`},
		{"name and value", `[{"name":"password","value":"` + canary + `"},{"name":"q","value":"x"}]`, `[{"name":"password","value":"[redacted]"},{"name":"q","value":"x"}]`},
		{"value and name", `[{"value":"` + canary + `","name":"password"}]`, `[{"value":"[redacted]","name":"password"}]`},
		{"input", `<input type="password" name="pwd" value="` + canary + `" id=x>`, `<input type="password" name="pwd" value="[redacted]" id=x>`},
		{"input reversed", `<input value="` + canary + `" name="_wpnonce">`, `<input value="[redacted]" name="_wpnonce">`},
		{"input unquoted", `<input name=pwd value=` + canary + `>`, `<input name=pwd value=[redacted]`},
		{"data attribute", `<div data-x="{&quot;token&quot;:&quot;` + canary + `&quot;}">`, `<div data-x="{&quot;token&quot;:&quot;[redacted]&quot;}">`},
		{"link", `<a href="/x?token=` + canary + `" class=b>bet</a>`, `<a href="/x?token=[redacted]" class=b>bet</a>`},
		{"multipart", "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n" + canary + "\r\n--b\r\n", "--b\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\n[redacted]\n--b\r\n"},
		{"multipart type", "name=\"pwd\"\r\nContent-Type: text/plain\r\n\r\n" + canary + "\r\n--b", "name=\"pwd\"\r\nContent-Type: text/plain\r\n\r\n[redacted]\n--b"},
		{"multipart escaped", `name=\"pwd\"\r\n\r\n` + canary + `\r\n--b`, `name=\"pwd\"\r\n\r\n[redacted]\n--b`},
		{"xml", "<user>an</user><password>" + canary + "</password><n>1</n>", "<user>an</user><password>[redacted]</password><n>1</n>"},
		{"soap", `<wsse:Password Type="x">` + canary + "</wsse:Password>", `<wsse:Password Type="x">[redacted]</wsse:Password>`},
		{"xml-rpc", "<member><name>password</name><value><string>" + canary + "</string></value></member>", "<member><name>password</name><value><string>[redacted]</string></value></member>"},
		{"php serialize", `a:1:{s:8:"password";s:14:"` + canary + `";}`, `a:1:{s:8:"password";s:14:"[redacted]";}`},
		{"php array", `array('password' => '` + canary + `', 'n' => 1)`, `array('password' => '[redacted]', 'n' => 1)`},
		{"php post", `$_POST['password']='` + canary + `';`, `$_POST['password']='[redacted]';`},
		{"sql", "UPDATE u SET password='it''s" + canary + "' WHERE id=1", "UPDATE u SET password='[redacted]' WHERE id=1"},
		{"tuple", "('password', '" + canary + "')", "('password', '[redacted]')"},
		{"quote not closing", `password="a"` + canary + `&b=2`, `password="[redacted]&b=2`},
		{"header", "Authorization: Bearer " + canary + "\r\nAccept: */*", "Authorization: Bearer [redacted]\r\nAccept: */*"},
		{"header without scheme", "authorization: " + canary, "authorization: [redacted]"},
		{"cookie header", "Cookie: a=" + canary + "; b=" + canary + "\r\nX: y", "Cookie: a=[redacted]; b=[redacted]\r\nX: y"},
		{"set-cookie", "Set-Cookie: sid=" + canary + "; Path=/", "Set-Cookie: sid=[redacted]; Path=[redacted]"},
		{"json header", `{"Authorization":"Basic ` + canary + `","x":1}`, `{"Authorization":"Basic [redacted]","x":1}`},
		{"bearer", "sent bearer " + canary + " to it", "sent bearer [redacted] to it"},
		{"basic", "sent Basic YW46aHVudGVyMg== to it", "sent Basic [redacted] to it"},
		{"jwt", "x=eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln&b=2", "x=[redacted]&b=2"},
		{"jwt cut", "see eyJhbGciOiJub25lIn", "see [redacted]"},
		{"userinfo", "https://an:" + canary + "@cms.test/x", "https://[redacted]@cms.test/x"},
		{"userinfo with at", "https://an:x@" + canary + "@cms.test/x", "https://[redacted]@cms.test/x"},
		{"userinfo encoded", "u=https%3A%2F%2Fan%3A" + canary + "%40cms.test%2F", "u=https%3A%2F%2F[redacted]%40cms.test%2F"},
		{"path parameter", "/a;jsessionid=" + canary + "?b=2", "/a;jsessionid=[redacted]"},
		{"env", "DB_PASSWORD=" + canary + "\nDB_HOST=x", "DB_PASSWORD=[redacted]\nDB_HOST=x"},

		{"nothing", "id=1' OR '1'='1'-- -&page=2", "id=1' OR '1'='1'-- -&page=2"},
		{"xss", `q=<script>alert(1)</script>`, `q=<script>alert(1)</script>`},
		{"english", "basic authentication of the bearer", "basic authentication of the bearer"},
		{"at in path", "https://video.test/@kenh", "https://video.test/@kenh"},
		{"empty value", "password=&b=2", "password=&b=2"},
	}
	r := &redactor{}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := redactText(r, tt.in)
			if got != tt.want {
				t.Errorf("text(%q)\n got %q\nwant %q", tt.in, got, tt.want)
			}
			if strings.Contains(got, "S3cr3t") {
				t.Errorf("the secret is still there: %q", got)
			}
			if again := redactText(r, got); strings.Contains(again, "S3cr3t") {
				t.Errorf("redacting twice brought the secret back: %q", again)
			}
		})
	}
}

func TestMatchValue(t *testing.T) {
	tests := []struct{ variable, in, want string }{
		{"REQUEST_COOKIES:wordpress_logged_in_x", canary, "[redacted]"},
		{"REQUEST_COOKIES:theme", canary, "[redacted]"},
		{"REQUEST_COOKIES_NAMES:theme", "theme", "theme"},
		{"ARGS:pwd", canary, "[redacted]"},
		{"ARGS_POST:user[password]", canary, "[redacted]"},
		{"ARGS:json.user.password", canary, "[redacted]"},
		{"ARGS:pass%77ord", canary, "[redacted]"},
		{"args_get:Token", canary, "[redacted]"},
		{"ARGS_NAMES:password", "password", "password"},
		{"REQUEST_HEADERS:Authorization", "Bearer " + canary, "Bearer [redacted]"},
		{"REQUEST_HEADERS:Proxy-Authorization", "Basic " + canary, "Basic [redacted]"},
		{"REQUEST_HEADERS:authorization", canary, "[redacted]"},
		{"REQUEST_HEADERS:Cookie", "a b=" + canary, "[redacted]"},
		{"RESPONSE_HEADERS:Set-Cookie", "a=" + canary, "a=[redacted]"},
		{"REQUEST_HEADERS:X-Api-Key", canary, "[redacted]"},
		{"REQUEST_HEADERS:User-Agent", "sqlmap/1.8", "sqlmap/1.8"},
		{"REQUEST_BODY", "log=an&pwd=" + canary + "&x=1", "log=an&pwd=[redacted]&x=1"},
		{"QUERY_STRING", "pass%77ord=" + canary, "pass%77ord=[redacted]"},
		{"REQUEST_URI", "/a?otp=" + canary, "/a?otp=[redacted]"},
		{"ARGS:q", "1 UNION SELECT 2", "1 UNION SELECT 2"},
		{"ARGS:q", "", ""},
	}
	r := &redactor{}
	for _, tt := range tests {
		if got := taken(r, r.redactMatch(tt.variable, tt.in), tt.in); got != tt.want {
			t.Errorf("matchValue(%q, %q) = %q, want %q", tt.variable, tt.in, got, tt.want)
		}
	}
}

func TestMatchDetail(t *testing.T) {
	tests := []struct {
		variables []string
		in, want  string
	}{
		{[]string{"ARGS:q"}, "Matched Data: <script found within ARGS:q: <script>", "Matched Data: <script found within ARGS:q: <script>"},
		{[]string{"ARGS:password"}, "Matched Data: " + canary, "[redacted]"},
		{[]string{"REQUEST_METHOD", "ARGS:otp"}, canary, "[redacted]"},
		{[]string{"REQUEST_HEADERS:Authorization"}, "Matched Data: Bearer " + canary, "[redacted]"},
		{[]string{"ARGS:q"}, "Matched Data: " + canary + " found within REQUEST_COOKIES:sid: " + canary, "[redacted]"},
		{[]string{"ARGS:q"}, "Matched Data: " + canary + " found within ARGS:mat_khau: " + canary, "[redacted]"},
		{[]string{"TX:1"}, "GET /?otp=" + canary, "GET /?otp=[redacted]"},
	}
	r := &redactor{}
	for _, tt := range tests {
		if got := taken(r, r.redactDetail(tt.variables, tt.in), tt.in); got != tt.want {
			t.Errorf("matchDetail(%q, %q) = %q, want %q", tt.variables, tt.in, got, tt.want)
		}
	}
}

// TestRedactionIsLinear would take minutes if a rule were quadratic in earnest.
func TestRedactionIsLinear(t *testing.T) {
	r := &redactor{}
	for _, unit := range []string{"=", "name=", "value=", "@", "//@", "<a", "<name>", `"=`, `'="=`, "%25", "&#x25;", `\\`, "a:{", `"a",`, "b", "eyJ", "mat khau ", "name=pwd ", `"password":[`, "<token>", "/reset/", `token "`, "Bearer ", "cookie: a;", "4111 ", "token=$a "} {
		redactText(r, strings.Repeat(unit, 1<<16/len(unit)))
	}
}
