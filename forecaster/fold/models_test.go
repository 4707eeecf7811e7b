package fold

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// small gives a policy of a few steps and levels, which trains a little.
func small(p streams.Policy) streams.Policy {
	p.Forecast.Horizon, p.Forecast.Levels, p.Forecast.Training = 4, []float64{0.1, 0.5, 0.95}, 1
	return p
}

// TestEveryModelSurvivesACrash runs every model that there is, as combined, its
// parts and members, over two refits, in a state that is left alone and in one that is loaded
// now and then, and at every bin about a refit. What is published and what each
// says must be the same.
func TestEveryModelSurvivesACrash(t *testing.T) {
	const begins = 600
	first, second := begins+firstRefit()-1, begins+firstRefit()-1+secondRefit()
	calm, moved, kept := Stage{}.New(id()), Stage{}.New(id()), store{}
	alone := slices.DeleteFunc(Models(), func(name string) bool { return name == "combined" || slices.Contains(Parts(), name) })
	p := small(forecastBy("combined", alone...))
	for _, s := range []streams.State{calm, moved} {
		drive(t, s, inForce(p))
		drive(t, s, backfill(begins, wave)...)
	}
	kept.put(moved.Changed())
	for n := begins; n < second+24; n++ {
		events := live(n, n+1, wave)
		if n > first+24 && n < second-12 {
			events = backfill(n+1, wave)[n:] // nothing is forecast, which is most of the work
		}
		want, got := drive(t, calm, events...), drive(t, moved, events...)
		if diff := cmp.Diff(encode(t, want), encode(t, got)); diff != "" {
			t.Fatalf("bin %d: %s", n, diff)
		}
		kept.put(moved.Changed())
		if n >= first-2 && n < first+8 || n >= second-2 && n < second+8 || n%17 == 0 {
			moved = kept.load(t)
		}
		if n%40 != 0 && n != second+23 {
			continue
		}
		for _, name := range Models() {
			want, _ := calm.(*State).Predict(name, "", 1)
			got, refusal := moved.(*State).Predict(name, "", 1)
			if diff := cmp.Diff(want.Forecast, got.Forecast); refusal != nil || diff != "" || got.Outsider != nil {
				t.Fatalf("bin %d: %s: %v %s", n, name, refusal, diff)
			}
		}
	}
	if adopted, refused := moved.(*State).Refits(); adopted != 2*3 || refused > 0 {
		t.Errorf("want two refits of combined and of two members, got %d, and %d refused", adopted, refused)
	}
}
