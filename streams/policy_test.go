package streams_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestPolicyNamesFields wants each broken rule under the name that the
// configuration gives the field.
func TestPolicyNamesFields(t *testing.T) {
	if err := examplePolicy().Validate(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		field string
		edit  func(*streams.Policy)
	}{
		{"auto_scaling_group", func(p *streams.Policy) { p.AutoScalingGroup = "" }},
		{"mode", func(p *streams.Policy) { p.Mode = "live" }},
		{"round", func(p *streams.Policy) { p.Round = 0 }},
		{"load.series", func(p *streams.Policy) { p.Load.Series = "" }},
		{"load.unit", func(p *streams.Policy) { p.Load.Unit = "%" }},
		{"load.period", func(p *streams.Policy) { p.Load.Period = 0 }},
		{"load.period", func(p *streams.Policy) { p.Load.Period = seconds(420) }},
		{"load.period", func(p *streams.Policy) { p.Load.Period = streams.Duration(time.Millisecond) }},
		{"load.per_instance", func(p *streams.Policy) { p.Load.PerInstance = 0 }},
		{"load.per_instance", func(p *streams.Policy) { p.Load.PerInstance = math.NaN() }},
		{"load.unit", func(p *streams.Policy) { p.Load.Unit = streams.CountPerSecond }},
		{"load.unit", func(p *streams.Policy) { p.Load.ResourceLabel = "app/a/1/targetgroup/b/2" }},
		{"load.resource_label", func(p *streams.Policy) { p.Load.ResourceLabel = "targetgroup/b/2" }},
		{"load.expression", func(p *streams.Policy) { p.Load.ResourceLabel, p.Load.Expression = "app/a/1/targetgroup/b/2", "m" }},
		{"load.expression", func(p *streams.Policy) { p.Load.Expression = strings.Repeat("x", 1025) }},
		{"load.absent_as_zero", func(p *streams.Policy) { p.Load.AbsentAsZero = true }},
		{"forecast.model", func(p *streams.Policy) { p.Forecast.Model = "" }},
		{"forecast.members", func(p *streams.Policy) { p.Forecast.Members = strings.Split("a b c d e f g h i", " ") }},
		{"forecast.members", func(p *streams.Policy) {
			p.Forecast.Members, p.Forecast.Horizon, p.Forecast.Levels = strings.Split("a b c d", " "), 1, nil
			for i := range 256 {
				p.Forecast.Levels = append(p.Forecast.Levels, float64(i+1)/257)
			}
		}},
		{"forecast.members[0]", func(p *streams.Policy) { p.Forecast.Members = []string{""} }},
		{"forecast.members[1]", func(p *streams.Policy) { p.Forecast.Members = []string{"a", p.Forecast.Model} }},
		{"forecast.members[2]", func(p *streams.Policy) { p.Forecast.Members = []string{"a", "b", "a"} }},
		{"forecast.horizon", func(p *streams.Policy) { p.Forecast.Horizon = 0 }},
		{"forecast.horizon", func(p *streams.Policy) { p.Forecast.Horizon = 2017 }},
		{"forecast.levels", func(p *streams.Policy) { p.Forecast.Levels = nil }},
		{"forecast.levels", func(p *streams.Policy) {
			p.Forecast.Horizon, p.Forecast.Levels = 1, nil
			for i := range 257 {
				p.Forecast.Levels = append(p.Forecast.Levels, float64(i+1)/258)
			}
		}},
		{"forecast.levels[1]", func(p *streams.Policy) { p.Forecast.Levels[1] = 0.01 }},
		{"forecast.levels[2]", func(p *streams.Policy) { p.Forecast.Levels[2] = math.Inf(1) }},
		{"forecast.settle", func(p *streams.Policy) { p.Forecast.Settle = -1 }},
		{"forecast.weights", func(p *streams.Policy) { p.Forecast.Weights = strings.Repeat("A", 64) }},
		{"forecast.weights", func(p *streams.Policy) { p.Forecast.Weights = strings.Repeat("a", 63) }},
		{"forecast.training", func(p *streams.Policy) { p.Forecast.Training = -1 }},
		{"forecast.training", func(p *streams.Policy) { p.Forecast.Training = 1001 }},
		{"scaling.min", func(p *streams.Policy) { p.Scaling.Min = -1 }},
		{"scaling.max", func(p *streams.Policy) { p.Scaling.Max = 1 }},
		{"scaling.max", func(p *streams.Policy) { p.Scaling.Min, p.Scaling.Max = 0, 0 }},
		{"scaling.quantile", func(p *streams.Policy) { p.Scaling.Quantile = 95 }},
		{"scaling.violation_price_instance_hours", func(p *streams.Policy) { p.Scaling.ViolationPrice = -1 }},
		{"scaling.hysteresis.out", func(p *streams.Policy) { p.Scaling.Hysteresis.Out = -0.1 }},
		{"scaling.hysteresis.in", func(p *streams.Policy) { p.Scaling.Hysteresis.In = math.NaN() }},
		{"scaling.hysteresis.reversal_out", func(p *streams.Policy) { p.Scaling.Hysteresis.ReversalOut = -1 }},
		{"scaling.hysteresis.reversal_in", func(p *streams.Policy) { p.Scaling.Hysteresis.ReversalIn = 1001 }},
		{"scaling.hysteresis.reversals", func(p *streams.Policy) { p.Scaling.Hysteresis.Reversals = -1 }},
		{"scaling.hysteresis.growth", func(p *streams.Policy) { p.Scaling.Hysteresis.Growth = -1 }},
		{"scaling.scale_in_risk", func(p *streams.Policy) { p.Scaling.ScaleInRisk = 2 }},
		{"forecast.levels", func(p *streams.Policy) {
			p.Scaling.ViolationPrice, p.Forecast.Levels = 8, []float64{0.95}
		}},
		{"scaling.scale_in_risk", func(p *streams.Policy) { p.Scaling.ViolationPrice, p.Scaling.ScaleInRisk = 8, 0 }},
		{"scaling.quantile", func(p *streams.Policy) { p.Scaling.Quantile = 0.9 }},
		{"scaling.quantile", func(p *streams.Policy) { p.Scaling.Quantile = math.NaN() }},
		{"scaling.boot_prior", func(p *streams.Policy) { p.Scaling.BootPrior = -1 }},
		{"scaling.metric_delay_prior", func(p *streams.Policy) { p.Scaling.MetricDelayPrior = -1 }},
		{"scaling.stale_after", func(p *streams.Policy) { p.Scaling.StaleAfter = 0 }},
		{"scaling.stabilization", func(p *streams.Policy) { p.Scaling.Stabilization = -1 }},
		{"scaling.scale_in_utilization", func(p *streams.Policy) { p.Scaling.ScaleInUtilization = 70 }},
		{"scaling.scale_out_cooldown", func(p *streams.Policy) { p.Scaling.ScaleOutCooldown = -1 }},
		{"scaling.scale_in_cooldown", func(p *streams.Policy) { p.Scaling.ScaleInCooldown = -1 }},
		{"scaling.max_step_out.instances", func(p *streams.Policy) { p.Scaling.StepOut.Instances = 0 }},
		{"scaling.max_step_out.fraction", func(p *streams.Policy) { p.Scaling.StepOut.Fraction = math.NaN() }},
		{"scaling.max_step_in.instances", func(p *streams.Policy) { p.Scaling.StepIn.Instances = -1 }},
		{"scaling.max_step_in.fraction", func(p *streams.Policy) { p.Scaling.StepIn.Fraction = -0.1 }},
		{"scaling.outage_hold", func(p *streams.Policy) { p.Scaling.OutageHold = -1 }},
		{"scaling.outage_hold", func(p *streams.Policy) { p.Scaling.OutageHold = 121 * p.Load.Period }},
		{"scaling.outage_share", func(p *streams.Policy) { p.Scaling.OutageShare = 1.1 }},
		{"scaling.foreign_hold", func(p *streams.Policy) { p.Scaling.ForeignHold = -1 }},
		{"scaling.launch_grace", func(p *streams.Policy) { p.Scaling.LaunchGrace = 0 }},
		{"scaling.expiry", func(p *streams.Policy) { p.Scaling.Expiry = 0 }},
	} {
		p := examplePolicy()
		test.edit(&p)
		wantField(t, p.Validate(), test.field)
	}
}

