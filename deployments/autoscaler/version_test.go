package main

import (
	"regexp"
	"runtime/debug"
	"testing"
)

// A release says which it is; any other binary what it was built from.
func TestVersion(t *testing.T) {
	info := &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}, Settings: []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: "0123abcd"}}}
	if got, want := versionOf("", info), "(devel) 0123abcd"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := versionOf("v1.2.3", info), "v1.2.3"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	code, out, errs := runVerb(t, "version")
	if code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	if !regexp.MustCompile(`\Aautoscaler \S+.*\nevents version \d+\ngo1\.\d+.* linux/\w+\n`).MatchString(out) {
		t.Errorf("got %s", out)
	}
}
