package incident

import (
	"fmt"
	"time"
)

const (
	localLayout = "2006-01-02 15:04:05 -07:00"
	utcLayout   = "2006-01-02 15:04:05 UTC"
)

// Moment is a time as a report prints it. The zero value prints nothing.
type Moment struct {
	at   time.Time
	zone *time.Location
}

// String is Local.
func (m Moment) String() string { return m.Local() }

// Local is the time where the machine stands, with its distance from UTC.
func (m Moment) Local() string {
	if m.at.IsZero() {
		return ""
	}
	return m.at.In(m.zone).Format(localLayout)
}

// Short is Local for tables that say the zone elsewhere.
func (m Moment) Short() string {
	if m.at.IsZero() {
		return ""
	}
	return m.at.In(m.zone).Format(time.DateTime)
}

// Zone is how far local time is from UTC at that moment.
func (m Moment) Zone() string { return m.at.In(m.zone).Format("UTC-07:00") }

// UTC is the same time in UTC.
func (m Moment) UTC() string {
	if m.at.IsZero() {
		return ""
	}
	return m.at.UTC().Format(utcLayout)
}

// Known is false for the zero value.
func (m Moment) Known() bool { return !m.at.IsZero() }

func hoursAndMinutes(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d.Hours()), int(d.Minutes())%60)
}
