package incident

import (
	"cmp"
	"encoding/hex"

	"github.com/lachan-waf/lachan/audit"
)

// Report is what the templates are given. Its text is fit to be shown
// (display.go), and its hosts lead nowhere when clicked on.
type Report struct {
	Case, Site, Host, Version string
	From, To, Created         Moment
	// Detected is the first of the site's events in the period, Latest the last.
	Detected, Latest Moment
	// Earlier is the last event before the period, if there is one: then the
	// incident may be older than the report says.
	Earlier     Moment
	Deadlines   []Deadline
	Authorities *Authorities

	Events, Blocked, Denied, Redirects, Detections int
	// Removed and Left are pieces found in pages; Left stayed there, since the site
	// only reports.
	Removed, Left int

	Findings []FindingRow
	Attacks  []AttackRow
	Pages    []PageRow
	Sources  []SourceRow
	Gaps     []GapRow
	// More… are different ones that are not listed, Other… those that were only counted.
	MoreFindings, OtherFindings, MoreAttacks, OtherAttacks int
	MorePages, OtherPages, MoreSources, OtherSources       int
	MoreGaps                                               int
	LostEvents                                             uint64
	Unreadable                                             uint64 // lines of the trail

	Chain    ChainReport
	Evidence EvidenceReport

	EventsSHA256 string
	Files        []FileRow
	// ManifestSHA256 is known to the custody sheet only.
	ManifestSHA256 string
}

// FindingRow is one kind of thing found in pages.
type FindingRow struct {
	Action, Kind, Element, Host string
	KindName, ActionName        Words
	Left                        bool // it stayed in the page
	Count                       int
	First, Last                 Moment
	SHA256                      string // of the first
	Differ                      bool   // others had another hash
}

// AttackRow is one rule that spoke.
type AttackRow struct {
	Action, Rule, Name string
	ActionName         Words
	Count, Score       int
	First, Last        Moment
}

// PageRow is one page in which something was found.
type PageRow struct {
	Host, Path  string
	Count       int
	First, Last Moment
}

// SourceRow is one address that attacks came from.
type SourceRow struct {
	IP          string
	Count       int
	First, Last Moment
}

// GapRow is one hole in the trail.
type GapRow struct {
	Count       uint64
	First, Last Moment
	Reason      Words
}

// ChainReport says whether the events are those that were written.
type ChainReport struct {
	// Verdict is whole, unsigned, uncovered, broken or none.
	Verdict             string
	FirstSeq, LastSeq   uint64
	From, Until, Lines  uint64
	Checkpoints         int
	CoveredAt, BehindAt Moment
	Faults              []FaultRow
	MoreFaults          int
	PublicKey           string
}

// FaultRow is one thing that is wrong with the chain. Seq is 0 where the line has none.
type FaultRow struct {
	Seq  uint64
	Name Words
}

// EvidenceReport says which documents are in the bundle.
type EvidenceReport struct {
	Documents, Unreadable, Missing int
	Damaged                        []string
}

// FileRow is one file of the bundle.
type FileRow struct {
	Name string
	What Words
}

// How many rows a table has.
const (
	maxRows    = 100
	maxSources = 30
)

// reporter makes a Report of what was found.
type reporter struct {
	*Case
	survey     *survey
	proof      *proof
	kept       *kept
	vocabulary *vocabulary
	authority  *Authorities
}

