package trail

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/lachan-waf/lachan/audit/chain"
)

// OpenListed opens a file that Files listed a while ago, under the name it has
// by now: Lachan may have cut or compressed it since, and then the growing file
// holds other lines. read is as for OpenCounted. The error is fs.ErrNotExist
// where the lines are no longer kept.
func OpenListed(path string, f File, read func(bytes int)) (File, io.ReadCloser, error) {
	if f.Growing && f.Size == 0 { // by now it may be another, with lines before it that were not listed
		return f, io.NopCloser(strings.NewReader("")), nil
	}
	for range maxMoves {
		body, err := f.OpenCounted(read)
		switch {
		case err == nil && f.isStill(body):
			return f, body, nil
		case err == nil:
			body.Close()
		case !errors.Is(err, fs.ErrNotExist):
			return f, nil, fmt.Errorf("trail: %w", err)
		}
		files, err := Files(path)
		if err != nil {
			return f, nil, err
		}
		i := slices.IndexFunc(files, func(g File) bool { return g.First == f.First })
		if i < 0 || f.First == 0 {
			break
		}
		f = files[i]
	}
	return f, nil, fmt.Errorf("trail: %s: %w", f.Path, fs.ErrNotExist)
}

// maxMoves is how often files are looked for that move meanwhile: each is cut once
// and compressed once.
const maxMoves = 5

// isStill tells whether a growing file begins with the line it began with. The
// lines are left to be read.
func (f File) isStill(body io.ReadCloser) bool {
	if !f.Growing || f.First == 0 {
		return true
	}
	raw := body
	if counted, ok := body.(*countedFile); ok {
		raw = counted.ReadCloser
	}
	file, ok := raw.(*os.File)
	if !ok {
		return true
	}
	line, err := bufio.NewReaderSize(io.NewSectionReader(file, 0, MaxLine), MaxLine).ReadSlice('\n')
	if err != nil {
		return false
	}
	link, err := chain.Place(line)
	return err == nil && link.Seq == f.First
}
