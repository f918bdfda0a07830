package rules

import (
	"regexp"
	"strings"
)

// Up to 4.27 CRS's rules look at the text of an XML body and, but for those on
// Java, not at the values of attributes (GHSA-6jp8-c2w2-x7wr, mended in 4.28): a
// service that takes <user name="…"/> has its input there.
const (
	xmlTexts      = "XML:/*"
	xmlAttributes = "XML://@*"
)

// xmlRule is the start of a rule on XML, in a file of CRS.
var xmlRule = regexp.MustCompile(`(?m)^[ \t]*SecRule[ \t]+\S*XML:/\*\S*`)

// withAttributes gives the rules on texts in XML the attributes too. The rules'
// own text is changed, not their targets by a directive, so that the screening
// sees it. It leaves a CRS that has them as it is.
func withAttributes(text string) string {
	return xmlRule.ReplaceAllStringFunc(text, func(rule string) string {
		if strings.Contains(rule, xmlAttributes) {
			return rule
		}
		return strings.Replace(rule, xmlTexts, xmlTexts+"|"+xmlAttributes, 1)
	})
}
