package rivals

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

func alarmOf(c Comparison, threshold float64, minutes int) MetricAlarm {
	return MetricAlarm{Name: "a", Comparison: c, Threshold: threshold, Period: streams.Duration(time.Minute), EvaluationPeriods: minutes, Datapoints: minutes}
}

func points(from, until float64) (lower, upper *float64) {
	lower, upper = &from, &until
	if until == 0 {
		upper = nil
	}
	return lower, upper
}

func stepFrom(from, until float64, by int) StepAdjustment {
	lower, upper := points(from, until)
	return StepAdjustment{Lower: lower, Upper: upper, By: by}
}

func ref[T any](v T) *T { return &v }

// published are the policies of groups whose alarms are those of a definition.
func published() map[string]Incumbent {
	tracking := func(share float64) Incumbent {
		high, low := alarmOf(Above, 60, 3), alarmOf(Below, share*60, 15)
		return Incumbent{Min: 1, Max: 10 * peak, Tracking: []TargetTracking{{Name: "cpu", Target: 60, High: &high, Low: &low}}}
	}
	// A group has one policy for each direction.
	steps := func(share float64, a AdjustmentType, out [3]int, in int) Incumbent {
		return Incumbent{Min: 1, Max: 10 * peak, Steps: []StepScaling{
			{
				Name: "out", Alarms: []MetricAlarm{alarmOf(Above, 70, 2)}, Adjustment: Adjustment{Type: a},
				Steps: []StepAdjustment{stepFrom(0, 10, out[0]), stepFrom(10, 20, out[1]), stepFrom(20, 0, out[2])},
			},
			{
				Name: "in", Alarms: []MetricAlarm{alarmOf(Below, share*70, 10)}, Adjustment: Adjustment{Type: a},
				Steps: []StepAdjustment{{Upper: ref(0.0), By: in}},
			},
		}}
	}
	predictive := func(i Incumbent) Incumbent {
		i.Predictive = []PredictiveScaling{{Name: "hours", Target: 60, Buffer: streams.Duration(5 * time.Minute)}}
		return i
	}
	return map[string]Incumbent{
		"tt.7":           tracking(0.7),
		"tt.9":           tracking(0.9),
		"step":           steps(0.5, ChangeInCapacity, [3]int{1, 2, 4}, -1),
		"step.8":         steps(0.8, ChangeInCapacity, [3]int{1, 2, 4}, -1),
		"step%":          steps(0.5, PercentChangeInCapacity, [3]int{10, 20, 40}, -10),
		"aws-predictive": predictive(tracking(0.7)),
	}
}

// A group that has the alarms of a published definition is that definition, in
// every minute.
func TestIncumbentIsWhatItsAlarmsDefine(t *testing.T) {
	loads := map[string]fleet.Load{"wave at 60 s": wave(t, 6, time.Minute), "wave at 300 s": wave(t, 12, 5*time.Minute)}
	for _, a := range anchors {
		loads[a.name] = readLoad(t, a.trace)
	}
	for name, load := range loads {
		for _, boot := range []time.Duration{3 * time.Minute, 8 * time.Minute} {
			for rival, incumbent := range published() {
				d, ok := Lookup(rival)
				if !ok {
					t.Fatal(rival)
				}
				want, got := newWorld(t, fleet.Lived("", load, boot)), newWorld(t, fleet.Lived("", load, boot))
				Run(want, d.New(d.Default))
				Run(got, incumbent.New())
				if at := slices.IndexFunc(want.Rows(), func(r fleet.Row) bool { return r != got.Rows()[int(r.Time.Sub(load.Start)/time.Minute)] }); at >= 0 {
					t.Errorf("%s on %s, boot %v: minute %d:\n%s", rival, name, boot, at, cmp.Diff(want.Rows()[at], got.Rows()[at]))
				}
				if slices.IndexFunc(want.Rows(), func(r fleet.Row) bool { return r.Desired != want.Rows()[0].Desired }) < 0 {
					t.Errorf("%s on %s does nothing", rival, name)
				}
			}
		}
	}
}

// The size of the group bounds whatever policies want.
func TestIncumbentStaysWithinTheGroup(t *testing.T) {
	load := wave(t, 6, time.Minute)
	for rival, incumbent := range published() {
		incumbent.Min, incumbent.Max = 25, 60
		w := newWorld(t, fleet.Lived("", load, 3*time.Minute))
		Run(w, incumbent.New())
		least, most := 1000, 0
		for _, r := range w.Rows() {
			least, most = min(least, r.Desired), max(most, r.Desired)
		}
		if reaches := rival == "tt.7" || rival == "tt.9"; least < 25 || most > 60 || reaches && (least > 25 || most < 60) {
			t.Errorf("%s: between %d and %d", rival, least, most)
		}
	}
}

