package search

import (
	"time"

	"github.com/lachan-waf/lachan/audit/trail"
)

// disorder is how far the order of lines may differ from that of their times:
// lines wait for the writer, and clocks are set.
const disorder = 10 * time.Minute

// within returns the files that may hold lines of a time, and how many others
// there are. A file ends when the next begins.
func within(files []trail.File, from, to time.Time) (in []trail.File, skipped int) {
	for i, f := range files {
		over := !from.IsZero() && i+1 < len(files) && files[i+1].Begun.Add(disorder).Before(from)
		later := !to.IsZero() && f.Begun.Add(-disorder).After(to)
		if over || later {
			skipped++
			continue
		}
		in = append(in, f)
	}
	return in, skipped
}

// Size is how many bytes on the disk a query has to read, for whoever shows
// progress.
func Size(path string, q Query) (int64, error) {
	files, err := trail.Files(path)
	if err != nil {
		return 0, err
	}
	var total int64
	in, _ := within(files, q.From, q.To)
	for _, f := range in {
		total += f.Size
	}
	return total, nil
}
