package formats_test

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// No reader of LEEF could be had as a Go module: this is the guide's grammar.
var (
	leefHeader = regexp.MustCompile(`^LEEF:2\.0\|([^|]+)\|([^|]+)\|([^|]+)\|([^|]{1,255})\|x09\|(.*)$`)
	leefPair   = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9]*)=(.*)$`)
)

func checkLEEF(message []byte) (facts, error) {
	parts := leefHeader.FindStringSubmatch(string(message))
	if parts == nil {
		return facts{}, fmt.Errorf("no header of LEEF")
	}
	values := make(map[string]string)
	for pair := range strings.SplitSeq(parts[5], "\t") {
		kv := leefPair.FindStringSubmatch(pair)
		if kv == nil {
			return facts{}, fmt.Errorf("attribute %q", pair)
		}
		if _, twice := values[kv[1]]; twice {
			return facts{}, fmt.Errorf("%s twice", kv[1])
		}
		values[kv[1]] = kv[2]
	}
	if values["devTimeFormat"] != "yyyy-MM-dd'T'HH:mm:ss.SSSZ" {
		return facts{}, fmt.Errorf("devTimeFormat %q", values["devTimeFormat"])
	}
	if _, err := time.Parse("2006-01-02T15:04:05.000-0700", values["devTime"]); err != nil {
		return facts{}, err
	}
	if sev, err := strconv.Atoi(values["sev"]); err != nil || sev < 1 || sev > 10 {
		return facts{}, fmt.Errorf("sev %q", values["sev"])
	}
	if _, err := netip.ParseAddr(values["src"]); values["src"] != "" && err != nil {
		return facts{}, err
	}
	if proto, given := values["proto"]; given && !slices.Contains([]string{"TCP", "UDP"}, proto) {
		return facts{}, fmt.Errorf("proto %q", proto)
	}
	for _, user := range []string{"usrName", "accountName", "identSrc", "identHostName"} {
		if _, given := values[user]; given {
			return facts{}, fmt.Errorf("%s: the trail knows no users", user)
		}
	}
	return facts{id: values["eventId"], action: values["cat"], source: values["src"], url: values["url"]}, nil
}
