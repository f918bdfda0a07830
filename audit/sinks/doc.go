// Package sinks ships the trail to those who watch it: a SOC's syslog, an
// index, a queue.
//
//	shipping, err := sinks.Start(cfg.Audit, sinks.Source{Path: cfg.Audit.File, State: state, Durable: trail.Durable}, …)
//	if err != nil {
//		return err
//	}
//	defer shipping.Close()
//
// The trail's file is the spool: each sink reads it with a cursor of its own that
// outlives a restart. While a receiver is away its events wait on the disk, and
// cost nothing else; when it comes back they go out in order. What is sent and
// not confirmed is sent again, so that a receiver may get an event twice, told by
// event.id, but never not at all.
package sinks
