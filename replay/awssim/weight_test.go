package awssim

import (
	"fmt"
	"testing"

	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// serving is what a group has in service, in capacity units, of instances.
func (k *kit) serving(name string) string {
	k.Helper()
	g := k.group(name)
	units, instances := 0, 0
	for _, i := range g.Instances {
		var weight int
		if _, err := fmt.Sscan(*i.WeightedCapacity, &weight); err != nil {
			k.Fatal(err)
		}
		if i.LifecycleState == astypes.LifecycleStateInService {
			units, instances = units+weight, instances+1
		}
	}
	return fmt.Sprintf("%d <= %d <= %d: %d of %d", *g.MinSize, *g.DesiredCapacity, *g.MaxSize, units, instances)
}

// TestWeights: sizes are in units, what serves is whole instances, and the
// metric knows nothing of either.
func TestWeights(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Detailed: true, Weight: 3, Max: 60})
	k.at(minute(1))
	expect := func(want string) {
		t.Helper()
		if got := k.serving("web"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	expect("1 <= 24 <= 60: 24 of 8")
	k.mustSet("web", 25)
	k.at(minute(4))
	expect("1 <= 25 <= 60: 27 of 9")
	k.mustSet("web", 27)
	expect("1 <= 27 <= 60: 27 of 9")
	k.mustSet("web", 22)
	expect("1 <= 22 <= 60: 24 of 8")
	if code, message := codeOf(t, k.set("web", 61)); code != "ValidationError" || message != "New SetDesiredCapacity value 61 is above max value 60 for the AutoScalingGroup." {
		t.Errorf("%s %s", code, message)
	}
	k.at(minute(10))
	got, _ := k.values(ask(minute(2), minute(3), cpuQuery("sum", "Sum", 60e9), cpuQuery("n", "SampleCount", 60e9)))
	if len(got["sum"].points) != 1 || got["sum"].points[0].value != 400 || got["n"].points[0].value != 8 {
		t.Errorf("minute 2 has %+v: want a load of 400 on 8 instances", got)
	}
}

// A group with weights, its policy and the same without: as many instances.
func TestWeightsAndTargetTracking(t *testing.T) {
	plain, load := tracked(t, "../rivals/testdata/crane13_4d.csv.gz", 60)
	heavy, _ := tracked(t, "../rivals/testdata/crane13_4d.csv.gz", 60)
	heavy.Name, heavy.Weight = "heavy", 1
	double, _ := tracked(t, "../rivals/testdata/crane13_4d.csv.gz", 60)
	double.Name, double.Weight = "double", 2
	s := New(Config{})
	for _, g := range []Group{plain, heavy, double} {
		if err := s.Add(g); err != nil {
			t.Fatal(err)
		}
	}
	changes := 0
	for m := range 2000 {
		s.Advance(load.At(m))
		a, b, c := plain.World.Fleet().Desired(), heavy.World.Fleet().Desired(), double.World.Fleet().Desired()
		if a != b || c < a-1 || c > a+1 {
			t.Fatalf("minute %d: %d instances, %d of weight 1, %d of weight 2", m, a, b, c)
		}
		if m > 0 && s.groups["double"].desired != 2*c {
			changes++ // a capacity that is overshot
		}
	}
	if changes == 0 {
		t.Error("no desired capacity was ever overshot")
	}
}

func TestWeightsAreBounded(t *testing.T) {
	for weight, ok := range map[int]bool{-1: false, 0: true, 999: true, 1000: false} {
		if err := New(Config{}).Add(Group{Name: "web", World: steady(t, nil), Weight: weight}); (err == nil) != ok {
			t.Errorf("weight %d: %v", weight, err)
		}
	}
}
