package streams_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestBodiesAreRefused changes one place of a golden body and wants an error
// that names the field.
func TestBodiesAreRefused(t *testing.T) {
	var (
		metric, group, control     = exampleMetric(), exampleGroup(), exampleControl()
		forecast, decision, result = exampleForecast(), exampleDecision(), exampleOutcome()
	)
	tests := []struct {
		event    streams.Event
		old, new string
		field    string
	}{
		// The version.
		{metric, `"version":1,`, ``, "version"},
		{metric, `"version":1`, `"version":0`, "version"},
		{metric, `"version":1`, `"version":-1`, "version"},
		{metric, `"version":1`, `"version":"1"`, "version"},
		{metric, `"version":1`, `"version":1.5`, "version"},
		{metric, `"version":1`, `"version":null`, "version"},
		{metric, `"version":1`, `"Version":1`, "Version"},
		{metric, `"version":1`, `"version":1,"version":1`, "version"},
		// What is not one JSON object.
		{metric, `{`, ``, "body"},
		{metric, `{`, `[{`, "body"},
		{metric, `{"version"`, `{version`, "body"},
		{metric, `{"version"`, `{"version`, "body"},
		{metric, `{"version":`, `{"version"`, "body"},
		{metric, `{"version":1,`, `{,"version":1,`, "body"},
		{metric, `.001Z"}`, `.001Z"`, "seen"},
		{metric, `.001Z"}`, `.001Z`, "seen"},
		{metric, `.001Z"}`, `.001Z",}`, "seen"},
		{metric, `.001Z"}`, `.001Z"}{}`, "body"},
		{metric, `.001Z"}`, `.001Z"}x`, "body"},
		{metric, `.001Z"}`, ".001Z\"}\x00", "body"},
		{metric, `"revision":2,`, `"revision":2`, "revision"},
		{metric, `eu-west-1`, "\xff", "body"},
		{group, `"boots_s":[180,`, `"boots_s":[180 `, "boots_s[0]"},
		{group, `"boots_s":[180,95.5]`, `"boots_s":[180,95.5`, "boots_s[2]"},
		// Keys that are unknown, spelled otherwise, or given twice.
		{metric, `"value"`, `"valuex"`, "valuex"},
		{metric, `"value"`, `"Value"`, "Value"},
		{metric, `"value":`, `"value":1,"value":`, "value"},
		{metric, `"value":`, `"val\u0075e":1,"value":`, "value"},
		{group, `"desired":14`, `"Desired":14`, "capacity.Desired"},
		{group, `"min":2`, `"min":2,"min":3`, "capacity.min"},
		{group, `"requests":`, `"cpu":`, "series.cpu"},
		{group, `"message":`, `"why":`, "errors[0].why"},
		{control, `"expiry_s"`, `"expiry"`, "policy.scaling.expiry"},
		{forecast, `"judged"`, `"judge"`, "score.judge"},
		{decision, `"why":"at most`, `"because":"at most`, "trail[1].because"},
		// Values of another type.
		{metric, `"value":731.4872361`, `"value":"x"`, "value"},
		{metric, `"value":731.4872361`, `"value":NaN`, "value"},
		{metric, `"value":731.4872361`, `"value":Infinity`, "value"},
		{metric, `"value":731.4872361`, `"value":1e400`, "value"},
		{metric, `"value":731.4872361`, `"value":01`, "value"},
		{metric, `"value":731.4872361`, `"value":null`, "value"},
		{metric, `"value":731.4872361`, `"value":`, "value"},
		{metric, `"value":731.4872361`, `"value":{"x":1}`, "value"},
		{metric, `"value":731.4872361`, `"value":[1]`, "value"},
		{metric, `"censored":true`, `"censored":1`, "censored"},
		{metric, `"revision":2`, `"revision":2.5`, "revision"},
		{metric, `"period_s":300`, `"period_s":"a"`, "period_s"},
		{metric, `"period_s":300`, `"period_s":"300"`, "period_s"},
		{metric, `"period_s":300`, `"period_s":1e2`, "period_s"},
		{metric, `"period_s":300`, `"period_s":1e99`, "period_s"},
		{metric, `"period_end":"2026-03-01T12:00:00Z"`, `"period_end":"a"`, "period_end"},
		{metric, `"period_end":"2026-03-01T12:00:00Z"`, `"period_end":1772366400`, "period_end"},
		{metric, `"period_end":"2026-03-01T12:00:00Z"`, `"period_end":"2026-02-30T12:00:00Z"`, "period_end"},
		{metric, `"period_end":"2026-03-01T12:00:00Z"`, `"period_end":null`, "period_end"},
		{metric, `"unit":"Percent"`, `"unit":7`, "unit"},
		{metric, `"group":"web.v2 *>/%"`, `"group":["web"]`, "group"},
		{group, `"round":1441`, `"round":-1`, "round"},
		{group, `"round":1441`, `"round":18446744073709551616`, "round"},
		{group, `"boots_s":[180,95.5]`, `"boots_s":180`, "boots_s"},
		{group, `"boots_s":[180,95.5]`, `"boots_s":[180,null]`, "boots_s[1]"},
		{group, `"suspended":["AZRebalance"`, `"suspended":[null`, "suspended[0]"},
		{group, `"capacity":{`, `"capacity":null,"x":{`, "capacity"},
		{group, `"capacity":{`, `"capacity":[{`, "capacity"},
		{group, `"series":{"cpu":{"count":2,`, `"series":{"cpu":{"count":"2",`, "series.cpu.count"},
		{group, `"metric_delay_s":75`, `"metric_delay_s":null`, "metric_delay_s"},
		{control, `"expiry_s":120`, `"expiry_s":"2m"`, "policy.scaling.expiry_s"},
		{control, `"levels":[0.05,`, `"levels":["p5",`, "policy.forecast.levels"},
		{control, `"max_step_in":{`, `"max_step_in":1,"x":{`, "policy.scaling.max_step_in"},
		{forecast, `"levels":[0.05,0.5,0.95]`, `"levels":[0.05,null,0.95]`, "levels"},
		{forecast, `"quantiles":[[640.5,731.25,802],[631,`, `"quantiles":[[640.5,731.25,802],["x",`, "quantiles[1]"},
		{forecast, `"quantiles":[[640.5,731.25,802],[631,`, `"quantiles":[[640.5,731.25,802],[null,`, "quantiles[1]"},
		{forecast, `"quantiles":[[640.5,731.25,802],[`, `"quantiles":[[640.5,731.25,802],[[1],`, "quantiles[1]"},
		{forecast, `"quantiles":[[640.5,731.25,802],[`, `"quantiles":[null,[`, "quantiles[0]"},
		{forecast, `"warm":true`, `"warm":"yes"`, "warm"},
		{decision, `"trail":[{`, `"trail":[7,{`, "trail[0]"},
		{result, `"status":"failed"`, `"status":false`, "status"},
		// Fields that are missing.
		{metric, `"scope":"eu-west-1",`, ``, "scope"},
		{metric, `"period_end":"2026-03-01T12:00:00Z",`, ``, "period_end"},
		{metric, `"period_s":300,`, ``, "period_s"},
		{metric, `"value":731.4872361,`, ``, "value"},
		{metric, `"unit":"Percent",`, ``, "unit"},
		{metric, `"revision":2,`, ``, "revision"},
		{metric, `,"seen":"2026-03-01T12:01:10.001Z"`, ``, "seen"},
		{group, `"round":1441,`, ``, "round"},
		{group, `"pending":2,`, ``, "capacity.pending"},
		{group, `"count":2,`, ``, "series.cpu.count"},
		{group, `"operation":"GetMetricData",`, ``, "errors[0].operation"},
		{control, `"mode":"desired",`, ``, "policy.mode"},
		{control, `"instances":4,`, ``, "policy.scaling.max_step_out.instances"},
		{forecast, `"warm":true,`, ``, "warm"},
		{forecast, `"inputs":"cbf29ce484222325",`, ``, "inputs"},
		{forecast, `"inputs":"cbf29ce484222325"`, `"inputs":7`, "inputs"},
		{forecast, `"pinball":12.25,`, ``, "score.pinball"},
		{decision, `"current":10,`, ``, "current"},
		{decision, `"before":12,`, ``, "trail[1].before"},
		{result, `"desired":10,`, ``, "desired"},
		// Instants in a zone of their own.
		{metric, `12:00:00Z`, `12:00:00+00:00`, "period_end"},
		{metric, `12:00:00Z`, `14:00:00+02:00`, "period_end"},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%s/%s", test.event.Kind(), test.new), func(t *testing.T) {
			body, err := streams.Encode(test.event)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(body), test.old) {
				t.Fatalf("no %s in %s", test.old, body)
			}
			bad := strings.Replace(string(body), test.old, test.new, 1)
			_, err = streams.DecodeKind(test.event.Kind(), []byte(bad))
			wantField(t, err, test.field)
			if want := string(test.event.Kind()) + ": "; err != nil && !strings.HasPrefix(err.Error(), want) {
				t.Errorf("want the error to begin with %q, got %q", want, err)
			}
			if errors.Is(err, streams.ErrNewerVersion) {
				t.Errorf("taken for a newer version: %v", err)
			}
		})
	}
}

