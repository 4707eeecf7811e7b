package backtest_test

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// day is a load of three days with a gap in the second.
func day(name string, period time.Duration) backtest.Case {
	l := fleet.Load{Start: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Period: period, Peak: 20}
	perBin := int(period / time.Minute)
	for bin := range 3 * 1440 / perBin {
		at := float64(bin*perBin) / 1440
		l.Missing = append(l.Missing, at > 1.3 && at < 1.32)
		for range perBin {
			l.Demand = append(l.Demand, 10-8*math.Cos(2*math.Pi*at)+float64(bin%7)/7)
		}
	}
	return backtest.Case{Name: name, Set: "made", Load: l}
}

func bench() backtest.Bench {
	return backtest.Bench{Settings: backtest.DefaultSettings(), Setup: backtest.Setup{
		ID: streams.GroupID{Scope: "eu-west-1", Group: "web"}, Policy: testPolicy,
	}}
}

func testPolicy(period streams.Duration, _ float64) streams.Policy {
	const minute = streams.Duration(time.Minute)
	return streams.Policy{
		AutoScalingGroup: "web", Mode: streams.Observe, Round: minute,
		Load:     streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: period, PerInstance: 80},
		Forecast: streams.ForecastPolicy{Model: "naive", Horizon: 60, Levels: []float64{0.1, 0.5, 0.95, 0.99}, Settle: 10 * minute},
		Scaling: streams.ScalingPolicy{
			Max: 100, Quantile: 0.95, BootPrior: 3 * minute, StaleAfter: 10 * minute, Stabilization: 10 * minute, ScaleInUtilization: 0.9,
			StepOut: streams.StepLimit{Instances: 4, Fraction: 1}, StepIn: streams.StepLimit{Instances: 4}, LaunchGrace: 10 * minute, Expiry: 2 * minute,
		},
	}
}

func contenders(t *testing.T, list string) []backtest.Contender {
	t.Helper()
	all, err := backtest.Parse(list, 8)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func play(t *testing.T, b backtest.Bench, tasks []backtest.Task, parallel backtest.Parallel) []backtest.Story {
	t.Helper()
	stories, err := b.PlayAll(tasks, parallel)
	if err != nil {
		t.Fatal(err)
	}
	return stories
}

func oneByOne(n int, task func(int)) {
	for i := range n {
		task(i)
	}
}

func sideBySide(n int, task func(int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { task(i) })
	}
	all.Wait()
}

func everything(backtest.Contender) bool { return true }

// The stories are the same whatever runs side by side, and in whatever order.
func TestPlayAllIsDeterministic(t *testing.T) {
	cases := []backtest.Case{day("five", 5*time.Minute), day("one", time.Minute)}
	tasks := backtest.Tasks(cases, contenders(t, "ours,ours-naive,ours-perfect,oracle,step,static-peak@0.5"), everything)
	b := bench()
	b.Settings.P95 = 300 * time.Second // boot times that are drawn
	one := play(t, b, tasks, oneByOne)
	backwards := play(t, b, tasks, func(n int, task func(int)) {
		for i := range n {
			task(n - 1 - i)
		}
	})
	if !reflect.DeepEqual(one, backwards) { // which takes a hundredth of the time of a diff
		t.Errorf("backwards: %s", cmp.Diff(one, backwards))
	}
	if other := play(t, b, tasks, sideBySide); !reflect.DeepEqual(one, other) {
		t.Errorf("side by side: %s", cmp.Diff(one, other))
	}
	for i, s := range one {
		if s.Case != tasks[i].Case.Name || s.Contender() != tasks[i].Contender {
			t.Errorf("story %d is of %s on %s, want %s on %s", i, s.Contender(), s.Case, tasks[i].Contender, tasks[i].Case.Name)
		}
	}
}

