// Package audit keeps the trail: one ECS JSON object per line and event, with
// the secrets taken out before anything is written, and nothing lost in silence.
//
//	trail, err := audit.Open(cfg.Audit, audit.Info{Version: version, Hostname: host, Logger: log})
//	if err != nil {
//		return err
//	}
//	defer trail.Close(ctx) // writes what is queued; says what could not be
//
//	trail.Record(audit.Event{
//		Action:    audit.Block,
//		RequestID: id, // audit.NewRequestID(), one for each request
//		Site:      site.Name,
//		Client:    client,
//		URL:       audit.URL{Domain: host, Path: path, Query: query}, // raw
//		Match:     &audit.Match{RuleID: 942100, Score: 10, Variable: "ARGS:q", Value: value},
//	})
//
// An event's way: Record redacts and encodes it in one pass on the caller's goroutine and
// puts the line into a bounded queue; one writer goroutine appends lines in
// groups and syncs them, at most 50 ms later or, with durability `always`,
// after each group. While the disk refuses, lines wait; when the queue is full
// they are counted, and a gap event with the exact count stands where they are
// missing as soon as there is room. The steps share no state (encoder, queue,
// writer, spool), so that a chain of hashes fits between queue and spool.
//
// Tail shows the file to a person.
package audit
