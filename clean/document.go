package clean

// Document describes one response to NewWriter.
type Document struct {
	// URL is the absolute URL of the request, against which references resolve.
	URL string
	// Charset is the input's encoding, as Sniff named it; empty is UTF-8. Where
	// its bytes cannot be read as they are (UTF-16, ISO-2022-JP) the output is
	// UTF-8, as the ContentType of Sniff says.
	Charset string
	// XHTML is true where the response says so (StatesXHTML): it is rewritten as the
	// HTML that browsers are told it is, so that <title/> ends where XML ends it.
	// Offsets of findings are then those of the HTML.
	XHTML bool
	// Nonce is given to every script that stands, in place of the origin's, for
	// a Content-Security-Policy that names it. It is base64. Empty: none is.
	Nonce string
	// Report receives each finding, in the call of Write or Close that made it;
	// nil is allowed.
	Report func(Finding)
	// Script receives each inline script, approved or not, so that a baseline
	// can be made of a page that is trusted; nil is allowed.
	Script func(Script)
	// Head is called once, when the document's head is over, or its first
	// 64 KiB, in the call of Write or Close that ended it: with the finding that
	// the page is another site's, or with the zero Finding. nil: that finding
	// goes to Report, as one that is not removed.
	Head func(doorway Finding)
}
