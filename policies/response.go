package policies

// Response is a site's policy for what it serves.
type Response struct {
	// Mode is `clean` (default), `report` (events, bytes untouched) or `off`.
	Mode ResponseMode `yaml:"mode" oneof:"clean,report,off"`
	// Allow lists the hosts each kind of reference may name; the site's own
	// hosts are always in.
	Allow Allow `yaml:"allow"`
	// Links is `allowlist` (default: every other link is unwrapped, a
	// suspicious one goes with its text), `signals` (act only where a second
	// signal says spam) or `report`.
	Links LinkPolicy `yaml:"links" oneof:"allowlist,signals,report"`
	// InlineScripts is `known` (drop whatever the baseline does not hold, tokens
	// of site verification too), `signals` (default: drop what looks planted) or
	// `report`.
	InlineScripts ScriptPolicy `yaml:"inline_scripts" oneof:"known,signals,report"`
	// Redirects is `block` (default), `refetch` (ask the origin again as a
	// visitor whom nothing has lured there, and serve that page; where it leads
	// away all the same: block) or `report`.
	Redirects RedirectPolicy `yaml:"redirects" oneof:"block,refetch,report"`
	// Doorways says what becomes of a page that names another site as its own
	// in three ways or more, or is planted in a copy of another's template: `gone` (answered 410) or `report` (default).
	Doorways DoorwayPolicy `yaml:"doorways" oneof:"gone,report"`
	// CSP adds a Content-Security-Policy built from Allow, against what scripts
	// do at run time: `report-only` (default: the browser tells of what it
	// would refuse), `enforce` or `off`. Under `enforce` javascript: URLs run
	// only where the baseline knows them: try report-only first.
	CSP CSPMode `yaml:"csp" oneof:"enforce,report-only,off"`
	// Bodies are the policies for bodies other than HTML.
	Bodies Bodies `yaml:"bodies"`
	// HostLists are files of known bad hosts: hosts files, domains or adblock
	// rules. What refers to such a host goes, whatever wildcard allows it; only
	// the site's own hosts and exact entries of Allow outrank a list. A file
	// that is replaced is read again.
	HostLists []string `yaml:"host_lists" path:""`
	// Baseline is a file of approved inline scripts. Default:
	// <state_dir>/<site>/baseline.yaml, which may be missing.
	Baseline string `yaml:"baseline" path:""`
	// Evidence is `snippet` (default) or `full`: each document from which
	// something was removed is kept before and after, compressed, in
	// <state_dir>/<site>/evidence, at most 1000 documents and 64 MiB, the
	// oldest going first. Pages can hold personal data; so can that folder.
	Evidence EvidencePolicy `yaml:"evidence" oneof:"snippet,full"`
	// Minify shortens HTML, CSS, JS, JSON, SVG and XML in UTF-8 before it is
	// cleaned; not where Cache-Control says no-transform. Bodies longer than
	// 512 KiB (CSS 256 KiB, JS 32 KiB) pass as they are; shorter ones are held
	// until their end, so that a page which is sent bit by bit arrives at once.
	// Comments go, but for conditional ones, and white space is joined: pages
	// whose scripts read comments, or whose styles keep white space outside
	// pre, may suffer. So do files of the site's own that a page names with an
	// integrity attribute. Inline scripts and styles stay as they are, and so do
	// the script files that Bodies has cleaned. Offsets of findings count in the
	// minified page.
	Minify bool `yaml:"minify"`
}

// ResponseMode says whether findings are removed.
type ResponseMode string

// The values of response.mode.
const (
	ResponseClean  ResponseMode = "clean"
	ResponseReport ResponseMode = "report"
	ResponseOff    ResponseMode = "off"
)

// LinkPolicy says what becomes of links to other hosts.
type LinkPolicy string

// The values of response.links.
const (
	LinksAllowlist LinkPolicy = "allowlist"
	LinksSignals   LinkPolicy = "signals"
	LinksReport    LinkPolicy = "report"
)

// ScriptPolicy says what becomes of inline scripts.
type ScriptPolicy string

// The values of response.inline_scripts.
const (
	ScriptsKnown   ScriptPolicy = "known"
	ScriptsSignals ScriptPolicy = "signals"
	ScriptsReport  ScriptPolicy = "report"
)

// CSPMode says what browsers do with the Content-Security-Policy.
type CSPMode string

// The values of response.csp.
const (
	CSPEnforce    CSPMode = "enforce"
	CSPReportOnly CSPMode = "report-only"
	CSPOff        CSPMode = "off"
)

// RedirectPolicy says what becomes of redirects to other hosts.
type RedirectPolicy string

// The values of response.redirects.
const (
	RedirectsBlock   RedirectPolicy = "block"
	RedirectsRefetch RedirectPolicy = "refetch"
	RedirectsReport  RedirectPolicy = "report"
)

// DoorwayPolicy says what becomes of pages that are another site's.
type DoorwayPolicy string

// The values of response.doorways.
const (
	DoorwaysGone   DoorwayPolicy = "gone"
	DoorwaysReport DoorwayPolicy = "report"
)

// EvidencePolicy says what is kept of a document with findings.
type EvidencePolicy string

// The values of response.evidence.
const (
	EvidenceSnippet EvidencePolicy = "snippet"
	EvidenceFull    EvidencePolicy = "full"
)

// Allow lists host patterns for each kind of reference.
type Allow struct {
	// Scripts covers script elements and what loads like them. A host that
	// serves anybody's files, such as cdn.jsdelivr.net, needs a path.
	Scripts []HostPattern `yaml:"scripts"`
	// Frames covers iframe, frame, object and embed.
	Frames []HostPattern `yaml:"frames"`
	// Styles covers style sheets.
	Styles []HostPattern `yaml:"styles"`
	// Forms covers where forms are sent.
	Forms []HostPattern `yaml:"forms"`
	// Media covers images, sound, video and fonts. Default ["*"].
	Media []HostPattern `yaml:"media"`
	// Connect covers preconnect, prefetch and the like, and where header fields
	// have browsers send reports.
	Connect []HostPattern `yaml:"connect"`
	// Links covers a and area, and whose page the page says it is: canonical,
	// hreflang, amphtml, og:url and the like. Default ["*.gov.vn"].
	Links []HostPattern `yaml:"links"`
	// Redirects covers Location, Refresh and meta refresh.
	Redirects []HostPattern `yaml:"redirects"`
}

// Bodies are the policies for bodies other than HTML. Each is `clean`, `report`
// (events, bytes untouched) or `off`; where response.mode is `report`, `clean`
// counts as `report`.
type Bodies struct {
	// CSS is the policy for style sheets: what they load from hosts that are
	// not on the lists for styles and media. Default `clean`.
	CSS BodyPolicy `yaml:"css" oneof:"clean,report,off"`
	// JS is the policy for script files: a tail that the baseline does not
	// hold, and what looks planted at their head or tail. Default `report`.
	JS BodyPolicy `yaml:"js" oneof:"clean,report,off"`
	// JSON is the policy for JSON: the HTML in its strings. Default `report`.
	JSON BodyPolicy `yaml:"json" oneof:"clean,report,off"`
	// Feeds is the policy for RSS, Atom and sitemaps: entries that link to
	// other hosts, and the HTML in the others. Default `report`.
	Feeds BodyPolicy `yaml:"feeds" oneof:"clean,report,off"`
}

// BodyPolicy says what becomes of what is found in a body other than HTML.
type BodyPolicy string

// The values of response.bodies.
const (
	BodyClean  BodyPolicy = "clean"
	BodyReport BodyPolicy = "report"
	BodyOff    BodyPolicy = "off"
)
