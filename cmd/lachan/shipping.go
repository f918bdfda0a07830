package main

import (
	"fmt"
	"os"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/audit/alerts"
	"github.com/lachan-waf/lachan/audit/sinks"
	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// ship starts the sinks, and has the trail tell of their troubles.
func ship(cfg *policies.Config, log *audit.Log, logger *zap.Logger) (*sinks.Shipping, error) {
	if err := readsBack(&cfg.Audit); err != nil {
		return nil, err
	}
	t := &troubles{log: log, told: map[string]time.Time{}}
	shipping, err := sinks.Start(cfg.Audit.Sinks,
		sinks.Source{Path: cfg.Audit.File, State: auditState(cfg), Durable: log.Durable},
		sinks.Options{Logger: logger, Notify: t.heard})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return shipping, nil
}

// readsBack finds out whether the trail goes where nobody can read it again, as
// /dev/stdout in a container, although somebody is to.
func readsBack(a *policies.Audit) error {
	if len(a.Sinks) == 0 && len(a.Alerts.Rules) == 0 {
		return nil
	}
	info, err := os.Stat(a.File)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("audit: %s is no file that can be read back, which sinks and alerts do: name one with audit.file", a.File)
	}
	return nil
}

// watchFor starts the alerts.
func watchFor(cfg *policies.Config, log *audit.Log, shipping *sinks.Shipping, logger *zap.Logger) (*alerts.Watch, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	watch, err := alerts.Start(cfg.Audit.Alerts, alerts.Source{
		Path: cfg.Audit.File, State: auditState(cfg), Durable: log.Durable,
		Sinks: func() (cursors []trail.Cursor) {
			for _, s := range shipping.Status() {
				cursors = append(cursors, s.Cursor)
			}
			return cursors
		},
	}, alerts.Options{Host: host, Logger: logger})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return watch, nil
}

// patience is how long a sink may take nothing before the trail tells: a
// receiver that restarts is no trouble.
const patience = 5 * time.Minute

// troubles turns what happens to sinks into events: one when a sink has taken
// nothing for some time, one when it takes events again, and of rejected ones no
// more than one in a minute.
type troubles struct {
	log *audit.Log

	mu   sync.Mutex
	told map[string]time.Time // of a failing sink: since when; of rejections: the last event
}

func (t *troubles) heard(trouble sinks.Trouble) {
	t.mu.Lock()
	defer t.mu.Unlock()
	failing, rejecting := trouble.Sink, trouble.Sink+" rejections"
	now := time.Now()
	e := audit.Event{Action: audit.Notice, Reason: "sink", Notice: &audit.NoticeDetail{Kind: "sink", Name: trouble.Sink}}
	switch told, known := t.told[failing]; {
	case trouble.Rejected > 0:
		if now.Sub(t.told[rejecting]) < time.Minute {
			return
		}
		t.told[rejecting] = now
		e.Message = fmt.Sprintf("sink %s rejects events; they stay in the trail", trouble.Sink)
		e.Error, e.Notice.Value = trouble.Cause.Error(), int64(trouble.Rejected)
	case trouble.Cause == nil:
		if !known {
			return
		}
		delete(t.told, failing)
		e.Message = fmt.Sprintf("sink %s takes events again, after %s", trouble.Sink, now.Sub(told).Round(time.Second))
	case known || now.Sub(trouble.Since) < patience:
		return
	default:
		t.told[failing] = trouble.Since
		e.Message = fmt.Sprintf("sink %s has taken no events since %s; they wait in the trail", trouble.Sink, trouble.Since.UTC().Format(time.RFC3339))
		e.Error = trouble.Cause.Error()
	}
	t.log.Record(e)
}
