package proxy

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/policies"
)

// Reload reads the configuration anew with Options.Load and applies it.
func (s *Server) Reload() error {
	if s.load == nil {
		return errors.New("this server was started without a configuration file")
	}
	s.reloading.Lock()
	defer s.reloading.Unlock()
	cfg, err := s.load()
	if cfg == nil {
		return s.refused(configRefused, err)
	}
	if err != nil {
		err = s.refused(sitesRefused, err)
	}
	return errors.Join(err, s.apply(cfg))
}

// Apply puts another configuration in force, for requests that begin from
// then on. Sites that do not compile keep what they had and are named in the
// error. Listeners and the other keys of the whole server need a restart: a
// change of theirs is refused as a whole.
func (s *Server) Apply(cfg *policies.Config) error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	return s.apply(cfg)
}

func (s *Server) apply(cfg *policies.Config) error {
	previous := s.current.Load()
	if err := sameServer(previous.config, cfg); err != nil {
		return s.refused(configRefused, err)
	}
	s.lists.reread()
	next, err := s.buildSnapshot(cfg, previous)
	s.current.Store(next)
	previous.retire()
	if manageErr := s.keeper.Manage(context.Background(), next.certs); manageErr != nil {
		err = errors.Join(err, manageErr)
	}
	if err != nil {
		return s.refused(sitesRefused, err)
	}
	s.audit.Record(audit.Event{Action: audit.Config, Reason: fmt.Sprintf("%d sites in force", len(cfg.Sites))})
	s.logger.Info("configuration reloaded", zap.Int("sites", len(cfg.Sites)))
	return nil
}

// configRefused is said where nothing of a configuration is in force.
const configRefused = "configuration refused; what was in force stays"

// sitesRefused is said where the rest of it is.
const sitesRefused = "sites refused; what they had stays in force, the others go on"

// refused leaves a trace of a configuration, or part of one, that was not put
// in force.
func (s *Server) refused(what string, err error) error {
	s.audit.Record(audit.Event{Action: audit.Config, Reason: what, Error: err.Error()})
	s.logger.Error(what, zap.Error(err))
	return err
}

// sameServer refuses a change of what only a restart can change.
func sameServer(old, next *policies.Config) error {
	var errs []error
	for _, c := range []struct {
		key       string
		old, next any
	}{
		{"listen.http", old.Listen.HTTP, next.Listen.HTTP},
		{"listen.https", old.Listen.HTTPS, next.Listen.HTTPS},
		{"state_dir", old.StateDir, next.StateDir},
		{"acme", old.ACME, next.ACME},
		{"admin.listen", old.Admin.Listen, next.Admin.Listen},
		{"audit.file", old.Audit.File, next.Audit.File},
		{"audit.durability", old.Audit.Durability, next.Audit.Durability},
		{"audit.retention", old.Audit.Retention, next.Audit.Retention},
		{"audit.rotate", old.Audit.Rotate, next.Audit.Rotate},
		{"audit.fold", old.Audit.Fold, next.Audit.Fold},
		{"audit.sinks", old.Audit.Sinks, next.Audit.Sinks},
		{"audit.alerts", old.Audit.Alerts, next.Audit.Alerts},
	} {
		if !reflect.DeepEqual(c.old, c.next) {
			errs = append(errs, fmt.Errorf("%s has changed: restart to apply it", c.key))
		}
	}
	return errors.Join(errs...)
}
