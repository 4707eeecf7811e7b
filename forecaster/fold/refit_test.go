package fold

import (
	"bytes"
	"errors"
	"hash/fnv"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/modeltest"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// stubborn takes no estimate, and is broken by each.
type stubborn struct{ model.Refitter }

func (m stubborn) Adopt(past *model.History, estimate []byte) error {
	if len(estimate) > 0 {
		m.Observe(past)
		return errors.New("no")
	}
	return nil
}

// panicky panics over each estimation.
type panicky struct{ model.Refitter }

func (m panicky) Estimation(*model.History, int64) model.Estimation {
	return func(model.Each) []byte { panic("singular") }
}

// alarmed is alarmed all the time.
type alarmed struct{ model.Refitter }

func (alarmed) Alarmed() bool { return true }

// ahead computes each estimation when it begins and again when it is taken,
// and wants the same bytes.
type ahead struct {
	t     *testing.T
	now   func() int // the newest bin
	begun map[EstimateKey][]byte
	// noted and taken are the bins at which refits were.
	noted, taken []int
}

func newAhead(t *testing.T) *ahead { return &ahead{t: t, begun: make(map[EstimateKey][]byte)} }

func (a *ahead) Begin(key EstimateKey, e model.Estimation) {
	if _, twice := a.begun[key]; twice {
		a.t.Errorf("%+v begins twice", key)
	}
	a.begun[key] = e(model.InLine)
	a.noted = append(a.noted, bin(key.Through))
}

func (a *ahead) Take(key EstimateKey, e model.Estimation) []byte {
	got, ok := a.begun[key]
	if later := e(model.InLine); !ok || !bytes.Equal(got, later) {
		a.t.Errorf("%+v: begun %v, and %d bytes as it was taken differ from %d before", key, ok, len(later), len(got))
	}
	delete(a.begun, key)
	a.taken = append(a.taken, a.now())
	return got
}

// bin numbers the bins from the beginning.
func bin(n int64) int { return int(n - begin().Unix()/300) }

// watched gives a state whose refits are noted.
func watched(t *testing.T) (*State, *ahead) {
	t.Helper()
	a := newAhead(t)
	st := stage()
	st.Estimates = a
	s := st.New(id()).(*State)
	a.now = func() int { return bin(s.series["cpu"].past.Newest()) }
	return s, a
}

// firstRefit is how many bins after n0 the first refit is noted.
func firstRefit() int {
	h := fnv.New32a()
	h.Write([]byte("eu-west-1/web/cpu"))
	return 1 + int(h.Sum32())%12
}

// secondRefit is how many bins after the first the second is noted.
func secondRefit() int {
	h := fnv.New64a()
	h.Write([]byte("eu-west-1/web/cpu"))
	return 288 - 144 + int(h.Sum64()%288)
}

func TestRefitsAreDueOnceADay(t *testing.T) {
	s, a := watched(t)
	drive(t, s, inForce(forecastBy("mean")))
	drive(t, s, backfill(10*288, wave)...)
	if len(a.noted) != 0 {
		t.Fatalf("a backfill was refitted at %v", a.noted)
	}
	drive(t, s, live(10*288, 13*288+secondRefit()-288, wave)...)
	first := 10*288 - 1 + firstRefit() // the newest at the first group event is the last of the backfill
	want := []int{first, first + secondRefit(), first + secondRefit() + 288}
	if diff := cmp.Diff(want, a.noted); diff != "" {
		t.Errorf("noted: %s", diff)
	}
	for i := range want {
		want[i] += 3
	}
	if diff := cmp.Diff(want, a.taken); diff != "" {
		t.Errorf("in effect: %s", diff)
	}
	if adopted, refused := s.Refits(); adopted != 3 || refused != 0 {
		t.Errorf("want 3 refits, got %d, and %d refused", adopted, refused)
	}
}

// steady is a load whose first values are like all others.
func steady(n int) float64 { return 1000 + float64(n*7919%97) }

func TestRefitsOfAYoungSeries(t *testing.T) {
	s, a := watched(t)
	drive(t, s, inForce(forecastBy("mean")))
	drive(t, s, live(0, 450, steady)...)
	want := []int{firstRefit() - 1, firstRefit() - 1 + secondRefit()} // bin 0 is the first of the count
	if diff := cmp.Diff(want, a.noted); diff != "" {
		t.Error(diff)
	}
}

// TestRefitMovesTheForecast says that an estimate counts from its third bin on.
func TestRefitMovesTheForecast(t *testing.T) {
	never := stage()
	never.Estimates = nothing{}
	fitted, plain := stage().New(id()), never.New(id())
	for _, s := range []streams.State{fitted, plain} {
		drive(t, s, inForce(forecastBy("mean")))
		drive(t, s, backfill(600, wave)...)
	}
	effect := 599 + firstRefit() + 3
	for n := 600; n < effect+10; n++ {
		a, b := drive(t, fitted, live(n, n+1, wave)...), drive(t, plain, live(n, n+1, wave)...)
		settled := n - 2 // the newest bin that has
		if same := cmp.Equal(a[0].Quantiles, b[0].Quantiles); same != (settled < effect) {
			t.Errorf("bin %d settled, the refit takes effect at %d: forecasts are the same: %v", settled, effect, same)
		}
	}
}

// nothing has no estimates.
type nothing struct{}

func (nothing) Begin(EstimateKey, model.Estimation) {}

func (nothing) Take(EstimateKey, model.Estimation) []byte { return nil }

func TestRefitsThatFailLeaveTheModel(t *testing.T) {
	for name, refused := range map[string]uint64{"stubborn": 2, "panicky": 0} {
		never := stage()
		never.Estimates = nothing{}
		s, plain, kept := stage().New(id()), never.New(id()), store{}
		drive(t, plain, inForce(forecastBy("mean")))
		drive(t, s, inForce(forecastBy(name)))
		for n := range 400 {
			want, got := drive(t, plain, live(n, n+1, wave)...), drive(t, s, live(n, n+1, wave)...)
			want[0].Model = name
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s: bin %d: %s", name, n, diff)
			}
			kept.put(s.Changed())
			s = kept.load(t)
		}
		if adopted, got := s.(*State).Refits(); adopted != 0 || got != refused {
			t.Errorf("%s: want none adopted and %d refused, got %d and %d", name, refused, adopted, got)
		}
	}
}

