package config_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/deployments/examples"
	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// whole looks into what the packages keep to themselves, too.
var whole = cmp.Exporter(func(reflect.Type) bool { return true })

func read(text string) (config.Config, error) {
	return config.Read(strings.NewReader(text), "test.yaml")
}

// The annotated sample says what the defaults are: with its comments taken at
// their word, it and a file that names only the group must come to the same.
func TestSampleShowsTheDefaults(t *testing.T) {
	sample, err := config.Read(bytes.NewReader(examples.Config), "autoscaler.yaml")
	if err != nil {
		t.Fatal(err)
	}
	bare, err := read("groups:\n  ml-predictive-asg: {scope: eu-west-1, scaling: {max: 400}}\n")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(bare, sample, whole); diff != "" {
		t.Errorf("the sample differs from the defaults (-defaults +sample):\n%s", diff)
	}
	if got, want := sample.Groups[0].Policy.Forecast.Horizon, 12; got != want {
		t.Errorf("horizon %d, want %d", got, want)
	}
}

func TestGroupsTakeWhatDefaultsSay(t *testing.T) {
	cfg, err := read(`
defaults:
  load: {period: 60s}
  scaling: {boot_prior: 480s}
groups:
  web: {scope: eu-west-1, auto_scaling_group: web-asg, scaling: {max: 7}}
  api: {scope: us-east-1, mode: desired, load: {period: 300s}}
`)
	if err != nil {
		t.Fatal(err)
	}
	web, api := cfg.Groups[0], cfg.Groups[1]
	if want := (streams.GroupID{Scope: "eu-west-1", Group: "web"}); web.ID != want {
		t.Errorf("first group is %v, want %v: the order of the file", web.ID, want)
	}
	type facts struct {
		ASG     string
		Mode    streams.Mode
		Max     int
		Boot    string
		Settle  string
		Stale   string
		Grace   string
		Horizon int
	}
	of := func(p streams.Policy) facts {
		return facts{p.AutoScalingGroup, p.Mode, p.Scaling.Max, p.Scaling.BootPrior.String(), p.Forecast.Settle.String(),
			p.Scaling.StaleAfter.String(), p.Scaling.LaunchGrace.String(), p.Forecast.Horizon}
	}
	want := facts{"web-asg", streams.Observe, 7, "8m0s", "3m0s", "3m0s", "18m0s", 31}
	if diff := cmp.Diff(want, of(web.Policy)); diff != "" {
		t.Errorf("web (-want +got):\n%s", diff)
	}
	want = facts{"api", streams.DesiredControl, 100, "8m0s", "10m0s", "11m0s", "18m0s", 12}
	if diff := cmp.Diff(want, of(api.Policy)); diff != "" {
		t.Errorf("api (-want +got):\n%s", diff)
	}
}

