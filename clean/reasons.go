package clean

// The identifiers that stand in Finding.Reasons.
const (
	reasonOffList       = "off-list"          // the host is on no allowlist of this kind
	reasonListedHost    = "listed-host"       // the host is on a list of known bad ones
	reasonOpenRedirect  = "open-redirect"     // the host is allowed, but redirects to one that is not
	reasonScheme        = "scheme"            // the scheme may not stand here: data:, javascript:, an unknown one
	reasonUnreadableURL = "unreadable-url"    // no browser can be relied on to read the reference one way
	reasonNotKnown      = "not-known"         // the baseline does not hold this inline script
	reasonTooLong       = "too-long"          // longer than what may be held back to be judged
	reasonCutByEOF      = "cut-by-eof"        // the document ended inside it
	reasonAmbiguous     = "ambiguous"         // browsers read it in more than one way
	reasonNested        = "nested-document"   // a document in an attribute that holds something to remove
	reasonHidden        = "hidden"            // inside an element that visitors cannot see
	reasonAfterHTML     = "after-html"        // behind </html>
	reasonSpamHost      = "spam-host"         // the host's name is that of betting, pharmacy or loan spam
	reasonSpamText      = "spam-text"         // so is the text
	reasonNoText        = "no-text"           // a link nobody can read
	reasonDecoder       = "decoder"           // the script decodes text and runs it
	reasonPacked        = "packed"            // the script is packed or its names are obfuscated
	reasonHiddenHost    = "hidden-host"       // the script hides a host by encoding it
	reasonLeadsAway     = "leads-away"        // the script sends the visitor to another host
	reasonLoadsScript   = "loads-script"      // the script loads another script or frame from another host
	reasonSends         = "sends-data"        // the script sends what the visitor types, or is known by, to another host
	reasonWrites        = "writes-markup"     // the script writes markup that refers to another host
	reasonLimit         = "limit"             // a bound was reached
	reasonESI           = "edge-include"      // an instruction to a cache in front, such as esi:include
	reasonIdentity      = "identity"          // the page says that it is another site's
	reasonDoorway       = "doorway"           // so often that it is a page planted for search engines; followed by what says so (identity.go)
	reasonVerification  = "site-verification" // a search engine is told whose site it is, by a token nobody approved
	reasonField         = "field"             // a header field that may not come from an origin
	reasonAnimates      = "animates-href"     // an animation that writes a link
	reasonLinks         = "links-"            // followed by how many links to other hosts were in it
	reasonUnreadable    = "unreadable"        // the body is not what its type says
	reasonEntities      = "entities"          // a document type with declarations of its own
	reasonInstruction   = "instruction"       // a processing instruction that transforms the document
	reasonEntry         = "entry"             // the entry of a feed or sitemap, for where it links to
	reasonChangedFile   = "changed-file"      // the file is none of the versions in the baseline
	reasonPlantedTail   = "planted-tail"      // bytes behind the end that the file has in the baseline
	reasonFurther       = "further-"          // followed by how many findings are summed up in this one
)
