package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/ml-autoscaling/autoscaler/streams"
)

type versionVerb struct{}

// Run prints the module's version, and those of Go and of the libraries that
// a bug report needs.
func (versionVerb) Run(p process) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return fmt.Errorf("read build info: the binary has none")
	}
	version := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			version += " " + s.Value
		}
	}
	fmt.Fprintf(p.stdout, "autoscaler %s\nevents version %d\n%s %s/%s\n", version, streams.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	for _, dep := range info.Deps {
		switch dep.Path {
		case "github.com/nats-io/nats-server/v2", "github.com/nats-io/nats.go":
			fmt.Fprintln(p.stdout, dep.Path, dep.Version)
		}
	}
	return nil
}