func TestErrorsNameFileLineAndKey(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"unknown key":            {"realm: live\nnats:\n  ulr: x\n", "line 3: field ulr not found"},
		"unknown key in group":   {"groups:\n  web:\n    scope: a\n    scaling:\n      maxi: 3\n", "line 5: field maxi not found"},
		"unknown key in default": {"defaults:\n  mod: observe\n", "line 2: field mod not found"},
		"no duration":            {"defaults:\n  round: soon\n", "want a duration such as 90s"},
		"duration without unit":  {"defaults:\n  round: 60\n", "want a duration such as 90s"},
		"no number":              {"defaults:\n  scaling:\n    max: many\n", "line 3: cannot unmarshal"},
		"value in group":         {"groups:\n  web:\n    scope: a\n    scaling:\n      max: 0\n", "line 5: groups.web.scaling.max"},
		"value in defaults":      {"defaults:\n  load: {per_instance: -1}\ngroups:\n  web: {scope: a}\n", "line 2: defaults.load.per_instance"},
		"level":                  {"groups:\n  web:\n    scope: a\n    forecast:\n      levels: [0.9, 0.1]\n", "line 5: groups.web.forecast.levels[1]"},
		"quantile":               {"groups:\n  web:\n    scope: a\n    scaling: {violation_price_instance_hours: 0, quantile: 0.8}\n", "line 4: groups.web.scaling.quantile"},
		"of a discovered group":  {"defaults:\n  scaling: {violation_price_instance_hours: 0, quantile: 0.93}\n", "line 2: defaults.scaling.quantile"},
		"at the other period":    {"groups:\n  web:\n    scope: a\n    scaling: {outage_hold: 3h}\n", "line 4: groups.web.scaling.outage_hold"},
		"no scope":               {"realm: live\ngroups:\n  web:\n    mode: observe\n", "line 3: groups.web.scope: is missing"},
		"model":                  {"groups:\n  web:\n    scope: a\n    forecast: {model: oracle}\n", `line 4: groups.web.forecast.model: want one of [arima combined dhr lstm naive rls stl_arima], got "oracle"`},
		"member":                 {"groups:\n  web:\n    scope: a\n    forecast:\n      members: [naive, oracle]\n", "line 5: groups.web.forecast.members[1]: want one of"},
		"member in defaults":     {"defaults:\n  forecast:\n    members: [combined]\n", `line 3: defaults.forecast.members[0]: "combined" is forecast.model itself`},
		"weights":                {"groups:\n  web:\n    scope: a\n    forecast:\n      weights: newest\n", "line 5: groups.web.forecast.weights: want 64 lower-case hexadecimal digits"},
		"training":               {"defaults:\n  forecast:\n    training: 1001\n", "line 3: defaults.forecast.training: want 0 to 1000 mini-batches, got 1001"},
		"mode":                   {"groups:\n  web: {scope: a, mode: act}\n", "line 2: groups.web.mode"},
		"realm":                  {"log: {level: info}\nrealm: Live Realm\n", "line 2: realm"},
		"log level":              {"log:\n  level: loud\n", "line 2: log.level"},
		"actuator mode":          {"actuator:\n  mode: floor\n", "line 2: actuator.mode"},
		"ceiling":                {"actuator: {ceiling: -1}\n", "line 1: actuator.ceiling"},
		"backfill":               {"ingest:\n  backfill: -1h\n", "line 2: ingest.backfill"},
		"external id":            {"ingest:\n  scopes:\n    a: {region: b, external_id: c}\n", "line 3: ingest.scopes.a.external_id"},
		"one place twice":        {"ingest:\n  scopes:\n    a: {region: b}\n    b: {}\n", "line 4: ingest.scopes.b: is the account and region of scope a: every group that bears the tag would be polled, and acted on, twice"},
		"one account twice":      {"ingest:\n  scopes:\n    a: {region: b, role_arn: 'arn:aws:iam::111122223333:role/x'}\n    b: {role_arn: 'arn:aws:iam::111122223333:role/y'}\n", "line 4: ingest.scopes.b: is the account"},
		"a group's place":        {"ingest: {scopes: {prod: {region: a}}}\ngroups:\n  web: {scope: a}\n", "line 1: ingest.scopes.prod: is the account and region of scope a: "},
		"a group's other place":  {"groups:\n  web: {scope: zone}\ningest:\n  scopes:\n    a: {region: zone}\n", "line 5: ingest.scopes.a: is the account and region of scope zone: "},
		"acted on twice":         {"defaults: {mode: desired}\ngroups:\n  web: {scope: a, auto_scaling_group: w}\n  api: {scope: a, auto_scaling_group: w}\n", "line 4: groups.api.auto_scaling_group: is that of group web"},
		"actuator's scope":       {"ingest: {scopes: {a: {region: b}}}\nactuator:\n  scopes:\n    c: {role_arn: r}\n", "line 4: actuator.scopes.c: is no scope: ingest.scopes and the groups name a"},
		"actuator without any":   {"actuator: {scopes: {c: {role_arn: r}}}\n", "line 1: actuator.scopes.c: is no scope: ingest.scopes and the groups name none"},
		"actuator's region":      {"groups: {web: {scope: a}}\nactuator:\n  scopes:\n    a: {region: b}\n", "line 4: field region not found"},
		"actuator's external id": {"groups: {web: {scope: a}}\nactuator:\n  scopes:\n    a:\n      external_id: x\n", "line 5: actuator.scopes.a.external_id: goes with role_arn"},
		"heartbeat's scope":      {"groups: {web: {scope: a}}\nactuator:\n  heartbeat: {scope: b, name: c}\n", "line 3: actuator.heartbeat.scope: is no scope"},
		"heartbeat without one":  {"groups: {web: {scope: a}}\nactuator:\n  heartbeat: {name: c}\n", "line 3: actuator.heartbeat.scope: is missing"},
		"heartbeat's name":       {"groups: {web: {scope: a}}\nactuator:\n  heartbeat: {scope: a}\n", "line 3: actuator.heartbeat.name: is missing"},
		"heartbeat's bad name":   {"groups: {web: {scope: a}}\nactuator:\n  heartbeat:\n    scope: a\n    name: \"a\\u0001\"\n", "line 5: actuator.heartbeat.name: want at most 1024 printable"},
		"pattern":                {"groups:\n  web: {scope: a, auto_scaling_group: 'web-['}\n", "line 2: groups.web.auto_scaling_group"},
		"replicas":               {"timeline: {replicas: 2}\n", "line 1: timeline.replicas"},
		"no YAML":                {"groups: [\n", "line 1"},
		"second document":        {"realm: live\n---\ngroups: {}\n", "line 2: there is a second document, after ---"},
		"two groups of a name":   {"groups:\n  web: {scope: a}\n  web: {scope: b}\n", "line 3"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(tc.text)
			if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.Contains(err.Error(), "test.yaml") {
				t.Errorf("got %v, want test.yaml and %q", err, tc.want)
			}
		})
	}
}

