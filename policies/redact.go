package policies

// Redact says what the audit trail must not hold of a site, beside what it
// never holds: passwords, tokens, cookies and the like under their usual names.
type Redact struct {
	// Names are arguments, header fields and members whose values are cut out,
	// such as ma_ho_so: at most 32. Case, separators and Vietnamese marks do not
	// matter, and a name counts where it is some words of a longer one.
	Names []string `yaml:"names"`
	// Patterns are regular expressions (RE2) whose matches are cut out wherever
	// they are, such as HS-[0-9]{8}: at most 32. They see percent-encoding,
	// escapes and character references undone.
	Patterns []string `yaml:"patterns"`
}
