package proxy

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"time"
)

// errStalled is why a response ends whose origin fell silent within its body.
var errStalled = errors.New("upstream fell silent within its response")

// watchedBody ends the exchange when the origin sends nothing for as long as a
// client may send nothing. What is held back of a page would wait for ever, and
// with it what is held in memory for the page. Bodies that are passed on as they
// come may pause: a stream of events is silent for hours.
type watchedBody struct {
	io.ReadCloser
	timer   *time.Timer
	idle    time.Duration
	stalled atomic.Bool
}

func (x *exchange) watch(body io.ReadCloser) io.ReadCloser {
	b := &watchedBody{ReadCloser: body, idle: x.server.idle}
	b.timer = time.AfterFunc(b.idle, func() {
		b.stalled.Store(true)
		x.cancel(errStalled) // closing the body would wait for the Read under way
	})
	b.timer.Stop()
	return b
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.timer.Reset(b.idle)
	n, err := b.ReadCloser.Read(p)
	b.timer.Stop()
	if err != nil && err != io.EOF && b.stalled.Load() {
		err = errStalled
	}
	return n, err
}

// brokeOff records a document that the origin, or a limit, cut short: what was
// held back of it by then was dropped. A visitor who has left is no event.
func (x *exchange) brokeOff(err error) {
	if cause := context.Cause(x.r.Context()); cause == nil || errors.Is(cause, errStalled) {
		x.record(x.denyEvent("response broke off: "+err.Error(), x.w.status))
	}
}