func (c *reporter) report() *Report {
	s := c.survey
	return &Report{
		Case: display(c.Number), Site: display(c.Site), Host: display(c.Hostname), Version: display(c.Version),
		From: c.moment(c.From), To: c.moment(c.To), Created: c.moment(c.Now),
		Detected: c.moment(s.earliest), Latest: c.moment(s.latest), Earlier: c.moment(s.before),
		Deadlines: c.authority.deadlines(s.earliest, c.Now, c.Zone), Authorities: c.authority,
		Events: s.events, Blocked: s.actions[audit.Block], Denied: s.actions[audit.Deny],
		Redirects: s.actions[audit.Redirect], Detections: s.actions[audit.Detect],
		Removed: s.removed, Left: s.left, Unreadable: s.unreadable,
		Findings: c.findings(), Attacks: c.attacks(), Pages: c.pages(), Sources: c.sources(), Gaps: c.gaps(),
		MoreFindings: s.findings.beyond(maxRows), OtherFindings: s.findings.others,
		MoreAttacks: s.rules.beyond(maxRows), OtherAttacks: s.rules.others,
		MorePages: s.pages.beyond(maxRows), OtherPages: s.pages.others,
		MoreSources: s.sources.beyond(maxSources), OtherSources: s.sources.others,
		MoreGaps: s.moreGaps, LostEvents: s.lost, EventsSHA256: hex.EncodeToString(s.sum.Sum(nil)),
		Chain: c.chain(), Evidence: c.evidence(),
	}
}

func (c *reporter) findings() (rows []FindingRow) {
	for key, n := range c.survey.findings.top(maxRows, func(a, b findingKey) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.host, b.host), cmp.Compare(a.element, b.element), cmp.Compare(a.action, b.action))
	}) {
		rows = append(rows, FindingRow{
			Action: display(string(key.action)), Kind: display(key.kind), Element: display(key.element), Host: display(defang(key.host)),
			KindName: called(c.vocabulary.Kinds, key.kind), ActionName: called(c.vocabulary.Actions, string(key.action)),
			Left: key.action == audit.Detect, Count: n.n, First: c.moment(n.first), Last: c.moment(n.last), SHA256: display(n.note), Differ: n.differ,
		})
	}
	return rows
}

func (c *reporter) attacks() (rows []AttackRow) {
	for key, n := range c.survey.rules.top(maxRows, func(a, b ruleKey) int {
		return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.action, b.action))
	}) {
		rows = append(rows, AttackRow{
			Action: display(string(key.action)), Rule: display(key.id), Name: display(n.note),
			ActionName: called(c.vocabulary.Actions, string(key.action)),
			Count:      n.n, Score: n.score, First: c.moment(n.first), Last: c.moment(n.last),
		})
	}
	return rows
}

func (c *reporter) pages() (rows []PageRow) {
	for key, n := range c.survey.pages.top(maxRows, func(a, b pageKey) int {
		return cmp.Or(cmp.Compare(a.host, b.host), cmp.Compare(a.path, b.path))
	}) {
		rows = append(rows, PageRow{display(defang(key.host)), display(key.path), n.n, c.moment(n.first), c.moment(n.last)})
	}
	return rows
}

func (c *reporter) sources() (rows []SourceRow) {
	for key, n := range c.survey.sources.top(maxSources, cmp.Compare[string]) {
		rows = append(rows, SourceRow{display(key), n.n, c.moment(n.first), c.moment(n.last)})
	}
	return rows
}

func (c *reporter) gaps() (rows []GapRow) {
	for _, g := range c.survey.gaps {
		rows = append(rows, GapRow{g.Count, c.moment(g.First), c.moment(g.Last), called(c.vocabulary.Gaps, g.Reason)})
	}
	return rows
}

func (c *reporter) chain() ChainReport {
	p := c.proof
	r := ChainReport{
		Verdict: string(p.verdict()), FirstSeq: p.firstSeq, LastSeq: p.lastSeq, From: p.from, Until: p.until, Lines: p.lines,
		Checkpoints: p.checkpoints, CoveredAt: c.moment(p.coveredAt), BehindAt: c.moment(p.behindAt),
		MoreFaults: p.more, PublicKey: display(c.PublicKey),
	}
	for _, f := range p.faults {
		r.Faults = append(r.Faults, FaultRow{f.seq, called(c.vocabulary.Faults, string(f.kind))})
	}
	return r
}

func (c *reporter) evidence() EvidenceReport {
	k := c.kept
	return EvidenceReport{Documents: k.documents, Unreadable: k.unreadable, Missing: k.missing, Damaged: k.damaged[:min(len(k.damaged), maxRows)]}
}
