package incident

import (
	"fmt"
	"strings"
	"time"
)

// Clock is what the kernel says of the machine's clock.
type Clock struct {
	Synchronised bool
	// Offset is how far the kernel is still correcting the clock; Estimated and
	// Max bound its error.
	Offset, Estimated, Max time.Duration
	// Err says why nothing is known.
	Err error
}

// clockText is clock.txt.
func (c *Case) clockText() []byte {
	var b strings.Builder
	local := c.Now.In(c.Zone)
	zone, _ := local.Zone()
	fmt.Fprintf(&b, "Đồng hồ của máy / the machine's clock\n\n")
	for _, line := range [][2]string{
		{"lập lúc / created", local.Format(localLayout) + " = " + c.Now.UTC().Format(utcLayout)},
		{"máy / host", display(c.Hostname)},
		{"múi giờ / time zone", zone + ", " + local.Format("UTC-07:00")},
	} {
		fmt.Fprintf(&b, "%s: %s\n", line[0], line[1])
	}
	if c.Clock.Err != nil {
		fmt.Fprintf(&b, "đồng bộ / synchronised: không rõ / unknown (%v)\n", c.Clock.Err)
	} else {
		synchronised := "KHÔNG / NO"
		if c.Clock.Synchronised {
			synchronised = "có / yes"
		}
		fmt.Fprintf(&b, "đồng bộ / synchronised: %s\nsai số ước tính / estimated error: %v\nsai số tối đa / maximum error: %v\nđộ lệch đang hiệu chỉnh / offset being corrected: %v\n",
			synchronised, c.Clock.Estimated, c.Clock.Max, c.Clock.Offset)
	}
	fmt.Fprint(&b, `
Nguồn: adjtimex(2) của nhân hệ điều hành, tại lúc lập. Nhân không biết giờ đúng; số
liệu này là điều trình đồng bộ (NTP) đã báo cho nhân. Sai số tối đa lớn hơn 1 s
nghĩa là nên đối chiếu giờ với nguồn khác.
Source: the kernel's adjtimex(2) at the time of creation. The kernel does not know
the true time; these are the figures that the NTP service has told it. A maximum
error above 1 s means that times should be held against another source.
`)
	return []byte(b.String())
}