// TestAlarmStartsARefit lets the load leave what the parameters expect.
func TestAlarmStartsARefit(t *testing.T) {
	first := firstRefit() - 1
	for name, tc := range map[string]struct {
		shift int // the bin at which the load rises
		want  []int
	}{
		"a quarter of a day after the last at the soonest": {first + 20, []int{first, first + 3 + 72, first + secondRefit()}},
		"at once, where the last is long ago":              {first + 150, []int{first, first + 152, first + 152 + 3 + 72, first + secondRefit()}},
	} {
		s, a := watched(t)
		load := func(n int) float64 {
			if n >= tc.shift {
				return 1e6 + steady(n)
			}
			return steady(n)
		}
		drive(t, s, inForce(forecastBy("mean")))
		drive(t, s, live(0, first+secondRefit()+4, load)...)
		if diff := cmp.Diff(tc.want, a.noted); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestAlarmsWait for the first refit, and for a quarter of a day after each.
func TestAlarmsWait(t *testing.T) {
	first := firstRefit() - 1
	s, a := watched(t)
	drive(t, s, inForce(forecastBy("alarmed")))
	drive(t, s, live(0, first+235, steady)...)
	if diff := cmp.Diff([]int{first, first + 75, first + 150, first + 225}, a.noted); diff != "" {
		t.Error(diff)
	}
}

// TestRefitsAreRestored stores and loads a state at every step, and compares
// with one that is left alone and whose estimations are computed ahead.
func TestRefitsAreRestored(t *testing.T) {
	shifting := func(n int) float64 {
		if n > 450 {
			return 5 * wave(n)
		}
		return wave(n)
	}
	calm, a := watched(t)
	moved, kept := stage().New(id()), store{}
	for _, s := range []streams.State{calm, moved} {
		drive(t, s, inForce(forecastBy("naive", "mean", "rls")))
	}
	for n := range 650 {
		if n == 500 { // the member becomes the one that is published
			for _, s := range []streams.State{calm, moved} {
				drive(t, s, inForce(forecastBy("mean", "naive")))
			}
		}
		for _, ev := range live(n, n+1, shifting) {
			want, got := encode(t, drive(t, calm, ev)), encode(t, drive(t, moved, ev))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("bin %d: %s", n, diff)
			}
			kept.put(moved.Changed())
			moved = kept.load(t)
		}
	}
	if len(a.taken) < 4 {
		t.Errorf("want two regular refits and two by alarm at least, got them at %v", a.taken)
	}
	got, _ := moved.(*State).Refits()
	if want, _ := calm.Refits(); got != want {
		t.Errorf("want %d refits counted, got %d", want, got)
	}
}

// TestALoadedRefitIsComputedAhead says that what was pending begins again.
func TestALoadedRefitIsComputedAhead(t *testing.T) {
	s, kept := stage().New(id()), store{}
	drive(t, s, inForce(forecastBy("mean")))
	drive(t, s, live(0, firstRefit()+2, wave)...)
	kept.put(s.Changed())
	_, a := watched(t)
	again := stage()
	again.Estimates = a
	var parts []streams.Part
	for key, data := range kept {
		parts = append(parts, streams.Part{Key: key, Data: data})
	}
	loaded, err := again.Load(id(), parts)
	if err != nil || len(a.noted) != 1 {
		t.Fatalf("want one to begin, got %v (%v)", a.noted, err)
	}
	a.now = func() int { return bin(loaded.(*State).series["cpu"].past.Newest()) }
	drive(t, loaded, live(firstRefit()+2, firstRefit()+6, wave)...)
	if !slices.Equal(a.taken, []int{firstRefit() + 2}) {
		t.Errorf("taken at %v", a.taken)
	}
}

// TestRefitsOfDailyBins have all that they read in the window when they take
// effect.
func TestRefitsOfDailyBins(t *testing.T) {
	for _, period := range []time.Duration{24 * time.Hour, 12 * time.Hour, 8 * time.Hour} {
		grid := modeltest.Grid(t, period)
		a := newAhead(t)
		a.now = func() int { return 0 }
		k := kit{estimates: a, more: stage().more}
		sr := newSeries(streams.SeriesID{GroupID: id(), Series: "cpu"}, k)
		sr.become(grid, streams.Percent)
		sr.want([]terms{{model: "mean", horizon: 2, levels: []float64{0.5}, settle: time.Hour}})
		for n := range int64(70 * grid.PerDay()) {
			sr.take(young{30000 + n, wave(int(n)), 1}, true)
			sr.start()
		}
		if got := sr.outlooks[0].refits.adopted; got < 30 {
			t.Errorf("%v: %d refits in 70 days", period, got)
		}
	}
}
