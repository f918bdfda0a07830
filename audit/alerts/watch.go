package alerts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit/trail"
	"github.com/lachan-waf/lachan/policies"
)

// Source is the trail that is watched.
type Source struct {
	Path  string // of the growing file
	State string // folder of what is remembered
	// Durable is the last line that may be read, and a channel that is closed when
	// there are more.
	Durable func() (seq uint64, more <-chan struct{})
	// Sinks tell how far each has got. nil: there are none.
	Sinks func() []trail.Cursor
}

// Options of a Watch.
type Options struct {
	Host   string           // the machine's name, for people
	Logger *zap.Logger      // nil: none
	Now    func() time.Time // nil: time.Now
}

// Watch reads the trail and sends alerts.
type Watch struct {
	source  Source
	host    string
	log     *zap.Logger
	now     func() time.Time
	every   time.Duration
	rules   []*rule
	groups  []map[groupKey]*group // by rule
	boxes   []*outbox
	targets [][]*outbox // by rule
	memory  *memory
	reader  *trail.Reader
	links   links
	saved   uint64
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// Start watches from where the last run ended; the first one from now on. A file
// or a text that cannot be read is an error; a channel that does not answer is not.
func Start(cfg policies.Alerts, source Source, o Options) (*Watch, error) {
	w, err := newWatch(cfg, source, o)
	if err != nil {
		return nil, fmt.Errorf("alerts: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	w.cancel = cancel
	if len(w.rules) == 0 {
		return w, nil
	}
	for _, box := range w.boxes {
		w.running.Go(func() { box.run(ctx) })
	}
	w.running.Go(func() { w.run(ctx) })
	return w, nil
}

// Close stops watching. What was not sent is looked at again by the next run.
func (w *Watch) Close() {
	w.cancel()
	w.running.Wait()
}

func newWatch(cfg policies.Alerts, source Source, o Options) (*Watch, error) {
	if o.Logger == nil {
		o.Logger = zap.NewNop()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w := &Watch{source: source, host: o.Host, log: o.Logger, now: o.Now, every: time.Duration(cfg.Every)}
	if len(cfg.Rules) == 0 {
		return w, nil
	}
	texts, err := loadTexts(cfg.Language, cfg.Templates)
	if err != nil {
		return nil, err
	}
	if err := w.open(cfg, texts); err != nil {
		return nil, err
	}
	memory, known, err := loadMemory(source.State)
	if err != nil {
		return nil, err
	}
	if !known {
		memory.Seq, _ = source.Durable()
	}
	w.memory, w.reader, w.saved = memory, trail.OpenReader(source.Path, memory.Seq+1), memory.Seq
	return w, nil
}

// open makes the outboxes, and says which rule uses which.
func (w *Watch) open(cfg policies.Alerts, t *texts) error {
	for _, c := range cfg.Channels {
		to, err := newChannel(c)
		if err != nil {
			return fmt.Errorf("channel %s: %w", c.Name, err)
		}
		w.boxes = append(w.boxes, newOutbox(c, to, t, w.log))
	}
	for _, r := range cfg.Rules {
		w.rules = append(w.rules, newRule(r))
		w.groups = append(w.groups, map[groupKey]*group{})
		var targets []*outbox
		for _, box := range w.boxes {
			if len(r.To) == 0 || slices.Contains(r.To, box.name) {
				targets = append(targets, box)
			}
		}
		w.targets = append(w.targets, targets)
	}
	return nil
}

func newChannel(c policies.AlertChannel) (channel, error) {
	switch c.Type {
	case policies.ChannelEmail:
		return newEmail(c)
	case policies.ChannelTelegram:
		return newTelegram(c)
	case policies.ChannelWebhook:
		return newWebhook(c)
	}
	return nil, fmt.Errorf("no channel of type %q", c.Type)
}

// lookEvery is how often time alone is looked at: what is due, and the sinks.
const lookEvery = time.Second

func (w *Watch) run(ctx context.Context) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	defer func() { _ = w.reader.Close() }()
	for ctx.Err() == nil {
		durable, more := w.source.Durable()
		if err := w.read(durable); err != nil {
			w.log.Error("alerts cannot read the trail", zap.Error(err))
			more = nil // not at once again
		}
		select {
		case <-more:
		case <-ticker.C:
			w.sinks()
			w.send()
			w.remember()
		case <-ctx.Done():
		}
	}
}

// read shows the rules what is new.
func (w *Watch) read(durable uint64) error {
	for {
		line, err := w.reader.Next(durable)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		w.memory.Seq = max(w.memory.Seq, line.Seq)
		if fault := w.links.check(line); fault != "" {
			w.tell(policies.WhenChain, occurrence{at: w.now(), count: 1, example: fmt.Sprintf("%s:%d: line %d: %s", line.File, line.No, line.Seq, fault)})
		}
		e, err := parse(line.Raw)
		if err != nil {
			continue // the chain has told
		}
		fresh := w.memory.fresh(e)
		for i, r := range w.rules {
			if o := r.see(e, fresh); o != nil {
				w.add(i, o)
			}
		}
	}
}

// tell gives an occurrence that is not made of an event to the rules about it.
func (w *Watch) tell(when policies.AlertWhen, o occurrence) {
	o.when = when
	for i, r := range w.rules {
		if r.When == when {
			w.add(i, &o)
		}
	}
}

func (w *Watch) add(rule int, o *occurrence) {
	key := groupKey{o.site, o.subject}
	g := w.groups[rule][key]
	if g == nil {
		g = &group{}
		w.groups[rule][key] = g
	}
	g.add(o, w.now(), w.every)
}

// sinks looks for those that have taken nothing for too long.
func (w *Watch) sinks() {
	if w.source.Sinks == nil {
		return
	}
	for i, r := range w.rules {
		if r.When != policies.WhenSink {
			continue
		}
		for _, c := range w.source.Sinks() {
			g := w.groups[i][groupKey{subject: c.Name}]
			if c.Error == "" || w.now().Sub(c.Since) < time.Duration(r.Within) || g != nil && g.alert.Count > 0 {
				continue
			}
			w.add(i, &occurrence{when: r.When, subject: c.Name, at: c.Since, count: 1, example: dead(c.Error)})
		}
	}
}

// send puts what is due into the outboxes.
func (w *Watch) send() {
	now := w.now()
	for i, groups := range w.groups {
		for key, g := range groups {
			if a, due := g.take(now); due {
				a.Host, a.Within = w.host, time.Duration(w.rules[i].Within)
				for _, box := range w.targets[i] {
					box.put(a)
				}
			}
			if g.over(now, w.every) {
				delete(groups, key)
			}
		}
	}
}

// remember keeps the place, unless something still waits to be told.
func (w *Watch) remember() {
	if w.memory.Seq == w.saved || w.waits() {
		return
	}
	if err := w.memory.save(); err != nil {
		w.log.Error("alerts cannot remember where they are: after a restart some may come again", zap.Error(err))
		return
	}
	w.saved = w.memory.Seq
}

func (w *Watch) waits() bool {
	for _, groups := range w.groups {
		for _, g := range groups {
			if g.alert.Count > 0 {
				return true
			}
		}
	}
	return slices.ContainsFunc(w.boxes, func(b *outbox) bool { return !b.empty() })
}