// TestPolicyNamesMatch holds that every field is called the same in JSON and in
// YAML, but for the unit of a span.
func TestPolicyNamesMatch(t *testing.T) {
	p := examplePolicy()
	forEachField(reflect.ValueOf(&p).Elem(), "", func(path string, f reflect.StructField, _ reflect.Value) {
		want := f.Tag.Get("json")
		if f.Type == reflect.TypeFor[streams.Duration]() {
			var ok bool
			if want, ok = strings.CutSuffix(want, "_s"); !ok {
				t.Errorf("%s: the span is called %s in JSON, want the suffix _s", path, want)
			}
		}
		want, _, _ = strings.Cut(want, ",")
		if got, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); got != want {
			t.Errorf("%s: want %s in YAML, got %s", path, want, got)
		}
	})
}

// TestFingerprint pins the name of one policy and wants another for every field
// that changes.
func TestFingerprint(t *testing.T) {
	const pinned = "211c59678ae47080"
	if got := examplePolicy().Fingerprint(); got != pinned {
		t.Errorf("want %s, got %s: recorded policies would all change their names", pinned, got)
	}
	seen := map[string]string{pinned: "no change"}
	p := examplePolicy()
	forEachField(reflect.ValueOf(&p).Elem(), "", func(path string, _ reflect.StructField, v reflect.Value) {
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		switch v.Kind() {
		case reflect.Map: // shadows, which it leaves out
			return
		case reflect.Int, reflect.Int64:
			v.SetInt(v.Int() + 1)
		case reflect.Float64:
			v.SetFloat(math.Nextafter(v.Float(), 2*v.Float()+1))
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Bool:
			v.SetBool(!v.Bool())
		case reflect.Slice:
			if names, ok := v.Interface().([]string); ok {
				v.Set(reflect.ValueOf(append(slices.Clone(names), "x")))
				break
			}
			v.Set(reflect.ValueOf([]float64{0.05, 0.5, math.Nextafter(0.95, 1)}))
		default:
			t.Fatalf("%s: no change is known for a %s", path, v.Kind())
		}
		name := p.Fingerprint()
		if other, twice := seen[name]; twice {
			t.Errorf("%s: has the fingerprint of %s", path, other)
		}
		seen[name] = path
		v.Set(old)
	})
	if got := p.Fingerprint(); got != pinned || len(seen) < 25 {
		t.Errorf("want %s again after %d changes, got %s", pinned, len(seen)-1, got)
	}
}