// A group has the members of the defaults, which are its own from then on, or
// others in place of them.
func TestMembers(t *testing.T) {
	cfg, err := read("defaults: {forecast: {members: [naive]}}\n" +
		"groups: {web: {scope: a}, api: {scope: a, forecast: {members: []}}, shop: {scope: a, forecast: {model: naive, members: [rls]}}}\n")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range [][]string{{"naive"}, {}, {"rls"}} {
		if diff := cmp.Diff(want, cfg.Groups[i].Policy.Forecast.Members); diff != "" {
			t.Errorf("%s (-want +got):\n%s", cfg.Groups[i].ID, diff)
		}
	}
	cfg.Groups[0].Policy.Forecast.Members[0] = "x"
	if got := cfg.Discovered("a", "found").Policy.Forecast.Members; len(got) != 1 || got[0] != "naive" {
		t.Errorf("a discovered group has %v", got)
	}
}

// The weights of this binary are named where a model reads some and the file names
// none.
func TestWeightsAreNamed(t *testing.T) {
	named := strings.Repeat("0123456789abcdef", 4)
	for name, tc := range map[string]struct {
		forecast string
		weights  string
		training int
	}{
		"rls":      {"{model: rls}", "", 20},
		"lstm":     {"{model: lstm}", fold.EmbeddedWeights(), 20},
		"combined": {"{model: combined, training: 0}", fold.EmbeddedWeights(), 0},
		"a member": {"{model: rls, members: [naive, combined], training: 5}", fold.EmbeddedWeights(), 5},
		"given":    {"{model: lstm, weights: " + named + "}", named, 20},
		"for all":  {"{model: rls, weights: " + named + "}", named, 20},
	} {
		cfg, err := read("groups: {web: {scope: a, forecast: " + tc.forecast + "}}\n")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, p := range []streams.Policy{cfg.Groups[0].Policy, cfg.Groups[0].WithPeriod(time.Minute)} {
			if got := p.Forecast; got.Weights != tc.weights || got.Training != tc.training {
				t.Errorf("%s: weights %q and training %d, want %q and %d", name, got.Weights, got.Training, tc.weights, tc.training)
			}
		}
		other := cfg.Groups[0].WithWeights(named)
		if other.Policy.Forecast.Weights != named || other.WithPeriod(time.Minute).Forecast.Weights != named {
			t.Errorf("%s: with other weights it names %q", name, other.Policy.Forecast.Weights)
		}
	}
}

