package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// version is the release's, which the linker sets; empty where somebody built
// the binary otherwise.
var version = ""

type versionVerb struct{}

// Run prints the version, and those of Go and of the libraries that a bug report
// needs.
func (versionVerb) Run(p process) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("read build info: the binary has none")
	}
	fmt.Fprintf(p.stdout, "autoscaler %s\nevents version %d\n%s %s/%s\n", versionOf(version, info), streams.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, dep := range info.Deps {
		switch dep.Path {
		case "github.com/nats-io/nats-server/v2", "github.com/nats-io/nats.go":
			fmt.Fprintln(p.stdout, dep.Path, dep.Version)
		}
	}
	return nil
}

// versionOf gives the release; without one, the module's version and the commit.
func versionOf(release string, info *debug.BuildInfo) string {
	if release != "" {
		return release
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return info.Main.Version + " " + s.Value
		}
	}
	return info.Main.Version
}
