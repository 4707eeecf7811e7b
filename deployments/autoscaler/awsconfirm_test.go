package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Only y and yes agree.
func TestAnswer(t *testing.T) {
	for answer, want := range map[string]error{
		"y\n": nil, "yes\n": nil, " Y \n": nil, "y": nil,
		"": errNotConfirmed, "\n": errNotConfirmed, "n\n": errNotConfirmed, "yy\n": errNotConfirmed, "no\nyes\n": errNotConfirmed,
	} {
		if got := answerOf(strings.NewReader(answer)); !errors.Is(got, want) {
			t.Errorf("%q: want %v, got %v", answer, want, got)
		}
	}
}

// What is piped in is no person: a y that was meant for something else must
// not delete a stack.
func TestNobodyToAsk(t *testing.T) {
	file := filepath.Join(t.TempDir(), "y")
	if err := os.WriteFile(file, []byte("y\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	piped, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer piped.Close()
	var out bytes.Buffer
	for _, p := range []process{{stderr: &out}, {stderr: &out, stdin: strings.NewReader("y\n")}, {stderr: &out, stdin: piped}} {
		if err := confirm(t.Context(), p, "Delete?"); err == nil || !strings.Contains(err.Error(), "--yes") {
			t.Errorf("want a refusal that names --yes, got %v", err)
		}
	}
}

// A question names the account.
func TestQuestion(t *testing.T) {
	for id, want := range map[string]string{
		"arn:aws:cloudformation:eu-west-1:111122223333:stack/ml-autoscaling-target/7a1": "stack ml-autoscaling-target in eu-west-1 of account 111122223333",
		"": "stack ml-autoscaling-target in eu-west-1 of account (unknown)",
	} {
		if got := (stackFlags{Stack: "target"}).place("eu-west-1", id); got != want {
			t.Errorf("%q: want %q, got %q", id, want, got)
		}
	}
}

// Without credentials the error says what to do, and not what the SDK tried.
func TestNoCredentials(t *testing.T) {
	awsEnvironment(t, "http://127.0.0.1:1")
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	for _, verb := range []string{"plan", "apply", "status", "destroy"} {
		var out bytes.Buffer
		p := process{stdout: &out, stderr: &out, env: func(string) string { return "" }}
		code := run(t.Context(), p, []string{"aws", verb, "target", "--region", "eu-west-1"})
		if want := "autoscaler: describe stack ml-autoscaling-target: there are no credentials: log in (aws sso login)"; code != 1 || !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s: want exit code 1 and %q, got %d and %q", verb, want, code, out.String())
		}
	}
}
