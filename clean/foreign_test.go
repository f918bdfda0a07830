package clean

import (
	"strings"
	"testing"
)

// TestIntegrationPoints: formulas and drawings hold HTML where the standard has
// it, and go on behind what may not stand there.
func TestIntegrationPoints(t *testing.T) {
	c := newCleaner(t, portal(t))
	for name, test := range map[string]struct{ in, want string }{
		"text of a formula":          {`<math><mtext><i>if</i> <b>x</b></mtext><mo>=</mo></math><p>y`, ""},
		"operators":                  {`<math><mi><span class="n">x</span></mi><mo><sup>2</sup></mo><mn><em>1</em></mn><ms><tt>s</tt></ms></math>`, ""},
		"link in a formula":          {`<math><mtext><a href="/x">y</a></mtext><mi>z</mi></math>`, ""},
		"link in foreignObject":      {`<svg><foreignObject><div><a href="/x">y</a></div></foreignObject><path d="M0"/></svg>`, ""},
		"description":                {`<svg><desc><b>z</b></desc><path d="M0"/></svg>`, ""},
		"image in a formula":         {`<math><mtext><img src="/a.png" alt="a"></mtext><mi>x</mi></math>`, ""},
		"paragraph around a formula": {`<p><math><mtext><b>x</b></mtext></math></p><div>y</div>`, ""},

		"HTML in a title":             {`<svg><title><b>z</b></title><path d="M0"/></svg>`, `<svg><title>z</title><path d="M0"/></svg>`},
		"HTML in an annotation":       {`<math><annotation-xml encoding="text/html"><p>x</p></annotation-xml><mi>y</mi></math>`, `<math><annotation-xml encoding="text/html">x</annotation-xml><mi>y</mi></math>`},
		"content of a formula":        {`<math><mrow><annotation-xml><mrow><mi>x</mi></mrow></annotation-xml><mi>y</mi></mrow></math>`, `<math><mrow><annotation-xml>x</annotation-xml><mi>y</mi></mrow></math>`},
		"table in a formula":          {`<math><mtext><table><tr><td>x</td></tr></table></mtext><mi>y</mi></math>`, `<math><mtext>x</mtext><mi>y</mi></math>`},
		"video in a drawing":          {`<svg><g><video></video><path d="M0"/></g></svg>`, `<svg><g><path d="M0"/></g></svg>`},
		"link off the list":           {`<math><mtext><a href="//evil.test/">y</a></mtext><mi>z</mi></math>`, `<math><mtext>y</mtext><mi>z</mi></math>`},
		"link in a link":              {`<svg><a href="/x"><desc><a href="/y">y</a></desc><path d="M0"/></a></svg>`, `<svg><a href="/x"><desc>y</desc><path d="M0"/></a></svg>`},
		"link off the list in a link": {`<svg><a href="/x"><g><a href="//evil.test/">y</a></g><path d="M0"/></a></svg>`, `<svg><a href="/x"><g>y</g><path d="M0"/></a></svg>`},
		"formula in a link":           {`<a href="/x"><math><mtext><a href="/y">y</a></mtext></math></a>`, `<a href="/x"><math><mtext>y</mtext></math></a>`},
		"glyph":                       {`<math><mtext><mglyph><style>x</style></mglyph></mtext><mi>y</mi></math>`, `<math><mtext>x</mtext><mi>y</mi></math>`},
		"open element":                {`<math><mtext><b>x</mtext><mi>y</mi></math>`, `<math><mtext><b>x</b></mtext><mi>y</mi></math>`},
		"end tag of an ancestor":      {`<table><td><math><mi><b>x</td><td>y</table>`, `<table><td><math><mi><b>x</b></mi></math></td><td>y</table>`},
		"handler":                     {`<math><mtext><img src="x" onerror="location='//evil.test'"></mtext></math>`, `<math><mtext><img src="x"></mtext></math>`},
		"end tag of what is gone":     {`<math><mtext><video><b>x</video>y</b></mtext><mi>y</mi></math>`, `<math><mtext><b>xy</b></mtext><mi>y</mi></math>`},
		"as many tags as you like":    {`<math><mtext>` + strings.Repeat("<td>", 2*maxIsland) + `</td></mtext></math>`, `<math><mtext></mtext></math>`},
	} {
		t.Run(name, func(t *testing.T) {
			if test.want == "" {
				test.want = test.in
			}
			if out := stable(t, c, test.in); out != test.want {
				t.Errorf("%s\ncleaned: %s\nwant:    %s", test.in, out, test.want)
			}
		})
	}
}
