package main

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
	"go.yaml.in/yaml/v3"

	"github.com/ml-autoscaling/autoscaler/actuator"
	"github.com/ml-autoscaling/autoscaler/actuator/heartbeat"
	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

// rule is an alerting rule as Prometheus reads it.
type rule struct {
	Alert  string `yaml:"alert"`
	Expr   string `yaml:"expr"`
	For    string `yaml:"for"`
	Labels struct {
		Severity string `yaml:"severity"`
	} `yaml:"labels"`
	Annotations struct {
		Summary string `yaml:"summary"`
		Runbook string `yaml:"runbook"`
	} `yaml:"annotations"`
}

func alertRules(t *testing.T) []rule {
	t.Helper()
	text, err := os.ReadFile("../examples/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct {
			Name  string `yaml:"name"`
			Rules []rule `yaml:"rules"`
		} `yaml:"groups"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil {
		t.Fatal(err)
	}
	var rules []rule
	for _, g := range file.Groups {
		rules = append(rules, g.Rules...)
	}
	return rules
}

// exported gives the metrics of a host with all four components, by name; true
// where it is a histogram.
func exported(t *testing.T) map[string]bool {
	t.Helper()
	registry := prometheus.NewRegistry()
	h := &host{cfg: config.Default(), log: zerolog.Nop(), registry: registry}
	h.embed(servertest.New(t))
	t.Cleanup(h.close)
	requests, err := ingest.NewRequests(registry)
	if err != nil {
		t.Fatal(err)
	}
	for _, add := range []func() error{
		h.forecaster, h.decider,
		func() error {
			return h.act(actuator.Config{Realm: streams.Live, Limits: plan.Limits{Mode: streams.Observe}, Now: ingest.WallClock{}.Now, Log: h.log, Registry: registry})
		},
		func() error {
			return h.poll(ingest.Config{Requests: requests, Clock: ingest.WallClock{}, Log: h.log, Registry: registry})
		},
		func() error {
			_, err := newStoreWatch(registry, nil, "")
			return err
		},
		func() error {
			_, err := heartbeat.New(aws.Config{}, heartbeat.Config{Name: "any", Ready: func() error { return nil }, Clock: ingest.WallClock{}, Log: h.log, Registry: registry})
			return err
		},
	} {
		if err := add(); err != nil {
			t.Fatal(err)
		}
	}
	return described(t, registry)
}

// described gives the names that a registry's collectors describe: metrics with
// labels are gathered only once they were used. Histograms are, from the start.
func described(t *testing.T, registry *prometheus.Registry) map[string]bool {
	t.Helper()
	descs := make(chan *prometheus.Desc)
	go func() {
		defer close(descs)
		registry.Describe(descs)
	}()
	fqName := regexp.MustCompile(`^Desc\{fqName: "([^"]+)"`)
	names := map[string]bool{}
	for d := range descs {
		names[fqName.FindStringSubmatch(d.String())[1]] = false
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		names[f.GetName()] = f.GetType().String() == "HISTOGRAM"
	}
	return names
}

// ours is how our metrics are named.
var ours = regexp.MustCompile(`\bautoscaling_[a-z_]+`)

// unknown gives the metrics that a text names and nothing exports.
func unknown(text string, names map[string]bool) []string {
	var found []string
	for _, name := range ours.FindAllString(text, -1) {
		base := name
		for _, part := range []string{"_bucket", "_sum", "_count"} {
			if cut, ok := strings.CutSuffix(name, part); ok && names[cut] {
				base = cut
			}
		}
		if _, ok := names[base]; !ok && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	return found
}

func TestAlertsNameMetricsThatExist(t *testing.T) {
	rules, names := alertRules(t), exported(t)
	if len(rules) < 10 {
		t.Fatalf("%d rules", len(rules))
	}
	seen := map[string]bool{}
	for _, r := range rules {
		if seen[r.Alert] || r.Alert == "" {
			t.Errorf("alert %q: want a name of its own", r.Alert)
		}
		seen[r.Alert] = true
		if !ours.MatchString(r.Expr) {
			t.Errorf("%s: asks for no metric of ours: %s", r.Alert, r.Expr)
		}
		for _, text := range []string{r.Expr, r.Annotations.Summary, r.Annotations.Runbook} {
			if missing := unknown(text, names); len(missing) > 0 {
				t.Errorf("%s: nothing exports %v", r.Alert, missing)
			}
		}
		if r.Labels.Severity != "critical" && r.Labels.Severity != "warning" {
			t.Errorf("%s: severity %q", r.Alert, r.Labels.Severity)
		}
		if _, err := time.ParseDuration(r.For); err != nil {
			t.Errorf("%s: for: %v", r.Alert, err)
		}
		if r.Annotations.Summary == "" || len(r.Annotations.Runbook) < 40 {
			t.Errorf("%s: want a summary, and a runbook that says what to do", r.Alert)
		}
	}
}

// The table of metrics in README is whole, and nothing in it is invented.
func TestReadmeListsEveryMetric(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := exported(t)
	var table strings.Builder
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "| `autoscaling_") {
			table.WriteString(line)
		}
	}
	if missing := unknown(table.String(), names); len(missing) > 0 {
		t.Errorf("README lists %v, which nothing exports", missing)
	}
	listed := ours.FindAllString(table.String(), -1)
	for name := range names {
		if ours.MatchString(name) && !slices.Contains(listed, name) {
			t.Errorf("README does not list %s", name)
		}
	}
}

// A metric that nothing exports is found, and parts of a histogram are known.
func TestUnknownMetrics(t *testing.T) {
	names := map[string]bool{"autoscaling_a_total": false, "autoscaling_b_seconds": true}
	got := unknown(`rate(autoscaling_a_total[5m]) + autoscaling_b_seconds_bucket / autoscaling_a_total_count + autoscaling_c`, names)
	if want := []string{"autoscaling_a_total_count", "autoscaling_c"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
