package incident

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"time"
)

// Document is a page from which something was removed, before and after.
type Document struct {
	// Name is what its files are called in the bundle: letters, digits, '.' and '-'.
	Name          string
	Time          time.Time
	Before, After Side
	// Record is the JSON kept beside it, as it is.
	Record []byte
}

// Side is one of a Document's two.
type Side struct {
	SHA256    string // of the whole
	Truncated bool   // Open has only the beginning
	Open      func() (io.ReadCloser, error)
}

// kept is what became of the documents.
type kept struct {
	documents  int
	damaged    []string // their content is not what the record says, or cannot be read
	unreadable int      // records that could not be read
	missing    int      // documents that events name and nobody has kept
}

var safeName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.-]{0,127}$`)

// copyEvidence writes the documents of the period, and older ones that events of
// the period name: a page that stays the same is kept once.
func (c *Case) copyEvidence(ctx context.Context, a *archive, s *survey) (*kept, error) {
	k := new(kept)
	seen := make(map[string]bool)
	if c.Evidence == nil {
		k.missing = len(s.documents)
		return k, nil
	}
	for d, err := range c.Evidence {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil || !safeName.MatchString(d.Name) {
			k.unreadable++
			continue
		}
		named := s.documents[d.Before.SHA256]
		if !named && (d.Time.Before(c.From) || !d.Time.Before(c.To)) {
			continue
		}
		seen[d.Before.SHA256] = seen[d.Before.SHA256] || named
		if err := k.copy(a, d); err != nil {
			return nil, err
		}
	}
	for sum := range s.documents {
		if !seen[sum] {
			k.missing++
		}
	}
	return k, nil
}

func (k *kept) copy(a *archive, d Document) error {
	k.documents++
	name := "evidence/" + d.Name
	for _, part := range []struct {
		suffix string
		side   Side
	}{{".before.html.txt", d.Before}, {".after.html.txt", d.After}} {
		w, err := a.create(name + part.suffix)
		if err != nil {
			return err
		}
		whole, err := part.side.copy(w)
		if err != nil {
			return err
		}
		if !whole {
			k.damaged = append(k.damaged, d.Name+part.suffix)
		}
	}
	return a.add(name+".json", d.Record)
}

// copy reports whether the side could be read and is what its hash says; the
// error is the archive's.
func (s Side) copy(w *entry) (whole bool, err error) {
	r, err := s.Open()
	if err != nil {
		return false, nil
	}
	defer r.Close()
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, sum), r); err != nil {
		return false, w.err
	}
	return s.Truncated || hex.EncodeToString(sum.Sum(nil)) == s.SHA256, nil
}

const evidenceReadme = `HTML trước và sau khi làm sạch / HTML before and after the cleaning

*.before.html.txt  như máy chủ gốc gửi, ĐÃ BỊ CHÈN MÃ ĐỘC / as the origin sent it: INFECTED
*.after.html.txt   như khách truy cập nhận được / as the visitor got it
*.json             nguồn, thời gian, kích thước, SHA-256 / where from, when, sizes, SHA-256

CẢNH BÁO: các tệp này chứa mã độc còn hoạt động. Đuôi .txt để trình duyệt không
chạy chúng khi nhấp đúp. Chỉ mở bằng trình soạn thảo văn bản; không đổi đuôi tệp.
WARNING: these files hold live malicious code. They end in .txt so that a double
click does not run them. Open them in a text editor only; do not rename them.
`

func (k *kept) readme(a *archive) error {
	if k.documents == 0 {
		return a.add("evidence/README.txt", []byte(evidenceReadme+"\nKhông có trang nào được lưu. / No document was kept.\n"))
	}
	return a.add("evidence/README.txt", fmt.Appendf(nil, "%s\nSố trang / documents: %d\n", evidenceReadme, k.documents))
}
