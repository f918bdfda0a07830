package policies

// Sink is a receiver of events: a SOC's syslog, an index, a queue.
type Sink struct {
	// Name identifies the sink in metrics, messages and the state directory.
	Name string `yaml:"name" required:""`
	// Type is what the receiver speaks.
	Type SinkType `yaml:"type" required:"" oneof:"syslog,http,splunk,elastic,loki,kafka,otlp,file"`
	// URL is where the receiver listens:
	//
	//	syslog   tls://host:6514, tcp://host:514 or udp://host:514
	//	http     https://host/path
	//	splunk   https://host:8088, the HTTP Event Collector
	//	elastic  https://host:9200; OpenSearch too
	//	loki     https://host:3100
	//	kafka    kafka://host:9092,host2:9092 or kafkas:// for TLS
	//	otlp     https://host:4318, OTLP over HTTP
	//	file     file:///path
	URL string `yaml:"url" required:""`
	// Format is `ecs` (default), `cef`, `leef`, `ocsf`, `wazuh` or `rfc5424`.
	// elastic, loki and otlp take ecs.
	Format SinkFormat `yaml:"format" oneof:"ecs,cef,leef,ocsf,wazuh,rfc5424"`
	// CA is a PEM file of roots to trust instead of the system's.
	CA string `yaml:"ca" path:""`
	// Cert is a PEM file that proves who sends, to a receiver that asks.
	Cert string `yaml:"cert" path:""`
	// Key is a PEM file with the private key of Cert.
	Key string `yaml:"key" path:""`
	// Framing of syslog over TCP and TLS is `octets` (a count before each
	// message, RFC 6587 and 5425; default) or `newline` after each.
	Framing Framing `yaml:"framing" oneof:"octets,newline"`
	// Resend is how long a message of syslog counts as on its way: nothing
	// confirms it, so what was sent within this time before a connection broke is
	// sent again. Default 10s.
	Resend Duration `yaml:"resend"`
	// Username is for http, elastic, loki, otlp (basic) and kafka (SASL: the first
	// that the broker has of SCRAM-SHA-512, SCRAM-SHA-256 and, over kafkas:// only,
	// PLAIN).
	Username string `yaml:"username"`
	// PasswordFile holds the password of Username. Secrets stand in files, not here.
	PasswordFile string `yaml:"password_file" path:""`
	// TokenFile holds the token of splunk, or a bearer token or API key for others.
	TokenFile string `yaml:"token_file" path:""`
	// SecretFile holds the key with which http signs each request (HMAC-SHA256).
	SecretFile string `yaml:"secret_file" path:""`
	// Topic of kafka, default "lachan-audit".
	Topic string `yaml:"topic"`
	// Index of elastic (a data stream, default "logs-lachan.audit-default") and splunk.
	Index string `yaml:"index"`
	// Headers go with each request of http, splunk, elastic, loki (X-Scope-OrgID)
	// and otlp.
	Headers map[string]string `yaml:"headers"`
	// Acknowledge waits until splunk says that events are indexed.
	Acknowledge bool `yaml:"acknowledge"`
	// Batch bounds what is sent at once.
	Batch Batch `yaml:"batch"`
	// Filter selects events.
	Filter SinkFilter `yaml:"filter"`
}

func (s *Sink) setDefaults() { *s = DefaultSink() }

// SinkType is what a receiver speaks.
type SinkType string

// The values of a sink's type.
const (
	SinkSyslog  SinkType = "syslog"
	SinkHTTP    SinkType = "http"
	SinkSplunk  SinkType = "splunk"
	SinkElastic SinkType = "elastic"
	SinkLoki    SinkType = "loki"
	SinkKafka   SinkType = "kafka"
	SinkOTLP    SinkType = "otlp"
	SinkFile    SinkType = "file"
)

// SinkFormat is how a receiver wants events written.
type SinkFormat string

// The values of a sink's format.
const (
	FormatECS     SinkFormat = "ecs"
	FormatCEF     SinkFormat = "cef"
	FormatLEEF    SinkFormat = "leef"
	FormatOCSF    SinkFormat = "ocsf"
	FormatWazuh   SinkFormat = "wazuh"
	FormatRFC5424 SinkFormat = "rfc5424"
)

// Framing tells messages of a stream apart.
type Framing string

// The values of a sink's framing.
const (
	FramingOctets  Framing = "octets"
	FramingNewline Framing = "newline"
)

// Batch bounds one delivery: whichever comes first.
type Batch struct {
	// Events, 1 to 10000, default 500.
	Events int `yaml:"events" range:"1,10000"`
	// Bytes before compression, default 1MiB.
	Bytes Size `yaml:"bytes"`
	// Delay is how long a batch that is not full waits. Default 1s.
	Delay Duration `yaml:"delay"`
}

// SinkFilter selects the events a sink receives; empty means all. Checkpoints
// and gaps always go: without them what did arrive proves nothing.
type SinkFilter struct {
	// Sites are names of sites.
	Sites []string `yaml:"sites"`
	// Actions are values of event.action, such as block and strip.
	Actions []string `yaml:"actions"`
	// Severity is the least event.severity: 21 low, 47 medium, 73 high, 99 critical.
	Severity int `yaml:"severity" range:"0,100"`
}

// DefaultSink returns a sink that says nothing but its name, type and URL.
func DefaultSink() Sink {
	return Sink{
		Format: FormatECS, Framing: FramingOctets, Resend: Duration(defaultResend),
		Batch: Batch{Events: 500, Bytes: MiB, Delay: Duration(defaultDelay)},
	}
}
