package audit

import "sync"

// Stats are a Log's figures since Open. Events given to Record are either
// Written, Folded, Dropped or Queued; what the trail writes of itself (gap, fold,
// checkpoint) adds to Written.
type Stats struct {
	Written   uint64 // events in the file
	Folded    uint64 // events that a fold record counts, or will within audit.fold.every
	Dropped   uint64 // events lost: the queue was full, or the Log closed
	Queued    int    // events waiting for the disk
	Bytes     uint64 // written
	Failures  uint64 // attempts to write, sync or reopen that failed
	LastError string // of the last of them; empty when writing works (again)
}

// meter counts what the writer does.
type meter struct {
	mu   sync.Mutex
	held int // lines taken from the queue and not yet written
	last error
	s    Stats
}

func (m *meter) hold(lines int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held += lines
}

func (m *meter) wrote(lines, bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.held -= lines
	m.s.Written += uint64(lines)
	m.s.Bytes += uint64(bytes)
	m.last = nil
}

func (m *meter) failed(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.s.Failures++
	m.last = err
}

func (m *meter) lastError() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last
}

func (m *meter) stats() Stats {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.s
	s.Queued = m.held
	if m.last != nil {
		s.LastError = m.last.Error()
	}
	return s
}
