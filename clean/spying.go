package clean

// secrets are where a script finds what a visitor types, or is known by.
var secrets = [...]string{"document.cookie", "FormData(", "keypress", "keydown", "keyup", "onkey", "password", "clipboard"}

// senders send what they are given: requests, whether they are answered or not,
// and images of which the address says it.
var senders = append([]string{"sendBeacon(", ".src="}, answered[:]...)

// sendsSecrets returns the host that is on no list to which a script sends such
// things.
func (s *scriptReader) sendsSecrets(dense []byte) string {
	if !containsAny(dense, secrets[:]) {
		return ""
	}
	for rest := range behindEach(dense, senders) {
		if host := s.stranger(expressionOf(rest), kindConnect); host != "" {
			return host
		}
	}
	return ""
}