// A score is what the timeline as written says, and Before that of its second
// quarter.
func TestScoresComeFromTheTimeline(t *testing.T) {
	c := day("five", 5*time.Minute)
	for _, s := range play(t, bench(), backtest.Tasks([]backtest.Case{c}, contenders(t, "ours,ours-perfect,step"), everything), oneByOne) {
		var file strings.Builder
		if err := fleet.WriteRows(&file, s.Rows); err != nil {
			t.Fatal(err)
		}
		rows, err := fleet.ReadRows(strings.NewReader(file.String()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fleet.ScoreRows(rows, 80), s.Score); diff != "" {
			t.Errorf("%s (-timeline +told):\n%s", s.Contender(), diff)
		}
		counted := c.Load.Counted(time.Minute, 180*time.Second)
		for i := range rows {
			rows[i].Scored = i >= 1080 && i < 2160 && counted[i]
		}
		if diff := cmp.Diff(fleet.ScoreRows(rows, 80), s.Before); diff != "" || s.Before.Minutes == 0 || s.Before.Minutes == 1080 {
			t.Errorf("%s before (-timeline +told):\n%s", s.Contender(), diff)
		}
	}
}

// The band of ours-perfect is the load itself, minute by minute.
func TestBandsOfThePerfectForecast(t *testing.T) {
	for _, period := range []time.Duration{time.Minute, 5 * time.Minute} {
		c := day("load", period)
		story := play(t, bench(), backtest.Tasks([]backtest.Case{c}, contenders(t, "ours-perfect"), everything), oneByOne)[0]
		if len(story.Bands) < 4300 || len(story.Decisions) == 0 {
			t.Fatalf("%d bands, %d decisions", len(story.Bands), len(story.Decisions))
		}
		// While metrics are missing the forecast grows old, and ends.
		for _, b := range story.Bands {
			m := int(b.Time.Sub(c.Load.Start) / time.Minute)
			if m >= c.Load.Minutes() {
				continue
			}
			if want := c.Load.Demand[m]; math.Abs(b.Median-want) > 1e-9 || b.Low != b.Median || b.High != b.Median {
				t.Fatalf("minute %d: %+v, want %v", m, b, want)
			}
		}
	}
}

// Ours is bounded by the world, whatever its policy says, and its shadows and
// its price reach the policy as they should.
func TestSetup(t *testing.T) {
	b := bench()
	var told []float64
	b.Setup.Policy = func(period streams.Duration, price float64) streams.Policy {
		told = append(told, price)
		p := testPolicy(period, price)
		p.Scaling.Max = 3
		return p
	}
	story := play(t, b, backtest.Tasks([]backtest.Case{day("load", 5*time.Minute)}, contenders(t, "ours@2.5"), everything), oneByOne)[0]
	top := 0
	for _, r := range story.Rows {
		top = max(top, r.Desired)
	}
	if !slices.Equal(told, []float64{2.5}) || top <= 20 {
		t.Errorf("told %v, at most %d instances", told, top)
	}
	b.Setup.Policy = func(period streams.Duration, price float64) streams.Policy {
		p := testPolicy(period, price)
		p.Scaling.Quantile = 0.123
		return p
	}
	_, err := b.PlayAll(backtest.Tasks([]backtest.Case{day("load", 5*time.Minute)}, contenders(t, "ours@2.5"), everything), oneByOne)
	if err == nil || !strings.Contains(err.Error(), "play ours@2.5 on load: policy of ours@2.5: scaling.quantile") {
		t.Errorf("got %v", err)
	}
}

// A run of ours looks up once a day, and every run before it begins.
func TestStop(t *testing.T) {
	enough := errors.New("enough")
	for list, looks := range map[string]int{"step": 1, "ours": 4} {
		b := bench()
		left := looks
		b.Stop = func() error {
			if left--; left == 0 {
				return enough
			}
			return nil
		}
		tasks := backtest.Tasks([]backtest.Case{day("load", 5*time.Minute)}, contenders(t, list), everything)
		if _, err := b.PlayAll(tasks, oneByOne); !errors.Is(err, enough) || left != 0 {
			t.Errorf("%s: got %v with %d looks left", list, err, left)
		}
	}
}

// What is told of work adds up to what was announced.
func TestWorkAddsUp(t *testing.T) {
	tasks := backtest.Tasks([]backtest.Case{day("load", 5*time.Minute)}, contenders(t, "ours,ours-arima,step,oracle"), func(backtest.Contender) bool { return false })
	want, got := 0, 0
	for _, task := range tasks {
		want += task.Work()
	}
	b := bench()
	b.Done = func(work int) { got += work }
	stories := play(t, b, tasks, oneByOne)
	if got != want {
		t.Errorf("told of %d, want %d", got, want)
	}
	if stories[0].Rows != nil || stories[0].Bands != nil || stories[0].Decisions != nil {
		t.Error("told what was not to be told")
	}
}

// A quarter of the minutes with two instances or fewer make a load small.
func TestIsSmall(t *testing.T) {
	for _, tc := range []struct {
		low  int // minutes of 100 that need two instances
		want bool
	}{{24, false}, {25, true}, {100, true}} {
		l := fleet.Load{Start: time.Unix(0, 0).UTC(), Period: time.Minute, Peak: 40, Missing: make([]bool, 200)}
		for m := range 200 {
			demand := 1.7 // three at 80 %
			if m >= 100 && m < 100+tc.low {
				demand = 1.6
			}
			l.Demand = append(l.Demand, demand)
		}
		if got := backtest.DefaultSettings().IsSmall(l); got != tc.want {
			t.Errorf("%d of 100 minutes: %v", tc.low, got)
		}
	}
}

// A policy whose members are what ours-naive forecasts with is played all the
// same, since nothing is decided from members.
func TestMembersAreLeftOut(t *testing.T) {
	tasks := backtest.Tasks([]backtest.Case{day("five", 5*time.Minute)}, contenders(t, "ours,ours-naive"), everything)
	b := bench()
	want := play(t, b, tasks, oneByOne)
	b.Setup.Policy = func(period streams.Duration, price float64) streams.Policy {
		p := testPolicy(period, price)
		p.Forecast.Members = []string{"naive"}
		return p
	}
	if got := play(t, b, tasks, oneByOne); !reflect.DeepEqual(want, got) {
		t.Error(cmp.Diff(want, got))
	}
}
