package lstm

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// TestSteps runs models whose heads are shorter and longer than what is asked
// for. It wants sound bands at every bin, the head's steps in Reach, that a model
// that was restored in between goes on to the same bytes, and that what comes
// later changes nothing that was said before.
func TestSteps(t *testing.T) {
	values := waves(7*24, 24, 5)
	for i := 100; i < 104; i++ {
		values[i] = math.NaN()
	}
	for _, n := range []int{1, 12, 48} {
		for _, horizon := range []int{n - 1, n, n + 5} {
			if horizon > 0 {
				t.Run(fmt.Sprintf("%d of %d", horizon, n), func(t *testing.T) { runSteps(t, looking(t, n), horizon, values) })
			}
		}
	}
}

func runSteps(t *testing.T, w *Weights, horizon int, values []float64) {
	c := config(t, time.Hour, horizon)
	m, blind := New(c, w).(*Model), New(c, w).(*Model)
	var twin *Model
	bands, same := model.NewBands(c.Levels, horizon), model.NewBands(c.Levels, horizon)
	const turn = 6 * 24
	changed := slices.Clone(values)
	for i := turn; i < len(changed); i++ {
		changed[i] *= 3
	}
	other := model.NewHistory(c.Grid, 0)
	i := 0
	grow(m, c.Grid, values, func(past *model.History) {
		tail := []float64{70, math.NaN()}[:i%3%2*2]
		if m.Forecast(past, tail, bands); !bands.Sound() {
			t.Fatalf("bin %d: unsound\n%v\n%v", i, bands.Steps, bands.Peaks)
		}
		if m.ready() && m.Reach(past) != min(horizon, w.Steps()) {
			t.Fatalf("bin %d: it reaches %d steps", i, m.Reach(past))
		}
		if twin != nil {
			twin.Observe(past)
		}
		if i == 5*24 {
			twin = New(c, w).(*Model)
			if err := twin.Restore(past, m.Snapshot(nil)); err != nil {
				t.Fatal(err)
			}
		}
		other.Append(past.Newest(), changed[i], 1)
		blind.Observe(other)
		if blind.Forecast(other, tail, same); i < turn && !slices.EqualFunc(bands.Steps, same.Steps, slices.Equal) {
			t.Fatalf("bin %d: it knows what comes", i)
		}
		i++
	})
	if slices.EqualFunc(bands.Steps, same.Steps, slices.Equal) {
		t.Error("what came changed nothing")
	}
	if !bytes.Equal(m.Snapshot(nil), twin.Snapshot(nil)) {
		t.Error("restored it goes on to something else")
	}
}

// TestJudgedAsSaid wants of every step that a candidate is judged by what it was
// at the origin, though it is worked out anew: of steps more than a day ahead that
// is not yesterday.
func TestJudgedAsSaid(t *testing.T) {
	const n = 60
	values := waves(20*24, 24, 3)
	only := newTrack(seriesOf(t, "s", time.Hour, values), 0, n)
	g := newGauge(n)
	said := map[int64][][candidates]float64{}
	for i := range values {
		bin := only.first + int64(i)
		g.follow(only.calendar, only, bin)
		rows := make([][candidates]float64, n)
		for h := range rows {
			g.blend.origin(bin).candidates(g.ahead[h], &rows[h])
		}
		said[bin] = rows
		v := view{calendar: only.calendar, of: only, origin: bin, gauge: &g}
		for h := range n {
			then, ok := said[bin-int64(h)-1]
			if !ok || i < 2*24 {
				continue
			}
			var now [candidates]float64
			g.blend.origin(bin-int64(h)-1).candidates(v.seasons(0, int64(h)+1), &now)
			for k, want := range then[h] {
				if got := now[k]; got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Fatalf("bin %d, step %d, candidate %d: want %v, got %v", i, h+1, k, want, got)
				}
			}
		}
	}
}

// TestLooksTwoDaysAhead wants of a load that repeats itself by weeks a mixture of
// a week ago for every step, and of one that does by days one of the last day
// that is known.
func TestLooksTwoDaysAhead(t *testing.T) {
	week := make([]float64, 7*24)
	for i := range week {
		week[i] = 50 + 7*float64(i%24) + 31*float64(i/24*i/24%5)
	}
	for name, values := range map[string][]float64{
		"by days":  slices.Repeat(week[24:48], 21),
		"by weeks": slices.Repeat(week, 5),
	} {
		known := len(values) - 48
		g := newGauge(48)
		only := newTrack(seriesOf(t, "s", time.Hour, values), 0, 48)
		for i := range known {
			g.follow(only.calendar, only, only.first+int64(i))
		}
		for h, got := range g.blend.origin(only.first + int64(known) - 1).centers {
			if want := values[known+h]; math.Abs(got-want) > 0.02*want {
				t.Errorf("%s: step %d: want about %v, got %v", name, h+1, want, got)
			}
		}
	}
}

// TestTrainsOtherSteps trains heads of three steps and of two days, and wants
// less loss of each.
func TestTrainsOtherSteps(t *testing.T) {
	for _, n := range []int{3, 48} {
		d, o := school(t), schoolOptions()
		d.Series = d.Series[:2]
		o.Steps, o.Epochs, o.Batch, o.Validation, o.Rate = n, 2, 8, 0.25, 0.005
		at := begun(t, d, o, model.InLine)
		if w := trained(t, at); w.Steps() != n || at.Progress().Best >= at.Progress().Start {
			t.Errorf("%d steps: got %d, %+v", n, w.Steps(), at.Progress())
		}
	}
}
