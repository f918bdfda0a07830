// Package incident makes a bundle of one site's incident: a ZIP that can be
// handed to whoever investigates, with the events as they stand in the trail, the
// documents before and after, a proof that the events are part of the signed
// chain, and reports that people read and sign.
//
//	result, err := incident.Write(ctx, out, &incident.Case{
//		Site: "portal", From: from, To: to, Zone: time.Local, Now: time.Now(),
//		Lines: trail,    // every line of the trail, in order; ranged over three times
//		Evidence: kept,  // the site's documents, oldest first; nil: none are kept
//		PublicKey: key,  // of the checkpoints
//	})
//
// The same Case gives the same bytes. Memory does not grow with the trail: what is
// counted is bounded (tally.go), and lines are copied, not gathered. The trail is
// read to see what there is (survey.go), to write the proof (proof.go) and to copy
// the events (events.go); if it changes in between there is an error and no bundle.
//
// All text of events and pages is hostile. It becomes visible characters before a
// template sees it (display.go), and the templates escape it for HTML and XML.
package incident
