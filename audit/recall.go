package audit

import (
	"bytes"
	"encoding/json"
	"io"
	"os"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit/ring"
)

// recall opens the ring, and queues what a process that was killed has left in it:
// lines, and a gap for events of which it has no more than their number. It reports
// whether there was anything.
func (l *Log) recall(log *zap.Logger) (left bool) {
	log = log.With(zap.String("file", l.path))
	r, kept, err := ring.Open(l.path)
	if err != nil {
		log.Warn("events that wait for the disk are lost if Lachan is killed", zap.Error(err))
		return false
	}
	lines, err := l.unwritten(r, kept)
	if err != nil { // an event that is there twice has one ID
		log.Warn("the end of the audit log cannot be read: events may be there twice", zap.Error(err))
	}
	lost, counted := untold(r.Lost(), r.Mark().Lost), untold(r.Aside(), r.Mark().Aside)
	if len(lines) > 0 || counted.Count > 0 {
		log.Warn("Lachan was killed; what waited for the disk is written now",
			zap.Int("events", len(lines)), zap.Uint64("only_counted", counted.Count))
	}
	if counted.Count > 0 {
		counted.Reason = killed
		lines = l.writer.gap(lines, counted, queued{aside: counted.Count})
	}
	l.queue.recall(r, lines, lost)
	l.floods.recall(r)
	return len(kept) > 0 || counted.Count > 0
}

func untold(t *ring.Tally, told uint64) (loss Loss) {
	loss.Count, loss.First, loss.Last = t.Untold(told)
	return loss
}

// unwritten are the kept lines that the file does not have. A process that was killed
// while it wrote, or right after, has not told the ring: its mark is brought up to
// what the file holds behind it.
func (l *Log) unwritten(r *ring.Ring, kept []ring.Line) (lines []queued, err error) {
	mark, written := r.Mark(), map[string]bool{}
	for _, line := range kept {
		written[string(eventID(line.Text))] = false
	}
	end, size, err := endOf(l.path, mark.File)
	if err == nil {
		mark.File = size
	}
	for line := range bytes.Lines(end) {
		if id := string(eventID(line)); has(written, id) {
			written[id] = true
			continue
		}
		lost, aside := tells(line)
		mark.Lost = min(mark.Lost+lost, r.Lost().Count())
		mark.Aside = min(mark.Aside+aside, r.Aside().Count())
	}
	for _, line := range kept {
		if written[string(eventID(line.Text))] {
			mark.Ring = line.Place
			continue
		}
		lines = append(lines, queued{Buffer: l.enc.copy(line.Text), place: line.Place})
	}
	r.Commit(mark)
	return lines, err
}

func has(set map[string]bool, id string) bool {
	_, ok := set[id]
	return ok
}

// endOf reads what a file has behind from, as far as one write goes, and tells the
// file's size.
func endOf(path string, from uint64) (end []byte, size uint64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	end, err = io.ReadAll(io.NewSectionReader(f, int64(from), 2*maxGroup))
	return end, uint64(info.Size()), err
}

// tells reads from a line of the writer how many it tells of, as own was told. Any
// line that the ring does not have is one of those aside.
func tells(line []byte) (lost, aside uint64) {
	type figures struct {
		Count  uint64
		Reason string
	}
	var e struct {
		Event  struct{ Action Action }
		Lachan struct{ Gap, Fold figures }
	}
	if err := json.Unmarshal(line, &e); err != nil {
		return 0, 0
	}
	switch {
	case e.Event.Action == Checkpoint:
		return 0, 0
	case e.Event.Action == Fold:
		return 0, e.Lachan.Fold.Count
	case e.Event.Action == Gap && e.Lachan.Gap.Reason == queueFull:
		return e.Lachan.Gap.Count, 0
	case e.Event.Action == Gap && e.Lachan.Gap.Reason == killed:
		return 0, e.Lachan.Gap.Count
	}
	return 0, 1
}

// eventID is where every line of the encoder has it, before anything that others wrote.
func eventID(line []byte) []byte {
	_, rest, _ := bytes.Cut(line, []byte(`"event":{"id":"`))
	id, _, _ := bytes.Cut(rest, []byte{'"'})
	return id
}
