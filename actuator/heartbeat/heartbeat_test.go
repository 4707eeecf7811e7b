package heartbeat_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/actuator/heartbeat"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
)

// patience is far more than anything here takes.
const patience = 20 * time.Second

var start = time.Date(2026, 3, 1, 12, 0, 20, 0, time.UTC)

// clock shows what the test sets, while Run waits.
type clock struct {
	mu      sync.Mutex
	now     time.Time
	waiting chan time.Time // tells until when Run waits
	passed  chan struct{}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Wait(ctx context.Context, until time.Time) error {
	c.waiting <- until
	select {
	case <-c.passed:
		c.mu.Lock()
		defer c.mu.Unlock()
		c.now = until.Add(3 * time.Millisecond)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// kit is a heartbeat on a clock that stands and a simulated CloudWatch.
type kit struct {
	testing.TB
	sim      *awssim.Server
	clock    *clock
	notReady error
	log      strings.Builder
	registry *prometheus.Registry
}

func newKit(t *testing.T) *kit {
	t.Helper()
	k := &kit{TB: t, clock: &clock{now: start, waiting: make(chan time.Time), passed: make(chan struct{})}, registry: prometheus.NewRegistry()}
	k.sim = awssim.New(awssim.Config{Region: "eu-west-1", Now: k.clock.Now})
	return k
}

// client reaches the simulation.
func (k *kit) client() aws.Config {
	server := httptest.NewServer(k.sim)
	k.Cleanup(server.Close)
	return aws.Config{Region: "eu-west-1", BaseEndpoint: &server.URL, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider("id", "secret", "")}
}

// run starts a heartbeat, which waits for its first minute then.
func (k *kit) run(c aws.Config) {
	k.Helper()
	h, err := heartbeat.New(c, heartbeat.Config{Name: "prod", Ready: func() error { return k.notReady }, Clock: k.clock,
		Log: zerolog.New(&k.log), Registry: k.registry})
	if err != nil {
		k.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	k.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			k.Errorf("ended with %v", err)
		}
	})
	if first := k.waits(); !first.Equal(start.Truncate(time.Minute).Add(time.Minute)) {
		k.Errorf("waits for %s first", first)
	}
}

func (k *kit) waits() time.Time {
	k.Helper()
	select {
	case until := <-k.clock.waiting:
		return until
	case <-time.After(patience):
		k.Fatal("does not wait")
	}
	return time.Time{}
}

// minute lets a minute pass, and waits until what it brings is done.
func (k *kit) minute() {
	k.Helper()
	select {
	case k.clock.passed <- struct{}{}:
	case <-time.After(patience):
		k.Fatal("does not beat")
	}
	k.waits()
}

// beats holds what was counted.
func (k *kit) beats(sent, failed, withheld int) {
	k.Helper()
	families, err := k.registry.Gather()
	if err != nil || len(families) != 1 || families[0].GetName() != "autoscaling_heartbeats_total" {
		k.Fatalf("want the metric of beats, got %v, %v", families, err)
	}
	got := map[string]int{}
	for _, m := range families[0].Metric {
		got[m.Label[0].GetValue()] = int(m.GetCounter().GetValue())
	}
	if diff := cmp.Diff(map[string]int{"sent": sent, "failed": failed, "withheld": withheld}, got); diff != "" {
		k.Errorf("beats (-want +got):\n%s", diff)
	}
	if n := len(k.sim.PutData()); n != sent {
		k.Errorf("CloudWatch has %d beats, want %d", n, sent)
	}
}

// logged holds how often words were logged.
func (k *kit) logged(n int, words string) {
	k.Helper()
	if got := strings.Count(k.log.String(), words); got != n {
		k.Errorf("%q is logged %d times, want %d:\n%s", words, got, n, &k.log)
	}
}

func TestBeatsOnceAMinute(t *testing.T) {
	k := newKit(t)
	k.run(k.client())
	k.beats(0, 0, 0)
	for range 3 {
		k.minute()
	}
	k.beats(3, 0, 0)
	var at []string
	for _, d := range k.sim.PutData() {
		at = append(at, d.Timestamp.Format("15:04:05"))
		got := fmt.Sprintf("%s %s %v of %d: %s=%s", d.Namespace, *d.MetricName, *d.Value, len(d.Dimensions), *d.Dimensions[0].Name, *d.Dimensions[0].Value)
		if want := "MLAutoscaling Heartbeat 1 of 1: Controller=prod"; got != want {
			t.Errorf("put %s, want %s", got, want)
		}
	}
	if diff := cmp.Diff([]string{"12:01:00", "12:02:00", "12:03:00"}, at); diff != "" {
		t.Error(diff)
	}
	k.logged(0, "{")
}

func TestNothingWhileNotReady(t *testing.T) {
	k := newKit(t)
	k.run(k.client())
	k.notReady = errors.New("the store is full")
	k.minute()
	k.minute()
	k.beats(0, 0, 2)
	k.notReady = errors.New("the lease is lost")
	k.minute()
	k.notReady = nil
	k.minute()
	k.beats(1, 0, 3)
	k.logged(1, "the store is full")
	k.logged(1, "the lease is lost")
	k.logged(1, "heartbeat is sent again")
}

// TestFailuresAreNoEnd holds that a beat that fails is logged by what is
// missing, when that changes, and ends nothing.
func TestFailuresAreNoEnd(t *testing.T) {
	k := newKit(t)
	k.run(k.client())
	k.sim.Inject(awssim.Fault{Kind: awssim.Denied, Operations: []string{"PutMetricData"}, Until: start.Add(2 * time.Minute)})
	k.minute()
	k.minute()
	k.beats(0, 2, 0)
	k.logged(1, "permission cloudwatch:PutMetricData is missing: AccessDenied")
	k.minute()
	k.beats(1, 2, 0)
	k.logged(1, "heartbeat is sent again")
}

// TestRoleThatCannotBeAssumed holds that what STS says is not taken for a right
// of the heartbeat's own.
func TestRoleThatCannotBeAssumed(t *testing.T) {
	refuse := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>not yours</Message></Error></ErrorResponse>`)
	}))
	defer refuse.Close()
	k := newKit(t)
	c := k.client()
	other := c.Copy()
	other.BaseEndpoint = &refuse.URL
	c.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(other), "arn:aws:iam::1:role/writer"))
	k.run(c)
	k.minute()
	k.beats(0, 1, 0)
	k.logged(1, "there are no valid credentials, at cloudwatch:PutMetricData: ")
	k.logged(1, "STS: AssumeRole")
	k.logged(0, "permission")
}

func TestNoAnswer(t *testing.T) {
	k := newKit(t)
	c := k.client()
	c.BaseEndpoint = aws.String("http://127.0.0.1:1")
	k.run(c)
	k.minute()
	k.minute()
	k.beats(0, 2, 0)
	k.logged(1, "connection refused")
}

// client sends requests as a test says.
type client func(*http.Request) (*http.Response, error)

// Do sends one.
func (c client) Do(r *http.Request) (*http.Response, error) { return c(r) }

// A CloudWatch that takes a beat and never answers does not stop the heart.
func TestBeatHasADeadline(t *testing.T) {
	k := newKit(t)
	c := k.client()
	var left time.Duration
	c.HTTPClient = client(func(r *http.Request) (*http.Response, error) {
		if at, ok := r.Context().Deadline(); ok {
			left = time.Until(at)
		}
		return nil, errors.New("no answer")
	})
	k.run(c)
	k.minute()
	if left <= 0 || left > 10*time.Second {
		t.Errorf("a beat may take %v, want at most 10 s", left)
	}
}

func TestNewRefuses(t *testing.T) {
	good := heartbeat.Config{Name: "a", Ready: func() error { return nil }, Clock: &clock{}, Registry: prometheus.NewRegistry()}
	if _, err := heartbeat.New(aws.Config{}, good); err != nil {
		t.Fatal(err)
	}
	if _, err := heartbeat.New(aws.Config{}, good); err == nil {
		t.Error("two in one registry")
	}
	for name, spoil := range map[string]func(*heartbeat.Config){
		"name": func(c *heartbeat.Config) { c.Name = "" }, "ready": func(c *heartbeat.Config) { c.Ready = nil }, "clock": func(c *heartbeat.Config) { c.Clock = nil },
	} {
		cfg := good
		cfg.Registry = nil
		spoil(&cfg)
		if _, err := heartbeat.New(aws.Config{}, cfg); err == nil {
			t.Errorf("there is one without a %s", name)
		}
	}
}

// TestPutsOnly holds by its type that from a heartbeat no other call is reached.
func TestPutsOnly(t *testing.T) {
	h := reflect.TypeFor[heartbeat.Heartbeat]()
	for i := range h.NumField() {
		f := h.Field(i)
		if f.Type == reflect.TypeFor[*cloudwatch.Client]() {
			t.Errorf("field %s is a client", f.Name)
		}
		if f.Type.Kind() == reflect.Func && f.Type.In(1) != reflect.TypeFor[*cloudwatch.PutMetricDataInput]() {
			t.Errorf("field %s takes %v", f.Name, f.Type.In(1))
		}
	}
}
