// Package notation is how the trail writes times, and which characters it never
// writes as they are: what its line, the formats made of it, its files and its
// checkpoints have in common.
package notation

// Time is the layout of RFC 3339 in UTC with microseconds: such times sort as text.
const Time = "2006-01-02T15:04:05.000000Z"

// Deceptive reports whether a character changes how a terminal or an editor shows
// what follows: DEL and C1 controls, line separators, direction controls
// (CVE-2021-42574), the byte order mark and the tag characters.
func Deceptive(r rune) bool {
	switch {
	case r < 0x7f:
		return false
	case r <= 0x9f, r == 0x061c, r == 0xfeff:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	}
	return r >= 0xe0000 && r <= 0xe007f
}
