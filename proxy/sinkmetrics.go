package proxy

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/lachan-waf/lachan/audit/sinks"
)

// sinkCollector tells Prometheus how the sinks do when it asks.
type sinkCollector struct{ status func() []sinks.Status }

func sinkFigure(name, help string) *prometheus.Desc {
	return prometheus.NewDesc("lachan_sink_"+name, help, []string{"sink"}, nil)
}

func (c *sinkCollector) Describe(out chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, out) }

// Collect implements prometheus.Collector.
func (c *sinkCollector) Collect(out chan<- prometheus.Metric) {
	if c.status == nil {
		return
	}
	for _, s := range c.status() {
		up := 1.0
		if s.Error != "" {
			up = 0
		}
		for _, m := range []struct {
			desc  *prometheus.Desc
			kind  prometheus.ValueType
			value float64
		}{
			{sinkFigure("up", "Whether the sink takes events."), prometheus.GaugeValue, up},
			{sinkFigure("lag_lines", "Lines of the trail that the sink does not have for good."), prometheus.GaugeValue, float64(s.Lag)},
			{sinkFigure("delivered_total", "Events handed over, those sent again counted again."), prometheus.CounterValue, float64(s.Delivered)},
			{sinkFigure("rejected_total", "Events the sink will never take; they stay in the trail."), prometheus.CounterValue, float64(s.Rejected)},
		} {
			out <- prometheus.MustNewConstMetric(m.desc, m.kind, m.value, s.Name)
		}
	}
}
