package aws_test

import (
	"os"
	"os/exec"
	"testing"
)

// mostUserData is the limit of EC2, in bytes, and room for what the template
// exports.
const mostUserData = 16<<10 - 4<<10

func TestScripts(t *testing.T) {
	info, err := os.Stat(script)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > mostUserData {
		t.Errorf("%s has %d bytes, and may have %d", script, info.Size(), mostUserData)
	}
	for _, path := range []string{script, "release.sh"} {
		if out, err := exec.CommandContext(t.Context(), "bash", "-n", path).CombinedOutput(); err != nil {
			t.Errorf("bash -n %s: %v\n%s", path, err, out)
		}
	}
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Skip("shellcheck is missing")
	}
	out, err := exec.CommandContext(t.Context(), "shellcheck", script, "release.sh").CombinedOutput()
	if err != nil {
		t.Errorf("shellcheck: %v\n%s", err, out)
	}
}
