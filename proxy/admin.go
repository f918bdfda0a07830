package proxy

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
	"golang.org/x/sys/unix"
)

// openAdmin makes the admin listener's socket, which only its owner may use.
// A socket left behind by a process that died is replaced; one that answers
// is not.
func (s *Server) openAdmin(path string) (*listener, error) {
	if conn, err := net.Dial("unix", path); err == nil {
		_ = conn.Close()
		return nil, fmt.Errorf("admin.listen: %s: another process answers there", path)
	}
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		_ = os.Remove(path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, fmt.Errorf("admin.listen: %w", err)
	}
	socket, err := listenPrivate(path)
	if err != nil {
		return nil, fmt.Errorf("admin.listen: %w", err)
	}
	return &listener{name: "admin.listen", socket: socket, conns: socket, server: &http.Server{
		Handler: s.adminHandler(), ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: keepAlive,
		ErrorLog: zap.NewStdLog(s.logger.Named("admin")),
	}}, nil
}

// listenPrivate gives the socket its mode before anybody can connect. The
// umask is the process's, so this belongs to its start.
func listenPrivate(path string) (net.Listener, error) {
	defer unix.Umask(unix.Umask(0o177))
	return net.Listen("unix", path)
}

// adminHandler answers the operator's own tools:
//
//	GET  /health   200 while serving, 503 before and while draining
//	GET  /status   what is in force, as JSON
//	GET  /metrics  Prometheus
//	POST /reload   as SIGHUP, but says what came of it
func (s *Server) adminHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", s.serveHealth)
	mux.HandleFunc("GET /status", s.serveStatus)
	mux.HandleFunc("POST /reload", s.serveReload)
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	return mux
}

func (s *Server) serveHealth(w http.ResponseWriter, _ *http.Request) {
	state := s.health.state()
	if state != serving {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	fmt.Fprintln(w, state)
}

// Status is the answer of GET /status.
type Status struct {
	Version string       `json:"version"`
	Started time.Time    `json:"started"`
	State   string       `json:"state"`
	Sites   []SiteStatus `json:"sites"`
}

// SiteStatus is one site's part of Status. Error says why it answers 503.
type SiteStatus struct {
	Name  string   `json:"name"`
	Hosts []string `json:"hosts"`
	Error string   `json:"error,omitempty"`
}

func (s *Server) serveStatus(w http.ResponseWriter, _ *http.Request) {
	sn := s.acquire()
	defer sn.release()
	status := Status{Version: s.version, Started: s.started, State: s.health.state()}
	for _, t := range sn.sites {
		row := SiteStatus{Name: t.Name, Hosts: t.Hosts}
		if t.broken != nil {
			row.Error = t.broken.Error()
		}
		status.Sites = append(status.Sites, row)
	}
	writeJSON(w, http.StatusOK, status)
}

func (s *Server) serveReload(w http.ResponseWriter, _ *http.Request) {
	if err := s.Reload(); err != nil {
		writeJSON(w, http.StatusUnprocessableEntity, map[string]string{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"reloaded": s.now().UTC().Format(time.RFC3339)})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the reader has gone: nothing is left to do
}
