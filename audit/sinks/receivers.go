package sinks

import (
	"fmt"

	"go.uber.org/zap"

	"github.com/lachan-waf/lachan/audit/formats"
	"github.com/lachan-waf/lachan/policies"
)

// newReceiver returns what speaks the sink's protocol.
func newReceiver(sink policies.Sink, log *zap.Logger) (receiver, error) {
	switch sink.Type {
	case policies.SinkSyslog:
		return newSyslog(sink)
	case policies.SinkFile:
		return newFile(sink)
	case policies.SinkHTTP:
		return newWebhook(sink)
	case policies.SinkSplunk:
		return newSplunk(sink)
	case policies.SinkElastic:
		return newElastic(sink)
	case policies.SinkLoki:
		return newLoki(sink)
	case policies.SinkOTLP:
		return newOTLP(sink)
	case policies.SinkKafka:
		return newKafka(sink, log)
	}
	return nil, fmt.Errorf("no sink of type %q", sink.Type)
}

// newFormatter returns what writes the sink's messages: with syslog's header
// where the protocol has one.
func newFormatter(sink policies.Sink) (formatter, error) {
	return formats.New(formats.Format(sink.Format), formats.Config{Syslog: sink.Type == policies.SinkSyslog})
}
