package audit

import (
	"bytes"
	"io"
	"os"

	"go.uber.org/zap"
	"go.uber.org/zap/buffer"

	"github.com/lachan-waf/lachan/audit/ring"
)

// recall opens the ring, and queues what a process that was killed has left in it.
func (l *Log) recall(log *zap.Logger) {
	log = log.With(zap.String("file", l.path))
	r, left, err := ring.Open(l.path)
	if err != nil {
		log.Warn("events that wait for the disk are lost if Lachan is killed", zap.Error(err))
		return
	}
	var lines []*buffer.Buffer
	if len(left) > 0 {
		lines = l.unwritten(left, log)
	}
	l.queue.recall(r, lines)
	if len(lines) > 0 {
		log.Warn("Lachan was killed; events that waited for the disk are written now", zap.Int("events", len(lines)))
	}
}

// unwritten are the lines that the file does not have yet.
func (l *Log) unwritten(left [][]byte, log *zap.Logger) (lines []*buffer.Buffer) {
	written, err := idsAtEnd(l.path)
	if err != nil { // an event that is there twice has one ID
		log.Warn("the end of the audit log cannot be read: events may be there twice", zap.Error(err))
	}
	for _, line := range left {
		if id := string(eventID(line)); id == "" || !written[id] {
			lines = append(lines, l.enc.copy(line))
		}
	}
	return lines
}

// maxRecent is more than one write.
const maxRecent = 2 * maxGroup

// idsAtEnd are the IDs of the events that the end of the file holds: what was
// written last may be in the ring still.
func idsAtEnd(path string) (map[string]bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	end, err := io.ReadAll(io.NewSectionReader(f, max(0, info.Size()-maxRecent), maxRecent))
	ids := map[string]bool{}
	for line := range bytes.Lines(end) {
		ids[string(eventID(line))] = true
	}
	return ids, err
}

// eventID is where every line of the encoder has it, before anything that others wrote.
func eventID(line []byte) []byte {
	_, rest, _ := bytes.Cut(line, []byte(`"event":{"id":"`))
	id, _, _ := bytes.Cut(rest, []byte{'"'})
	return id
}