func TestIncumbentReacts(t *testing.T) {
	minute := time.Minute
	trackingAt := func(target float64, low *MetricAlarm, warmUp time.Duration) TargetTracking {
		return TargetTracking{Name: "t", Target: target, High: ref(alarmOf(Above, target, 3)), Low: low, WarmUp: streams.Duration(warmUp)}
	}
	low := func(threshold float64, minutes int) *MetricAlarm { return ref(alarmOf(Below, threshold, minutes)) }
	step := func(a Adjustment, alarm MetricAlarm, steps ...StepAdjustment) StepScaling {
		return StepScaling{Name: "s", Alarms: []MetricAlarm{alarm}, Adjustment: a, Steps: steps}
	}
	anywhere := func(by int) StepAdjustment { return StepAdjustment{By: by} }
	tests := []struct {
		name    string
		i       Incumbent
		samples []float64
		want    []int
	}{
		{"in is disabled", Incumbent{Tracking: []TargetTracking{trackingAt(50, nil, 0)}}, []float64{10, 10, 10}, []int{10, 10, 10}},
		{"in, with the alarm as it is", Incumbent{Tracking: []TargetTracking{trackingAt(50, low(45, 2), 0)}}, []float64{44, 44}, []int{10, 9}},
		{"two targets: the larger out", Incumbent{Tracking: []TargetTracking{trackingAt(50, nil, 0), trackingAt(40, nil, 0)}}, []float64{60, 60, 60}, []int{10, 10, 15}},
		{
			"two targets: in where both want to", Incumbent{Tracking: []TargetTracking{trackingAt(50, low(45, 1), 0), trackingAt(40, low(30, 2), 0)}},
			[]float64{35, 20, 20}, []int{10, 10, 5},
		},
		{
			"two targets: one that never removes is not asked", Incumbent{Tracking: []TargetTracking{trackingAt(50, low(45, 1), 0), trackingAt(40, nil, 0)}},
			[]float64{35}, []int{7},
		},
		{
			"target and step: the larger", Incumbent{
				Tracking: []TargetTracking{trackingAt(50, nil, 0)},
				Steps:    []StepScaling{step(Adjustment{Type: ChangeInCapacity}, alarmOf(AtLeast, 60, 3), anywhere(9))},
			},
			[]float64{60, 60, 60}, []int{10, 10, 19},
		},
		{
			"exact", Incumbent{Steps: []StepScaling{step(Adjustment{Type: ExactCapacity}, alarmOf(Above, 60, 1), anywhere(17))}},
			[]float64{60, 61}, []int{10, 17},
		},
		{
			"percent, at least", Incumbent{Steps: []StepScaling{step(Adjustment{Type: PercentChangeInCapacity, AtLeast: 3}, alarmOf(Above, 60, 1), anywhere(10))}},
			[]float64{61}, []int{13},
		},
		{
			"percent in, at least", Incumbent{Steps: []StepScaling{step(Adjustment{Type: PercentChangeInCapacity, AtLeast: 2}, alarmOf(AtMost, 20, 1), anywhere(-10))}},
			[]float64{20}, []int{8},
		},
		{
			"bounds of steps below: the upper one belongs to it", Incumbent{Steps: []StepScaling{step(Adjustment{Type: ChangeInCapacity}, alarmOf(Below, 40, 1),
				StepAdjustment{Lower: ref(-10.0), Upper: ref(0.0), By: -1}, StepAdjustment{Upper: ref(-10.0), By: -3})}},
			[]float64{35, 30, 45}, []int{9, 6, 6},
		},
		{
			"no step for it", Incumbent{Steps: []StepScaling{step(Adjustment{Type: ChangeInCapacity}, alarmOf(Above, 60, 1), stepFrom(10, 20, 2))}},
			[]float64{65, 85, 75}, []int{10, 10, 12},
		},
		{
			"two of three", Incumbent{Steps: []StepScaling{step(Adjustment{Type: ChangeInCapacity},
				MetricAlarm{Comparison: Above, Threshold: 60, Period: streams.Duration(minute), EvaluationPeriods: 3, Datapoints: 2}, anywhere(5))}},
			[]float64{70, 50, 70, 50, 50}, []int{10, 10, 15, 15, 15},
		},
		{
			"datapoints of five minutes", Incumbent{Steps: []StepScaling{step(Adjustment{Type: ChangeInCapacity},
				MetricAlarm{Comparison: Above, Threshold: 60, Period: streams.Duration(5 * minute), EvaluationPeriods: 1, Datapoints: 1}, anywhere(5))}},
			[]float64{50, 50, 50, 50, 50, 90, 90}, []int{10, 10, 10, 10, 10, 10, 15},
		},
		{
			"simple: once in a cooldown", Incumbent{Simple: []SimpleScaling{{
				Alarms: []MetricAlarm{alarmOf(Above, 60, 1)}, Adjustment: Adjustment{Type: ChangeInCapacity}, By: 2, Cooldown: streams.Duration(3 * minute),
			}}},
			[]float64{61, 61, 61, 61, 61, 61}, []int{12, 12, 12, 12, 14, 14},
		},
	}
	for _, test := range tests {
		test.i.Min, test.i.Max = 1, 100
		got := feed(test.i.New(), minute, 10, 0, test.samples...)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// Nothing is removed, and steps do not count, while an instance warms up.
func TestIncumbentWarmsUp(t *testing.T) {
	warm := Incumbent{Min: 1, Max: 100, Steps: []StepScaling{
		{Alarms: []MetricAlarm{alarmOf(Above, 60, 1)}, Adjustment: Adjustment{Type: ChangeInCapacity}, Steps: []StepAdjustment{{By: 4}}, WarmUp: streams.Duration(3 * time.Minute)},
		{Alarms: []MetricAlarm{alarmOf(Below, 30, 1)}, Adjustment: Adjustment{Type: ChangeInCapacity}, Steps: []StepAdjustment{{By: -1}}, WarmUp: streams.Duration(3 * time.Minute)},
	}}
	p := warm.New()
	p.Begin(Briefing{Period: time.Minute})
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var got []int
	for i, utilization := range []float64{90, 90, 90, 20, 20} {
		now := begin.Add(time.Duration(i) * time.Minute)
		m := fleet.Minute{Now: now, Desired: 12, InService: 12, Samples: []fleet.Sample{{End: now.Add(-time.Minute), Period: time.Minute, Instances: 12, Utilization: utilization}}}
		if i == 0 {
			m.Boots = []fleet.Boot{{InService: now}, {InService: now}, {InService: now}}
		}
		if i == 3 {
			m.Boots = []fleet.Boot{{InService: now.Add(-2 * time.Minute)}}
		}
		got = append(got, p.Act(m))
	}
	// Nine do not warm up, and four are added. Another one warms up in the fourth
	// minute only.
	if diff := cmp.Diff([]int{13, 13, 13, 12, 11}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A missing datapoint counts as its alarm says, and not before the first.
func TestMonitorMissesDatapoints(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for breaches, want := range map[bool][]bool{false: {false, false, false, false, true}, true: {false, false, true, true, true}} {
		a := alarmOf(Above, 60, 3)
		a.MissingBreaches = breaches
		w := monitor{MetricAlarm: a}
		var got []bool
		for _, at := range []int{1, 2, 4, 5, 6} {
			w.observe(fleet.Sample{End: start.Add(time.Duration(at) * time.Minute), Period: time.Minute, Utilization: 70, Instances: 1})
			got = append(got, w.on)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("missing breaches %v (-want +got):\n%s", breaches, diff)
		}
	}
}

// Scheduled actions are played at their time, and what they set before the
// first minute holds in it.
func TestIncumbentFollowsItsSchedule(t *testing.T) {
	berlin := time.FixedZone("UTC+2", 7200)
	i := Incumbent{Min: 2, Max: 50, Scheduled: []ScheduledAction{
		{Name: "day", Recurrence: "30 8 * * MON-FRI", Zone: Zone{berlin}, Min: ref(20)},
		{Name: "night", Recurrence: "0 18 * * *", Zone: Zone{berlin}, Min: ref(3), Max: ref(30), Desired: ref(4)},
	}}
	p := i.New()
	p.Begin(Briefing{Period: time.Minute})
	got := map[string]int{}
	desired := 1
	for now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); now.Before(time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC)); now = now.Add(time.Minute) {
		if now.Hour() == 12 && now.Minute() == 0 {
			desired = 100
		}
		before := desired
		if desired = p.Act(fleet.Minute{Now: now, Desired: desired}); desired != before {
			got[now.Format("Mon 15:04")] = desired
		}
	}
	want := map[string]int{"Thu 00:00": 3, "Thu 06:30": 20, "Thu 12:00": 30, "Thu 16:00": 4, "Fri 06:30": 20, "Fri 12:00": 30, "Fri 16:00": 4, "Sat 12:00": 30, "Sat 16:00": 4}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestCron(t *testing.T) {
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for _, test := range []struct {
		cron, at string
		want     bool
	}{
		{"* * * * *", "2026-01-01 00:00:00", true},
		{"*/15 * * * *", "2026-01-01 00:45:00", true},
		{"*/15 * * * *", "2026-01-01 00:46:00", false},
		{"5/20 * * * *", "2026-01-01 00:25:00", true},
		{"0 8-10 * * *", "2026-01-01 10:00:00", true},
		{"0 8-10 * * *", "2026-01-01 11:00:00", false},
		{"30 0 1 1,6,12 *", "2026-06-01 00:30:00", true},
		{"30 0 1 JAN-MAR *", "2026-02-01 00:30:00", true},
		{"30 0 1 1,6,12 *", "2026-06-02 00:30:00", false},
		{"0 0 * * 7", "2026-01-04 00:00:00", true}, // a Sunday
		{"0 0 * * sun", "2026-01-04 00:00:00", true},
		{"0 0 * * 1-5", "2026-01-04 00:00:00", false},
		{"0 0 13 * 5", "2026-01-13 00:00:00", true}, // either will do
		{"0 0 13 * 5", "2026-01-16 00:00:00", true},
		{"0 0 13 * 5", "2026-01-17 00:00:00", false},
	} {
		c, err := parseCron(test.cron)
		if err != nil || c.due(at(test.at)) != test.want {
			t.Errorf("%s at %s: got %v, %v", test.cron, test.at, c.due(at(test.at)), err)
		}
	}
	for _, text := range []string{"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "5-1 * * * *", "*/0 * * * *", "a * * * *", "* * L * *", "1- * * * *", "* * * * 1#2", "-1 * * * *"} {
		if err := (ScheduledAction{Recurrence: text}).Validate(); err == nil || !strings.HasPrefix(err.Error(), "recurrence") {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestIncumbentWords(t *testing.T) {
	i := published()["tt.7"]
	i.Tracking[0].WarmUp = streams.Duration(5 * time.Minute)
	i.Steps = published()["step"].Steps[:1]
	i.Simple = []SimpleScaling{{Name: "old", Alarms: []MetricAlarm{alarmOf(AtMost, 20, 1)}, Adjustment: Adjustment{PercentChangeInCapacity, 2}, By: -10, Cooldown: streams.Duration(time.Minute)}}
	i.Predictive = published()["aws-predictive"].Predictive
	i.Scheduled = []ScheduledAction{{Name: "day", Recurrence: "0 8 * * *", Min: ref(3)}}
	want := []string{
		`target tracking "cpu" of CPU at 60 %: out on CPU > 60 % in 3 of 3 x 60 s, in on CPU < 42 % in 15 of 15 x 60 s, warm-up 300 s`,
		`step scaling "out" on CPU > 70 % in 2 of 2 x 60 s: +1 from 70 to 80 %, +2 from 80 to 90 %, +4 from 90 %`,
		`simple scaling "old" -10 % (at least 2) on CPU <= 20 % in 1 of 1 x 60 s, cooldown 60 s`,
		`predictive scaling "hours" of CPU at 60 % (an emulation), 300 s ahead`,
		`scheduled action "day" at 0 8 * * * UTC: min 3`,
	}
	if diff := cmp.Diff(want, i.Parts()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// BenchmarkIncumbent runs a group with everything through 60 days at one minute.
func BenchmarkIncumbent(b *testing.B) {
	load := wave(b, 60, time.Minute)
	i := published()["aws-predictive"]
	i.Steps = published()["step"].Steps
	i.Scheduled = []ScheduledAction{{Name: "day", Recurrence: "0 8 * * 1-5", Zone: Zone{time.FixedZone("UTC+2", 7200)}, Min: ref(3)}}
	for b.Loop() {
		w, err := fleet.NewWorld(fleet.Lived("", load, 3*time.Minute))
		if err != nil {
			b.Fatal(err)
		}
		Run(w, i.New())
	}
}
