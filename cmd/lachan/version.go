package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/lachan-waf/lachan/rules"
)

// release is set by the linker: -X main.release=v1.2.3.
var release = ""

// version is the release, or for a build from a checkout its commit.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "dev-" + s.Value[:12]
		}
	}
	return "dev"
}

type versionCmd struct{}

// Run prints one line per component.
func (versionCmd) Run() error {
	_, err := fmt.Printf("lachan %s\n%s %s\n%s %s/%s\n", version(), rules.Ruleset, rules.RulesetVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
