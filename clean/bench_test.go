package clean

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// cleanPage is a page of about size bytes as a CMS writes it.
func cleanPage(size int) string {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html>
<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cổng thông tin điện tử xã An Bình</title>
<link rel="stylesheet" id="theme-css" href="https://www.portal.example/wp-content/themes/portal/style.css?ver=6.8" media="all">
<style id="global-styles">:root{--accent:#a00}body{margin:0;background:#fff url(/img/bg.png)}.menu li{display:inline-block}</style>
<script>window.wpApiSettings={"root":"https:\/\/www.portal.example\/wp-json\/","nonce":"c0ffee"};</script>
<script src="https://www.portal.example/wp-includes/js/jquery/jquery.min.js?ver=3.7.1" id="jquery-core-js"></script>
</head><body class="home page"><header><nav><ul class="menu">`)
	for i := range 12 {
		fmt.Fprintf(&b, "<li class=\"menu-item\"><a href=\"/chuyen-muc/%d/\">Chuyên mục %d</a></li>\n", i, i)
	}
	b.WriteString("</ul></nav></header><main>\n")
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, `<article id="post-%d" class="post type-post status-publish"><h2 class="entry-title"><a href="https://www.portal.example/tin/%d.html" rel="bookmark">Thông báo số %d về việc tiếp công dân</a></h2>
<div class="entry-meta"><time datetime="2026-11-%02d">ngày %d tháng 11</time> <span class="by">Ban biên tập</span></div>
<p><img loading="lazy" width="640" height="360" src="/wp-content/uploads/2026/11/anh-%d.jpg" alt="Ảnh minh họa" srcset="/a-%d-300.jpg 300w, /a-%d.jpg 640w">
Ủy ban nhân dân xã thông báo lịch tiếp công dân định kỳ tháng 11 năm 2026. Công dân có nhu cầu phản ánh, kiến nghị xin mời đến trụ sở trong giờ hành chính; chi tiết xem <a href="https://thongtin.gov.vn/van-ban/%d">văn bản số %d</a> và các phụ lục kèm theo.</p></article>
`, i, i, i, i%28+1, i%28+1, i, i, i, i, i)
	}
	b.WriteString("</main><footer><p>Bản quyền thuộc về xã An Bình</p></footer></body></html>\n")
	return b.String()
}

// infectedPage is cleanPage with something planted in each tenth article.
func infectedPage(size int) string {
	const planted = `<div style="position:absolute;left:-9999px"><a href="https://nhacai.evil.test/">cá cược bóng đá</a> <a href="https://slot.evil.test/">slot gacor</a></div><script src="https://evil.test/x.js"></script><iframe src="//evil.test/f" width="1" height="1"></iframe>`
	parts := strings.SplitAfter(cleanPage(size), "</article>")
	for i := 0; i < len(parts); i += 10 {
		parts[i] += planted
	}
	return strings.Join(parts, "")
}

func benchmarkPage(b *testing.B, page string) {
	c := newCleaner(b, portal(b))
	data := []byte(page)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		w := c.NewWriter(io.Discard, Document{URL: pageURL})
		for rest := data; len(rest) > 0; {
			n := min(32<<10, len(rest))
			w.Write(rest[:n])
			rest = rest[n:]
		}
		w.Close()
	}
}

func BenchmarkClean(b *testing.B) {
	for _, size := range []int{5, 50, 300} {
		b.Run(fmt.Sprintf("page=clean/size=%dkB", size), func(b *testing.B) { benchmarkPage(b, cleanPage(size*1000)) })
		b.Run(fmt.Sprintf("page=infected/size=%dkB", size), func(b *testing.B) { benchmarkPage(b, infectedPage(size*1000)) })
	}
}
