package audit

import (
	"net/netip"
	"time"
)

// Action is what Lachan did: the value of event.action.
type Action string

// The actions. A finding of the cleaner that stays in the page, because the
// site only reports, is Detect, as is a rule that matched without blocking.
const (
	Block    Action = "block"    // the WAF refused a request, or withheld the response to it
	Detect   Action = "detect"   // a rule matched, or a finding was made, and the bytes went on
	Strip    Action = "strip"    // the cleaner removed something from a response
	Redirect Action = "redirect" // a redirect to a foreign host was stopped
	Deny     Action = "deny"     // a request was refused before or beside the WAF (protocol, limits, budget)
	Config   Action = "config"   // the configuration was loaded, or was refused (Error says why)
	Gap      Action = "gap"      // events were lost; written by the Log itself
	Fold     Action = "fold"     // one record for a flood of the same kind

	Checkpoint Action = "checkpoint" // how far the trail is, signed; written by the Log itself
	Notice     Action = "notice"     // the trail's own health: disk, sinks, retention, certificates (Error: it is bad)
)

// Event is one record of the trail. Everything in it is raw, as it was
// received: Record redacts, bounds and escapes.
type Event struct {
	Time      time.Time // zero: now
	ID        string    // ULID; empty: a new one
	RequestID string    // ULID of the request, shared by all its events
	Action    Action
	Site      string         // service.name; empty for events of the whole proxy
	Client    netip.AddrPort // the visitor, behind trusted proxies too
	HTTP      HTTP
	URL       URL
	Match     *Match   // the WAF's verdict, if it had one
	Finding   *Finding // the cleaner's finding, if there is one
	Reason    string   // event.reason: why, in a few words (`deny`, `config`)
	Message   string   // one line for people; empty: made from the rest
	Error     string   // error.message; makes the outcome of `config` a failure
	Loss      *Loss    // of a `gap`

	Fold       *Flood            // of a `fold`; Match or Finding may say of which kind
	Checkpoint *CheckpointDetail // of a `checkpoint`
	Notice     *NoticeDetail     // of a `notice`

	// Secrets are the site's, beside the ones that always hold; nil: none.
	Secrets *Secrets
}

// HTTP describes the exchange. Zero fields are left out of the record.
type HTTP struct {
	Method              string
	Version             string // "1.1", "2"; "HTTP/1.1" is understood
	UserAgent           string
	Referrer            string
	RequestContentType  string // the header, not what the body really is
	ResponseContentType string
	Status              int   // what the visitor was answered
	RequestBytes        int64 // of the body
	ResponseBytes       int64 // of the body
}

// URL is the request's target as received: percent-encoding untouched.
type URL struct {
	Scheme, Domain string
	Port           int
	Path, Query    string // Query without the '?'
}

// Match is what the WAF says of a request.
type Match struct {
	RuleID   int    // the rule that stands for the verdict
	Name     string // its message
	Ruleset  string // "crs", "lachan", "site"
	Version  string // of the rule set
	RuleIDs  []int  // every rule that matched
	Score    int    // anomaly score
	Variable string // "ARGS:q", "REQUEST_COOKIES:sid": decides how Value is redacted
	Value    string // what matched
	Details  []Detail
	// SecondOpinion names the rules that matched without counting, each with the
	// reason: "942190: no SQL in any context".
	SecondOpinion []string
}

// Detail is what one of the rules that matched logs of it. With the place an
// analyst can tell an attack from a mistake, and an operator can write an
// exclusion for it.
type Detail struct {
	RuleID    int
	Variables []string // that Text may quote: they decide whether it is shown
	Text      string   // its message, and as a rule "Matched Data: … found within ARGS:q: …"
}

// Finding is what the cleaner says of one piece of a response, or of several
// that are alike in all but where they stood.
type Finding struct {
	Kind, Element, Attribute string
	Target, Host             string // where it pointed
	Offset                   int64  // in the decoded document, of the first
	Count                    int    // how many there were; 0 where they are not counted
	Snippet                  string
	Reasons                  []string
	SHA256                   string // of the removed bytes, hex
	BeforeSHA256             string // of the document as the origin sent it, decoded
	AfterSHA256              string // and as it was passed on
}

// Loss is how many events are missing from the trail, and from when.
type Loss struct {
	Count       uint64
	First, Last time.Time
	Reason      string // "queue full", "killed", "torn line"
}

// Flood is what one record stands for, in the place of many that are alike.
type Flood struct {
	Action      string // of each of them; severity goes by it
	Count       uint64
	First, Last time.Time
}

// CheckpointDetail says how far the trail is.
type CheckpointDetail struct {
	// Note is signed (golang.org/x/mod/sumdb/note) and at most 1 KiB long. It is the one text
	// that is not redacted.
	Note string
}

// NoticeDetail is what a notice is about. Zero fields are left out.
type NoticeDetail struct {
	Kind     string // "disk", "sink", "retention", "certificate", "chain"
	Name     string // of the file, the sink, the certificate
	Value    int64  // in the unit that the message names
	FirstSeq uint64 // lachan.chain.seq of the first event that it concerns
	LastSeq  uint64
}
