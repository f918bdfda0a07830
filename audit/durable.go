package audit

import "sync"

// durable says up to which line the trail is on the disk for good, and tells
// those who wait for more.
type durable struct {
	mu      sync.Mutex
	reached uint64
	more    chan struct{} // closed when reached grows
}

func newDurable(seq uint64) *durable { return &durable{reached: seq, more: make(chan struct{})} }

func (d *durable) reach(seq uint64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if seq <= d.reached {
		return
	}
	d.reached = seq
	close(d.more)
	d.more = make(chan struct{})
}

func (d *durable) seq() uint64 {
	seq, _ := d.state()
	return seq
}

func (d *durable) state() (uint64, <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.reached, d.more
}

// Durable returns the number of the last line that is on the disk for good, and
// a channel that is closed when there are more.
func (l *Log) Durable() (seq uint64, more <-chan struct{}) { return l.writer.durable.state() }
