// Command lachan stands in front of web sites that nobody can patch: it stops
// attacks on the way in, removes what an intruder has planted on the way out,
// and keeps evidence of both. `lachan --help` lists its commands.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// cli is the command line; each field is a command with a file of its own.
type cli struct {
	Run      runCmd      `cmd:"" help:"Serve the configured sites. SIGHUP reloads the configuration, SIGTERM drains and stops."`
	Check    checkCmd    `cmd:"" help:"Check the configuration, rules and certificates; print every problem with file:line:column."`
	Demo     demoCmd     `cmd:"" help:"Start an infected portal with Lachan in front of it on this machine, and say what to try."`
	Clean    cleanCmd    `cmd:"" help:"Clean one HTML page from standard input to standard output."`
	Approve  approveCmd  `cmd:"" help:"Print a baseline that approves the inline scripts of an HTML page on standard input."`
	Rules    rulesCmd    `cmd:"" help:"Try a site's rules on requests."`
	Audit    auditCmd    `cmd:"" help:"Read the audit trail."`
	Incident incidentCmd `cmd:"" help:"Write a bundle of a site's incident: events, evidence, proof and reports, to hand over."`
	Schema   schemaCmd   `cmd:"" help:"Print the JSON Schema of the configuration, for editors."`
	Version  versionCmd  `cmd:"" help:"Print the version, and those of the rules and of Go."`
}

// Exit codes: 0 all is well, 1 a problem was found (check, demo --once, rules
// test), 2 the command line is wrong, or a file that rules test is to try.
const (
	exitProblem = 1
	exitUsage   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run parses and runs one command line, and returns the exit code.
func run(ctx context.Context, args []string) int {
	parser := kong.Must(&cli{},
		kong.Name("lachan"),
		kong.Description("Lachan (lá chắn) shields web sites nobody can patch: TLS, OWASP CRS, cleaned responses, an audit trail."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	command, err := parser.Parse(args)
	if err != nil {
		var usage *kong.ParseError
		if errors.As(err, &usage) {
			_ = usage.Context.PrintUsage(true)
		}
		fmt.Fprintln(os.Stderr, "lachan:", err)
		return exitUsage
	}
	if err := command.Run(); err != nil {
		if !errors.Is(err, errReported) {
			fmt.Fprintln(os.Stderr, "lachan:", err)
		}
		if errors.As(err, new(*usageError)) {
			return exitUsage
		}
		return exitProblem
	}
	return 0
}

// usageError ends a command that was given what it cannot work with.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

// errReported ends a command that has already said what is wrong.
var errReported = errors.New("reported")
