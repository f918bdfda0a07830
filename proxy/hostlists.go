package proxy

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/policies/hostlist"
)

// listsEvery is how often host lists are looked at. They are polled for the
// reasons certificate files are (package certs): one stat call a list.
const listsEvery = 2 * time.Second

// hostLists holds each list file once, however many sites use it. The sites
// that are served hold on to their files: a list stays in memory until the last
// of them is gone.
type hostLists struct {
	logger *zap.Logger
	mu     sync.Mutex
	files  map[string]*usedList
}

type usedList struct {
	*hostlist.File
	users int
}

func newHostLists(logger *zap.Logger) *hostLists {
	return &hostLists{logger: logger.Named("hostlists"), files: make(map[string]*usedList)}
}

// acquire returns the files at paths, reading those that no site has. With an
// error none is held.
func (h *hostLists) acquire(paths []string) ([]*hostlist.File, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var errs []error
	for _, path := range paths {
		if err := h.open(path); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		h.sweep()
		return nil, errors.Join(errs...)
	}
	files := make([]*hostlist.File, 0, len(paths))
	for _, path := range paths {
		h.files[path].users++
		files = append(files, h.files[path].File)
	}
	return files, nil
}

func (h *hostLists) open(path string) error {
	if h.files[path] != nil {
		return nil
	}
	file, err := hostlist.Open(path)
	if err != nil {
		return err
	}
	h.files[path] = &usedList{File: file}
	h.told(file, "host list in use")
	return nil
}

// release gives files back, as often as they were acquired.
func (h *hostLists) release(files []*hostlist.File) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range files {
		h.files[f.Path()].users--
	}
	h.sweep()
}

// sweep forgets the files that nobody uses.
func (h *hostLists) sweep() {
	for path, f := range h.files {
		if f.users == 0 {
			delete(h.files, path)
		}
	}
}

// told logs a list that has been read, and the lines that could not be.
func (h *hostLists) told(f *hostlist.File, message string) {
	set := f.Set()
	h.logger.Info(message, zap.String("file", f.Path()), zap.Int("entries", set.Entries), zap.Int("skipped", set.Skipped))
	if err := set.Problems(f.Path()); err != nil {
		h.logger.Warn("lines of a host list could not be read", zap.Error(err))
	}
}

// watch looks at the lists in use until ctx ends.
func (h *hostLists) watch(ctx context.Context) {
	ticker := time.NewTicker(listsEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			h.each((*hostlist.File).Refresh)
		}
	}
}

// reread reads all lists in use again.
func (h *hostLists) reread() { h.each((*hostlist.File).Reread) }

func (h *hostLists) each(read func(*hostlist.File) (bool, error)) {
	for _, f := range h.inUse() {
		switch changed, err := read(f); {
		case err != nil:
			h.logger.Error("replaced host list not used, the one before stays", zap.String("file", f.Path()), zap.Error(err))
		case changed:
			h.told(f, "replaced host list in use")
		}
	}
}

func (h *hostLists) inUse() (files []*hostlist.File) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, f := range h.files {
		files = append(files, f.File)
	}
	return files
}

// problems joins what is wrong with lines of the lists in use.
func (h *hostLists) problems() error {
	var errs []error
	for _, f := range h.inUse() {
		errs = append(errs, f.Set().Problems(f.Path()))
	}
	return errors.Join(errs...)
}
