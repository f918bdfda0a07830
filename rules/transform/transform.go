// Package transform computes what a rule's transformations (SecLang's t:)
// make of a value, exactly as coraza does and without allocating, so that a
// value can be judged before the engine sees it.
//
//	chain, ok := transform.Parse([]string{"none", "urlDecodeUni", "lowercase"})
//	if !ok { … a transformation this package does not know: leave the rule to the engine … }
//	…
//	value := transform.Of(argument) // once for all chains
//	if chain.Touches(value) { … }
//	text, changed := chain.Apply(&scratch, value) // the argument itself where not
//
// A [Set] does the same for all chains of a rule set at once.
//
// What counts is coraza's behaviour, its oddities included, not the manual's:
// where the two differ, a comment says so, and the tests hold every
// transformation, and every chain of CRS, against the engine itself.
//
// base64DecodeExt, base64Encode, hexEncode, length, md5, sha1 and urlEncode
// are left out: they change every value, so that nothing is gained by
// looking at it early.
package transform
