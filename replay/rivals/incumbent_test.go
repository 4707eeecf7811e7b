package rivals

import (
	"slices"
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

// A group that scales out only is told from one that does not.
func TestIncumbentNeverIn(t *testing.T) {
	for name, i := range published() {
		if i.NeverIn() {
			t.Errorf("%s scales in", name)
		}
	}
	out := published()["aws-predictive"]
	out.Tracking[0].Low = nil
	out.Steps = published()["step%"].Steps[:1]
	out.Simple = []SimpleScaling{{Adjustment: Adjustment{Type: ChangeInCapacity}, By: 1}}
	out.Scheduled = []ScheduledAction{{Recurrence: "0 8 * * *", Min: ref(3)}}
	if !out.NeverIn() {
		t.Error("nothing of it scales in")
	}
	w := newWorld(t, fleet.Lived("", wave(t, 6, time.Minute), 3*time.Minute))
	Run(w, out.New())
	rows := w.Rows()
	for n := range rows[1:] {
		if rows[n+1].Desired < rows[n].Desired {
			t.Fatalf("%s: from %d to %d", rows[n+1].Time, rows[n].Desired, rows[n+1].Desired)
		}
	}
	for name, change := range map[string]func(*Incumbent){
		"exact":  func(i *Incumbent) { i.Simple[0].Adjustment.Type = ExactCapacity },
		"simple": func(i *Incumbent) { i.Simple[0].By = -1 },
		"step":   func(i *Incumbent) { i.Steps = published()["step%"].Steps },
		"action": func(i *Incumbent) { i.Scheduled[0].Desired = ref(1) },
	} {
		other := out
		other.Simple, other.Scheduled = slices.Clone(out.Simple), slices.Clone(out.Scheduled)
		if change(&other); other.NeverIn() {
			t.Errorf("%s scales in", name)
		}
	}
}

func TestIncumbentWords(t *testing.T) {
	i := published()["tt.7"]
	i.Tracking[0].WarmUp = streams.Duration(5 * time.Minute)
	i.Tracking[0].Target, i.Tracking[0].High.Threshold = 62.99999999999999, 62.99999999999999 // as AWS writes some
	i.Steps = published()["step"].Steps[:1]
	i.Steps[0].Steps[0].Lower = ref(-7.00000000000001)
	i.Simple = []SimpleScaling{{Name: "old", Alarms: []MetricAlarm{alarmOf(AtMost, 20, 1)}, Adjustment: Adjustment{PercentChangeInCapacity, 2}, By: -10, Cooldown: streams.Duration(time.Minute)}}
	i.Predictive = published()["aws-predictive"].Predictive
	i.Scheduled = []ScheduledAction{{Name: "day", Recurrence: "0 8 * * *", Min: ref(3)}}
	want := []string{
		`target tracking "cpu" of CPU at 63 %: out on CPU > 63 % in 3 of 3 x 60 s, in on CPU < 42 % in 15 of 15 x 60 s, warm-up 300 s`,
		`step scaling "out" on CPU > 70 % in 2 of 2 x 60 s: +1 from 63 to 80 %, +2 from 80 to 90 %, +4 from 90 %`,
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
