package policies

// WAF is a site's policy for requests.
type WAF struct {
	// Mode is `block` (default), `detect` (events only) or `off`.
	Mode WAFMode `yaml:"mode" oneof:"block,detect,off"`
	// Paranoia is the CRS blocking paranoia level, 1 (default) to 4.
	Paranoia int `yaml:"paranoia" range:"1,4"`
	// DetectionParanoia runs rules of a higher level without counting them
	// towards a block. Default: Paranoia.
	DetectionParanoia int `yaml:"detection_paranoia" range:"1,4"`
	// InboundThreshold is the anomaly score from which a request is blocked.
	// Default 5: one critical rule.
	InboundThreshold int         `yaml:"inbound_threshold" range:"1,10000"`
	RequestBody      RequestBody `yaml:"request_body"`
	// Response shows responses to the rules too: errors of databases and
	// programs, source code, web shells. The first 512 KiB of a document are held
	// until they are judged. Default `off`.
	Response Switch `yaml:"response" oneof:"on,off"`
	// CPUBudget is what one request's inspection may cost, in time on a processor:
	// time for which it waits, for the body or for others, does not count. Past it
	// the request is refused with 503, in mode `detect` passed, and there is an
	// event. 1ms to 1m, default 250ms.
	CPUBudget Duration `yaml:"cpu_budget"`
	// SecondOpinion weighs each match of CRS again before it scores: a value that
	// does not parse as an attack counts nothing, and what is hidden in an encoding
	// is read too. Default `on`; with `off` CRS alone decides.
	SecondOpinion Switch `yaml:"second_opinion" oneof:"on,off"`
	// CRSDir is the folder of a CRS release, 4.0 or later, that is used in the
	// place of the embedded one: rules/*.conf and the lists beside them are read.
	// crs-setup.conf is not; the keys of waf say what it would.
	CRSDir string `yaml:"crs_dir" path:""`
	// Rules are SecLang files of the operator's own, loaded after CRS's set-up
	// and before its rules. Relative paths start from the configuration's folder.
	Rules []string `yaml:"rules" path:""`
	// Exclude takes targets out of rules where they stand in an editor's way.
	Exclude []Exclusion `yaml:"exclude"`
}

// WAFMode says what a request that reaches the threshold meets.
type WAFMode string

// The values of waf.mode.
const (
	WAFBlock  WAFMode = "block"
	WAFDetect WAFMode = "detect"
	WAFOff    WAFMode = "off"
)

// Switch is `on` or `off`.
type Switch string

// The values of a Switch.
const (
	On  Switch = "on"
	Off Switch = "off"
)

// RequestBody bounds what is inspected of a request's body.
type RequestBody struct {
	// Limit is the inspected size. Default 1MiB.
	Limit Size `yaml:"limit"`
	// Over says what becomes of a longer body: `reject` (413; default),
	// `partial` (the first Limit bytes are inspected, all are forwarded) or
	// `pass` (forwarded uninspected). The last two leave an event each time.
	Over BodyOver `yaml:"over" oneof:"reject,partial,pass"`
	// Paths have bounds of their own. The first that covers a request holds.
	Paths []BodyPath `yaml:"paths"`
}

// BodyPath is what differs on some paths.
type BodyPath struct {
	// Path is a glob on the URL path, as in exclude: /upload/* covers what is
	// below /upload/, but not what only looks so, such as /upload/../login.
	Path string `yaml:"path" required:""`
	// Limit and Over are the site's where they are not given.
	Limit Size     `yaml:"limit"`
	Over  BodyOver `yaml:"over" oneof:"reject,partial,pass"`
}

// BodyOver says what becomes of a request whose body is over the limit.
type BodyOver string

// The values of waf.request_body.over.
const (
	OverReject  BodyOver = "reject"
	OverPartial BodyOver = "partial"
	OverPass    BodyOver = "pass"
)

// Exclusion takes one target out of one rule on one path.
type Exclusion struct {
	// Rule is the CRS rule's number.
	Rule int `yaml:"rule" required:"" range:"1,999999999"`
	// Path is a glob on the URL path: * within the whole rest. Empty: every path.
	Path string `yaml:"path"`
	// Target is a SecLang variable, such as ARGS:content. Empty: the whole
	// rule is off on Path.
	Target string `yaml:"target"`
	// Until is the last day it holds; afterwards it is ignored and reported.
	Until Date `yaml:"until"`
	// Why is for the next reader.
	Why string `yaml:"why"`
}
