package policies

import "time"

// Default returns the configuration of a file that says nothing.
func Default() Config {
	return Config{
		Listen:   Listen{HTTP: ":80", HTTPS: ":443"},
		StateDir: "/var/lib/lachan",
		ACME:     ACME{CA: "https://acme-v02.api.letsencrypt.org/directory"},
		Admin:    Admin{Listen: "unix:/run/lachan/admin.sock"},
		Audit: Audit{
			File:       "/var/log/lachan/audit.jsonl",
			Durability: DurabilityBatch,
			Matches:    MatchesBlocked,
			Retention:  Duration(365 * day),
			Rotate:     256 * MiB,
			Fold:       Fold{First: 50, Every: Duration(10 * time.Second), SpareLoopback: true},
			Alerts:     Alerts{Language: BothTongues, Every: Duration(15 * time.Minute)},
		},
	}
}

// The defaults of sinks and alerts.
const (
	defaultResend = 10 * time.Second
	defaultDelay  = time.Second
	defaultWithin = 5 * time.Minute
)

// DefaultSite returns a site that says nothing but could be served once it
// has a name, hosts and an upstream.
func DefaultSite() Site {
	return Site{
		UpstreamTLS: UpstreamTLS{MinVersion: "1.2"},
		TLS:         TLS{Mode: TLSACME},
		Profile:     ProfileGeneric,
		WAF: WAF{
			Mode:              WAFBlock,
			Paranoia:          1,
			DetectionParanoia: 1,
			InboundThreshold:  5,
			RequestBody:       RequestBody{Limit: MiB, Over: OverReject},
			Response:          Off,
			CPUBudget:         Duration(250 * time.Millisecond),
			SecondOpinion:     On,
		},
		Response: Response{
			Mode: ResponseClean,
			Allow: Allow{
				Media: []HostPattern{{}},
				Links: []HostPattern{{host: "gov.vn", below: true}},
			},
			Links:         LinksAllowlist,
			InlineScripts: ScriptsSignals,
			Redirects:     RedirectsBlock,
			Doorways:      DoorwaysReport,
			CSP:           CSPReportOnly,
			Bodies:        Bodies{CSS: BodyClean, JS: BodyReport, JSON: BodyReport, Feeds: BodyReport},
			Evidence:      EvidenceSnippet,
		},
	}
}
