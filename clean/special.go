package clean

import (
	"strings"
	"sync"
)

// The keys of elements, and of attributes, that the standard makes an exception of.
var (
	addressKey  = nameKey([]byte("address"))
	dialogKey   = nameKey([]byte("dialog")) // its end tag has a rule, but it is not special
	divKey      = nameKey([]byte("div"))
	pKey        = nameKey([]byte("p"))
	datalistKey = nameKey([]byte("datalist"))
	popoverKey  = nameKey([]byte("popover"))
	aKey        = nameKey([]byte("a"))
	spanKey     = nameKey([]byte("span"))
	liKey       = nameKey([]byte("li"))
	olKey       = nameKey([]byte("ol"))
	ulKey       = nameKey([]byte("ul"))
	rpKey       = nameKey([]byte("rp"))
	htmlKey     = nameKey([]byte("html"))
	bodyKey     = nameKey([]byte("body"))
	classKey    = nameKey([]byte("class"))
	idKey       = nameKey([]byte("id"))
)

// special reports the elements that the standard calls special (WHATWG HTML
// 13.2.4.2), by the key of the name. Of those the end tag of another element
// ends only what its rule says.
func special(key uint64) bool {
	_, is := specials()[key]
	return is
}

var specials = sync.OnceValue(func() map[uint64]struct{} {
	const names = `address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup
dd details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html
iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext pre
script search section select source style summary table tbody td template textarea tfoot th thead title tr track ul wbr xmp`
	keys := make(map[uint64]struct{})
	for name := range strings.FieldsSeq(names) {
		keys[nameKey([]byte(name))] = struct{}{}
	}
	return keys
})
