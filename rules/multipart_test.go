package rules

import (
	"bytes"
	mime "mime/multipart"
	"net/textproto"
	"strings"
	"testing"
)

// Each of these hides an attack from one reader of forms and shows it to another.
func TestFormsWithTwoReadingsAreRefused(t *testing.T) {
	const attack = "1' UNION SELECT user,password FROM users-- -"
	field := func(disposition string) string {
		return "--BBB\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + attack + "\r\n--BBB--\r\n"
	}
	nested := "--BBB\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.txt\"\r\n\r\n" +
		"--AAA\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n" + attack + "\r\n--AAA--\r\n\r\n--BBB--\r\n"
	const plain = "multipart/form-data; boundary=BBB"
	e := acquire(t, site())
	for name, c := range map[string]struct{ contentType, body string }{
		"a part behind the end":       {plain, "--BBB--\r\n" + field(`name="q"`)},
		"text behind the end":         {plain, "--BBB\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--BBB--\r\nmore"},
		"text before the beginning":   {plain, "preamble\r\n" + field(`name="q"; filename="x"`)},
		"filename*":                   {plain, field(`name="q"; filename*=UTF-8''x`)},
		"two file names":              {plain, field(`name="q"; filename="x.php"; filename*=UTF-8''x.txt`)},
		"filename with a space":       {plain, field(`name="q"; filename ="x"`)},
		"filename in another's quote": {plain, field(`name="q"; x='; filename=x; y='`)},
		"a backslash":                 {plain, field(`name="q"; a="\\"; filename="x"`)},
		"a folded field":              {plain, field("name=\"q\";\r\n filename=\"x\"")},
		"two dispositions":            {plain, field("name=\"q\"\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"")},
		"a field nobody sends":        {plain, field("name=\"q\"; filename=\"x\"\r\nX-Part: 1")},
		"a bare line feed":            {plain, "--BBB\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nfoo\n--BBB\nContent-Disposition: form-data; name=\"q\"\n\n" + attack + "\r\n--BBB--\r\n"},
		"a boundary with a tail":      {plain, "--BBB\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nfoo\r\n--BBBx\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n" + attack + "\r\n--BBB--\r\n"},
		"boundary in a parameter":     {`multipart/form-data; type="boundary=AAA"; boundary=BBB`, nested},
		"BOUNDARY before another":     {`multipart/form-data; BOUNDARY=BBB; type="boundary=AAA,"`, nested},
		"two boundaries":              {"multipart/form-data; boundary=BBB; boundary=AAA", nested},
		"half a quote":                {`multipart/form-data; boundary="BBB`, field(`name="q"`)},
		"never ends":                  {plain, "--BBB\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\nfoo"},
	} {
		t.Run(name, func(t *testing.T) {
			r, body := post("/x.php", c.contentType, c.body)
			v := inspect(t, e, r, body)
			if !v.Blocked || v.Status < 400 || v.Reason == "" {
				t.Errorf("%+v", v)
			}
		})
	}
}

func TestFormsAsClientsWriteThemPass(t *testing.T) {
	var written bytes.Buffer
	w := mime.NewWriter(&written)
	_ = w.WriteField("tiêu đề", "Thông báo")
	file, _ := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="files[]"; filename="ảnh (1).jpg"`}, "Content-Type": {"image/jpeg"},
	})
	_, _ = file.Write([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\r\n--\r\n\n--x\x00"))
	_ = w.Close()
	e := acquire(t, site())
	for name, c := range map[string]struct{ contentType, body string }{
		"Go":     {w.FormDataContentType(), written.String()},
		"Chrome": {"multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW", "------WebKitFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n"},
		"curl":   {"multipart/form-data; boundary=------------------------d74496d66958873e", "--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--------------------------d74496d66958873e--\r\n"},
		".NET":   {`multipart/form-data; boundary="6f1d2c3a-0b1c"`, "--6f1d2c3a-0b1c\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--6f1d2c3a-0b1c--\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			r, body := post("/x.php", c.contentType, c.body)
			if v := inspect(t, e, r, body); v.Blocked {
				t.Errorf("blocked: %s %+v", v.Reason, v.Matches)
			}
		})
	}
}

func TestXMLDefinitionsAreRefused(t *testing.T) {
	e := acquire(t, site())
	for name, c := range map[string]struct {
		contentType, body string
		refused           bool
	}{
		"external entity": {"text/xml", `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///srv/data">]><a>&x;</a>`, true},
		"SOAP":            {"application/soap+xml", `<!doctype a SYSTEM "a"><a/>`, true},
		"UTF-16":          {"application/xml", "\xff\xfe<\x00!\x00D\x00", true},
		"plain":           {"text/xml", `<a><b>Thông báo</b></a>`, false},
	} {
		t.Run(name, func(t *testing.T) {
			r, body := post("/x", c.contentType, c.body)
			if v := inspect(t, e, r, body); v.Blocked != c.refused {
				t.Errorf("%+v", v)
			}
		})
	}
}

func TestCodedRequestBodiesAreRefused(t *testing.T) {
	e := acquire(t, site())
	r, body := post("/x", "application/x-www-form-urlencoded", "a=b")
	r.Header["Content-Encoding"] = []string{"gzip"}
	if v := inspect(t, e, r, body); !v.Blocked {
		t.Errorf("%+v", v)
	}
}

func FuzzMultipartForm(f *testing.F) {
	f.Add("multipart/form-data; boundary=B", []byte("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--B--\r\n"), true)
	f.Add("multipart/form-data; boundary=B", []byte("--B\r\n\r\n\r\n"), false)
	f.Fuzz(func(t *testing.T, contentType string, body []byte, whole bool) {
		if multipartForm(contentType, body, whole) != "" || !whole {
			return
		}
		// What passes, Go reads to its end without an error.
		_, params, _ := strings.Cut(contentType, "oundary=")
		boundary, _, _ := strings.Cut(strings.Trim(params, `"`), ";")
		r := mime.NewReader(bytes.NewReader(body), strings.Trim(boundary, `"`))
		for {
			part, err := r.NextRawPart()
			if err != nil {
				if err.Error() != "EOF" {
					t.Errorf("%q %q: %v", contentType, body, err)
				}
				return
			}
			_ = part.Close()
		}
	})
}
