package incident

import (
	"os"
	"testing"
)

func TestSample(t *testing.T) {
	b := write(t, incidentOf(trail(t)))
	os.WriteFile("/tmp/inc/sample.zip", b.raw, 0o644)
	t.Logf("%+v", b.Result)
}
