package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/policies"
	"github.com/lachan-waf/lachan/proxy"
)

// configFlag is shared by the commands that read the configuration.
type configFlag struct {
	Config string `help:"The configuration file." default:"/etc/lachan/lachan.yaml" type:"path" placeholder:"FILE"`
}

type runCmd struct{ configFlag }

// Help is kong's long help.
func (runCmd) Help() string {
	return "Example:\n  lachan run --config /etc/lachan/lachan.yaml\n\n" +
		"A site with a mistake answers 503, the others are served. A reload that fails leaves in force what was."
}

// Run serves until ctx ends.
func (c *runCmd) Run(ctx context.Context) (err error) {
	logger := newLogger()
	load := func() (*policies.Config, error) { return policies.LoadLenient(c.Config) }
	cfg, problems := load()
	if cfg == nil {
		return problems
	}
	if problems != nil {
		logger.Error("some sites are not served", zap.Error(problems))
	}
	trail, err := openAudit(cfg, logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeAudit(trail)) }()
	shipping, err := ship(cfg, trail, logger)
	if err != nil {
		return err
	}
	defer shipping.Close()
	watch, err := watchFor(cfg, trail, shipping, logger)
	if err != nil {
		return err
	}
	defer watch.Close()

	srv, err := proxy.New(proxy.Options{Config: cfg, Load: load, Audit: trail, Sinks: shipping.Status, Logger: logger, Version: version()})
	if err != nil {
		return err
	}
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	go reloadOn(ctx, hangups, srv, trail, logger)

	logger.Info("serving", zap.Int("sites", len(cfg.Sites)),
		zap.Any("http", srv.HTTPAddr()), zap.Any("https", srv.HTTPSAddr()))
	notify(logger, ready)
	context.AfterFunc(ctx, func() { notify(logger, stopping) })
	return srv.Run(ctx)
}

// reloadOn reloads the configuration at each signal, and opens the audit file
// anew for whoever has rotated it.
func reloadOn(ctx context.Context, hangups <-chan os.Signal, srv *proxy.Server, trail *audit.Log, logger *zap.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-hangups:
			notify(logger, reloading())
			if err := trail.Reopen(); err != nil {
				logger.Error("audit file cannot be opened anew", zap.Error(err))
			}
			_ = srv.Reload() // logs and records what it refuses
			notify(logger, ready)
		}
	}
}
