package clean

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

const (
	// familiarSlots bounds how many hosts, and how many values, are remembered.
	familiarSlots = 128
	// maxFamiliar is the longest value that is, maxFamiliarTag the longest tag.
	maxFamiliar    = 128
	maxFamiliarTag = 448
)

// familiar remembers what of a page's values has been found to be harmless: a
// page names a dozen hosts, and repeats its styles and classes. A value that is
// not here is judged; one that is was judged byte for byte.
//
// What hosts may be referred to, and which tags of a head may stay, depends on
// the policy alone and is kept from document to document; which classes hide on
// the style sheets read so far. The names of attributes depend on nothing.
type familiar struct {
	hosts   [familiarSlots]familiarHost
	origins familiarOrigins
	names   skimNames
	tags    [familiarSlots][2]familiarTag // the later one first
	styles  [familiarSlots][]byte
	classes [familiarSlots][]byte
	bare    bool // tags may hold some that stayed as no nonce was to be added
}

// familiarHost is a host with the kinds of reference that may name it, whatever
// the path.
type familiarHost struct {
	name  []byte
	kinds uint32
}

// familiarTag is a start tag that stays.
type familiarTag struct {
	text      []byte
	furnishes bool // it loads a script or a style sheet
	ours      bool // it says whose the page is
}

// host reports whether a reference of kind k, spelled in the plainest way,
// names a host that it may name.
func (f *familiar) host(w *rewriter, ref []byte, k kind) bool {
	if f.origins.begin(ref, k) {
		return true
	}
	name := plainAuthority(ref)
	if name == nil {
		return false
	}
	known := &f.hosts[slotOf(name)]
	if !bytes.Equal(known.name, name) {
		known.name, known.kinds = append(known.name[:0], name...), 0
	}
	if known.kinds>>k&1 == 0 {
		if !w.c.allow.allowsHost(k, view(name)) {
			return false
		}
		known.kinds |= 1 << k
	}
	f.origins.add(ref, name, known.kinds)
	return true
}

// familiarOrigins are those that a page names again and again, as "https://host/".
type familiarOrigins [32]familiarHost

// slot is that of the origin of ref, or nil for a short one. It goes by where most
// names begin to differ.
func (o *familiarOrigins) slot(ref []byte) *familiarHost {
	const from = len("https://")
	if len(ref) < from+8 {
		return nil
	}
	return &o[binary.LittleEndian.Uint64(ref[from:from+8])*0x9E3779B97F4A7C15>>59]
}

// begin reports whether ref begins with one that a reference of kind k may name.
func (o *familiarOrigins) begin(ref []byte, k kind) bool {
	known := o.slot(ref)
	return known != nil && known.kinds>>k&1 != 0 && bytes.HasPrefix(ref, known.name)
}

// add remembers the origin of ref, whose host is name, in place of another.
func (o *familiarOrigins) add(ref, name []byte, kinds uint32) {
	known, end := o.slot(ref), bytes.Index(ref, name)+len(name)
	if known != nil && end < len(ref) && ref[end] == '/' {
		known.name, known.kinds = append(known.name[:0], ref[:end+1]...), kinds
	}
}

// plainAuthority returns the host of an absolute http or https URL that every
// reader would cut off as it is written, in lower case and without a port.
func plainAuthority(ref []byte) []byte {
	switch {
	case bytes.HasPrefix(ref, []byte("https://")):
		ref = ref[len("https://"):]
	case bytes.HasPrefix(ref, []byte("http://")):
		ref = ref[len("http://"):]
	default:
		return nil
	}
	end := 0
	for end < len(ref) && ('a' <= ref[end] && ref[end] <= 'z' || '0' <= ref[end] && ref[end] <= '9' || ref[end] == '.' || ref[end] == '-') {
		end++
	}
	if end > maxFamiliar || end < len(ref) && ref[end] != '/' && ref[end] != '?' && ref[end] != '#' {
		return nil
	}
	if name := ref[:end]; plainHost(name) {
		return name
	}
	return nil
}

// tag returns the same tag that has stayed before, or nil.
func (f *familiar) tag(tag []byte) *familiarTag {
	if len(tag) > maxFamiliarTag {
		return nil
	}
	slot := &f.tags[slotOf(tag)]
	for i := range slot {
		if bytes.Equal(slot[i].text, tag) {
			return &slot[i]
		}
	}
	return nil
}

// rememberTag is for a tag that stays, without a finding.
func (f *familiar) rememberTag(tag []byte, v *verdict) {
	if len(tag) <= maxFamiliarTag {
		slot := &f.tags[slotOf(tag)]
		slot[0], slot[1] = familiarTag{append(slot[1].text[:0], tag...), v.furnishes, v.ours}, slot[0]
	}
}

// forNonce prepares for a document with or without a nonce. What stayed as it
// was although there is one stays without it too, but not the other way.
func (f *familiar) forNonce(nonce string) {
	if nonce == "" {
		f.bare = true
		return
	}
	if f.bare {
		for i := range f.tags {
			f.tags[i][0].text, f.tags[i][1].text = f.tags[i][0].text[:0], f.tags[i][1].text[:0]
		}
	}
	f.bare = false
}

// style reports whether a style attribute neither hides its element nor refers
// to anything, nor says anything.
func (f *familiar) style(w *rewriter, value []byte) bool {
	return remember(&f.styles, value, func() bool {
		return bytes.IndexByte(value, '&') < 0 && plainCSS(value) && !w.hidden.hidesBy(value)
	})
}

// class reports whether no class of the attribute has to do with hiding.
func (f *familiar) class(w *rewriter, value []byte) bool {
	return remember(&f.classes, value, func() bool { return !w.hidden.sheet.names(sheetClass, value) })
}

// forgetClasses is for when more is known to hide.
func (f *familiar) forgetClasses() {
	for i := range f.classes {
		f.classes[i] = f.classes[i][:0]
	}
}

// remember reports what harmless says of a value, or has said.
func remember(known *[familiarSlots][]byte, value []byte, harmless func() bool) bool {
	if len(value) == 0 || len(value) > maxFamiliar {
		return len(value) == 0 || harmless()
	}
	slot := &known[slotOf(value)]
	if bytes.Equal(*slot, value) {
		return true
	}
	if !harmless() {
		return false
	}
	*slot = append((*slot)[:0], value...)
	return true
}

// slotOf spreads values; two in one slot only push each other out.
func slotOf(value []byte) uint64 { return hashOf(value) % familiarSlots }

// hashOf takes of a long value the head and the end.
func hashOf(value []byte) uint64 {
	h := uint64(len(value))
	if len(value) > 2*maxFamiliar {
		h = mixed(h, value[len(value)-maxFamiliar:])
		value = value[:maxFamiliar]
	}
	return mixed(h, value) >> 32
}

func mixed(h uint64, value []byte) uint64 {
	for ; len(value) >= 8; value = value[8:] {
		h = bits.RotateLeft64(h^binary.LittleEndian.Uint64(value), 23) * 0x9E3779B97F4A7C15
	}
	for _, c := range value {
		h = (h ^ uint64(c)) * 0x9E3779B97F4A7C15
	}
	return h
}
