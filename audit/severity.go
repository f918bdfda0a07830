package audit

// class is how ECS categorises an action (ECS 8, "Categorization fields").
// Outcome is Lachan's own: `success` means that Lachan did what the action
// says, `unknown` that the bytes went on and nobody knows what they did.
type class struct {
	kind     string
	category words
	types    words // event.type
	outcome  string
}

// words are keywords with spaces between.
type words string

// classify maps action → kind, category, type, outcome:
//
//	block       alert           web, intrusion_detection  denied          success
//	detect      alert           web, intrusion_detection  allowed         unknown
//	strip       alert           web, intrusion_detection  denied          success
//	redirect    alert           web, intrusion_detection  denied          success
//	deny        event           web, network              access, denied  success
//	config      event           configuration             change          success, failure with an error
//	gap         pipeline_error  web                       error           failure
//	fold        alert           web, intrusion_detection  info            unknown
//	checkpoint  event           configuration             info            success
//	notice      event           process                   info            success, failure with an error
//
// A notice is about Lachan itself: `host` is for inventories of machines, "not
// meant to capture activity happening on a host", and `file` would leave out
// sinks and certificates. `error` is no type that ECS expects of a process.
func classify(e *Event) class {
	const attack = "web intrusion_detection"
	switch e.Action {
	case Block, Strip, Redirect:
		return class{"alert", attack, "denied", "success"}
	case Detect:
		return class{"alert", attack, "allowed", "unknown"}
	case Deny:
		return class{"event", "web network", "access denied", "success"}
	case Config:
		return class{"event", "configuration", "change", failureWithError(e)}
	case Gap:
		return class{"pipeline_error", "web", "error", "failure"}
	case Fold:
		return class{"alert", attack, "info", "unknown"}
	case Checkpoint:
		return class{"event", "configuration", "info", "success"}
	case Notice:
		return class{"event", "process", "info", failureWithError(e)}
	}
	return class{"event", "web", "info", "unknown"}
}

func failureWithError(e *Event) string {
	if e.Error != "" {
		return "failure"
	}
	return "success"
}

// The scale of event.severity: the four values Elastic Security gives its own
// rules, so that they sort with them. CEF's 0–10 is a tenth of it.
const (
	low      = 21
	medium   = 47
	high     = 73
	critical = 99
)

// severity rates an event. A WAF match goes by its anomaly score, in which CRS
// counts 2 for a notice, 3 for a warning, 4 for an error and 5 for a critical
// rule (CRS, crs-setup.conf, "anomaly scoring"): below one critical rule
// medium, from one high, from four critical. Something planted in a page
// means that the site is compromised: high if it runs, moves the visitor or
// takes input, medium if it only is there. A fold is as severe as each of the
// events that it stands for.
func severity(e *Event) int {
	action := e.Action
	if action == Fold && e.Fold != nil {
		action = Action(e.Fold.Action)
	}
	switch {
	case action == Gap, action == Redirect, action == Notice && e.Error != "":
		return high
	case e.Finding != nil:
		return findingSeverity(e.Finding)
	case e.Match != nil:
		return scoreSeverity(e.Match.Score)
	case action == Config && e.Error != "", action == Block:
		return medium
	}
	return low
}

func scoreSeverity(score int) int {
	switch {
	case score >= 20:
		return critical
	case score >= 5:
		return high
	}
	return medium
}

func findingSeverity(f *Finding) int {
	switch f.Element {
	case "script", "iframe", "frame", "object", "embed", "applet", "form", "base", "meta":
		return high
	}
	return medium
}
