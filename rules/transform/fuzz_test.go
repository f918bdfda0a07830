package transform_test

import "testing"

// FuzzChain: every transformation, and every chain of CRS, is the engine's.
func FuzzChain(f *testing.F) {
	for _, value := range nasty {
		f.Add(value)
	}
	f.Add("/*%u0041&#x41;\\x41*/ ..\\/a:b. \xa0\x85ẾA\x00-->#4a")
	c := compare(f)
	f.Fuzz(func(t *testing.T, value string) { c.check(t, value) })
}