// forEachField visits every field that is not itself a struct.
func forEachField(v reflect.Value, path string, visit func(string, reflect.StructField, reflect.Value)) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Type.Kind() == reflect.Struct {
			forEachField(v.Field(i), path+f.Name+".", visit)
			continue
		}
		visit(path+f.Name, f, v.Field(i))
	}
}

func TestDefaultHorizon(t *testing.T) {
	for _, test := range []struct {
		period, boot, window int // s
		want                 int
	}{
		{300, 180, 600, 12},    // 960 s are 4 steps: the least is 12
		{60, 180, 600, 16},     // 960 s are exactly 16 steps
		{60, 180, 601, 17},     // a second more is a step more
		{300, 900, 1800, 12},   // 3600 s are exactly 12 steps
		{300, 900, 1801, 13},   //
		{3600, 300, 86400, 25}, // a day and 10 minutes
		{60, 0, 0, 12},
		{0, 180, 600, 12}, // not validated yet
	} {
		var p streams.Policy
		p.Load.Period, p.Scaling.BootPrior, p.Scaling.Stabilization = seconds(test.period), seconds(test.boot), seconds(test.window)
		if got := p.DefaultHorizon(); got != test.want {
			t.Errorf("period %d s, boot %d s, window %d s: want %d steps, got %d", test.period, test.boot, test.window, test.want, got)
		}
	}
}

func TestStepLimit(t *testing.T) {
	limit := streams.StepLimit{Instances: 2, Fraction: 0.25}
	for current, want := range map[int]int{0: 2, 8: 2, 11: 2, 12: 3, 100: 25} {
		if got := limit.Of(current); got != want {
			t.Errorf("at %d: want %d, got %d", current, want, got)
		}
	}
}