// TestEventsAreRefused breaks one rule of a full event and wants the field
// named by Encode.
func TestEventsAreRefused(t *testing.T) {
	metric := change(exampleMetric)
	group := change(exampleGroup)
	control := change(exampleControl)
	forecast := change(exampleForecast)
	decision := change(exampleDecision)
	result := change(exampleOutcome)
	tests := []struct {
		field string
		event streams.Event
	}{
		{"scope", metric(func(m *streams.Metric) { m.Scope = "" })},
		{"group", metric(func(m *streams.Metric) { m.Group = strings.Repeat("g", 256) })},
		{"series", metric(func(m *streams.Metric) { m.Series = "\xff" })},
		{"period_end", metric(func(m *streams.Metric) { m.End = time.Time{} })},
		{"period_end", metric(func(m *streams.Metric) { m.End = noon.In(time.FixedZone("CET", 3600)) })},
		{"period_end", metric(func(m *streams.Metric) { m.End = noon.AddDate(-100, 0, 0) })},
		{"seen", metric(func(m *streams.Metric) { m.Seen = noon.AddDate(8000, 0, 0) })},
		{"period_s", metric(func(m *streams.Metric) { m.Period = 0 })},
		{"value", metric(func(m *streams.Metric) { m.Value = new(math.NaN()) })},
		{"value", metric(func(m *streams.Metric) { m.Value = new(math.Inf(1)) })},
		{"value", metric(func(m *streams.Metric) { m.Value = new(-0.5) })},
		{"value", metric(func(m *streams.Metric) { m.Gap = true })},
		{"value", metric(func(m *streams.Metric) { m.Value = nil })},
		{"settled", metric(func(m *streams.Metric) { m.Value, m.Gap, m.Settled = nil, true, false })},
		{"unit", metric(func(m *streams.Metric) { m.Unit = "percent" })},
		{"instances", metric(func(m *streams.Metric) { m.Instances = new(-1.0) })},
		{"instances", metric(func(m *streams.Metric) { m.Instances = new(math.NaN()) })},
		{"revision", metric(func(m *streams.Metric) { m.Revision = 0 })},

		{"group", group(func(g *streams.Group) { g.Group = "" })},
		{"round", group(func(g *streams.Group) { g.Round = 0 })},
		{"now", group(func(g *streams.Group) { g.Now = time.Time{} })},
		{"capacity.desired", group(func(g *streams.Group) { g.Capacity.Desired = -1 })},
		{"capacity.in_service", group(func(g *streams.Group) { g.Capacity.InService = -1 })},
		{"capacity.pending", group(func(g *streams.Group) { g.Capacity.Pending = -1 })},
		{"capacity.terminating", group(func(g *streams.Group) { g.Capacity.Terminating = -1 })},
		{"capacity.min", group(func(g *streams.Group) { g.Capacity.Min = -1 })},
		{"capacity.max", group(func(g *streams.Group) { g.Capacity.Max = 1 })},
		{"suspended", group(func(g *streams.Group) { g.Suspended = []string{"Terminate", "Launch"} })},
		{"boots_s[1]", group(func(g *streams.Group) { g.Boots[1] = -1 })},
		{"series", group(func(g *streams.Group) { g.Series[""] = g.Series["cpu"] })},
		{"series.requests.count", group(func(g *streams.Group) { g.Series["requests"] = streams.Arrival{NewestEnd: noon} })},
		{"series.cpu.newest_period_end", group(func(g *streams.Group) { g.Series["cpu"] = streams.Arrival{Count: 1} })},
		{"metric_delay_s", group(func(g *streams.Group) { g.MetricDelay = new(seconds(-1)) })},

		{"scope", control(func(k *streams.Control) { k.Scope = "" })},
		{"name", control(func(k *streams.Control) { k.Name = "polizy" })},
		{"at", control(func(k *streams.Control) { k.At = noon.Local().In(time.FixedZone("X", 1)) })},
		{"fingerprint", control(func(k *streams.Control) { k.Fingerprint = "" })},
		{"fingerprint", control(func(k *streams.Control) { k.Policy = nil })},
		{"policy.round_s", control(func(k *streams.Control) { k.Policy.Round = 0 })},
		{"policy.load.period_s", control(func(k *streams.Control) { k.Policy.Load.Period = seconds(7) })},
		{"policy.scaling.expiry_s", control(func(k *streams.Control) { k.Policy.Scaling.Expiry = 0 })},
		{"policy.scaling.max_step_out.fraction", control(func(k *streams.Control) { k.Policy.Scaling.StepOut.Fraction = math.NaN() })},

		{"series", forecast(func(f *streams.Forecast) { f.Series = "" })},
		{"round", forecast(func(f *streams.Forecast) { f.Round = 0 })},
		{"model", forecast(func(f *streams.Forecast) { f.Model = "" })},
		{"origin", forecast(func(f *streams.Forecast) { f.Origin = time.Time{} })},
		{"period_s", forecast(func(f *streams.Forecast) { f.Period = -1 })},
		{"unit", forecast(func(f *streams.Forecast) { f.Unit = "" })},
		{"inputs", forecast(func(f *streams.Forecast) { f.Inputs = "" })},
		{"inputs", forecast(func(f *streams.Forecast) { f.Inputs = "cbf29ce48422232" })},
		{"inputs", forecast(func(f *streams.Forecast) { f.Inputs = "cbf29ce4842223250" })},
		{"inputs", forecast(func(f *streams.Forecast) { f.Inputs = "CBF29CE484222325" })},
		{"inputs", forecast(func(f *streams.Forecast) { f.Inputs = "cbf29ce48422232g" })},
		{"levels", forecast(func(f *streams.Forecast) { f.Levels = nil })},
		{"levels[0]", forecast(func(f *streams.Forecast) { f.Levels[0] = 0 })},
		{"levels[2]", forecast(func(f *streams.Forecast) { f.Levels[2] = 1 })},
		{"levels[1]", forecast(func(f *streams.Forecast) { f.Levels[1] = math.NaN() })},
		{"levels[1]", forecast(func(f *streams.Forecast) { f.Levels[1] = f.Levels[0] })},
		{"quantiles[1]", forecast(func(f *streams.Forecast) { f.Quantiles[1] = f.Quantiles[1][:2] })},
		{"quantiles[0][2]", forecast(func(f *streams.Forecast) { f.Quantiles[0][2] = math.Inf(1) })},
		{"quantiles[0][0]", forecast(func(f *streams.Forecast) { f.Quantiles[0][0] = math.NaN() })},
		{"quantiles[1][1]", forecast(func(f *streams.Forecast) { f.Quantiles[1][1] = 1 })},
		{"peak_quantiles[0][2]", forecast(func(f *streams.Forecast) { f.Peak[0][2] = 1 })},
		{"peak_quantiles", forecast(func(f *streams.Forecast) { f.Peak = f.Peak[:1] })},
		{"samples", forecast(func(f *streams.Forecast) { f.Samples = -1 })},
		{"weights", forecast(func(f *streams.Forecast) { f.Weights = map[string]float64{"rls": 0.5, "naive": 0.49} })},
		{"weights", forecast(func(f *streams.Forecast) { f.Weights = map[string]float64{"rls": 0.5, "": 0.5} })},
		{"weights.naive", forecast(func(f *streams.Forecast) { f.Weights = map[string]float64{"rls": 1.5, "naive": -0.5} })},
		{"weights.rls", forecast(func(f *streams.Forecast) { f.Weights = map[string]float64{"rls": math.NaN()} })},
		{"score.judged", forecast(func(f *streams.Forecast) { f.Score.Judged = 0 })},
		{"score.coverage", forecast(func(f *streams.Forecast) { f.Score.Coverage = nil })},
		{"score.coverage[2]", forecast(func(f *streams.Forecast) { f.Score.Coverage[2] = math.NaN() })},
		{"score.pinball", forecast(func(f *streams.Forecast) { f.Score.Pinball = -1 })},
		{"score.pinball_seasonal_naive", forecast(func(f *streams.Forecast) { f.Score.Naive = math.NaN() })},

		{"group", decision(func(d *streams.Decision) { d.Group = "" })},
		{"round", decision(func(d *streams.Decision) { d.Round = 0 })},
		{"at", decision(func(d *streams.Decision) { d.At = time.Time{} })},
		{"verdict", decision(func(d *streams.Decision) { d.Verdict = "" })},
		{"verdict", decision(func(d *streams.Decision) { d.Verdict = streams.ScaleIn })},
		{"current", decision(func(d *streams.Decision) { d.Current = -1 })},
		{"desired", decision(func(d *streams.Decision) { d.Desired = -1 })},
		{"expires", decision(func(d *streams.Decision) { d.Expires = time.Time{} })},
		{"trail", decision(func(d *streams.Decision) { d.Trail = nil })},
		{"trail", decision(func(d *streams.Decision) { d.Trail = d.Trail[:1] })},
		{"trail[1].rule", decision(func(d *streams.Decision) { d.Trail[1].Name = "" })},
		{"trail[0].before", decision(func(d *streams.Decision) { d.Trail[0].Before = 9 })},
		{"trail[1].before", decision(func(d *streams.Decision) { d.Trail[1].Before = 10 })},

		{"scope", result(func(o *streams.Outcome) { o.Scope = "" })},
		{"round", result(func(o *streams.Outcome) { o.Round = 0 })},
		{"at", result(func(o *streams.Outcome) { o.At = time.Time{} })},
		{"status", result(func(o *streams.Outcome) { o.Status = "done" })},
		{"desired", result(func(o *streams.Outcome) { o.Desired = -1 })},
	}
	for i, test := range tests {
		t.Run(fmt.Sprintf("%d/%s/%s", i, test.event.Kind(), test.field), func(t *testing.T) {
			_, err := streams.Encode(test.event)
			wantField(t, err, test.field)
		})
	}
}

// change gives a maker of changed copies of an example.
func change[E streams.Event](example func() E) func(func(*E)) streams.Event {
	return func(edit func(*E)) streams.Event {
		ev := example()
		edit(&ev)
		return ev
	}
}

func wantField(t *testing.T, err error, field string) {
	t.Helper()
	var broken *streams.FieldError
	if !errors.As(err, &broken) {
		t.Fatalf("want an error that names %s, got %v", field, err)
	}
	if broken.Field != field {
		t.Errorf("want field %s, got %s (%v)", field, broken.Field, err)
	}
}
