package rules

import (
	"errors"
	"io"
	"sync"
)

// BodyError is a failure to read the request's body: the client's or the
// network's, not the rules'. The request was not inspected and must not be forwarded.
type BodyError struct{ Err error }

func (e *BodyError) Error() string { return "reading request body: " + e.Err.Error() }

// Unwrap returns the reader's error.
func (e *BodyError) Unwrap() error { return e.Err }

// errClosed is what a body answers once its verdict is closed.
var errClosed = errors.New("request body read after its verdict was closed")

// maxPooled bounds the buffers kept between requests: most bodies are short
// forms, and one upload must not hold its megabytes for ever.
const maxPooled = 64 << 10

// maxIdleReads is how often a reader may return nothing, as in bufio.
const maxIdleReads = 100

// bufferPool keeps the buffers of inspected bodies.
type bufferPool struct{ pool sync.Pool }

func newBufferPool() *bufferPool {
	return &bufferPool{pool: sync.Pool{New: func() any { return new(make([]byte, 0, 4<<10)) }}}
}

func (p *bufferPool) get() []byte { return (*p.pool.Get().(*[]byte))[:0] }

func (p *bufferPool) put(b []byte) {
	if cap(b) > 0 && cap(b) <= maxPooled {
		p.pool.Put(&b)
	}
}

// readPrefix reads at most limit+1 bytes: the last one tells a body over the
// limit from one that just fills it, whatever length was announced.
func readPrefix(body io.Reader, buf []byte, limit int64) ([]byte, error) {
	idle := 0
	for int64(len(buf)) <= limit {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		room := min(int64(cap(buf)), limit+1)
		n, err := body.Read(buf[len(buf):room])
		buf = buf[:len(buf)+n]
		if err == io.EOF {
			return buf, nil
		}
		if err != nil {
			return buf, &BodyError{err}
		}
		if idle++; n > 0 {
			idle = 0
		} else if idle == maxIdleReads {
			return buf, &BodyError{io.ErrNoProgress}
		}
	}
	return buf, nil
}

// replay reads a body again from its start: what was inspected, then the rest.
// Close may come while an HTTP transport still reads, since a transport may
// answer before it has sent the whole body; the buffer then already belongs to
// another request, so from there on reading fails.
type replay struct {
	pool *bufferPool
	rest io.Reader

	mu     sync.Mutex
	buf    []byte
	off    int
	closed bool
}

// Read implements io.Reader.
func (r *replay) Read(p []byte) (int, error) {
	n, done, err := r.readPrefix(p)
	if done {
		return n, err
	}
	return r.rest.Read(p) // outside the lock: it may wait for the client
}

func (r *replay) readPrefix(p []byte) (n int, done bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, true, errClosed
	}
	if r.off == len(r.buf) {
		return 0, false, nil
	}
	n = copy(p, r.buf[r.off:])
	r.off += n
	return n, true, nil
}

func (r *replay) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.closed = true
		r.pool.put(r.buf)
		r.buf = nil
	}
}
