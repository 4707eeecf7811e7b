// Package mototest runs moto_server for tests: a server of AWS's wire that we
// did not write. It is a second opinion on set-up calls, and no witness for what
// AWS refuses.
package mototest

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"
)

// Start starts a moto_server of the test's own on a free port of loopback, and
// gives its address. It ends with the test, which is skipped where none is
// installed.
func Start(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("moto_server")
	if err != nil {
		t.Skip("moto_server is missing (pip install 'moto[server]'): nothing is checked against it")
	}
	cmd := exec.Command(path, "-H", "127.0.0.1", "-p", "0")
	cmd.Env = append(cmd.Environ(), "PYTHONUNBUFFERED=1")
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		in.CloseWithError(cmd.Wait())
	}()
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil {
			t.Errorf("kill moto_server: %v", err)
		}
		<-ended
	})
	timer := time.AfterFunc(time.Minute, func() { in.CloseWithError(os.ErrDeadlineExceeded) })
	defer timer.Stop()
	running := regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := running.FindStringSubmatch(lines.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }() // until the pipe is closed
			return m[1]
		}
	}
	t.Fatalf("moto_server does not say where it runs: %v", lines.Err())
	return ""
}
