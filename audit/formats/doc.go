// Package formats turns lines of the trail into what collectors read.
//
//	f, err := formats.New(formats.CEF, formats.Config{Syslog: true})
//	if err != nil {
//		return err
//	}
//	message, err := f.Append(buffer[:0], line) // one line of audit.jsonl
//
// A message carries what its line holds and nothing else, so that what was
// redacted stays redacted. It is valid UTF-8 without line breaks and without
// control characters: any framing fits around it.
//
//	ecs      the line as it is: JSON by the Elastic Common Schema 8
//	cef      ArcSight's Common Event Format, version 0, extension dictionary 0.1
//	leef     QRadar's Log Event Extended Format 2.0, attributes parted by tabs
//	ocsf     JSON by the Open Cybersecurity Schema Framework 1.4.0
//	wazuh    JSON of one level, with names that Wazuh has no meaning of its own for
//	rfc5424  a syslog message, the fields as structured data, the message as its text
//
// Behind a syslog header (Config.Syslog) the other formats are the MSG of a
// message by RFC 5424, whose MSGID is the event's action. JSON stands there
// bare: without the cookie "@cee:", which rsyslog's mmjsonparse does not need
// (cookie="") and at which other readers stop; and without a byte order mark,
// which is no JSON (RFC 8259, 8.1), so that MSG is what RFC 5424 calls MSG-ANY.
// Only the text of rfc5424 has the mark, and only where it is not ASCII.
//
// A message longer than Config.MaxBytes is not cut: the event is made shorter
// and formatted again. What helps to find the event is kept whole (the
// identifiers, addresses, numbers, hashes); lists go first, and texts are cut
// more and more, each with an ellipsis. Such a message says `shortened`, since
// a digest of the trail's line does not fit it any more.
package formats
