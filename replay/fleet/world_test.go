package fleet

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func newWorld(t *testing.T, c Config) *World {
	t.Helper()
	w, err := NewWorld(c)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// TestMinute follows one launch through the order of a minute: boots finish,
// metrics arrive, the policy acts, then load is served with the new supply.
func TestMinute(t *testing.T) {
	load := loadOf(t, time.Minute, 2, 2, 5, 5, 5, 5)
	w := newWorld(t, Lived("p", load, 2*time.Minute))
	var got []string
	for w.Next() {
		m := w.Advance()
		switch {
		case m.Now.Equal(minute(1)):
			w.SetDesired(6)
		case m.Now.Equal(minute(4)):
			w.SetDesired(1)
		}
		r := w.Serve()
		got = append(got, fmt.Sprintf("%s boots %d, samples to %v; desired %d, in service %d, billed %d, at %.0f %%, scored %v",
			m.Now.Format("15:04"), len(m.Boots), endsOf(m.Samples), r.Desired, r.InService, r.Billed, r.Utilization, r.Scored))
	}
	want := []string{
		"00:00 boots 0, samples to []; desired 4, in service 4, billed 4, at 50 %, scored false",
		"00:01 boots 0, samples to []; desired 6, in service 4, billed 6, at 50 %, scored false",
		"00:02 boots 0, samples to [1]; desired 6, in service 4, billed 6, at 100 %, scored false",
		"00:03 boots 2, samples to [2]; desired 6, in service 6, billed 6, at 83 %, scored true",
		"00:04 boots 0, samples to [3]; desired 1, in service 1, billed 1, at 100 %, scored true",
		"00:05 boots 0, samples to [4]; desired 1, in service 1, billed 1, at 100 %, scored true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("minutes (-want +got):\n%s", diff)
	}
}

// TestHistoryMode starts at minute 7 of a metric of five minutes.
func TestHistoryMode(t *testing.T) {
	load := loadOf(t, 5*time.Minute, 3, 4, 5)
	w := newWorld(t, History("p", load, 3*time.Minute, 7))
	if diff := cmp.Diff([]Sample{{End: minute(5), Period: 5 * time.Minute, Instances: 8, Utilization: 37.5, Load: 3}}, w.Backfill()); diff != "" {
		t.Errorf("backfill (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(load.Demand[:7], w.WarmUp()); diff != "" {
		t.Errorf("warm-up part (-want +got):\n%s", diff)
	}
	w.Advance()
	w.SetDesired(10)
	w.Serve()
	var arrived []Sample
	for w.Next() {
		arrived = append(arrived, w.Advance().Samples...)
		w.Serve()
	}
	// Two minutes of history with 8 instances, three lived ones with 8: the
	// start again has twice the load.
	if diff := cmp.Diff([]Sample{{End: minute(10), Period: 5 * time.Minute, Instances: 8, Utilization: 50, Load: 4}}, arrived); diff != "" {
		t.Errorf("arrived (-want +got):\n%s", diff)
	}
	first := w.Rows()[0]
	if !first.Time.Equal(minute(7)) || first.Desired != 10 || first.InService != 8 || !first.Scored {
		t.Errorf("first row %+v, want 10 desired and 8 in service at 00:07, scored", first)
	}
	if got := w.Score(); got.Actions != 1 || got.Launches != 2 {
		t.Errorf("%d actions, %d launches, want 1 and 2", got.Actions, got.Launches)
	}
}

// TestRowAt looks minutes up: of the history, served, open, and outside; the
// history's rows carry what its samples show.
func TestRowAt(t *testing.T) {
	load := loadOf(t, 5*time.Minute, 3, missing, 5)
	w := newWorld(t, History("p", load, 3*time.Minute, 7))
	w.Advance()
	w.SetDesired(10)
	w.Serve()
	w.Advance()
	for m := range 7 {
		want := Row{Policy: "p", Time: minute(m), Load: 3, Desired: 6, InService: 6, Billed: 6, Utilization: 50}
		got, ok := w.RowAt(minute(m).Add(59 * time.Second))
		if diff := cmp.Diff(want, got); !ok || diff != "" {
			t.Errorf("minute %d: there %v (-want +got):\n%s", m, ok, diff)
		}
		if missing := w.MissingAt(minute(m)); missing != (m >= 5) {
			t.Errorf("minute %d: missing %v", m, missing)
		}
	}
	if got, ok := w.RowAt(minute(7)); !ok || got != w.Rows()[0] {
		t.Errorf("served minute: %+v, there %v", got, ok)
	}
	for _, at := range []time.Time{minute(-1), start.Add(-1), minute(8), minute(15), minute(1000)} {
		if row, ok := w.RowAt(at); ok {
			t.Errorf("%v: want no row, got %+v", at, row)
		}
		if want := at.Equal(minute(8)); w.MissingAt(at) != want {
			t.Errorf("%v: missing, want %v", at, want)
		}
	}
}

func TestGapHoldsTheLoadAndTheMetric(t *testing.T) {
	load := loadOf(t, time.Minute, 4, missing, missing, 4, 4, 4, 4, 4)
	c := Lived("p", load, time.Minute)
	c.WarmUp = 0
	w := newWorld(t, c)
	var got []string
	for w.Next() {
		m := w.Advance()
		due := -1
		if !m.Due.IsZero() {
			due = int(m.Due.Sub(start) / time.Minute)
		}
		r := w.Serve()
		got = append(got, fmt.Sprintf("load %.0f, samples to %v, due to %d, scored %v", r.Load, endsOf(m.Samples), due, r.Scored))
	}
	want := []string{
		"load 4, samples to [], due to -1, scored true",
		"load 4, samples to [], due to -1, scored false",
		"load 4, samples to [1], due to 1, scored false",
		"load 4, samples to [], due to 2, scored false",
		"load 4, samples to [], due to 3, scored false",
		"load 4, samples to [4], due to 4, scored false",
		"load 4, samples to [5], due to 5, scored true",
		"load 4, samples to [6], due to 6, scored true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("minutes (-want +got):\n%s", diff)
	}
}

func TestDesiredIsClamped(t *testing.T) {
	w := newWorld(t, Lived("p", loadOf(t, time.Minute, 2, 2), time.Minute))
	w.Advance()
	for ask, want := range map[int]int{-3: 1, 0: 1, 1: 1, 20: 20, 21: 20} {
		if got := w.SetDesired(ask); got != want || w.Fleet().Desired() != want {
			t.Errorf("asked for %d: got %d, fleet has %d, want %d", ask, got, w.Fleet().Desired(), want)
		}
	}
}

// TestWorldAgainstArrays drives a world at random and holds it against the
// rules written down as arrays over the minutes.
func TestWorldAgainstArrays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		boot := rapid.IntRange(0, 6).Draw(t, "boot")
		values := rapid.SliceOfN(rapid.Float64Range(0, 9), 30, 60).Draw(t, "demand")
		values[0] = 9
		load := Load{Start: start, Period: time.Minute, Peak: 9, Demand: values, Missing: make([]bool, len(values))}
		w, err := NewWorld(Lived("p", load, time.Duration(boot)*time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		asked := make([]int, len(values)) // still there, by the minute of the launch
		ready := 18
		for m := range values {
			w.Advance()
			if m >= boot {
				ready, asked[m-boot] = ready+asked[m-boot], 0
			}
			if rapid.Bool().Draw(t, "act") {
				n := rapid.IntRange(1, 40).Draw(t, "desired")
				w.SetDesired(n)
				ready = setArrays(asked[:m+1], ready, n)
				if boot == 0 {
					ready, asked[m] = ready+asked[m], 0
				}
			}
			r := w.Serve()
			pending := 0
			for _, k := range asked {
				pending += k
			}
			if r.InService != ready || r.Desired != ready+pending || r.Billed != r.Desired {
				t.Fatalf("minute %d: desired %d, in service %d, billed %d, want %d serving and %d booting",
					m, r.Desired, r.InService, r.Billed, ready, pending)
			}
			if want := 100 * math.Min(1, values[m]/float64(ready)); math.Abs(r.Utilization-want) > 1e-9 {
				t.Fatalf("minute %d: utilization %v, want %v", m, r.Utilization, want)
			}
		}
	})
}

// setArrays brings launches and the instances that serve to n in all, and
// gives how many serve.
func setArrays(asked []int, ready, n int) int {
	have := ready
	for _, k := range asked {
		have += k
	}
	if have < n {
		asked[len(asked)-1] += n - have
	}
	for m := len(asked) - 1; m >= 0 && have > n; m-- {
		drop := min(asked[m], have-n)
		asked[m] -= drop
		have -= drop
	}
	return ready - max(0, have-n)
}

func TestNewWorldRefuses(t *testing.T) {
	good := Lived("p", loadOf(t, time.Minute, 2, 2), time.Minute)
	tests := []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"no load", func(c *Config) { c.Load = Load{} }, "load: has no minutes"},
		{"late start", func(c *Config) { c.Start = 2 }, "start: want a minute of the load, 0 to 1, got 2"},
		{"warm-up", func(c *Config) { c.WarmUp = -1 }, "warm-up: want at least 0 minutes, got -1"},
		{"delay", func(c *Config) { c.MetricDelay = -1 }, "metric delay: want 0 s to a year, got -1ns"},
		{"boot", func(c *Config) { c.Boot = nil }, "boot: want a boot time, got none"},
		{"nominal boot", func(c *Config) { c.NominalBoot = Never }, "nominal boot: want 0 s to a year, got 2562047h47m16.854775807s"},
		{"boot CPU", func(c *Config) { c.BootCPU = math.NaN() }, "boot CPU: want 0 to 100 %, got NaN"},
		{"signal", func(c *Config) { c.Signal = 2 }, "signal: want CPU or requests, got 2"},
		{"SLO", func(c *Config) { c.SLO = 0 }, "SLO: want above 0 and at most 100 %, got 0"},
	}
	for _, test := range tests {
		c := good
		test.change(&c)
		_, err := NewWorld(c)
		if want := "make world: " + test.want; err == nil || err.Error() != want {
			t.Errorf("%s: error %v, want %s", test.name, err, want)
		}
	}
}

func TestWorldPanicsOutOfOrder(t *testing.T) {
	for name, misuse := range map[string]func(*World){
		"Advance":    func(w *World) { w.Advance(); w.Advance() },
		"SetDesired": func(w *World) { w.SetDesired(1) },
		"Serve":      func(w *World) { w.Serve() },
	} {
		func() {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, name) {
					t.Errorf("%s out of order: panic %q", name, text)
				}
			}()
			misuse(newWorld(t, Lived("p", loadOf(t, time.Minute, 2, 2), time.Minute)))
		}()
	}
}
