package audit

// plain reports whether JSON carries s as it is: printable ASCII without quotes
// and backslashes. It reads eight bytes at a time, which most of what the trail
// holds passes.
func plain[T string | []byte](s T) bool {
	i := 0
	for ; i+8 <= len(s); i += 8 {
		if !plainWord(uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56) {
			return false
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

const (
	ones  = 0x0101010101010101
	highs = 0x80 * ones
)

// plainWord is plain for eight bytes. With none of them beyond ASCII, sums and
// differences stay within their bytes.
func plainWord(w uint64) bool {
	if w&highs != 0 {
		return false
	}
	printable := (w | highs) - 0x20*ones // keeps its high bit from 0x20 on
	other := (w ^ 0x7f*ones) + 0x7f*ones // has its high bit unless the byte is 0x7f
	quote := (w ^ '"'*ones) + 0x7f*ones
	escape := (w ^ '\\'*ones) + 0x7f*ones
	return printable&other&quote&escape&highs == highs
}
