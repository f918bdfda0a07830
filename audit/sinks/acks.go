package sinks

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// acks asks splunk what it has indexed.
//
// https://docs.splunk.com/Documentation/Splunk/latest/Data/AboutHECIDXAck
type acks struct {
	*endpoint
	channel  string
	between  time.Duration // two questions
	patience time.Duration // after which the events are sent again
}

func newAcks(e *endpoint, channel string) *acks {
	return &acks{e, channel, time.Second, 2 * time.Minute}
}

// await returns when the events are indexed. A question that fails is asked
// again: what matters is what becomes of the events.
func (k *acks) await(ctx context.Context, id uint64) error {
	ctx, cancel := context.WithTimeout(ctx, k.patience)
	defer cancel()
	ticker := time.NewTicker(k.between)
	defer ticker.Stop()
	last := errors.New("not yet")
	for {
		done, err := k.ask(ctx, id)
		if done {
			return nil
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return fmt.Errorf("splunk took events, but did not acknowledge them within %v: %w", k.patience, last)
		}
	}
}

func (k *acks) ask(ctx context.Context, id uint64) (bool, error) {
	a, err := k.post(ctx, request{
		path: "services/collector/ack", query: "channel=" + k.channel, kind: "application/json",
		header: map[string]string{channelHeader: k.channel},
		body:   appendJSON(nil, map[string][]uint64{"acks": {id}}),
	})
	if err == nil {
		err = a.problem()
	}
	if err != nil {
		return false, err
	}
	return readAck(a, id)
}

func readAck(a answer, id uint64) (bool, error) {
	var state struct {
		Acks map[string]bool `json:"acks"`
	}
	if err := a.decode(&state, "splunk"); err != nil {
		return false, err
	}
	return state.Acks[strconv.FormatUint(id, 10)], nil
}
