package aws_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// host is the bare host.
type host struct {
	*testing.T
	systemd *manager
	sums    map[string]string // of the files that are to be had
	// first and second are the versions of the releases.
	first, second string
}

// newHost starts what the script finds: releases and configurations on port 8080,
// the manager, a simulated AWS, and the stubs.
func newHost(t *testing.T) *host {
	h := &host{T: t, systemd: &manager{T: t}, sums: map[string]string{}}
	h.first, h.second, _ = strings.Cut(os.Getenv(versions), " ")
	files := map[string][]byte{"config.yaml": []byte(userConfig), "typo.yaml": []byte("groups:\n  web: {scope: eu-west-1, mod: observe}\n"),
		"scopes.yaml": []byte("ingest:\n  scopes:\n    eu-west-1: {}\n    other: {region: eu-west-1, role_arn: 'arn:aws:iam::210987654321:role/reader'}\n")}
	for _, name := range []string{"first.tar.gz", "second.tar.gz"} {
		text, err := os.ReadFile("/srv/" + name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = text
	}
	for name, text := range files {
		sum := sha256.Sum256(text)
		h.sums[name] = hex.EncodeToString(sum[:])
	}
	tampered := bytes.Clone(files["first.tar.gz"])
	tampered[len(tampered)/2] ^= 1
	files["tampered.tar.gz"] = tampered
	var asked atomic.Bool
	h.serve(":8080", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !asked.Swap(true) { // who asks first has to ask again
			http.Error(w, "", http.StatusServiceUnavailable)
			return
		}
		text, ok := files[filepath.Base(r.URL.Path)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(text)
	}))
	h.serve(":8081", h.systemd)
	h.simulateAWS()
	for name, text := range map[string]string{
		"systemctl": stubSystemctl,
		// As the AWS CLI is called, over the file server's bucket.
		"aws": "#!/bin/bash\n[[ \"$*\" == 'ssm get-parameter --with-decryption --name /autoscaler/nats --query Parameter.Value --output text' ]] && echo 'of a secret' && exit\n[[ \"$1 $2 $3 $4\" == 's3 cp --only-show-errors s3://bucket/'* ]] && exec curl -fsS -o \"$5\" \"http://127.0.0.1:8080/${4##*/}\"\necho \"aws: unknown call $*\"; exit 2\n",
	} {
		if err := os.MkdirAll("/stub", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("/stub/"+name, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func (h *host) serve(port string, handler http.Handler) {
	listener, err := net.Listen("tcp", "127.0.0.1"+port)
	if err != nil {
		h.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	h.Cleanup(func() { server.Close() })
}

// simulateAWS serves a group to the released binary, and returns when it does.
func (h *host) simulateAWS() {
	cmd := exec.CommandContext(h.Context(), "/srv/autoscaler", "awssim", "--log-level", "warn")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		h.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, "serving 1 group") {
		h.Fatalf("awssim says %q (%v)", line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
}

// run runs the user data as cloud-init does: the exports of the template, then
// the script, in an environment that has nothing else.
func (h *host) run(variables map[string]string) (code int, out string) {
	h.Helper()
	all := map[string]string{
		"RELEASE_URL": "http://127.0.0.1:8080/first.tar.gz?X-Amz-Signature=secret", "RELEASE_SHA256": h.sums["first.tar.gz"],
		"CONFIG_URL": "http://127.0.0.1:8080/config.yaml", "CONFIG_SHA256": h.sums["config.yaml"], "NATS_URL": "", "NATS_CREDENTIALS": "", "API_ADDRESS": "127.0.0.1:5000",
		"ACTUATOR_MODE": "observe", "ACTUATOR_ROLE_ARN": "", "CONTROLLER": "ml-autoscaling-controller", "AWS_REGION": "eu-west-1",
	}
	text := "#!/bin/bash\n"
	for name, value := range all {
		if other, ok := variables[name]; ok {
			value = other
		}
		if value == unset {
			continue
		}
		text += fmt.Sprintf("export %s='%s'\n", name, value)
	}
	literal, err := os.ReadFile("/srv/userdata.sh")
	if err == nil {
		err = os.WriteFile("/root/user-data", append([]byte(text), literal...), 0o700)
	}
	if err != nil {
		h.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(h.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/root/user-data")
	cmd.Env = []string{"PATH=/stub:/usr/bin:/bin:/usr/sbin:/sbin"}
	shown, err := cmd.CombinedOutput()
	h.Logf("user data: %v\n%s", err, shown)
	if bytes.Contains(shown, []byte("secret")) {
		h.Error("a signature is shown")
	}
	return cmd.ProcessState.ExitCode(), string(shown)
}

// awaitReady waits until everything that runs does its work: a poll of the
// simulated AWS is stored, and every component has folded it.
func (h *host) awaitReady() {
	h.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-tick.C {
		code, body := h.get("/ready")
		if code == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			h.Fatalf("/ready: %d %s\n%s", code, body, h.systemd.journal())
		}
	}
}

func (h *host) get(path string) (int, string) {
	h.Helper()
	req, err := http.NewRequestWithContext(h.Context(), http.MethodGet, "http://127.0.0.1:5000"+path, nil)
	if err != nil {
		h.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		h.Fatalf("%v\n%s", err, h.systemd.journal())
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		h.Fatal(err)
	}
	return resp.StatusCode, string(body)
}
