package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// workload is requests of one kind, sent in turns.
type workload struct {
	name     string
	says     string // of its kind, in the table
	requests [][]byte
	refused  bool // by whoever has the rules
}

// rulesHost is the site that the rules are measured on.
const rulesHost = "www.portal.example"

// header is what Firefox sends with a click within the site, its cookies included.
const header = "Host: " + rulesHost + "\r\n" +
	"User-Agent: " + browser + "\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n" +
	"Accept-Language: vi,en-GB;q=0.8,en;q=0.5\r\n" +
	"Cookie: session=8f14e45fceea167a5a36dedd4bea2543; consent=yes; _ga=GA1.1.1719250423.1761131021; theme=light; visited=a1b2c3d4\r\n" +
	"Referer: https://" + rulesHost + "/articles/1/\r\n" +
	"Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-User: ?1\r\n" +
	"Upgrade-Insecure-Requests: 1\r\n"

// workloads are what a portal is asked day by day, and six attacks. They are the
// same bytes in every run.
func workloads() ([]workload, error) {
	prose := &prose{rand.New(rand.NewPCG(4, 25))}
	upload, boundary, err := multipartBody(prose)
	if err != nil {
		return nil, err
	}
	order, err := jsonBody(prose)
	if err != nil {
		return nil, err
	}
	const form = "application/x-www-form-urlencoded"
	return []workload{
		{"get5k", "page of 5 kB", [][]byte{fetch("")}, false},
		{"getq10", "the page with 10 parameters", [][]byte{fetch("?page=2&sort=title&order=asc&category=garden-tools&q=small+kitchen+table" +
			"&min=10&max=250&lang=en-GB&utm_source=newsletter&ref=home_page")}, false},
		{"form2k", "form of 2 kB", [][]byte{post("/comments", form, formBody(prose))}, false},
		{"form2kvi", "form in Vietnamese, 2 kB", [][]byte{post("/comments", form, []byte(vietnamese.Encode()))}, false},
		{"json10k", "JSON of 10 kB", [][]byte{post("/api", "application/json", order)}, false},
		{"multi100k", "upload of 100 kB", [][]byte{post("/upload", "multipart/form-data; boundary="+boundary, upload)}, false},
		{"attack", "attacks", attacks(), true},
	}, nil
}

func fetch(query string) []byte {
	return []byte("GET /5kB.html" + query + " HTTP/1.1\r\n" + header + "\r\n")
}

func post(path, contentType string, body []byte) []byte {
	head := fmt.Sprintf("%s %s HTTP/1.1\r\n%sOrigin: https://%s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n",
		http.MethodPost, path, header, rulesHost, contentType, len(body))
	return append([]byte(head), body...)
}

func attacks() (requests [][]byte) {
	for _, query := range []string{
		"?id=1%27%20OR%201%3D1--%20-",
		"?id=1+UNION+SELECT+1,2,version()--",
		"?q=%3Cscript%3Ealert(1)%3C/script%3E",
		"?q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
		"?file=../../../../etc/passwd",
		"?x=%3Bcat%20/etc/passwd",
	} {
		requests = append(requests, fetch(query))
	}
	return requests
}

func formBody(p *prose) []byte {
	return []byte(url.Values{
		"comment": {p.text(1800)}, "author": {"A reader"}, "email": {"reader@reader.example"}, "url": {"https://reader.example/about"},
		"post_id": {"1"}, "parent": {"0"}, "nonce": {"5f3a9c01d2"}, "submit": {"Post comment"},
	}.Encode())
}

// vietnamese is a form as a citizen fills it in. Percent-encoded, a letter takes
// up to nine bytes.
var vietnamese = url.Values{
	"comment_post_ID": {"12"}, "author": {"Người dân thôn 4"}, "email": {"nguoidan@reader.example"}, "url": {""}, "submit": {"Gửi bình luận"},
	"comment": {strings.Repeat("Kính gửi Ủy ban nhân dân xã, tôi muốn hỏi thủ tục cấp giấy phép xây dựng nhà ở riêng lẻ tại thôn 4 gồm những giấy tờ gì và nộp ở đâu. "+
		"Hồ sơ của gia đình tôi nộp từ ngày 12/3 đến nay chưa có trả lời; đề nghị bộ phận một cửa kiểm tra giúp. "+
		"Ngoài ra đoạn đường liên thôn qua cầu bị sạt lở sau mưa lớn, mong xã sớm sửa để các cháu đi học an toàn. Xin cảm ơn! ", 2)},
}

type item struct {
	ID      int      `json:"id"`
	Title   string   `json:"title"`
	Qty     int      `json:"qty"`
	Price   float64  `json:"price"`
	Tags    []string `json:"tags"`
	Address address  `json:"address"`
}

type address struct {
	Street string `json:"street"`
	City   string `json:"city"`
}

// jsonBody is an order of as many items as 10 kB hold.
func jsonBody(p *prose) (body []byte, err error) {
	order := struct {
		Customer string `json:"customer"`
		Note     string `json:"note"`
		Items    []item `json:"items"`
	}{Customer: "c-1042", Note: p.sentence()}
	for len(body) < 10_000 {
		order.Items = append(order.Items, item{
			ID: len(order.Items), Title: p.sentence(), Qty: 1 + p.IntN(9), Price: float64(p.IntN(9999)) / 100,
			Tags:    []string{p.word(), p.word(), p.word(), p.word()},
			Address: address{p.word() + " street 4", p.word()},
		})
		if body, err = json.Marshal(order); err != nil {
			return nil, err
		}
	}
	return body, nil
}

// multipartBody is a photo with a title. The photo is noise behind PNG's signature.
func multipartBody(p *prose) (body []byte, boundary string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary("----FormBoundary7MA4YWxkTrZu0gW"); err != nil {
		return nil, "", err
	}
	if err := w.WriteField("title", "A walk by the river"); err != nil {
		return nil, "", err
	}
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="file"; filename="river.png"`}, "Content-Type": {"image/png"},
	})
	if err != nil {
		return nil, "", err
	}
	photo := []byte("\x89PNG\r\n\x1a\n")
	for range 100 << 10 {
		photo = append(photo, byte(p.Uint32()))
	}
	if _, err := part.Write(photo); err != nil {
		return nil, "", err
	}
	if err := w.Close(); err != nil {
		return nil, "", err
	}
	return b.Bytes(), w.Boundary(), nil
}
