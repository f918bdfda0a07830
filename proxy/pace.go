package proxy

import (
	"errors"
	"io"
	"net/http"
	"time"
)

// defaultIdle is how long either side of a connection may stay silent in the
// middle of a message.
const defaultIdle = 60 * time.Second

// pace bounds how long a client may hold up a read or a write. It sets a
// deadline for each, and takes it back: HTTP/2 resets a stream whose deadline
// passes although nothing is being written, and net/http's HTTP/1 server takes
// a read that fails while the handler works for the client's disappearance.
//
// Not every ResponseWriter has deadlines; those of the real servers do.
type pace struct {
	control *http.ResponseController
	idle    time.Duration
}

// write sets the deadline of a write and returns what takes it back.
func (p *pace) write() func() {
	_ = p.control.SetWriteDeadline(time.Now().Add(p.idle))
	return func() { _ = p.control.SetWriteDeadline(time.Time{}) }
}

// last bounds what net/http still does when all has been decided: it writes
// what is buffered and, on HTTP/1, before that reads on in a body that nobody
// wants, after which there must be time left. The next request on the
// connection begins without either deadline.
func (p *pace) last() {
	now := time.Now()
	_ = p.control.SetReadDeadline(now.Add(p.idle / 4))
	_ = p.control.SetWriteDeadline(now.Add(p.idle))
}

func (p *pace) first() { _ = p.control.SetWriteDeadline(time.Time{}) }

// pacedReader reads a request's body, which may come slowly, but not stall.
type pacedReader struct {
	from io.Reader
	pace *pace
}

func (r *pacedReader) Read(b []byte) (int, error) {
	_ = r.pace.control.SetReadDeadline(time.Now().Add(r.pace.idle))
	n, err := r.from.Read(b)
	if err == nil || errors.Is(err, io.EOF) {
		_ = r.pace.control.SetReadDeadline(time.Time{})
	}
	return n, err
}
