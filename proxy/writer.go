package proxy

import (
	"bufio"
	"net"
	"net/http"
	"time"

	"github.com/lachan-waf/lachan/proxy/framing"
)

// responseWriter remembers the status, names the request in every response, and
// bounds how long the client may take to accept what it is sent.
type responseWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	pace    *pace
	id      string // of the request
	status  int
}

func newResponseWriter(w http.ResponseWriter, id string, idle time.Duration) *responseWriter {
	control := http.NewResponseController(w)
	return &responseWriter{ResponseWriter: w, control: control, pace: &pace{control, idle}, id: id}
}

// Unwrap serves http.ResponseController.
func (w *responseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader drops informational responses: a 103 carries Link fields that
// nobody has cleaned (RFC 8297). 101 is the WebSocket handshake's answer.
func (w *responseWriter) WriteHeader(status int) {
	if status < 200 && status != http.StatusSwitchingProtocols {
		return
	}
	if w.status == 0 {
		w.status = status
		w.Header().Set("X-Request-Id", w.id) // in place of an upstream's own
	}
	w.ResponseWriter.WriteHeader(status)
}

// Hijack hands the connection over after a WebSocket handshake: from here on
// it does not carry HTTP messages, whose framing would be checked.
func (w *responseWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := w.control.Hijack()
	if err == nil {
		w.status = http.StatusSwitchingProtocols
		framing.Tunnel(conn)
	}
	return conn, buffered, err
}

func (w *responseWriter) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	defer w.pace.write()()
	return w.ResponseWriter.Write(p)
}

// FlushError serves http.ResponseController.
func (w *responseWriter) FlushError() error {
	defer w.pace.write()()
	return w.control.Flush()
}
