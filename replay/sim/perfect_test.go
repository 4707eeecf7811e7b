package sim

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// foreseen plays a load with a perfect forecast and a decider that holds, and
// gives the forecasts.
func foreseen(t *testing.T, c fleet.Config) (forecasts []streams.Forecast) {
	t.Helper()
	g := newGroup(t, c)
	state := NewPerfect(c).New(web())
	step := func(events []streams.Event) {
		valid(t, events)
		for _, ev := range events {
			for _, out := range state.Step(ev) {
				valid(t, []streams.Event{out})
				forecasts = append(forecasts, out.(streams.Forecast))
			}
		}
	}
	step(g.Begin())
	for n := uint64(1); g.Next(); n++ {
		step(g.Round())
		g.Act(hold(n, 0))
	}
	return forecasts
}

// The forecast is the demand of the bins to come, whatever was served: in the
// unit of the metric, with the running maximum as peak. A missing bin demands
// what the one before it did, and the last bin goes on.
func TestPerfectForeseesTheLoad(t *testing.T) {
	load := loadOf(1, 3, -1, 2, 9, 4)
	load.Peak = 0.4 // at most 4 instances: a demand of 9 is never served
	got := foreseen(t, fleet.Lived("perfect", load, time.Minute))
	type told struct {
		Round, Origin int
		Steps, Peaks  []float64 // the first four
	}
	var short []told
	for _, f := range got {
		line := told{Round: int(f.Round), Origin: minuteOf(f.Origin)}
		for h := range 4 {
			line.Steps, line.Peaks = append(line.Steps, f.Quantiles[h][0]), append(line.Peaks, f.Peak[h][0])
		}
		short = append(short, line)
	}
	// The round is the minute of the metric's arrival, counted from 1. The bin
	// that ends at 15 is a gap, told when it settles at 25: that round owes a
	// forecast too.
	want := []told{
		{7, 5, []float64{300, 300, 200, 900}, []float64{300, 300, 300, 900}},
		{12, 10, []float64{300, 200, 900, 400}, []float64{300, 300, 900, 900}},
		{22, 20, []float64{900, 400, 400, 400}, []float64{900, 900, 900, 900}},
		{26, 20, []float64{900, 400, 400, 400}, []float64{900, 900, 900, 900}},
		{27, 25, []float64{400, 400, 400, 400}, []float64{400, 400, 400, 400}},
	}
	if diff := cmp.Diff(want, short); diff != "" {
		t.Errorf("forecasts (-want +got):\n%s", diff)
	}
	for _, f := range got {
		if len(f.Quantiles) != 12 || !f.Warm || f.Model != "perfect" || f.Quantiles[0][0] != f.Quantiles[0][1] {
			t.Errorf("forecast of round %d: %+v", f.Round, f)
		}
	}
}

// Another SLO is another unit: PerInstance is what an instance bears at it.
func TestPerfectIsInTheUnitOfTheMetric(t *testing.T) {
	c := fleet.Lived("perfect", loadOf(1, 2, 2), time.Minute)
	c.SLO = 40
	if got := foreseen(t, c)[0].Quantiles[0][0]; got != 400 {
		t.Errorf("two instances at 80 per 40 %% are %v, want 400", got)
	}
}

// What knows the future is not stored.
func TestPerfectIsNotStored(t *testing.T) {
	p := NewPerfect(fleet.Lived("perfect", loadOf(1, 2), 0))
	if _, err := p.Load(web(), nil); err == nil {
		t.Error("loaded what knows the future")
	}
	if parts := p.New(web()).Changed(); parts != nil {
		t.Errorf("stores %v", parts)
	}
}
