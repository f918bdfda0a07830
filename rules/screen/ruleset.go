package screen

import "math/bits"

// MaxRules is how many rules a Screen takes.
const MaxRules = 512

// ruleSet is a set of rules, by their index in a Screen.
type ruleSet [MaxRules / 64]uint64

func (s *ruleSet) add(r int)      { s[r>>6] |= 1 << (r & 63) }
func (s *ruleSet) has(r int) bool { return s[r>>6]>>(r&63)&1 != 0 }

func (s *ruleSet) addSet(o *ruleSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s *ruleSet) removeSet(o *ruleSet) {
	for i := range s {
		s[i] &^= o[i]
	}
}

// and returns what both have.
func (s *ruleSet) and(o *ruleSet) (both ruleSet) {
	for i := range s {
		both[i] = s[i] & o[i]
	}
	return both
}

func (s *ruleSet) empty() bool {
	for _, word := range s {
		if word != 0 {
			return false
		}
	}
	return true
}

// all yields the rules in order.
func (s *ruleSet) all(yield func(int) bool) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			if !yield(i<<6 + bits.TrailingZeros64(word)) {
				return
			}
		}
	}
}
