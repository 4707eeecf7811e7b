package fold

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestEveryModelSurvivesACrash runs every model that there is over two refits, in
// a state that is left alone and in one that is loaded now and then, and at each
// bin at which a refit is pending or has just taken effect. What is published and
// what the members say must be the same.
func TestEveryModelSurvivesACrash(t *testing.T) {
	const begins, ends = 600, 600 + 288 + 24
	names := Models()
	calm, moved, kept := Stage{}.New(id()), Stage{}.New(id()), store{}
	for _, s := range []streams.State{calm, moved} {
		drive(t, s, inForce(forecastBy(names[0], names[1:]...)))
		drive(t, s, backfill(begins, wave)...)
	}
	kept.put(moved.Changed())
	for n := begins; n < ends; n++ {
		events := live(n, n+1, wave)
		want, got := drive(t, calm, events...), drive(t, moved, events...)
		if diff := cmp.Diff(encode(t, want), encode(t, got)); diff != "" {
			t.Fatalf("bin %d: %s", n, diff)
		}
		kept.put(moved.Changed())
		if since := (n - begins + 1 - firstRefit() + 288) % 288; since < 6 || n%17 == 0 {
			moved = kept.load(t)
		}
		if n%40 != 0 && n != ends-1 {
			continue
		}
		for _, name := range names[1:] {
			want, _ := calm.(*State).Predict(name, "")
			got, refusal := moved.(*State).Predict(name, "")
			if diff := cmp.Diff(want.Forecast, got.Forecast); refusal != nil || diff != "" || got.Outsider != nil {
				t.Fatalf("bin %d: %s: %v %s", n, name, refusal, diff)
			}
		}
	}
	if adopted, refused := moved.(*State).Refits(); adopted < 2*3 || refused > 0 {
		t.Errorf("want two refits of each of three models, got %d, and %d refused", adopted, refused)
	}
}
