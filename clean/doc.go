// Package clean removes from HTML what an intruder has planted in it: scripts,
// frames, forms, links, redirects and the like that refer to hosts the site's
// policy does not allow, inline scripts that look planted, and hidden spam.
// Every removal leaves a Finding as evidence. The package knows policies, not
// HTTP.
//
//	cleaner, err := clean.New(site, baseline, lists...) // once per site and change of its host lists
//	…
//	kind := clean.Sniff(header["Content-Type"], prefix)
//	if kind.HTML {
//		w := cleaner.NewWriter(client, clean.Document{URL: url, Charset: kind.Charset, Report: record})
//		_, err = io.Copy(w, body)
//		err = errors.Join(err, w.Close())
//	}
//
// A document is read once, as it streams by, by a tokenizer after the WHATWG
// standard (tokenizer.go, states*.go). What a tag may do is looked up in one
// table (table.go) and asked of the policy's allowlists (judge.go, allow.go).
// What may stay is passed on byte for byte.
//
// # What keeps the reader from being tricked
//
// How a browser reads markup depends on the tree it has built, on its version
// and on whether scripts are enabled. Instead of building the tree, the
// rewriter keeps its output in a form that every reading takes alike:
//
//   - A tag with an odd name, with two attributes of one name, or that the end
//     of the document cuts is rebuilt or dropped.
//   - SVG and MathML (foreign.go) hold known elements, text-only titles, plain
//     HTML at integration points and matching end tags, and end explicitly
//     before any HTML around them.
//   - In select and frameset (place.go) the tags go that only some browsers
//     heed there; a col that would make a template ignore start tags goes too.
//   - In noscript, raw text to some and markup to others, no attribute, comment
//     or style may hold anything that could end it.
//   - iframe, noembed, noframes and xmp hold no <; bogus comments, processing
//     instructions and unfinished comments go.
//   - Where a removal would join two halves of a tag, an empty comment stands.
//   - The encoding is decided once (sniff.go) and told to the browser.
//
// # Inline scripts
//
// One that the baseline knows by its hash stays (inline.go); one that only
// looks planted (signals.go), or, under a policy of known, every other, goes
// unless the baseline knows its fingerprint (fingerprint.go). What stays gets
// the Document's Nonce, so that a browser can be told to run nothing else.
// Signals are found without parsing: in the names that a script uses (use.go) to
// run text (running.go), load (loading.go), lead away (navigation.go) or write
// (writing.go), and in what its literals stand for (fold.go, computed.go,
// readings.go).
//
// # Hidden spam
//
// An element that is hidden (hidden.go) by its attributes (conceal.go), by the
// page's own style elements (sheetreader.go, pagestyle.go) or by a script before
// it (written.go) is held back to its end and judged by its links (block.go).
// Values are computed (calc.go, colour.go), and selectors read with what they
// name around an element (selector.go, lineage.go). A stream cannot take back
// what it has sent: what a style sheet or a script behind an element hides, or a
// sheet that is loaded, is taken for visible, and its links are judged one by
// one (link.go), by their text (lexicon.go).
//
// # Words
//
// Of the page's own text the lexicon (lexicon.go) removes nothing by itself. It
// needs a link to another host, or in a style sheet the name of one
// (csstext.go); in a title, which search results show, two words (title.go).
// What warns of spam in the same words stays (warning.go).
//
// # Bounds
//
// Every buffer has a bound (writer.go, bounds.go, link.go, block.go). What does
// not fit is removed as it goes by, with a finding, or judged by what has been
// seen of it; it is never passed on unread.
//
// # Bodies that are not HTML
//
// What is planted in style sheets, scripts, JSON, feeds and sitemaps is found by
// readers of their own, with the same allowlists and the same evidence:
//
//	medium := clean.MediumOf(kind.ContentType)
//	kind = clean.BodyType(kind.ContentType, medium, prefix)
//	w := cleaner.NewBodyWriter(client, medium, clean.Document{URL: url, Charset: kind.Charset, Report: record})
//
// Of other XML, in which elements of XHTML and SVG are live, go the references
// that are not allowed (xmlrefs.go). Each reads windows of a fixed size, so that
// no outcome depends on how the body came in; holds back a token, a tag or an
// entry, up to a bound (stylesheet.go, xmlscan.go, feed.go, json.go) or a file
// (scriptfile.go); and cleans HTML in strings by a Writer (fragment.go). A body
// that is not what it claims to be ends in an UnreadableError.
package clean
