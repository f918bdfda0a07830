package clean

// Finding is the evidence for one thing removed, or, under a policy of
// report, for one thing that would have been.
type Finding struct {
	// Kind is the policy that spoke: script, frame, link, form, style, media,
	// connect, base, refresh, handler, url, redirect, identity, markup or limit.
	Kind string
	// Element and Attribute are lower case; Attribute is empty where the
	// element as a whole was judged.
	Element, Attribute string
	// Target is the reference as a browser resolves it, Host its ASCII host. Of a
	// hidden block of links they are the first one's, and Element is what hides.
	Target, Host string
	// Offset is where the removed bytes began in the decoded input.
	Offset int64
	// Snippet is what was removed, cut to 256 bytes of valid UTF-8.
	Snippet string
	// Reasons are identifiers listed in reasons.go.
	Reasons []string
	// SHA256 is the hash of all the removed bytes.
	SHA256 [32]byte
	// Removed is false where the policy only reports.
	Removed bool
}
