// Package systemd_test holds that systemd takes the unit, and how much the unit
// leaves the process to do.
package systemd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/coreos/go-systemd/v22/unit"
)

// mostExposure is the highest overall exposure level of systemd-analyze security,
// from 0 to 10, that the unit may have. What is left of it is the network, which
// is what the process is there for.
const mostExposure = 1.5

// onPath gives the unit with a binary that is here.
func onPath(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("autoscaler.service")
	if err != nil {
		t.Fatal(err)
	}
	there, err := exec.LookPath("true")
	if err != nil {
		t.Skip("there is no program true")
	}
	path := filepath.Join(t.TempDir(), "autoscaler.service")
	if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte("/usr/local/bin/autoscaler"), []byte(there)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// analyze runs systemd-analyze.
func analyze(t *testing.T, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		t.Skip("systemd-analyze is missing")
	}
	out, err := exec.CommandContext(t.Context(), "systemd-analyze", args...).CombinedOutput()
	if err != nil {
		t.Errorf("systemd-analyze %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func TestUnitIsUnderstood(t *testing.T) {
	if out := analyze(t, "verify", onPath(t)); out != "" {
		t.Errorf("systemd-analyze verify says:\n%s", out)
	}
}

func TestUnitIsHardened(t *testing.T) {
	out := analyze(t, "security", "--offline=true", "--no-pager", onPath(t))
	found := regexp.MustCompile(`Overall exposure level for autoscaler.service: ([\d.]+)`).FindStringSubmatch(out)
	if found == nil {
		t.Fatalf("systemd-analyze security says no level:\n%s", out)
	}
	level, err := strconv.ParseFloat(found[1], 64)
	if err != nil || level > mostExposure {
		t.Errorf("exposure %v (%v), want at most %v:\n%s", level, err, mostExposure, out)
	}
	t.Logf("exposure %v of 10", level)
}

// What the rest of the set-up relies on, where there is no systemd-analyze too.
func TestUnitSaysWhatOthersRelyOn(t *testing.T) {
	f, err := os.Open("autoscaler.service")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	options, err := unit.DeserializeOptions(f)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, o := range options {
		got[o.Section+"."+o.Name] += o.Value
	}
	for key, want := range map[string]string{
		"Service.ExecStart":             "/usr/local/bin/autoscaler all --config /etc/autoscaler/autoscaler.yaml",
		"Service.EnvironmentFile":       "-/etc/autoscaler/environment",
		"Service.Type":                  "notify",
		"Service.WatchdogSec":           "3min",
		"Service.TimeoutStartSec":       "15min",
		"Service.Restart":               "always",
		"Service.DynamicUser":           "yes",
		"Service.StateDirectory":        "autoscaler", // all's --store
		"Service.ProtectSystem":         "strict",
		"Service.CapabilityBoundingSet": "",
		"Install.WantedBy":              "multi-user.target",
	} {
		if value, ok := got[key]; !ok || value != want {
			t.Errorf("%s is %q, want %q", key, value, want)
		}
	}
}
