package audit

import (
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit/chain"
	"github.com/lachan-waf/lachan/audit/checkpoint"
)

// checkpointEvery is how long lines wait for a signature while the log runs.
const checkpointEvery = time.Minute

// sealer links the lines the writer writes, and signs the chain.
type sealer struct {
	head   chain.Head // of the lines that are in the file
	next   chain.Head // and of those that are being written
	signed chain.Head
	host   string
	key    *checkpoint.Key // nil: nothing is signed
	folder string          // where the last checkpoint is kept
	ticker *time.Ticker
}

// newSealer goes on from head. Without a folder for keys nothing is signed.
func newSealer(head chain.Head, info *Info) (sealer, error) {
	s := sealer{head: head, host: info.Hostname, folder: info.State}
	if info.State == "" {
		return s, nil
	}
	key, err := checkpoint.OpenKey(info.State, info.Hostname)
	if err != nil {
		return s, err
	}
	s.key, s.ticker = key, time.NewTicker(checkpointEvery)
	return s, nil
}

func (s *sealer) due() <-chan time.Time {
	if s.ticker == nil {
		return nil
	}
	return s.ticker.C
}

// begin starts a group that may yet fail.
func (s *sealer) begin() { s.next = s.head }

// seal adds a line of the encoder to the group.
func (s *sealer) seal(group, line []byte) []byte {
	sealed, err := s.next.Seal(group, line)
	if err != nil {
		return append(group, line...) // not one of the encoder's: verify will name it
	}
	return sealed
}

// commit says that the group is in the file.
func (s *sealer) commit() { s.head = s.next }

// sign returns a note of where the chain stands, or "" where there is nothing
// to sign: a line on top of a checkpoint that only is the checkpoint.
func (s *sealer) sign(now time.Time) string {
	if s.key == nil || s.head.Seq <= s.signed.Seq {
		return ""
	}
	note, err := s.key.Sign(checkpoint.Checkpoint{Host: s.host, Head: s.head, Time: now})
	if err != nil {
		return ""
	}
	s.signed = chain.Head{Seq: s.head.Seq + 1} // the line that carries the note
	return note
}

// remember keeps the note where whoever shortens the trail may not look, and
// where a start without a trail finds out how long it was.
func (s *sealer) remember(note string, log *zap.Logger) {
	if err := checkpoint.Save(s.folder, note); err != nil {
		log.Warn("the last checkpoint could not be kept beside the key", zap.Error(err))
	}
}

func (s *sealer) close() {
	if s.ticker != nil {
		s.ticker.Stop()
	}
}
