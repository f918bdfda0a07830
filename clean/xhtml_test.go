package clean

import (
	"bytes"
	"testing"
)

// TestXHTML: what XML closes by a slash is closed in the HTML too, and what is
// judged is what browsers read.
func TestXHTML(t *testing.T) {
	c := newCleaner(t, portal(t))
	for name, test := range map[string]struct{ in, want string }{
		"plain":          {`<p class="a">x<br/>y</p>`, `<p class="a">x<br/>y</p>`},
		"title":          {`<title/><p>x</p>`, `<title></title><p>x</p>`},
		"text area":      {`<textarea name="a" /><p>x</p>`, `<textarea name="a" ></textarea><p>x</p>`},
		"frame":          {`<iframe src="/a"/><p>x</p>`, `<iframe src="/a"></iframe><p>x</p>`},
		"script":         {`<script src="/a.js"/><p>x</p>`, `<script src="/a.js"></script><p>x</p>`},
		"planted":        {`<script src="//evil.test/a.js"/><p>x</p>`, `<p>x</p>`},
		"anchor":         {`<a id="x"/><b>y</b>`, `<a id="x"></a><b>y</b>`},
		"slash in value": {`<a href='/>'>x</a>`, `<a href='/>'>x</a>`},
		"two slashes":    {`<i//>x`, `<i/></i>x`},
		"capitals":       {`<BR/><I/>x`, `<BR/><I></I>x`},
		"drawing":        {`<svg><path d="M0 0"/></svg>`, `<svg><path d="M0 0"></path></svg>`},
		"section":        {`<p><![CDATA[a < b & c]] ]]]></p>`, `<p>a &lt; b &amp; c]] ]</p>`},
		"section, tags":  {`<p><![CDATA[<script src="//evil.test"/>]]></p>`, `<p>&lt;script src="//evil.test"/&gt;</p>`},
		"comment":        {`<!-- <i/> -->x<i/>`, `<!-- <i/> -->x<i></i>`},
		"doctype":        {`<!DOCTYPE html><i/>`, `<!DOCTYPE html><i></i>`},
		"script's text":  {`<script>x("<i/>")</script><i/>`, `<script>x("<i/>")</script><i></i>`},
		"style's text":   {`<style>a{}</stylo></style><i/>`, `<style>a{}</stylo></style><i></i>`},
		"less than":      {`a < b<i/>`, `a < b<i></i>`},
		"cut off":        {`<p>x]]`, `<p>x]]`},
	} {
		for _, size := range []int{0, 1, 3} {
			out, _ := cleanBy(t, c, []byte(test.in), size, Document{XHTML: true})
			if out != test.want {
				t.Errorf("%s, in pieces of %d: %s, want %s", name, size, out, test.want)
			}
		}
	}
	if out, _ := cleanString(t, c, "<i/>x"); out != "<i/>x" {
		t.Errorf("HTML: %s", out)
	}
}

// FuzzXHTML: what comes of a document does not depend on the pieces it comes in.
func FuzzXHTML(f *testing.F) {
	f.Add([]byte(`<p><![CDATA[a]]></p><!-- b --><i/><script>c</script>`), 1)
	f.Add([]byte("<![CDATA[]]]>]]<!x><?y?><"), 2)
	elements := newNames(elementNames())
	f.Fuzz(func(t *testing.T, in []byte, size int) {
		read := func(size int) []byte {
			x := xhtml{elements: elements}
			var out []byte
			feed := func(p []byte) { out = append(out, p...) }
			for rest := in; len(rest) > 0; {
				n := min(max(1, size), len(rest))
				x.write(rest[:n], feed)
				rest = rest[n:]
			}
			x.close(feed)
			return out
		}
		if whole, parts := read(len(in)), read(size%7); !bytes.Equal(whole, parts) {
			t.Errorf("%q, in parts %q", whole, parts)
		}
	})
}
