package fleet

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func minute(m int) time.Time { return start.Add(time.Duration(m) * time.Minute) }

func ids(instances []Instance) (ids []int) {
	for _, i := range instances {
		ids = append(ids, i.ID)
	}
	return ids
}

func TestFleetBoots(t *testing.T) {
	f := NewFleet(1, minute(0), ConstantBoot(150*time.Second))
	f.SetDesired(3)
	for m := 1; m < 3; m++ {
		if boots := f.Advance(minute(m)); len(boots) != 0 || f.InService() != 1 || f.Booting() != 2 || f.Billed() != 3 {
			t.Errorf("minute %d: %d boots, %d serve, %d boot, %d billed", m, len(boots), f.InService(), f.Booting(), f.Billed())
		}
	}
	boots := f.Advance(minute(3))
	want := []Boot{
		{Instance{ID: 2, Asked: minute(0), Boot: 150 * time.Second}, minute(3)},
		{Instance{ID: 3, Asked: minute(0), Boot: 150 * time.Second}, minute(3)},
	}
	if diff := cmp.Diff(want, boots); diff != "" {
		t.Errorf("boots (-want +got):\n%s", diff)
	}
	if got := boots[0].Observed(); got != 180*time.Second {
		t.Errorf("observed %v, want 3m0s", got)
	}
	if again := f.Advance(minute(4)); len(again) != 0 {
		t.Errorf("reported again: %v", again)
	}
}

func TestFleetScalesInWhatBootsFirst(t *testing.T) {
	f := NewFleet(3, minute(0), ConstantBoot(5*time.Minute))
	f.SetDesired(4)
	f.Advance(minute(1))
	f.SetDesired(6)
	f.SetDesired(5)
	if diff := cmp.Diff([]int{4, 5}, ids(f.Pending())); diff != "" {
		t.Errorf("the youngest that boots goes first (-want +got):\n%s", diff)
	}
	f.SetDesired(2)
	if diff := cmp.Diff([]int{1, 2}, ids(f.Ready())); diff != "" || f.Booting() != 0 {
		t.Errorf("then those that serve; %d boot (-want +got):\n%s", f.Booting(), diff)
	}
	if boots := f.Advance(minute(60)); len(boots) != 0 {
		t.Errorf("a removed instance came into service: %v", boots)
	}
}

func TestFleetThatNeverArrives(t *testing.T) {
	boot := func(asked time.Time) time.Duration {
		if asked.Before(minute(1)) {
			return Never
		}
		return time.Minute
	}
	f := NewFleet(1, minute(0), boot)
	f.SetDesired(2)
	f.Advance(minute(1))
	f.SetDesired(3)
	f.Advance(minute(2))
	f.Advance(minute(1 << 20))
	if f.InService() != 2 || f.Booting() != 1 || f.Billed() != 3 {
		t.Errorf("%d serve, %d boot, %d billed, want 2, 1, 3", f.InService(), f.Booting(), f.Billed())
	}
	f.SetDesired(2)
	if f.InService() != 2 || f.Booting() != 0 {
		t.Errorf("%d serve, %d boot after scale-in, want 2, 0", f.InService(), f.Booting())
	}
}

func TestFleetWithoutBootTime(t *testing.T) {
	f := NewFleet(1, minute(0), ConstantBoot(0))
	f.SetDesired(2)
	if f.InService() != 2 {
		t.Errorf("%d serve in the minute they were asked for, want 2", f.InService())
	}
	if boots := f.Advance(minute(1)); len(boots) != 1 || boots[0].Observed() != 0 {
		t.Errorf("boots %v, want one of 0s", boots)
	}
}

// TestLognormalBoot holds 20,000 draws against the quantiles asked for. The
// standard error of the empirical median is 0.5 %, of the 95th percentile 1 %.
func TestLognormalBoot(t *testing.T) {
	boot, err := LognormalBoot(120*time.Second, 300*time.Second, rand.New(rand.NewPCG(1, 2)))
	if err != nil {
		t.Fatal(err)
	}
	draws := make([]float64, 20_000)
	for i := range draws {
		draws[i] = boot(start).Seconds()
	}
	slices.Sort(draws)
	for p, want := range map[float64]float64{0.5: 120, 0.95: 300} {
		if got := draws[int(p*float64(len(draws)))]; math.Abs(got/want-1) > 0.04 {
			t.Errorf("quantile %v: %.1f s, want %v s", p, got, want)
		}
	}
	if _, err := LognormalBoot(300*time.Second, 120*time.Second, nil); err == nil {
		t.Error("a 95th percentile below the median was taken")
	}
}
