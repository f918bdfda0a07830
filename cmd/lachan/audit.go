package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/lachan-waf/lachan/audit/search"
	"github.com/lachan-waf/lachan/policies"
)

type auditCmd struct {
	Tail   tailCmd        `cmd:"" help:"Show the last events, and with --follow each new one, a line each."`
	Search auditSearchCmd `cmd:"" help:"Find events in the trail, its compressed segments included."`
	Stats  auditStatsCmd  `cmd:"" help:"Count events by action, site, rule, address, path or time."`
	Verify auditVerifyCmd `cmd:"" help:"Check that no line of the trail was altered, removed, inserted or moved."`
	Status auditStatusCmd `cmd:"" help:"Say how the trail and each sink do; for monitoring."`
	Replay auditReplayCmd `cmd:"" help:"Send a time of the trail to a sink once more."`
}

// trailFlags say which trail is read.
type trailFlags struct {
	configFlag
	File string `help:"The audit file, instead of the configuration's." type:"path" placeholder:"FILE"`
}

// path is of the file that grows.
func (f *trailFlags) path() (string, error) {
	if f.File != "" {
		return f.File, nil
	}
	cfg, err := f.config()
	if err != nil {
		return "", err
	}
	return cfg.Audit.File, nil
}

// config is the configuration, whatever is wrong with a site of it.
func (f *configFlag) config() (*policies.Config, error) {
	cfg, err := policies.LoadLenient(f.Config)
	if cfg == nil {
		return nil, err
	}
	return cfg, nil
}

// eventFlags say which events are wanted.
type eventFlags struct {
	From     timeFlag      `help:"Only events from this time on." placeholder:"TIME"`
	To       timeFlag      `help:"Only events before this time." placeholder:"TIME"`
	Site     []string      `help:"Only these sites' events." placeholder:"NAME"`
	Action   []string      `help:"Only events with these actions, and records of floods of them: block, detect, strip, redirect, deny, config, gap, fold, checkpoint, notice." placeholder:"ACTION"`
	Rule     []string      `help:"Only events for which one of these rules matched." placeholder:"ID"`
	IP       []networkFlag `name:"ip" help:"Only events of these addresses or networks." placeholder:"ADDRESS[/BITS]"`
	Path     []string      `help:"Only events of URLs whose path begins with this or, with * and ? in it, matches." placeholder:"PATH" sep:"none"`
	ID       []string      `name:"id" help:"Only the events of this request, such as a blocked visitor is shown, or with this identifier." placeholder:"ULID"`
	Severity severityFlag  `help:"Only events at least this severe: low, medium, high, critical, or a number." placeholder:"LEVEL"`
}

func (f *eventFlags) query() search.Query {
	q := search.Query{
		From: f.From.start(), To: f.To.end(), Sites: f.Site, Actions: f.Action, Rules: f.Rule, Paths: f.Path, IDs: f.ID,
		Severity: int(f.Severity),
	}
	for _, network := range f.IP {
		q.Addresses = append(q.Addresses, netip.Prefix(network))
	}
	return q
}

// networkFlag is a network, or an address as one.
type networkFlag netip.Prefix

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *networkFlag) UnmarshalText(text []byte) error {
	if a, err := netip.ParseAddr(string(text)); err == nil {
		a = a.Unmap()
		*f = networkFlag(netip.PrefixFrom(a, a.BitLen()))
		return nil
	}
	p, err := netip.ParsePrefix(string(text))
	if err != nil {
		return fmt.Errorf("%q is neither an address nor a network such as 203.0.113.0/24 or 2001:db8::/32", text)
	}
	*f = networkFlag(p.Masked())
	return nil
}

// severityFlag is a value of event.severity.
type severityFlag int

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *severityFlag) UnmarshalText(text []byte) error {
	named := map[string]severityFlag{"low": 21, "medium": 47, "high": 73, "critical": 99}
	if level, ok := named[strings.ToLower(string(text))]; ok {
		*f = level
		return nil
	}
	n, err := strconv.Atoi(string(text))
	if err != nil || n < 0 || n > 100 {
		return errors.New("expected low, medium, high, critical or a number up to 100")
	}
	*f = severityFlag(n)
	return nil
}

// colors says whether a command that was asked for auto, always or never uses them.
func colors(when string) bool {
	return when == "always" || when == "auto" && onTerminal(os.Stdout)
}

func onTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
