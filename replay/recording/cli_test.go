package recording_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ml-autoscaling/autoscaler/streams/embedded"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

// cli runs the nats command against s, with nothing of the user's settings.
func cli(t *testing.T, s *embedded.Server, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("nats")
	if err != nil {
		t.Skip("the nats command is not in PATH: go install github.com/nats-io/natscli/nats@v0.5.1")
	}
	cmd := exec.CommandContext(t.Context(), path, append([]string{"--server", s.ClientURL()}, args...)...)
	home := t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_CONFIG_HOME=" + home}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("nats %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	t.Logf("nats %s\n%s", strings.Join(args, " "), out)
	return string(out)
}

func TestTheirBackupIsOurRecording(t *testing.T) {
	s := servertest.NewListening(t)
	js := connect(t, s)
	stream := fill(t, js, config)
	dir := filepath.Join(t.TempDir(), "backup")
	cli(t, s, "backup", "stream", "--consumers", config.Name, dir)
	info, got := read(t, dir)
	if diff := cmp.Diff(stored(t, stream), got, byBytes); diff != "" {
		t.Errorf("messages (-stored +read):\n%s", diff)
	}
	ours, _ := write(t, js)
	own, _ := read(t, ours)
	if diff := cmp.Diff(own, info, cmpopts.IgnoreFields(info, "Taken")); diff != "" {
		t.Errorf("info (-ours +theirs):\n%s", diff)
	}
}

func TestOurRecordingIsTheirBackup(t *testing.T) {
	s := servertest.NewListening(t)
	js := connect(t, s)
	fill(t, js, config)
	written, _ := write(t, js)
	for name, dir := range map[string]string{"written": written, "edited": edit(t, written, changeOneDigit)} {
		t.Run(name, func(t *testing.T) {
			cli(t, s, "backup", "validate", dir)
			if out := cli(t, s, "backup", "info", dir); !strings.Contains(out, config.Name) {
				t.Errorf("info does not name the stream:\n%s", out)
			}
			again := servertest.NewListening(t)
			cli(t, again, "backup", "restore", "stream", dir)
			stream, err := connect(t, again).Stream(t.Context(), config.Name)
			if err != nil {
				t.Fatal(err)
			}
			_, want := read(t, dir)
			if diff := cmp.Diff(want, stored(t, stream), byBytes); diff != "" {
				t.Errorf("messages (-recorded +restored):\n%s", diff)
			}
		})
	}
}
