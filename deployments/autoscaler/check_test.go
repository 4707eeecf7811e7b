package main

import (
	"context"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/ingest"
	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// simulated is a region of two groups on the wall clock, to which the SDK of
// this process is sent.
func simulated(t *testing.T, verb awssimVerb) *awssim.Server {
	t.Helper()
	now := time.Now().UTC()
	verb.Groups, verb.Peak, verb.Boot = 2, demoPeak, demoBoot
	server, err := verb.server(now)
	if err != nil {
		t.Fatal(err)
	}
	server.Advance(now)
	front := httptest.NewServer(server)
	t.Cleanup(front.Close)
	missing := filepath.Join(t.TempDir(), "none")
	for key, value := range map[string]string{
		"AWS_ENDPOINT_URL": front.URL, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_SESSION_TOKEN": "",
		"AWS_PROFILE": "", "AWS_CONFIG_FILE": missing, "AWS_SHARED_CREDENTIALS_FILE": missing, "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(key, value)
	}
	return server
}

// written gives the path of a file with a text.
func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "autoscaler.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// streamNames gives the streams of a server.
func streamNames(t *testing.T, nc *nats.Conn) []string {
	t.Helper()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range js.StreamNames(t.Context()).Name() {
		names = append(names, name)
	}
	return names
}

// wants reports the patterns that a text lacks.
func wants(t *testing.T, text string, patterns ...string) {
	t.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile("(?m)" + p).MatchString(text) {
			t.Errorf("want %s in:\n%s", p, text)
		}
	}
}

const twoGroups = `
groups:
  web: {scope: eu-west-1, auto_scaling_group: ml-predictive-asg-1, scaling: {max: 400}}
  api: {scope: eu-west-1, auto_scaling_group: ml-predictive-asg-2, load: {period: 300s}, mode: desired}
`

func TestCheckShowsWhatWouldBeSeen(t *testing.T) {
	server := simulated(t, awssimVerb{})
	nats := servertest.NewListening(t)
	code, out, errs := runVerb(t, "check", written(t, twoGroups), "--nats-url", nats.ClientURL())
	if code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	wants(t, out, `^ok +config +\S+: realm live, 2 groups, 1 scopes, discovery on$`, `^ok +nats +nats://127\.0\.0\.1:\d+, version 2\.\d+\.\d+, JetStream API level \d`,
		`^ok +timeline +there is no stream AUTOSCALING yet: the first component makes it$`, `^ok +aws +scope eu-west-1: 2 Auto Scaling groups, and their metrics$`,
		`^eu-west-1/api +ml-predictive-asg-2 +desired +\d+/\d+ +1-400 +[\d.]+ Percent \(\d\d:\d[05]:00\) +\d+\.\d +5m0s \(detailed monitoring\) +0\.\d+ +0\.\d+$`,
		`^eu-west-1/web +ml-predictive-asg-1 +observe \(tag desired\) +\d+/\d+ +1-400 +[\d.]+ Percent \(\d\d:\d\d:00\) +\d+\.\d +1m0s \(detailed monitoring\) +0\.\d+ +0\.\d+$`,
		`^2 groups: \$0\.\d+ for GetMetricData and \d\.\d+ GB on the timeline per month$`,
		`^note +actuator +eu-west-1/api is in mode desired, and nothing is set: actuator\.mode of this configuration is observe$`)
	for _, call := range server.Calls() {
		if call.Operation != "GetMetricData" && call.Operation != "DescribeAutoScalingGroups" {
			t.Errorf("a check of mode observe calls %s", call.Operation)
		}
	}
	if names := streamNames(t, servertest.Connect(t, nats)); len(names) > 0 {
		t.Errorf("a check makes %v", names)
	}
}

func TestCheckWithBasicMonitoring(t *testing.T) {
	simulated(t, awssimVerb{Basic: true})
	nats := servertest.NewListening(t)
	code, out, errs := runVerb(t, "check", written(t, twoGroups), "--nats-url", nats.ClientURL())
	if code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	wants(t, out, `^eu-west-1/web .* 5m0s \(basic monitoring\) `)
}

