package rules

import (
	"fmt"

	"github.com/lachan-waf/lachan/policies"
)

// maxBody is the longest body coraza holds (SecRequestBodyLimit in engine.conf).
const maxBody = 1 << 30

// setupText sets the variables of CRS that a policy decides. The body limit is
// not among them: Lachan enforces it, and sites that differ in nothing else
// share an engine.
func setupText(w *policies.WAF) (string, error) {
	detection := max(w.DetectionParanoia, w.Paranoia)
	switch {
	case w.Paranoia < 1 || w.Paranoia > 4 || detection > 4:
		return "", fmt.Errorf("waf.paranoia %d, detection_paranoia %d: levels go from 1 to 4", w.Paranoia, w.DetectionParanoia)
	case w.InboundThreshold < 1:
		return "", fmt.Errorf("waf.inbound_threshold %d: the least is 1", w.InboundThreshold)
	}
	skip := 1
	if w.Response == policies.On {
		skip = 0
	}
	return fmt.Sprintf(`SecAction "id:%d,phase:1,pass,t:none,nolog,`+
		`setvar:tx.blocking_paranoia_level=%d,`+
		`setvar:tx.detection_paranoia_level=%d,`+
		`setvar:tx.inbound_anomaly_score_threshold=%d,`+
		`setvar:tx.crs_skip_response_analysis=%d"`+"\n",
		setupID+1, w.Paranoia, detection, w.InboundThreshold, skip), nil
}
