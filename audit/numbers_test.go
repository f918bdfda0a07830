package audit

import "testing"

// The cards are the schemes' published test numbers.
func TestNumbers(t *testing.T) {
	r := &redactor{}
	for _, text := range []string{
		"4111111111111111", "the 4111 1111 1111 1111 card", "so=5555-5555-5555-4444&x", `{"n":378282246310005}`, "3530111333300000.", "q=%34111111111111111",
		"001199012345", "CC 079203001234, Hà Nội", "x=096300123456",
	} {
		if got := redactText(r, text); got == text {
			t.Errorf("%q is left as it was", text)
		}
	}
	for _, text := range []string{
		"4111111111111112", "411111111111111", "41111111111111110", "x4111111111111111", "4111111111111111x", "0.4111111111111111", "4111111111111111.5",
		"097199012345", "000199012345", "001499012345", "0011990123456", "00119901234", "001 199 012 345", "123456789012", "20261122030405", "1764000000000",
		"0912345678", "84912345678", "9704", "1.2.3.4", "2026-11-22 03:04:05", "deadbeef001199012345",
	} {
		if got := redactText(r, text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}
