package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// weightsFile writes weights that are not the embedded ones.
func weightsFile(t *testing.T, seed uint64) (path string, w *lstm.Weights) {
	t.Helper()
	w, err := lstm.NewWeights(8, seed)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "weights.bin")
	if err := os.WriteFile(path, w.Binary(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, w
}

// What is put is listed, and got as it was.
func TestWeightsGoThroughTheBucket(t *testing.T) {
	l := emptyRealm(t)
	path, w := weightsFile(t, 1)
	shipped := lstm.Embedded()
	if code, out, errs := l.run("weights", "list"); code != 0 || !strings.Contains(out, shipped.Sum()) || strings.Contains(out, w.Sum()) {
		t.Errorf("list of nothing: exit %d: %s%s", code, out, errs)
	}
	if code, _, errs := l.run("weights", "get", w.Sum(), "-o", filepath.Join(t.TempDir(), "x")); code != 1 || !strings.Contains(errs, "no such weights") {
		t.Errorf("get from nowhere: exit %d: %s", code, errs)
	}
	for range 2 {
		if code, out, errs := l.run("weights", "put", path); code != 0 || out != w.Sum()+"\n" {
			t.Fatalf("put: exit %d: %s%s", code, out, errs)
		}
	}
	if code, out, errs := l.run("weights", "list"); code != 0 || strings.Count(out, w.Sum()) != 1 {
		t.Errorf("list: exit %d: %s%s", code, out, errs)
	}
	got := filepath.Join(t.TempDir(), "got.bin")
	if code, _, errs := l.run("weights", "get", w.Sum(), "-o", got); code != 0 || contents(t, got) != contents(t, path) {
		t.Errorf("get: exit %d: %s", code, errs)
	}
	if code, _, errs := l.run("weights", "get", w.Sum(), "-o", got); code != 1 || !strings.Contains(errs, "got.bin") {
		t.Errorf("get over a file: exit %d: %s", code, errs)
	}
	if code, _, errs := l.run("weights", "get", strings.Repeat("0", 64), "-o", got); code != 1 || !strings.Contains(errs, "no such weights") {
		t.Errorf("get what is not there: exit %d: %s", code, errs)
	}
	if code, _, errs := l.run("weights", "get", "newest"); code != 2 || !strings.Contains(errs, "hexadecimal") {
		t.Errorf("get by no checksum: exit %d: %s", code, errs)
	}
	broken := filepath.Join(t.TempDir(), "broken.bin")
	if err := os.WriteFile(broken, w.Binary()[:len(w.Binary())-3], 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := l.run("weights", "put", broken); code != 1 || !strings.Contains(errs, "broken.bin") {
		t.Errorf("put a broken file: exit %d: %s", code, errs)
	}
}

// The embedded weights need no server.
func TestEmbeddedWeightsAreGotWithoutAServer(t *testing.T) {
	shipped, path := lstm.Embedded(), filepath.Join(t.TempDir(), "shipped.bin")
	code, _, errs := runVerb(t, "weights", "get", shipped.Sum(), "-o", path, "--nats-url", "nats://127.0.0.1:1")
	if code != 0 || contents(t, path) != string(shipped.Binary()) {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// readiness asks until /ready answers, and gives what it says.
func readiness(ctx context.Context, t *testing.T, address string) string {
	t.Helper()
	statusOf(ctx, t, "http://"+address+"/ready")
	_, body := asked(ctx, t, http.MethodGet, "http://"+address+"/ready", "")
	return string(body)
}

// A forecaster whose policy names weights that are nowhere waits, says which, and
// goes on when they are put there; told to end meanwhile it ends well, and the next
// one waits as well.
func TestForecasterWaitsForWeights(t *testing.T) {
	l := emptyRealm(t)
	path, w := weightsFile(t, 2)
	p := samplePolicy(t)
	p.Forecast.Model, p.Forecast.Weights = "lstm", w.Sum()
	id, now := group("web"), time.Now().UTC().Truncate(time.Minute)
	value := 100.0
	end := now.Truncate(p.Load.Period.Std())
	l.publish(streams.NewPolicyControl(id, now, p),
		streams.Metric{SeriesID: streams.SeriesID{GroupID: id, Series: p.Load.Series}, End: end, Period: p.Load.Period, Value: &value, Unit: p.Load.Unit, Revision: 1, Seen: now},
		streams.Group{GroupID: id, Round: 1, Now: now, Series: map[string]streams.Arrival{p.Load.Series: {Count: 1, NewestEnd: end}}})
	for _, last := range []bool{false, true} {
		address := freeAddress(t)
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		var errs bytes.Buffer
		exited := make(chan int, 1)
		go func() {
			p := process{stdout: io.Discard, stderr: &errs, env: func(string) string { return "" }}
			exited <- run(ctx, p, []string{"forecaster", "--nats-url", l.url, "--realm", l.realm, "--address", address})
		}()
		for !strings.Contains(readiness(ctx, t, address), w.Sum()) { // it comes to the policy soon
			if ctx.Err() != nil {
				t.Fatal("it does not say that it waits for the weights")
			}
		}
		if last {
			if code, _, errs := l.run("weights", "put", path); code != 0 {
				t.Fatalf("put: exit %d: %s", code, errs)
			}
			l.awaitForecast(ctx, streams.Forecast{SeriesID: streams.SeriesID{GroupID: id, Series: p.Load.Series}})
		}
		stop()
		if code := <-exited; code != 0 {
			t.Errorf("exit %d: %s", code, errs.String())
		}
	}
	if code, out, _ := l.run("weights", "list"); code != 0 || !strings.Contains(out, lstm.Embedded().Sum()) || strings.Contains(out, " - ") {
		t.Errorf("the forecaster left what it embeds: %s", out)
	}
}

// awaitForecast waits until a forecast of the series is on the timeline.
func (l *lookedAt) awaitForecast(ctx context.Context, of streams.Forecast) {
	l.t.Helper()
	stream, err := l.js.Stream(ctx, streams.StreamName(l.realm))
	if err != nil {
		l.t.Fatal(err)
	}
	consumer, err := stream.CreateConsumer(ctx, jetstream.ConsumerConfig{AckPolicy: jetstream.AckNonePolicy,
		FilterSubject: streams.EventSubject(l.realm, of)})
	if err != nil {
		l.t.Fatal(err)
	}
	if _, err := consumer.Next(jetstream.FetchMaxWait(30 * time.Second)); err != nil {
		l.t.Fatal(err)
	}
}

// A replay plays with the weights of a file, and does not play or verify with those
// that it does not have.
func TestReplayNeedsTheWeightsOfItsPolicy(t *testing.T) {
	path, w := weightsFile(t, 3)
	cfg := filepath.Join(t.TempDir(), "autoscaler.yaml")
	text := "groups: {web: {scope: eu-west-1, forecast: {model: lstm, weights: " + w.Sum() + "}}}\n"
	if err := os.WriteFile(cfg, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	trace, kept := shortTrace(t, 2*288), filepath.Join(t.TempDir(), "kept")
	if code, _, errs := runVerb(t, "replay", trace, "-c", cfg); code != 1 || !strings.Contains(errs, w.Sum()) || !strings.Contains(errs, "forecast.weights") {
		t.Errorf("without them: exit %d: %s", code, errs)
	}
	if code, _, errs := runVerb(t, "backtest", trace, "-c", cfg, "--policies", "ours"); code != 1 || !strings.Contains(errs, w.Sum()) {
		t.Errorf("backtest without them: exit %d: %s", code, errs)
	}
	if code, _, errs := runVerb(t, "backtest", trace, "-c", cfg, "--policies", "ours,ours-lstm,ours-combined", "--weights", path); code != 0 {
		t.Errorf("backtest: exit %d: %s", code, errs)
	}
	if code, _, errs := runVerb(t, "replay", trace, "-c", cfg, "--weights", path, "--keep", kept); code != 0 {
		t.Fatalf("replay: exit %d: %s", code, errs)
	}
	if code, _, errs := runVerb(t, "replay", "--verify", kept); code != 1 || !strings.Contains(errs, w.Sum()) {
		t.Errorf("verify without them: exit %d: %s", code, errs)
	}
	if code, out, errs := runVerb(t, "replay", "--verify", kept, "--weights", path); code != 0 {
		t.Errorf("verify: exit %d: %s%s", code, out, errs)
	}
}
