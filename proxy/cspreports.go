package proxy

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/proxy/csp"
)

// answered ends a request that is the proxy's own affair.
type answered struct{ status int }

func (e *answered) Error() string { return "answered with status " + strconv.Itoa(e.status) }

// takeReports takes what browsers report of the site's policy. The path is
// reserved on every site: no request for it is forwarded.
func (x *exchange) takeReports() error {
	path, _, _ := strings.Cut(x.target, "?")
	if path != csp.ReportPath {
		return nil
	}
	if x.r.Method != http.MethodPost {
		x.w.Header().Set("Allow", http.MethodPost)
		return &answered{http.StatusMethodNotAllowed}
	}
	reports, outcome := x.readReports()
	if outcome != "" {
		x.server.metrics.report(x.site.Name, outcome)
	}
	for _, r := range reports {
		x.server.metrics.report(x.site.Name, x.takeReport(r))
	}
	return &answered{http.StatusNoContent}
}

// readReports reads the message, or says why it is none.
func (x *exchange) readReports() (_ []csp.Report, outcome string) {
	if x.site.policy == nil {
		return nil, "unasked"
	}
	body, err := io.ReadAll(io.LimitReader(x.requestBody(), csp.MaxBody+1))
	if err != nil || len(body) > csp.MaxBody {
		return nil, "unreadable"
	}
	reports, err := csp.ReadReports(x.r.Header.Get("Content-Type"), body)
	if err != nil {
		return nil, "unreadable"
	}
	return reports, ""
}

// takeReport leaves an event, unless the report is not worth one, and returns
// what became of it, for the metrics.
func (x *exchange) takeReport(r csp.Report) (outcome string) {
	switch {
	case r.Kind() == "" || r.Foreign() || x.snapshot.hosts[r.DocumentHost()] != x.site:
		return "foreign"
	default:
		outcome = x.site.reports.admit(r, x.server.now())
	}
	if outcome == reportRecorded {
		x.record(reportEvent(r))
	}
	return outcome
}

// reportEvent is a finding in the page that the report names as its referrer.
// What it says is a visitor's claim, so that the action is never more than detect.
func reportEvent(r csp.Report) audit.Event {
	return audit.Event{
		Action: audit.Detect,
		HTTP:   audit.HTTP{Status: http.StatusNoContent, Referrer: r.Document},
		Finding: &audit.Finding{
			Kind: r.Kind(), Target: r.Blocked, Host: r.Host(), Snippet: r.Sample,
			Reasons: []string{"csp-report", r.Directive},
		},
	}
}

const (
	// reportWindow is how long reports of one kind count as one.
	reportWindow = time.Minute
	// maxReportKinds bounds the events of a site in that time.
	maxReportKinds = 60
)

// What becomes of a report that could be read.
const (
	reportRecorded = "recorded"
	reportRepeated = "repeated"
	reportTooMany  = "too-many"
)

// reportGate keeps the reports of a site, which every visitor's browser sends
// for every page, and anybody may send, from filling the trail: one event a
// minute for a directive and a host, and not more than maxReportKinds. The
// others are counted. The zero value is ready.
type reportGate struct {
	mu    sync.Mutex
	since time.Time
	seen  map[reportKind]struct{}
}

type reportKind struct{ directive, blocked string }

func (g *reportGate) admit(r csp.Report, now time.Time) (outcome string) {
	kind := reportKind{r.Directive, r.Host()}
	if kind.blocked == "" {
		kind.blocked = r.Blocked
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.seen == nil || now.Sub(g.since) >= reportWindow {
		g.since, g.seen = now, make(map[reportKind]struct{})
	}
	if _, repeated := g.seen[kind]; repeated {
		return reportRepeated
	}
	if len(g.seen) >= maxReportKinds {
		return reportTooMany
	}
	g.seen[kind] = struct{}{}
	return reportRecorded
}
