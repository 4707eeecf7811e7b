package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// A server publishes its answers with rights of its own, to where whoever asks
// says. That, too, puts no event on the timeline that is another's.
func TestAnswersForgeNothing(t *testing.T) {
	s := startNATS(t)
	admin, f, client := s.connect(t, "admin"), s.connect(t, "forecaster"), s.connect(t, "client")
	stream, err := topology.Ensure(t.Context(), admin.js, topology.Options{Realm: streams.Live})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := topology.EnsureBucket(t.Context(), f.js, topology.Options{Realm: streams.Live}); err != nil {
		t.Fatal(err)
	}
	id := group("web")
	mine, err := json.Marshal(streams.NewPolicyControl(id, time.Unix(1e9, 0).UTC(), samplePolicy(t)))
	if err != nil {
		t.Fatal(err)
	}
	forged := streams.EventSubject(streams.Live, streams.NewPolicyControl(id, time.Unix(1e9, 0).UTC(), samplePolicy(t)))
	own := strings.Replace(forged, ".control.", ".forecast.", 1)
	const inBucket = "$O.AUTOSCALING_WEIGHTS.M.forged"
	for _, subject := range []string{own, inBucket} {
		if _, err := f.js.Publish(t.Context(), subject, mine); err != nil {
			t.Fatal(err)
		}
	}
	// By a consumer that pushes, of either stream.
	push(t, f.nc, "AUTOSCALING", forged, "cycle")
	push(t, f.nc, "OBJ_AUTOSCALING_WEIGHTS", forged, "")
	// By a consumer that is pulled from.
	pulled, err := f.js.CreateConsumer(t.Context(), "AUTOSCALING", jetstream.ConsumerConfig{AckPolicy: jetstream.AckNonePolicy})
	if err != nil {
		t.Fatal(err)
	}
	// By the answer to a client, who is elsewhere.
	if _, err := f.nc.Subscribe("autoscaling.live.predict.*", func(msg *nats.Msg) { _ = msg.Respond(mine) }); err != nil {
		t.Fatal(err)
	}
	answered, err := client.nc.SubscribeSync("_INBOX.seen")
	if err != nil {
		t.Fatal(err)
	}
	for subject, nc := range map[string]*nats.Conn{
		"$JS.API.CONSUMER.MSG.NEXT.AUTOSCALING." + pulled.CachedInfo().Name: f.nc,
		"$JS.API.DIRECT.GET.OBJ_AUTOSCALING_WEIGHTS." + inBucket:            f.nc,
		"autoscaling.live.predict.naive":                                    client.nc,
	} {
		if err := errors.Join(f.nc.Flush(), nc.PublishRequest(subject, forged, nil), nc.Flush()); err != nil {
			t.Fatal(err)
		}
	}
	if err := client.nc.PublishRequest("autoscaling.live.predict.naive", "_INBOX.seen", nil); err != nil {
		t.Fatal(err)
	}
	if msg, err := answered.NextMsg(5 * time.Second); err != nil || !bytes.Equal(msg.Data, mine) {
		t.Fatalf("want the client answered, got %v", err)
	}
	// What does arrive is an answer of JetStream, which no stage takes for an
	// event; once it is stored the others are stored too, if ever.
	stored, err := stream.OrderedConsumer(t.Context(), jetstream.OrderedConsumerConfig{FilterSubjects: []string{forged}})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.nc.PublishRequest("$JS.API.INFO", forged, nil); err != nil {
		t.Fatal(err)
	}
	msg, err := stored.Next(jetstream.FetchMaxWait(5 * time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if ev, err := streams.Decode(msg.Subject(), msg.Data()); err == nil || errors.Is(err, streams.ErrNewerVersion) {
		t.Errorf("an answer of JetStream passes for %v: %v", ev, err)
	}
	last := []byte("the last")
	if _, err := admin.js.Publish(t.Context(), forged, last); err != nil { // stored behind it
		t.Fatal(err)
	}
	if msg, err = stored.Next(jetstream.FetchMaxWait(5 * time.Second)); err != nil || !bytes.Equal(msg.Data(), last) {
		t.Errorf("want nothing under %s between the answer of JetStream and the last message, got %v (%v)", forged, msg, err)
	}
}

// push asks for a consumer that delivers to a subject, and for the words with
// which that is refused.
func push(t *testing.T, nc *nats.Conn, stream, to, refusal string) {
	t.Helper()
	body := fmt.Sprintf(`{"stream_name":%q,"config":{"name":"forge","deliver_subject":%q,"ack_policy":"none"}}`, stream, to)
	msg, err := nc.Request("$JS.API.CONSUMER.CREATE."+stream+".forge", []byte(body), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(msg.Data), refusal) {
		t.Errorf("a consumer of %s that delivers to %s: want it refused for a %s, got %s", stream, to, refusal, msg.Data)
	}
}

// A component that may not make the stream waits for it, and both its log and its
// readiness name what it may not; so does one whose password is not the server's.
func TestRefusalsAreTold(t *testing.T) {
	for name, tc := range map[string]struct{ user, secret, want string }{
		"permission":      {"decider", "decider-secret", `permissions violation: Permissions Violation for Publish to "$JS.API.STREAM.CREATE.AUTOSCALING"`},
		"password":        {"decider", "guessed", "Authorization Violation"},
		"somebody else's": {"forecaster", "forecaster-secret", `permissions violation: Permissions Violation for Subscription to "_INBOX_decider.`},
	} {
		t.Run(name, func(t *testing.T) {
			s := startNATS(t)
			ctx, stop := context.WithTimeout(t.Context(), time.Minute)
			defer stop()
			address := freeAddress(t)
			url := strings.Replace(s.url(tc.user), tc.user+"-secret", tc.secret, 1)
			var errs bytes.Buffer
			exited := make(chan int, 1)
			go func() {
				p := process{stdout: io.Discard, stderr: &errs, env: func(string) string { return "" }}
				exited <- run(ctx, p, []string{"decider", "--nats-url", url, "--address", address})
			}()
			awaitReady(ctx, t, "http://"+address, http.StatusServiceUnavailable, tc.want)
			if name == "permission" {
				if _, err := topology.Ensure(ctx, s.connect(t, "ingest").js, topology.Options{Realm: streams.Live}); err != nil {
					t.Fatal(err)
				}
				awaitReady(ctx, t, "http://"+address, http.StatusOK, "")
			}
			stop()
			if code := <-exited; code != 0 {
				t.Errorf("exit %d", code)
			}
			text, err := json.Marshal(tc.want)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(errs.String(), strings.Trim(string(text), `"`)) || strings.Contains(errs.String(), tc.secret) {
				t.Errorf("want %s in the log, and no password, got:\n%s", text, errs.String())
			}
		})
	}
}

// awaitReady waits until /ready answers with a code, and words.
func awaitReady(ctx context.Context, t *testing.T, url string, code int, words string) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	last := ""
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("/ready never answered %d with %s, but %s", code, words, last)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/ready", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			continue // it does not listen yet
		}
		var body struct{ Error string }
		err = json.NewDecoder(resp.Body).Decode(&body)
		resp.Body.Close()
		last = fmt.Sprint(resp.StatusCode, " ", body.Error, err)
		if resp.StatusCode == code && strings.Contains(body.Error, words) {
			return
		}
	}
}
