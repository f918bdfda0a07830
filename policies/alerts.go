package policies

// Alerts tell people of what cannot wait until somebody looks.
type Alerts struct {
	// Language of the messages is `vi`, `en` or `both` (default).
	Language Language `yaml:"language" oneof:"vi,en,both"`
	// Every is the shortest time between two messages of one rule about one site
	// on one channel; what happens meanwhile is summed up in the next. Default 15m.
	Every Duration `yaml:"every"`
	// Templates is a folder with texts that replace the built-in ones.
	Templates string `yaml:"templates" path:""`
	// Channels are the ways to people.
	Channels []AlertChannel `yaml:"channels"`
	// Rules say when to use them.
	Rules []AlertRule `yaml:"rules"`
}

// Language is what people read.
type Language string

// The values of a language key.
const (
	Vietnamese  Language = "vi"
	English     Language = "en"
	BothTongues Language = "both"
)

// AlertChannel is one way to people.
type AlertChannel struct {
	// Name is what rules call it.
	Name string `yaml:"name" required:""`
	// Type is `email`, `telegram` or `webhook`.
	Type ChannelType `yaml:"type" required:"" oneof:"email,telegram,webhook"`
	// URL is smtps://host:465 or smtp://host:587 (STARTTLS where it is offered) of
	// email, https://… of webhook. telegram has its own.
	URL string `yaml:"url"`
	// From is who writes an email.
	From string `yaml:"from"`
	// To is who is written to.
	To []string `yaml:"to"`
	// Username logs in to the server of email.
	Username string `yaml:"username"`
	// PasswordFile holds the password of Username.
	PasswordFile string `yaml:"password_file" path:""`
	// TokenFile holds telegram's bot token.
	TokenFile string `yaml:"token_file" path:""`
	// Chat is the chat of telegram that is written to.
	Chat string `yaml:"chat"`
	// SecretFile holds the key with which webhook signs (HMAC-SHA256).
	SecretFile string `yaml:"secret_file" path:""`
	// CA is a PEM file of roots to trust instead of the system's.
	CA string `yaml:"ca" path:""`
}

// ChannelType is a way to people.
type ChannelType string

// The values of a channel's type.
const (
	ChannelEmail    ChannelType = "email"
	ChannelTelegram ChannelType = "telegram"
	ChannelWebhook  ChannelType = "webhook"
)

// AlertRule says when somebody is told.
type AlertRule struct {
	// When is what happened:
	//
	//	injection    something planted was found on a site for the first time in a week
	//	blocks       more than Above requests were blocked on a site Within a time
	//	chain        the trail's chain is broken
	//	disk         the disk of the trail fills up
	//	gap          events were lost
	//	sink         a sink has not taken events for Within
	//	certificate  a certificate could not be obtained or renewed
	When AlertWhen `yaml:"when" required:"" oneof:"injection,blocks,chain,disk,gap,sink,certificate"`
	// Above is a number of `blocks`. Default 100.
	Above int `yaml:"above" range:"1,1000000"`
	// Within is the time of `blocks` and `sink`. Default 5m.
	Within Duration `yaml:"within"`
	// Sites are the sites this is about; empty means all.
	Sites []string `yaml:"sites"`
	// To names channels; empty means all.
	To []string `yaml:"to"`
}

func (r *AlertRule) setDefaults() { *r = AlertRule{Above: 100, Within: Duration(defaultWithin)} }

// AlertWhen is an occasion to tell somebody.
type AlertWhen string

// The values of a rule's when.
const (
	WhenInjection   AlertWhen = "injection"
	WhenBlocks      AlertWhen = "blocks"
	WhenChain       AlertWhen = "chain"
	WhenDisk        AlertWhen = "disk"
	WhenGap         AlertWhen = "gap"
	WhenSink        AlertWhen = "sink"
	WhenCertificate AlertWhen = "certificate"
)
