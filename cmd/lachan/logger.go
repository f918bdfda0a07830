package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"golang.org/x/term"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/policies"
)

// newLogger returns the operational log, on standard error: lines to read on
// a terminal, JSON for the journal and for collectors.
func newLogger() *zap.Logger {
	cfg := zap.NewProductionEncoderConfig()
	cfg.EncodeTime = zapcore.ISO8601TimeEncoder
	encoder := zapcore.NewJSONEncoder(cfg)
	if term.IsTerminal(int(os.Stderr.Fd())) {
		cfg.EncodeLevel = zapcore.CapitalColorLevelEncoder
		encoder = zapcore.NewConsoleEncoder(cfg)
	}
	return zap.New(zapcore.NewCore(encoder, zapcore.Lock(os.Stderr), zap.InfoLevel))
}

func openAudit(cfg *policies.Config, logger *zap.Logger) (*audit.Log, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	trail := cfg.Audit
	trail.Retention = cfg.KeepEvents()
	return audit.Open(trail, audit.Info{Version: version(), Hostname: host, State: auditState(cfg), Logger: logger})
}

// auditState is the folder of the trail's keys and cursors.
func auditState(cfg *policies.Config) string { return filepath.Join(cfg.StateDir, "audit") }

// closeAudit writes out what is queued, for a bounded time.
func closeAudit(trail *audit.Log) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return trail.Close(ctx)
}
