package proxy

import "sync/atomic"

// The states of a Server, as GET /health names them.
const (
	starting = "starting"
	serving  = "serving"
	draining = "draining"
)

// health is the server's state; the zero value is starting.
type health struct{ now atomic.Pointer[string] }

func (h *health) ready()    { h.set(serving) }
func (h *health) draining() { h.set(draining) }

func (h *health) set(state string) { h.now.Store(&state) }

func (h *health) state() string {
	if state := h.now.Load(); state != nil {
		return *state
	}
	return starting
}