// What is missing is named, and everything else is shown all the same.
func TestCheckNamesMissingRights(t *testing.T) {
	server := simulated(t, awssimVerb{})
	server.Inject(awssim.Fault{Kind: awssim.Denied, Operations: []string{"GetMetricData", "DescribeScalingActivities"}})
	code, out, errs := runVerb(t, "check", written(t, "actuator: {mode: desired}\n"+twoGroups), "--nats-url", "nats://127.0.0.1:1")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, errs, `check \S+: 5 things are missing`)
	wants(t, out, `^MISSING +nats +connect to nats://127\.0\.0\.1:1`, `^MISSING +aws +scope eu-west-1: permission cloudwatch:GetMetricData: AccessDenied`,
		`^eu-west-1/api +ml-predictive-asg-2 +desired +\d+/\d+ +1-400 +- `, `^eu-west-1/web +ml-predictive-asg-1 +observe \(tag desired\) +\d+/\d+ +1-400 +- `,
		`^MISSING +group +eu-west-1/api: no value of its load came, for GetMetricData failed$`,
		`^MISSING +actuator +scope eu-west-1: permission autoscaling:DescribeScalingActivities: `)
}

func TestCheckOfTheActuator(t *testing.T) {
	server := simulated(t, awssimVerb{})
	nats := servertest.NewListening(t)
	code, out, errs := runVerb(t, "check", written(t, "actuator: {mode: desired}\n"+twoGroups), "--nats-url", nats.ClientURL())
	if code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	wants(t, out, `^ok +actuator +scope eu-west-1: .* are allowed; autoscaling:SetDesiredCapacity cannot be tried without setting$`,
		`^ok +actuator +eu-west-1/api: ml-predictive-asg-2 is attached in mode desired, and will be acted on$`,
		`^ok +actuator +eu-west-1/web: ml-predictive-asg-1 is attached in mode desired, and only observed: the policy's mode is observe$`)
	for _, call := range server.Calls() {
		if call.Operation == "SetDesiredCapacity" {
			t.Error("a check sets a capacity")
		}
	}
}

func TestCheckWithoutListing(t *testing.T) {
	server := simulated(t, awssimVerb{})
	server.Inject(awssim.Fault{Kind: awssim.Denied, Operations: []string{"DescribeAutoScalingGroups"}})
	nats := servertest.NewListening(t)
	code, out, _ := runVerb(t, "check", written(t, twoGroups), "--nats-url", nats.ClientURL())
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `permission autoscaling:DescribeAutoScalingGroups: AccessDenied`, `^eu-west-1/web +- `,
		`^MISSING +group +eu-west-1/web: whether its Auto Scaling group is there is not known$`)
}

func TestCheckFindsNoGroup(t *testing.T) {
	simulated(t, awssimVerb{})
	nats := servertest.NewListening(t)
	code, out, _ := runVerb(t, "check", written(t, "groups: {gone: {scope: eu-west-1}}\ningest: {discover: false}\n"), "--nats-url", nats.ClientURL())
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^MISSING +group +eu-west-1/gone: there is no such Auto Scaling group$`)
	code, out, _ = runVerb(t, "check", written(t, "realm: trial\n"), "--nats-url", nats.ClientURL())
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^MISSING +aws +ingest\.scopes: no scope is named`)
}

// deaf is a source that lists, and reads nothing.
type deaf struct{ ingest.Source }

func (deaf) Read(_ context.Context, queries []window.Query) ([]window.Answer, error) {
	return make([]window.Answer, len(queries)), &window.CallError{Operation: "GetMetricData", Err: errors.New("no answer")}
}

