package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/cmd/lachan/portal"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy"
)

//go:embed demo.yaml
var demoConfig string

// demoStage is the infected portal and Lachan in front of it, both on
// loopback, with a folder of their own for state and events.
type demoStage struct {
	raw, safe string // base URLs
	root      string // PEM file of the CA that signed safe's certificate
	auditFile string
	address   string // safe's host:port

	dir    string
	trail  *audit.Log
	stop   context.CancelFunc
	serve  errgroup.Group
	settle func() error
}

// openDemo starts both servers. They end with ctx, or at close.
func openDemo(ctx context.Context) (_ *demoStage, err error) {
	dir, err := os.MkdirTemp("", "lachan-demo-")
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	d := &demoStage{dir: dir, auditFile: filepath.Join(dir, "audit.jsonl"), stop: stop}
	d.settle = sync.OnceValue(d.end)
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if err := d.openPortal(ctx); err != nil {
		return nil, err
	}
	return d, d.openProxy(ctx)
}

func (d *demoStage) openPortal(ctx context.Context) error {
	handler, err := portal.New()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	d.raw = "http://" + listener.Addr().String()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	d.serve.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("portal: %w", err)
		}
		return nil
	})
	// The portal may go at once: who still waits for it is a visitor of the
	// demonstration that has just been ended.
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return nil
}

func (d *demoStage) openProxy(ctx context.Context) error {
	cfg, err := d.config()
	if err != nil {
		return err
	}
	logger := newLogger().WithOptions(zap.IncreaseLevel(zap.WarnLevel))
	if d.trail, err = openAudit(cfg, logger); err != nil {
		return err
	}
	server, err := proxy.New(proxy.Options{Config: cfg, Audit: d.trail, Logger: logger, Version: version()})
	if err != nil {
		return err
	}
	d.serve.Go(func() error { return server.Run(ctx) })
	address := server.HTTPSAddr().(*net.TCPAddr)
	d.address, d.root = address.String(), server.InternalRoot()
	// Browsers and curl resolve localhost themselves, and never ask a network.
	d.safe = fmt.Sprintf("https://localhost:%d", address.Port)
	return nil
}

func (d *demoStage) config() (*policies.Config, error) {
	text := strings.NewReplacer("${upstream}", d.raw, "${dir}", d.dir).Replace(demoConfig)
	return policies.Parse(filepath.Join(d.dir, "demo.yaml"), []byte(text))
}

// end stops both servers and writes out the events. Afterwards the audit file
// is complete.
func (d *demoStage) end() error {
	d.stop()
	err := d.serve.Wait()
	if d.trail != nil {
		err = errors.Join(err, closeAudit(d.trail))
	}
	return err
}

// close ends what still runs and removes the folder.
func (d *demoStage) close() error {
	return errors.Join(d.settle(), os.RemoveAll(d.dir))
}
