package sinks

import (
	"errors"

	"github.com/lachan-waf/lachan/policies"
)

var errLater = errors.New("not available yet")

// raw stands for formats.New until that is there.
type raw struct{}

func (raw) Append(dst, line []byte) ([]byte, error) { return append(dst, line...), nil }

func newWebhook(policies.Sink) (receiver, error) { return nil, errLater }
func newSplunk(policies.Sink) (receiver, error)  { return nil, errLater }
func newElastic(policies.Sink) (receiver, error) { return nil, errLater }
func newLoki(policies.Sink) (receiver, error)    { return nil, errLater }
func newOTLP(policies.Sink) (receiver, error)    { return nil, errLater }
func newKafka(policies.Sink) (receiver, error)   { return nil, errLater }
