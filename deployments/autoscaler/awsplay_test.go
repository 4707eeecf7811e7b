package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

var updatePlays = flag.Bool("update-aws", false, "write what the AWS verbs print anew into their plays")

// TestStackPlays runs verbs against recorded answers of AWS: what moto cannot
// show. A play is a file: the command line, each call that has to come with
// what it has to say and its answer, and what is printed in the end. The answers
// are written by us after the shapes that AWS documents. RELEASE is an archive.
func TestStackPlays(t *testing.T) {
	files, err := filepath.Glob("testdata/awsplays/*.txt")
	if err != nil || len(files) < 20 {
		t.Fatalf("want the plays, got %d, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) { runPlay(t, file) })
	}
}

func runPlay(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	script, printed, _ := strings.Cut(string(text), "\n== printed\n")
	play := readPlay(t, script)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	server := httptest.NewServer(&stage{t: t, play: play, interrupt: cancel})
	defer server.Close()
	awsEnvironment(t, server.URL)
	t.Setenv("AWS_MAX_ATTEMPTS", "1") // so that no pause comes between two attempts
	release := writeRelease(t, "v1.0.0", "arm64")
	for i, arg := range play.args {
		play.args[i] = strings.ReplaceAll(arg, "RELEASE", release)
	}
	var out bytes.Buffer
	p := process{stdout: &out, stderr: &out, env: func(key string) string { return play.env[key] }, stacks: aws.Options{Poll: time.Millisecond}}
	code := run(ctx, p, play.args)
	fmt.Fprintf(&out, "exit code %d\n", code)
	for _, c := range play.calls {
		t.Errorf("%s was not called", c.operation)
	}
	got := strings.ReplaceAll(out.String(), sumOf(t, release), "SHA256-OF-THE-RELEASE")
	if *updatePlays {
		if err := os.WriteFile(file, []byte(script+"\n== printed\n"+got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(printed, got); diff != "" && !*updatePlays {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

// awsEnvironment points the SDK at a server of the test's, and away from
// whatever this machine has.
func awsEnvironment(t *testing.T, address string) {
	t.Helper()
	for key, value := range map[string]string{
		"AWS_ENDPOINT_URL": address, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "",
		"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		"AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(key, value)
	}
}

// play is what has to happen.
type play struct {
	args  []string
	env   map[string]string
	calls []playCall
}

// playCall is a call that has to come, and what is answered.
type playCall struct {
	operation string
	status    int
	// interrupt ends the verb's context instead of an answer.
	interrupt bool
	// want are texts that the request has to hold, of a form KEY=VALUE.
	want   []string
	answer string
}

// readPlay reads lines "args:" and "env:", and a part "== Operation [status]" a
// call, with lines "? text" before its answer.
func readPlay(t *testing.T, script string) *play {
	t.Helper()
	p := &play{env: map[string]string{}}
	parts := regexp.MustCompile(`(?m)^== `).Split(script, -1)
	for line := range strings.Lines(parts[0]) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "args":
			p.args = strings.Fields(value)
		case "env":
			name, text, _ := strings.Cut(value, "=")
			p.env[name] = text
		}
	}
	for _, part := range parts[1:] {
		head, body, _ := strings.Cut(part, "\n")
		fields := strings.Fields(head)
		c := playCall{operation: fields[0], status: http.StatusOK}
		if len(fields) > 1 {
			c.interrupt = fields[1] == "interrupt"
			c.status, _ = strconv.Atoi(fields[1])
		}
		for strings.HasPrefix(body, "? ") {
			var want string
			want, body, _ = strings.Cut(body, "\n")
			c.want = append(c.want, strings.TrimPrefix(want, "? "))
		}
		c.answer = strings.TrimSpace(body)
		p.calls = append(p.calls, c)
	}
	if len(p.args) == 0 {
		t.Fatal("want a line args:")
	}
	return p
}

// stage answers the calls of a play, and refuses any other.
type stage struct {
	t         *testing.T
	interrupt func()
	mu        sync.Mutex
	play      *play
}

func (s *stage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body bytes.Buffer
	if _, err := body.ReadFrom(r.Body); err != nil {
		s.t.Errorf("read a request: %v", err)
	}
	operation, said := operationOf(r, body.String())
	s.mu.Lock()
	if len(s.play.calls) == 0 || s.play.calls[0].operation != operation {
		s.mu.Unlock()
		s.t.Errorf("%s was called: %s", operation, said)
		http.Error(w, "", http.StatusTeapot)
		return
	}
	call := s.play.calls[0]
	s.play.calls = s.play.calls[1:]
	s.mu.Unlock()
	for _, want := range call.want {
		if !strings.Contains(said, want) {
			s.t.Errorf("%s: want %q in the request, got %s", operation, want, said)
		}
	}
	if call.interrupt {
		s.interrupt()
		<-r.Context().Done()
		return
	}
	s.answer(w, r, call)
}

func (s *stage) answer(w http.ResponseWriter, r *http.Request, call playCall) {
	answer := []byte(call.answer)
	if r.Header.Get("Smithy-Protocol") == "rpc-v2-cbor" {
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
		w.Header().Set("Content-Type", "application/cbor")
		answer = s.cbor(call.answer)
	}
	w.WriteHeader(call.status)
	if _, err := w.Write(answer); err != nil {
		s.t.Errorf("answer: %v", err)
	}
}

// cbor writes JSON as CBOR: texts of time as the SDK wants them.
func (s *stage) cbor(text string) []byte {
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		s.t.Errorf("an answer in JSON: %v", err)
	}
	out, err := cbor.Marshal(withTimes(value))
	if err != nil {
		s.t.Errorf("an answer in CBOR: %v", err)
	}
	return out
}

func withTimes(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key := range v {
			v[key] = withTimes(v[key])
		}
	case []any:
		for i := range v {
			v[i] = withTimes(v[i])
		}
	case string:
		if at, err := time.Parse(time.RFC3339, v); err == nil {
			return cbor.Tag{Number: 1, Content: at.Unix()}
		}
	}
	return value
}

// operationOf finds out what is asked for, whatever the protocol, and says what
// was asked in words that a play can look for.
func operationOf(r *http.Request, body string) (operation, said string) {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		return target[strings.LastIndex(target, ".")+1:], body
	}
	if _, name, ok := strings.Cut(r.URL.Path, "/operation/"); ok {
		return name, body
	}
	if form, err := url.ParseQuery(body); err == nil && form.Get("Action") != "" {
		for key, values := range form {
			if key != "TemplateBody" {
				said += key + "=" + strings.Join(values, ",") + "\n"
			}
		}
		return form.Get("Action"), said
	}
	rest := map[string]string{"HEAD": "HeadObject", "PUT": "PutObject", "GET": "ListObjectVersions", "POST": "DeleteObjects"}
	return rest[r.Method], r.URL.Path + "\nX-Amz-Checksum-Sha256=" + r.Header.Get("X-Amz-Checksum-Sha256") + "\n" + body
}
