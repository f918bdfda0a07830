package clean

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lachan-waf/lachan/policies"
)

// strict is the portal with every body cleaned.
func strict(t testing.TB) *policies.Site {
	site := portal(t)
	site.Response.Bodies = policies.Bodies{CSS: policies.BodyClean, JS: policies.BodyClean, JSON: policies.BodyClean, Feeds: policies.BodyClean}
	return site
}

// tryBody cleans in in pieces of size bytes; 0 means whole.
func tryBody(c *Cleaner, m Medium, in []byte, size int, tune ...func(*BodyWriter)) (string, []Finding, error) {
	var out bytes.Buffer
	var findings []Finding
	kind := BodyType("text/x", m, in[:min(len(in), SniffLen)])
	w := c.NewBodyWriter(&out, m, Document{URL: pageURL, Charset: kind.Charset, Report: func(f Finding) { findings = append(findings, f) }})
	for _, f := range tune {
		f(w)
	}
	if size == 0 {
		size = max(1, len(in))
	}
	for len(in) > 0 {
		n := min(size, len(in))
		if _, err := w.Write(in[:n]); err != nil {
			return out.String(), findings, err
		}
		in = in[n:]
	}
	err := w.Close()
	return out.String(), findings, err
}

func cleanBody(t testing.TB, c *Cleaner, m Medium, in []byte, size int, tune ...func(*BodyWriter)) (string, []Finding) {
	t.Helper()
	out, findings, err := tryBody(c, m, in, size, tune...)
	if err != nil {
		t.Fatal(err)
	}
	return out, findings
}

var sampleMedia = map[string]Medium{".css": MediumCSS, ".js": MediumJS, ".json": MediumJSON, ".rss": MediumXML, ".atom": MediumXML, ".xml": MediumXML}

// TestBodySamples cleans testdata/bodies: NAME.EXT must become NAME.EXT.golden,
// or stay as it is where there is none; and stay under report.
func TestBodySamples(t *testing.T) {
	c := newCleaner(t, strict(t))
	site := strict(t)
	site.Response.Mode = policies.ResponseReport
	reports := newCleaner(t, site)
	files, err := filepath.Glob("testdata/bodies/*")
	if err != nil || len(files) == 0 {
		t.Fatal("no samples: ", err)
	}
	for _, file := range files {
		medium, known := sampleMedia[filepath.Ext(file)]
		if !known {
			continue
		}
		t.Run(filepath.Base(file), func(t *testing.T) {
			in, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(file + ".golden")
			if errors.Is(err, os.ErrNotExist) {
				want = in
			}
			for _, size := range []int{0, 1, 13, 1000} {
				out, findings := cleanBody(t, c, medium, in, size)
				if diff := cmp.Diff(string(want), out); diff != "" {
					t.Fatalf("in pieces of %d: %s\n%+v", size, diff, findings)
				}
				if (len(findings) > 0) != !bytes.Equal(in, want) {
					t.Errorf("findings %+v", findings)
				}
			}
			if again, findings := cleanBody(t, c, medium, want, 0); again != string(want) || len(findings) > 0 {
				t.Errorf("cleaning again: %s %+v", cmp.Diff(string(want), again), findings)
			}
			out, findings := cleanBody(t, reports, medium, in, 7)
			if out != string(in) || (len(findings) > 0) != !bytes.Equal(in, want) {
				t.Errorf("under report: %s %+v", cmp.Diff(string(in), out), findings)
			}
			for _, f := range findings {
				if f.Removed {
					t.Errorf("under report: removed %+v", f)
				}
			}
		})
	}
}

func TestMediumOf(t *testing.T) {
	for contentType, want := range map[string]Medium{
		"text/css; charset=utf-8": MediumCSS, "TEXT/CSS": MediumCSS,
		"application/javascript": MediumJS, "text/javascript;charset=x": MediumJS, "application/x-javascript": MediumJS, "text/ecmascript": MediumJS,
		"application/json": MediumJSON, "application/json+oembed": MediumJSON, "text/x-json": MediumJSON, "text/json": MediumJSON, "application/ld+json": MediumJSON, "application/problem+json; a=b": MediumJSON,
		"application/x-ndjson": MediumJSON, "application/ndjson; charset=utf-8": MediumJSON, "application/jsonl": MediumJSON, "application/json-seq": MediumJSON, "application/geo+json-seq": MediumJSON,
		"application/rss+xml": MediumXML, "application/atom+xml;type=entry": MediumXML, "text/xml": MediumXML, "application/xml": MediumXML, "application/rdf+xml": MediumXML,
		"image/svg+xml": MediumOther, "text/plain": MediumOther, "image/png": MediumOther, "": MediumOther, "text/html": MediumOther,
	} {
		if got := MediumOf(contentType); got != want {
			t.Errorf("%q is %v, want %v", contentType, got, want)
		}
	}
}