// A scope that does not answer changes nothing about what another one shows.
func TestCheckKeepsScopesApart(t *testing.T) {
	simulated(t, awssimVerb{})
	cfg, err := config.Read(strings.NewReader(`
ingest: {discover: false}
groups:
  web: {scope: eu-west-1, auto_scaling_group: ml-predictive-asg-1}
  api: {scope: deaf, auto_scaling_group: ml-predictive-asg-2}
`), "test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	client, err := loadAWS(t.Context(), config.Scope{Region: "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	source := ingestaws.New(client, ingestaws.Options{})
	var out strings.Builder
	c := &checkup{cfg: cfg, w: &out}
	c.poll(t.Context(), map[string]ingest.Source{"eu-west-1": source, "deaf": deaf{source}})
	if c.faults != 2 {
		t.Errorf("%d faults, want the scope and its group", c.faults)
	}
	wants(t, out.String(), `^ok +aws +scope eu-west-1: 1 Auto Scaling groups, and their metrics$`, `^MISSING +aws +scope deaf: GetMetricData: no answer$`,
		`^eu-west-1/web .* [\d.]+ Percent .* 1m0s \(detailed monitoring\)`, `^deaf/api +ml-predictive-asg-2 .* 5m0s `)
}

func TestCheckOfTheTimeline(t *testing.T) {
	simulated(t, awssimVerb{})
	nats := servertest.NewListening(t)
	js, err := jetstream.New(servertest.Connect(t, nats))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := topology.Ensure(t.Context(), js, topology.Options{Realm: streams.Live, MaxBytes: 30_000}); err != nil {
		t.Fatal(err)
	}
	check := func(timeline string) (int, string) {
		code, out, _ := runVerb(t, "check", written(t, timeline+twoGroups), "--nats-url", nats.ClientURL())
		return code, out
	}
	code, out := check("timeline: {max_bytes: 30000}\n")
	if code != 0 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^ok +timeline +stream AUTOSCALING: 0 messages, 0 kB of at most 30 kB$`)
	l := &lookedAt{t: t, realm: streams.Live, js: js}
	for n := range 23 {
		l.publish(streams.NewPolicyControl(group("web"), time.Unix(1e9+int64(n), 0).UTC(), samplePolicy(t)))
	}
	code, out = check("")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^MISSING +timeline +stream AUTOSCALING: 23 messages, 2[4-9](\.\d)? kB of at most 30 kB: room`)
	code, out = check("timeline: {max_bytes: 40000}\n")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^MISSING +timeline +ensure stream AUTOSCALING: max_bytes: found 30000, want 40000$`)
}

// Whoever begins with 'autoscaler all' has no server to name.
func TestCheckWithoutAServer(t *testing.T) {
	simulated(t, awssimVerb{})
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", home)
	if err := os.MkdirAll(filepath.Join(home, "nats", "context"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"context.txt": "gone", "context/gone.json": `{"url": "nats://127.0.0.1:1"}`} {
		if err := os.WriteFile(filepath.Join(home, "nats", name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	code, out, _ := runVerb(t, "check", written(t, twoGroups))
	if code != 0 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^note +nats +no server is named, and none answers: 'autoscaler all' brings its own`)
	code, out, _ = runVerb(t, "check", written(t, twoGroups), "--nats-url", "nats://127.0.0.1:1")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^MISSING +nats +connect to nats://127\.0\.0\.1:1: `)
	code, _, errs := runVerb(t, "status")
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, errs, `no server is named \(--nats-url, NATS_URL or nats\.url\)`)
}

func TestCheckNamesLineAndKey(t *testing.T) {
	code, out, errs := runVerb(t, "check", written(t, "realm: live\nnats:\n  ulr: x\n"))
	if code != 1 || out != "" {
		t.Errorf("exit %d: %s", code, out)
	}
	wants(t, errs, `autoscaler.yaml: [^:]*: unmarshal errors:\n +line 3: field ulr not found`)
}

// Offline only the file is looked at, wherever AWS and NATS are.
func TestCheckOffline(t *testing.T) {
	server := simulated(t, awssimVerb{})
	code, out, errs := runVerb(t, "check", "--offline", written(t, twoGroups), "--nats-url", "nats://127.0.0.1:1")
	if code != 0 || errs != "" || len(server.Calls()) > 0 {
		t.Errorf("exit %d, %d calls: %s", code, len(server.Calls()), errs)
	}
	wants(t, out, `\Aok +config +\S+: realm live, 2 groups, 1 scopes, discovery on\n\z`)
	code, out, errs = runVerb(t, "check", "--offline", written(t, "realm: live\n"))
	if code != 1 || !strings.Contains(errs, "something is missing") {
		t.Errorf("exit %d of what ingest would end with at once: %s", code, errs)
	}
	wants(t, out, `^MISSING +aws +ingest\.scopes: no scope is named`)
	code, _, errs = runVerb(t, "check", "--offline", written(t, twoGroups+"---\nrealm: other\n"))
	if code != 1 {
		t.Errorf("exit %d with a second document", code)
	}
	wants(t, errs, `autoscaler.yaml: line \d+: there is a second document`)
}
