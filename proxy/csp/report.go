package csp

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/url"
	"strings"

	"github.com/lachan-waf/lachan/policies"
)

const (
	// MaxBody bounds a message of reports. What is longer is no report.
	MaxBody = 64 << 10
	// maxReports bounds the reports in one message; the rest are left out.
	maxReports = 50
	// maxField bounds what is kept of each field.
	maxField = 2 << 10
)

// Report is what a browser says that it refused, or would have. Anybody may
// send one: it is a claim.
type Report struct {
	Document  string // the page's URL
	Directive string // in force: script-src-elem, connect-src …
	Blocked   string // a URL, or inline, eval, data, blob …
	Source    string // URL of the script that did it
	Sample    string // the first 40 characters of an inline script
}

// ReadReports reads a message of reports, in the form of the Reporting API or
// in that of report-uri (CSP 3, 5.3 and 5.5).
func ReadReports(contentType string, body []byte) ([]Report, error) {
	kind, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, fmt.Errorf("content type: %w", err)
	}
	switch kind {
	case "application/csp-report":
		return readReportURI(body)
	case "application/reports+json":
		return readReportingAPI(body)
	}
	return nil, fmt.Errorf("content type %q is not that of reports", kind)
}

func readReportURI(body []byte) ([]Report, error) {
	var message struct {
		Report struct {
			Document  string `json:"document-uri"`
			Effective string `json:"effective-directive"`
			Violated  string `json:"violated-directive"` // the only one in old browsers, with its sources
			Blocked   string `json:"blocked-uri"`
			Source    string `json:"source-file"`
			Sample    string `json:"script-sample"`
		} `json:"csp-report"`
	}
	if err := json.Unmarshal(body, &message); err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	r := &message.Report
	if r.Effective == "" {
		r.Effective, _, _ = strings.Cut(r.Violated, " ")
	}
	return []Report{Report{r.Document, r.Effective, r.Blocked, r.Source, r.Sample}.bounded()}, nil
}

func readReportingAPI(body []byte) ([]Report, error) {
	var messages []struct {
		Type string `json:"type"`
		Body struct {
			Document  string `json:"documentURL"`
			Effective string `json:"effectiveDirective"`
			Blocked   string `json:"blockedURL"`
			Source    string `json:"sourceFile"`
			Sample    string `json:"sample"`
		} `json:"body"`
	}
	if err := json.Unmarshal(body, &messages); err != nil {
		return nil, fmt.Errorf("read reports: %w", err)
	}
	var reports []Report
	for i := range messages[:min(len(messages), maxReports)] {
		if b := &messages[i].Body; messages[i].Type == "csp-violation" {
			reports = append(reports, Report{b.Document, b.Effective, b.Blocked, b.Source, b.Sample}.bounded())
		}
	}
	return reports, nil
}

func (r Report) bounded() Report {
	for _, field := range []*string{&r.Document, &r.Directive, &r.Blocked, &r.Source, &r.Sample} {
		*field = strings.ToValidUTF8((*field)[:min(len(*field), maxField)], "")
	}
	r.Directive = strings.ToLower(r.Directive)
	return r
}

// Kind is the finding's kind that the directive stands for; empty for one that
// no policy of ours holds.
func (r Report) Kind() string {
	switch r.Directive {
	case "script-src", "script-src-elem", "worker-src":
		return "script"
	case "script-src-attr":
		return "handler"
	case "frame-src", "object-src":
		return "frame"
	case "form-action":
		return "form"
	case "base-uri":
		return "base"
	case "style-src", "style-src-elem", "style-src-attr":
		return "style"
	case "img-src", "media-src", "font-src":
		return "media"
	case "connect-src", "manifest-src":
		return "connect"
	}
	return ""
}

// Host is that of what was blocked; empty where it is no URL with one.
func (r Report) Host() string { return host(r.Blocked) }

// DocumentHost is that of the page.
func (r Report) DocumentHost() string { return host(r.Document) }

// Foreign reports whether the cause is an extension of the browser, which is
// nothing that the site could serve.
func (r Report) Foreign() bool { return extension(r.Blocked) || extension(r.Source) }

func extension(text string) bool {
	scheme, _, _ := strings.Cut(text, ":")
	return strings.HasSuffix(scheme, "-extension")
}

func host(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	ascii, err := policies.ASCIIHost(u.Hostname())
	if err != nil {
		return ""
	}
	return ascii
}
