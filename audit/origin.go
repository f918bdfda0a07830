package audit

import (
	"fmt"
	"time"

	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/checkpoint"
	"github.com/lachan-waf/lachan/audit/trail"
)

// origin is where a Log goes on.
type origin struct {
	head  chain.Head
	first uint64    // number of the first line of the file that grows; 0: it is empty
	begun time.Time // its time
	lost  uint64    // lines that were signed and are gone
}

// findOrigin looks for the last line in the files of the trail, and whether the
// last checkpoint has seen more.
func findOrigin(path string, info Info) (origin, error) {
	var o origin
	files, err := trail.Files(path)
	if err != nil {
		return o, err
	}
	for i := len(files) - 1; i >= 0; i-- {
		f := files[i]
		if f.Growing && f.Size > 0 {
			o.first, o.begun = max(f.First, 1), f.Begun
		}
		head, ok, err := f.Last()
		if err != nil {
			return o, fmt.Errorf("the end of %s: %w", f.Path, err)
		}
		if ok {
			o.head = head
			break
		}
	}
	return o, o.signed(info.State)
}

// signed continues after the last checkpoint where the files end before it. No
// number is given twice: a SOC may hold the lines that are gone.
func (o *origin) signed(folder string) error {
	if folder == "" {
		return nil
	}
	note, err := checkpoint.Last(folder)
	if err != nil || note == "" {
		return err
	}
	public, err := checkpoint.ReadPublic(folder)
	if err != nil {
		return err
	}
	c, err := checkpoint.Open(note, public)
	if err != nil {
		return err
	}
	if c.Head.Seq > o.head.Seq {
		o.lost, o.head = c.Head.Seq-o.head.Seq, c.Head
	}
	return nil
}
