package incident

import (
	"time"

	"golang.org/x/sys/unix"
)

// From linux/timex.h, see adjtimex(2).
const (
	unsynchronised = 0x0040 // STA_UNSYNC
	nanoseconds    = 0x2000 // STA_NANO: the offset is in nanoseconds
	clockError     = 5      // TIME_ERROR
)

// ReadClock asks the kernel.
func ReadClock() Clock {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	if err != nil {
		return Clock{Err: err}
	}
	unit := time.Microsecond
	if t.Status&nanoseconds != 0 {
		unit = time.Nanosecond
	}
	return Clock{
		Synchronised: state != clockError && t.Status&unsynchronised == 0,
		Offset:       time.Duration(t.Offset) * unit,
		Estimated:    time.Duration(t.Esterror) * time.Microsecond,
		Max:          time.Duration(t.Maxerror) * time.Microsecond,
	}
}
