// Package container_test holds what the Dockerfile promises. No engine builds it
// here: its structure is looked at, and a linter where there is one.
package container_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const dockerfile = "Dockerfile"

// instruction is one instruction of a Dockerfile.
type instruction struct{ name, rest string }

// instructions reads a Dockerfile: comments away, continued lines as one.
func instructions(t *testing.T) []instruction {
	t.Helper()
	text, err := os.ReadFile(dockerfile)
	if err != nil {
		t.Fatal(err)
	}
	plain := regexp.MustCompile(`(?m)^\s*#.*\n`).ReplaceAllString(string(text), "")
	var all []instruction
	for line := range strings.Lines(strings.ReplaceAll(plain, "\\\n", " ")) {
		if name, rest, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			all = append(all, instruction{strings.ToUpper(name), strings.Join(strings.Fields(rest), " ")})
		}
	}
	return all
}

// the gives what an instruction of the last stage says; it wants exactly one.
func the(t *testing.T, name string) string {
	t.Helper()
	var found []string
	for _, i := range instructions(t) {
		switch i.name {
		case "FROM":
			found = nil
		case name:
			found = append(found, i.rest)
		}
	}
	if len(found) != 1 {
		t.Fatalf("want one %s in the last stage, got %q", name, found)
	}
	return found[0]
}

func TestImageIsSmallAndUnprivileged(t *testing.T) {
	if user := the(t, "USER"); !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(user) {
		t.Errorf("USER is %s: want numbers that are not root's, which Kubernetes can check", user)
	}
	var bases []string
	for _, i := range instructions(t) {
		if i.name == "FROM" {
			words := slices.DeleteFunc(strings.Fields(i.rest), func(w string) bool { return strings.HasPrefix(w, "--") })
			bases = append(bases, words[0])
		}
	}
	pinned := regexp.MustCompile(`^\S+(:[\w.-]+|@sha256:[0-9a-f]{64})$`)
	for _, base := range bases {
		if !pinned.MatchString(base) || strings.HasSuffix(base, ":latest") {
			t.Errorf("the base %s is not pinned", base)
		}
	}
	if len(bases) != 2 || !strings.HasPrefix(bases[1], "gcr.io/distroless/static-") {
		t.Errorf("the bases are %q: want one that builds, and distroless/static", bases)
	}
	if port := the(t, "EXPOSE"); port != "5000" {
		t.Errorf("EXPOSE is %s", port)
	}
	var entry, command []string
	if err := json.Unmarshal([]byte(the(t, "ENTRYPOINT")), &entry); err != nil || !slices.Equal(entry, []string{"/usr/local/bin/autoscaler"}) {
		t.Errorf("ENTRYPOINT is %q (%v): there is no shell", entry, err)
	}
	if err := json.Unmarshal([]byte(the(t, "CMD")), &command); err != nil || command[0] != "all" {
		t.Errorf("CMD is %q (%v)", command, err)
	}
}

// The image's binary is the release's: the same script builds it, and the compiler
// is one that go.mod takes.
func TestImageIsBuiltAsTheReleaseIs(t *testing.T) {
	var builds string
	for _, i := range instructions(t) {
		if i.name == "RUN" {
			builds += i.rest + "\n"
		}
	}
	if !strings.Contains(builds, "deployments/aws/release.sh") || strings.Contains(builds, "go build") {
		t.Errorf("the image is built by something else than the release's script:\n%s", builds)
	}
	release, err := os.ReadFile("../aws/release.sh")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"CGO_ENABLED=0", "-trimpath", "-buildvcs=false", "-s -w"} {
		if !strings.Contains(string(release), want) {
			t.Errorf("the script builds without %s", want)
		}
	}
	module, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	wanted := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)
	if base := instructions(t)[0].rest; wanted == nil || !strings.Contains(base, "golang:"+string(wanted[1])+".") {
		t.Errorf("go.mod wants %s, and %s builds", wanted, base)
	}
}

// What git does not know is not sent to be built.
func TestIgnoredFilesStayHere(t *testing.T) {
	ours, err := os.ReadFile(dockerfile + ".dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	git, err := os.ReadFile("../../.gitignore")
	if err != nil {
		t.Fatal(err)
	}
	ignored := strings.Fields(string(ours))
	for _, name := range append(strings.Fields(string(git)), ".git") {
		name = strings.Trim(name, "/")
		if !slices.ContainsFunc(ignored, func(i string) bool { return strings.TrimPrefix(strings.TrimPrefix(i, "**/"), "/") == name }) {
			t.Errorf("%s is not ignored", name)
		}
	}
}

func TestLinter(t *testing.T) {
	if _, err := exec.LookPath("dockerfile-utils"); err != nil {
		t.Skip("dockerfile-utils is missing (npm install -g dockerfile-utils@0.16.3)")
	}
	if out, err := exec.CommandContext(t.Context(), "dockerfile-utils", "lint", dockerfile).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("dockerfile-utils: %v\n%s", err, out)
	}
}
