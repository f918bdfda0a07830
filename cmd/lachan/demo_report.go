package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// introduction says where both sites are and what to try.
func (d *demoStage) introduction() string {
	var b strings.Builder
	fmt.Fprintln(&b, "Xã Thanh Bình An is a commune that does not exist; its portal is infected and vulnerable.")
	fmt.Fprintf(&b, "\n  raw        %s\n  protected  %s\n  CA root    %s\n", d.raw, d.safe, d.root)
	fmt.Fprintln(&b, "\nOpen both in a browser, or paste these lines into another terminal:")
	for i, check := range demoChecks() {
		fmt.Fprintf(&b, "\n%d. %s\n   raw: %s\n     %s\n   protected: %s\n     %s\n", i+1, check.title,
			check.rawShows, d.line(check, d.raw), check.safeShows, d.line(check, d.safe))
	}
	fmt.Fprint(&b, "\nEvents follow as they happen; Ctrl-C ends the demonstration and removes all it wrote.\n\n")
	return b.String()
}

// line is a check's command for one of the sites, to be pasted into a shell.
func (d *demoStage) line(check demoCheck, site string) string {
	curl := "curl -s"
	if site == d.safe {
		curl += " --cacert " + shellQuote(d.root)
	}
	return strings.NewReplacer("${curl}", curl, "${site}", site).Replace(check.command)
}

// shellQuote quotes what a temporary folder's name may hold.
func shellQuote(s string) string {
	if !strings.ContainsAny(s, " \t\n'\"\\$`!*?[]{}();&|<>#~") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// reportDemo prints the observations as a table and returns an error if one is
// not as it should be.
func reportDemo(out io.Writer, seen []observation, terminal bool) error {
	var table bytes.Buffer
	w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\t#\twhat\traw\tprotected\taudit trail")
	failed := 0
	for _, o := range seen {
		if !o.ok {
			failed++
		}
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\n", tick(o.ok), o.check, o.what, o.raw, o.safe, o.events)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	text := table.String()
	if terminal {
		text = colour(text)
	}
	if _, err := fmt.Fprintf(out, "%s\n%d of %d as they should be\n", text, len(seen)-failed, len(seen)); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("demo: %d of %d checks failed", failed, len(seen))
	}
	return nil
}

func tick(ok bool) string {
	if ok {
		return "✓"
	}
	return "✗"
}

// colour paints the marks once the columns are aligned: tabwriter would count
// the escape sequences as text.
func colour(table string) string {
	lines := strings.SplitAfter(table, "\n")
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "✓"):
			lines[i] = "\x1b[32m✓\x1b[0m" + strings.TrimPrefix(line, "✓")
		case strings.HasPrefix(line, "✗"):
			lines[i] = "\x1b[31m✗\x1b[0m" + strings.TrimPrefix(line, "✗")
		}
	}
	return strings.Join(lines, "")
}
