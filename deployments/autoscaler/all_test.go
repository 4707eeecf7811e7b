package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Everything in one process, as its users start it: it finds the groups by
// their tag, reads their history, and carries a decision out. What separate
// processes do is TestKilledProcessesLoseAndRepeatNothing.
func TestAllInOneProcess(t *testing.T) {
	k, victims := newKilled(t) // its server is not used, its world is
	for _, variable := range victims[0].env {
		name, value, _ := bytes.Cut([]byte(variable), []byte("="))
		t.Setenv(string(name), string(value))
	}
	if err := os.Unsetenv("AWS_CA_BUNDLE"); err != nil {
		t.Fatal(err)
	}
	listen, address := freeAddress(t), freeAddress(t)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var errs bytes.Buffer
	exited := make(chan int, 1)
	go func() {
		p := process{stdout: io.Discard, stderr: &errs, env: func(string) string { return "" }}
		exited <- run(ctx, p, []string{"all", "--config", os.Getenv(childConfig), "--listen", listen,
			"--address", address, "--store", filepath.Join(t.TempDir(), "store"), "--log-level", "warn"})
	}()
	awaitApplied(ctx, t, "nats://"+listen, k)
	askedOverHTTP(ctx, t, "http://"+address)
	stop()
	if code := <-exited; code != 0 {
		t.Errorf("exit %d: %s", code, errs.String())
	}
	if n := k.sim.Counts().Calls[set]; n == 0 {
		t.Error("nothing was set")
	}
}

// askedOverHTTP asks what runs for predictions, as its users do, and as others.
func askedOverHTTP(ctx context.Context, t *testing.T, url string) {
	t.Helper()
	for _, tc := range []struct {
		method, path, body string
		code               int
		field              string
	}{
		{"GET", "/health", ``, 200, ""},
		{"POST", "/predict/naive", `{"group":"web-0","steps":6}`, 200, ""},
		{"POST", "/predict/naive", `{"group":"web-0","steps":"6"}`, 400, "steps"},
		{"POST", "/predict/naive", `{"group":"db","steps":6}`, 404, "group"},
		{"POST", "/predict/oracle", `{"group":"web-0","steps":6}`, 404, "model"},
		{"POST", "/predict/naive", strings.Repeat(" ", 10<<20), 413, "body"},
		{"GET", "/predict/naive", ``, 405, "method"},
		{"POST", "/predictions", ``, 404, "path"},
	} {
		code, body := asked(ctx, t, tc.method, url+tc.path, tc.body)
		var got struct {
			streams.PredictionError
			Predictions []float64
		}
		if err := json.Unmarshal(body, &got); err != nil || code != tc.code || got.Field != tc.field || code != 200 && got.Code != code {
			t.Errorf("%s %s %.40s: got %d %.300s (%v)", tc.method, tc.path, tc.body, code, body, err)
		}
		if tc.code == 200 && tc.body != "" && len(got.Predictions) != 6 {
			t.Errorf("%s %s: got %s", tc.path, tc.body, body)
		}
	}
	for _, want := range []string{`autoscaling_predictions_total{code="200",model="naive",road="http"} 1`, `autoscaling_predictions_total{code="404",model="other",road="http"} 1`} {
		if _, body := asked(ctx, t, "GET", url+"/metrics", ""); !bytes.Contains(body, []byte(want)) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

// asked gives the answer to one request.
func asked(ctx context.Context, t *testing.T, method, url, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded") // as curl does
	if len(body) > 1<<20 {
		req.Header.Set("Expect", "100-continue")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, got
}

// awaitApplied waits for a decision that was carried out, on a server that may
// not be there yet, while somebody changes a group now and then.
func awaitApplied(ctx context.Context, t *testing.T, url string, k *killed, more ...nats.Option) {
	t.Helper()
	opts := append([]nats.Option{nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(50 * time.Millisecond)}, more...)
	nc, err := nats.Connect(url, opts...)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			t.Fatal("nothing was applied")
		case <-tick.C:
		}
		k.sim.Advance(time.Now().UTC())
		if n%20 == 10 {
			if err := k.raise(groupName(0)); err != nil {
				t.Fatal(err)
			}
		}
		stream, err := js.Stream(ctx, streams.StreamName(streams.Live))
		if err != nil {
			continue // not made yet
		}
		msg, err := stream.GetLastMsgForSubject(ctx, streams.KindFilter(streams.Live, streams.KindOutcome))
		if err != nil {
			continue // none yet
		}
		ev, err := streams.Decode(msg.Subject, msg.Data)
		if err != nil {
			t.Fatal(err)
		}
		if ev.(streams.Outcome).Status == streams.Applied {
			return
		}
	}
}

// freeAddress is one that nobody listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
