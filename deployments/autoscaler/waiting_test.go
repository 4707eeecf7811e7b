package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"
)

// Without a server a component waits: it is healthy, not ready, and ends well
// when it is told to.
func TestComponentWaitsForItsServer(t *testing.T) {
	address := freeAddress(t)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	var errs bytes.Buffer
	exited := make(chan int, 1)
	go func() {
		p := process{stdout: io.Discard, stderr: &errs, env: func(string) string { return "" }}
		exited <- run(ctx, p, []string{"decider", "--nats-url", "nats://127.0.0.1:1", "--address", address})
	}()
	for path, want := range map[string]int{"/health": http.StatusOK, "/ready": http.StatusServiceUnavailable} {
		if got := statusOf(ctx, t, "http://"+address+path); got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	stop()
	if code := <-exited; code != 0 {
		t.Errorf("exit %d: %s", code, errs.String())
	}
}

// statusOf asks until somebody answers.
func statusOf(ctx context.Context, t *testing.T, url string) int {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			if err := resp.Body.Close(); err != nil {
				t.Error(err)
			}
			return resp.StatusCode
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v", url, err)
		case <-tick.C:
		}
	}
}