func TestEmptyFileIsTheDefaults(t *testing.T) {
	cfg, err := read("")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Default(), cfg, whole); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestScopes(t *testing.T) {
	cfg, err := read("ingest: {scopes: {prod: {region: eu-west-1}}}\ngroups: {web: {}, api: {scope: us-east-1}}\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := cfg.Groups[0].ID.Scope; got != "prod" {
		t.Errorf("web is in scope %q, want the only one", got)
	}
	want := map[string]config.Scope{"prod": {Region: "eu-west-1"}, "us-east-1": {Region: "us-east-1"}}
	if diff := cmp.Diff(want, cfg.Ingest.Scopes); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
}

// What is one place, or one group, for another reason than by mistake is read.
func TestPlacesThatMayBeOne(t *testing.T) {
	for name, text := range map[string]string{
		"nothing is discovered": "ingest: {discover: false, scopes: {a: {region: b}, b: {}}}\n",
		"other accounts":        "ingest: {scopes: {a: {region: b, role_arn: 'arn:aws:iam::111122223333:role/x'}, b: {}, c: {region: b, role_arn: 'arn:aws:iam::444455556666:role/x'}}}\n",
		"one is acted on":       "groups: {web: {scope: a, mode: desired}, watched: {scope: a, auto_scaling_group: web}}\n",
		"other regions":         "defaults: {mode: desired}\ngroups: {web: {scope: a}, far: {scope: b, auto_scaling_group: web}}\n",
	} {
		if _, err := read(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The actuator assumes what its own section says, in the region that ingest
// reads; where that is silent, what ingest assumes.
func TestActuatorScopes(t *testing.T) {
	cfg, err := read(`
ingest: {scopes: {prod: {region: eu-west-1, role_arn: reader, external_id: x}, other: {region: b, role_arn: reader}, own: {region: c, role_arn: reader}}}
groups: {web: {scope: prod}, api: {scope: us-east-1}}
actuator:
  scopes: {prod: {role_arn: writer}, us-east-1: {role_arn: writer, external_id: y}, own: {role_arn: ""}}
  heartbeat: {scope: prod, name: ml-autoscaling-controller}
`)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]config.Scope{
		"prod":      {Region: "eu-west-1", RoleARN: "writer"},
		"us-east-1": {Region: "us-east-1", RoleARN: "writer", ExternalID: "y"},
		"other":     {Region: "b", RoleARN: "reader"},
		"own":       {Region: "c"},
	} {
		if got := cfg.ActuatorScope(name); got != want {
			t.Errorf("%s: want %+v, got %+v", name, want, got)
		}
	}
	if h := cfg.Actuator.Heartbeat; !h.On() || h != (config.Heartbeat{Scope: "prod", Name: "ml-autoscaling-controller"}) {
		t.Errorf("the heartbeat is %+v", h)
	}
	if config.Default().Actuator.Heartbeat.On() {
		t.Error("there is a heartbeat that nobody asked for")
	}
}

func TestPeriods(t *testing.T) {
	cfg, err := read(`
defaults: {scaling: {max: 7}}
groups:
  silent: {scope: a}
  fixed: {scope: a, load: {period: 300s}}
  requests: {scope: a, load: {series: requests, unit: Count/Second, resource_label: app/a/1/targetgroup/b/2}}
`)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, false, false} {
		if got := cfg.Groups[i].AutoPeriod; got != want {
			t.Errorf("%s: automatic period %v, want %v", cfg.Groups[i].ID, got, want)
		}
	}
	minutely := cfg.Groups[0].WithPeriod(time.Minute)
	if minutely.Forecast.Settle.Std() != 3*time.Minute || minutely.Scaling.Max != 7 {
		t.Errorf("at 60 s it settles after %v with at most %d, want 3m0s and 7", minutely.Forecast.Settle, minutely.Scaling.Max)
	}
	found := cfg.Discovered("b", "web-asg")
	if found.ID != (streams.GroupID{Scope: "b", Group: "web-asg"}) || found.Policy.Scaling.Max != 7 || !found.AutoPeriod {
		t.Errorf("a discovered group is %+v", found)
	}
	set, err := read("defaults: {load: {period: 300s}}\n")
	if err != nil || set.Discovered("b", "x").AutoPeriod {
		t.Errorf("a period in the defaults is somebody's choice (%v)", err)
	}
}
