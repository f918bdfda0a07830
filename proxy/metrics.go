package proxy

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/lachan-waf/lachan/audit"
	"github.com/lachan-waf/lachan/proxy/evidence"
)

// metrics is what Prometheus reads on the admin listener. Labels hold only
// what the configuration names, never what a client sends: their number is
// bounded.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	events   *prometheus.CounterVec
	findings *prometheus.CounterVec
	stages   *prometheus.HistogramVec
	reports  *prometheus.CounterVec
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lachan_requests_total",
			Help: "Requests answered, by site and status."}, []string{"site", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "lachan_request_seconds",
			Help: "Time from the request's head to the end of the response.", Buckets: prometheus.ExponentialBuckets(0.001, 3, 10)}, []string{"site"}),
		events: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lachan_events_total",
			Help: "Audit events, by site and action."}, []string{"site", "action"}),
		findings: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lachan_findings_total",
			Help: "What was found in responses, by site, kind and action (strip, redirect, detect, deny)."}, []string{"site", "kind", "action"}),
		stages: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "lachan_stage_seconds",
			Help:    "Time a stage adds to a request: inspect (the rules), upstream (until its header), clean (of the document, as it streams).",
			Buckets: prometheus.ExponentialBuckets(0.00001, 4, 11)}, []string{"stage"}),
		reports: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "lachan_csp_reports_total",
			Help: "Reports of browsers on response.csp, by site and outcome: recorded; not recorded because repeated, too-many, foreign (another page, a browser's extension), unreadable or unasked."}, []string{"site", "outcome"}),
	}
	m.registry.MustRegister(m.requests, m.duration, m.events, m.findings, m.stages, m.reports,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.registry.MustRegister(auditMetrics(s)...)
	m.registry.MustRegister(evidenceMetrics(s)...)
	return m
}

// auditMetrics read the audit trail's own counts when they are asked for.
func auditMetrics(s *Server) []prometheus.Collector {
	counter := func(name, help string, value func(audit.Stats) float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return value(s.audit.Stats()) })
	}
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	return []prometheus.Collector{
		counter("lachan_audit_written_total", "Events written to the audit file.", func(t audit.Stats) float64 { return float64(t.Written) }),
		counter("lachan_audit_bytes_total", "Bytes written to the audit file.", func(t audit.Stats) float64 { return float64(t.Bytes) }),
		counter("lachan_audit_folded_total", "Events of floods that fold records count.", func(t audit.Stats) float64 { return float64(t.Folded) }),
		counter("lachan_audit_dropped_total", "Events that could not be written; each is counted in a gap event.", func(t audit.Stats) float64 { return float64(t.Dropped) }),
		counter("lachan_audit_failures_total", "Attempts to write or sync the audit file that failed.", func(t audit.Stats) float64 { return float64(t.Failures) }),
		gauge("lachan_audit_queued", "Events that wait for the disk.", func() float64 { return float64(s.audit.Stats().Queued) }),
		gauge("lachan_audit_chain_seq", "Number of the last line that is on the disk for good.", func() float64 {
			seq, _ := s.audit.Durable()
			return float64(seq)
		}),
		&sinkCollector{s.sinks},
	}
}

// evidenceMetrics read the counts of `evidence: full`.
func evidenceMetrics(s *Server) []prometheus.Collector {
	counter := func(result string, value func(evidence.Stats) uint64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name:        "lachan_evidence_documents_total",
			Help:        "Documents from which something was removed: kept before and after, the same as one kept earlier, or lost, which a gap event tells.",
			ConstLabels: prometheus.Labels{"result": result},
		}, func() float64 { return float64(value(s.evidence.Stats())) })
	}
	return []prometheus.Collector{
		counter("kept", func(t evidence.Stats) uint64 { return t.Kept }),
		counter("repeated", func(t evidence.Stats) uint64 { return t.Repeated }),
		counter("lost", func(t evidence.Stats) uint64 { return t.Lost }),
	}
}

func (m *metrics) observe(x *exchange) {
	name := ""
	if x.site != nil {
		name = x.site.Name
	}
	m.requests.WithLabelValues(name, strconv.Itoa(x.w.status)).Inc()
	m.duration.WithLabelValues(name).Observe(x.server.now().Sub(x.started).Seconds())
}

// spent notes the time that a stage took of a request.
func (m *metrics) spent(stage string, start, now time.Time) {
	m.stages.WithLabelValues(stage).Observe(now.Sub(start).Seconds())
}

func (m *metrics) event(e audit.Event) {
	m.events.WithLabelValues(e.Site, string(e.Action)).Inc()
	if f := e.Finding; f != nil {
		m.findings.WithLabelValues(e.Site, f.Kind, string(e.Action)).Add(float64(max(f.Count, 1)))
	}
}

// report counts a message or a report by what became of it.
func (m *metrics) report(site, outcome string) { m.reports.WithLabelValues(site, outcome).Inc() }
