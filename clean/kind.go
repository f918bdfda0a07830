package clean

// kind is a sort of reference: it selects the allowlist, and its name stands
// in Finding.Kind.
type kind uint8

const (
	kindNone kind = iota
	kindScript
	kindFrame
	kindLink
	kindForm
	kindStyle
	kindMedia
	kindConnect
	kindBase
	kindRefresh
	kindRedirect
	kindHandler
	kindIdentity
	kindMarkup
	kindLimit
	kindCount
)

var kindNames = [kindCount]string{
	kindNone:     "none",
	kindScript:   "script",
	kindFrame:    "frame",
	kindLink:     "link",
	kindForm:     "form",
	kindStyle:    "style",
	kindMedia:    "media",
	kindConnect:  "connect",
	kindBase:     "base",
	kindRefresh:  "refresh",
	kindRedirect: "redirect",
	kindHandler:  "handler",
	kindIdentity: "identity",
	kindMarkup:   "markup",
	kindLimit:    "limit",
}

func (k kind) String() string { return kindNames[k] }