func TestBodyType(t *testing.T) {
	for _, tt := range []struct {
		contentType string
		medium      Medium
		body        string
		want        Type
	}{
		{"text/css", MediumCSS, "p{}", Type{Charset: "utf-8", ContentType: "text/css; charset=utf-8"}},
		{"text/css", MediumCSS, `@charset "windows-1258";`, Type{Charset: "windows-1258", ContentType: "text/css; charset=windows-1258"}},
		{"text/css", MediumCSS, `@charset "utf-16";`, Type{Charset: "utf-8", ContentType: "text/css; charset=utf-8"}},
		{"text/css; charset=gbk", MediumCSS, `@charset "utf-8";`, Type{Charset: "gbk", ContentType: "text/css; charset=utf-8"}},
		{"text/javascript; charset=gbk", MediumJS, "a", Type{Charset: "gbk", ContentType: "text/javascript; charset=gbk"}},
		{"text/css; charset=gbk", MediumCSS, "\xFF\xFEp\x00", Type{Charset: "utf-16le", ContentType: "text/css; charset=utf-8"}},
		{"text/javascript", MediumJS, "a='\xE9'", Type{Charset: "windows-1252", ContentType: "text/javascript; charset=windows-1252"}},
		{"text/xml", MediumXML, `<?xml version="1.0" encoding="iso-8859-2"?>`, Type{Charset: "iso-8859-2", ContentType: "text/xml; charset=iso-8859-2"}},
		{"application/json", MediumJSON, "{}", Type{Charset: "utf-8", ContentType: "application/json"}},
		{"application/json; charset=utf-16", MediumJSON, "{}", Type{Charset: "utf-8", ContentType: "application/json; charset=utf-8"}},
	} {
		if got := BodyType(tt.contentType, tt.medium, []byte(tt.body)); got != tt.want {
			t.Errorf("%s %q: %+v", tt.contentType, tt.body, got)
		}
	}
}

// TestBodyPolicies: off passes all, and says nothing; the policy for feeds
// does not decide about transformations.
func TestBodyPolicies(t *testing.T) {
	site := portal(t)
	site.Response.Bodies = policies.Bodies{CSS: policies.BodyOff, JS: policies.BodyReport, JSON: policies.BodyReport, Feeds: policies.BodyOff}
	c := newCleaner(t, site)
	const css = `@import "//evil.test/a";`
	if out, findings := cleanBody(t, c, MediumCSS, []byte(css), 0); out != css || len(findings) > 0 {
		t.Errorf("%s %+v", out, findings)
	}
	const json = `{"a":"<script>pwn=1</script>"`
	if out, findings := cleanBody(t, c, MediumJSON, []byte(json), 0); out != json || len(findings) != 1 || findings[0].Removed || findings[0].Reasons[0] != reasonUnreadable {
		t.Errorf("%s %+v", out, findings)
	}
	const xml = `<?xml-stylesheet href="//evil.test/x.xsl" type="text/xsl"?><a/>`
	if out, findings := cleanBody(t, c, MediumXML, []byte(xml), 0); out != `<a/>` || len(findings) != 1 || !findings[0].Removed {
		t.Errorf("%s %+v", out, findings)
	}
	if c.BodyPolicy(MediumOther) != policies.BodyOff || c.Rewrites(MediumJS) || !c.Rewrites(MediumXML) {
		t.Error("policies mixed up")
	}
}

// TestBodyErrors: the writer's error comes back and stays.
func TestBodyErrors(t *testing.T) {
	c := newCleaner(t, strict(t))
	broken := errors.New("broken pipe")
	w := c.NewBodyWriter(failing{broken}, MediumCSS, Document{})
	_, _ = w.Write([]byte(strings.Repeat("p{}", bodyWindow)))
	if err := w.Close(); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := w.Write([]byte("x")); err == nil {
		t.Error("writes after an error")
	}
	w = c.NewBodyWriter(io.Discard, MediumJSON, Document{})
	_, _ = w.Write([]byte("[1,]"))
	var unreadable *UnreadableError
	if err := w.Close(); !errors.As(err, &unreadable) || unreadable.Medium != MediumJSON || unreadable.Offset != 3 {
		t.Errorf("%v", err)
	}
}

// TestBodiesInMixedEncodings: in these a backslash or a bracket may be the second
// byte of a character, which a browser takes for neither.
func TestBodiesInMixedEncodings(t *testing.T) {
	site := strict(t)
	site.Response.Allow.Media = nil
	c := newCleaner(t, site)
	for charset, lead := range map[string]string{"gbk": "\x81", "gb18030": "\x81", "big5": "\xA5", "shift_jis": "\x83"} {
		for _, tt := range []struct {
			medium   Medium
			in, gone string
		}{
			{MediumCSS, `p{content:"` + lead + `\";a:url(//evil.test/a);b:"x"}`, "evil.test"},
			{MediumXML, inRSS(`<title><![CDATA[` + lead + `]]> <!-- ]]></title><item><link>//evil.test</link></item><docs>--></docs>`), "evil.test"},
		} {
			var out bytes.Buffer
			w := c.NewBodyWriter(&out, tt.medium, Document{URL: pageURL, Charset: charset})
			_, err := w.Write([]byte(tt.in))
			if err = errors.Join(err, w.Close()); err != nil || strings.Contains(out.String(), tt.gone) {
				t.Errorf("%s %v: %q, %v", charset, tt.medium, out.String(), err)
			}
		}
	}
}
