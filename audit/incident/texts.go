package incident

import (
	_ "embed"
	"fmt"
	"strings"
)

// verifier checks the proof without Lachan.
//
//go:embed verify.py
var verifier []byte

//go:embed readme.txt
var readme string

//go:embed procedure.txt
var procedure string

// chainText is chain.txt: what the proof says, and how to check it.
func (c *Case) chainText(p *proof, s *survey) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "Bằng chứng chuỗi băm / proof of the chain of hashes\n\nkết quả / verdict: %s\n", p.verdict())
	fmt.Fprintf(&b, "site: %s\nsự kiện / events: %d (seq %d … %d)\n", display(c.Site), s.events, p.firstSeq, p.lastSeq)
	fmt.Fprintf(&b, "dòng trong chain.jsonl / lines in chain.jsonl: %d (seq %d … %d)\n", p.lines, p.from, p.until)
	fmt.Fprintf(&b, "điểm kiểm có chữ ký / signed checkpoints: %d\n", p.checkpoints)
	if p.covered {
		fmt.Fprintf(&b, "điểm kiểm sau sự kiện cuối / checkpoint after the last event: %s\n", c.moment(p.coveredAt).UTC())
	}
	key := c.PublicKey
	if key == "" {
		key = "không có / none"
	}
	fmt.Fprintf(&b, "khóa công khai / public key: %s\n", display(key))
	for _, f := range p.faults {
		fmt.Fprintf(&b, "lỗi / fault: %s, seq %d\n", f.kind, f.seq)
	}
	if p.more > 0 {
		fmt.Fprintf(&b, "lỗi khác / more faults: %d\n", p.more)
	}
	b.WriteString("\n" + procedure)
	return []byte(b.String())
}

// configurationText is configuration.txt.
func (c *Case) configurationText() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `Cấu hình đang có hiệu lực lúc lập / the configuration in force at the time of creation
(Chỉ có mã băm: nội dung có thể là bí mật. / Hashes only: the content may be secret.
Sự kiện "config" trong vết cho biết các lần nạp. / "config" events of the trail tell when it was loaded.)

lachan %s

`, display(c.Version))
	for _, f := range c.Configuration {
		if f.Err != nil {
			fmt.Fprintf(&b, "không đọc được / cannot be read: %s: %s\n", display(f.Path), display(f.Err.Error()))
			continue
		}
		fmt.Fprintf(&b, "%s  %s\n", f.SHA256, display(f.Path))
	}
	return []byte(b.String())
}

// contents lists the files of a bundle.
func contents(languages []string) []FileRow {
	files := []FileRow{
		{"README.txt", Words{"hướng dẫn đọc gói này", "how to read this bundle"}},
		{"events.jsonl", Words{"các sự kiện của trang, nguyên văn từ vết", "the site's events, exactly as in the trail"}},
		{"chain.jsonl, chain.txt, chain.pub, verify.py", Words{"bằng chứng chuỗi băm, cách kiểm tra, khóa công khai", "proof of the chain of hashes, how to check it, the public key"}},
		{"evidence/", Words{"HTML trước và sau khi làm sạch", "HTML before and after the cleaning"}},
		{"configuration.txt", Words{"mã băm của cấu hình", "hashes of the configuration"}},
		{"clock.txt", Words{"sai số đồng hồ của máy", "how right the machine's clock is"}},
	}
	for _, l := range languages {
		files = append(files, FileRow{"report." + l + ".html, report." + l + ".docx", Words{"báo cáo này", "this report"}})
	}
	return append(files,
		FileRow{"manifest.txt", Words{"SHA-256 của mọi tệp trên", "SHA-256 of every file above"}},
		FileRow{"custody.html, custody.docx", Words{"biên bản bàn giao chứng cứ, ghi SHA-256 của manifest.txt", "chain-of-custody sheet, with the SHA-256 of manifest.txt"}},
	)
}
