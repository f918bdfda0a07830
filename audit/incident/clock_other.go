//go:build !linux

package incident

import "errors"

// ReadClock says that it does not know.
func ReadClock() Clock { return Clock{Err: errors.New("this system does not tell")} }
