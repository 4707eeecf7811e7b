package window

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// serving describes a group with so many instances in service, and as many more
// that boot.
func serving(n, booting int) *Description {
	d := &Description{Name: "web-asg", Desired: n + booting, Min: 1, Max: 99}
	for i := range n + booting {
		state := "InService"
		if i >= n {
			state = "Pending"
		}
		d.Instances = append(d.Instances, Instance{ID: fmt.Sprint("i-", i), Lifecycle: state, Weight: 3})
	}
	return d
}

// mixed shows a bin of five minutes of twenty instances at 50 % each, of which
// some report every minute, and the minutes that a probe sees.
func mixed(end, detailed int) []shown {
	n := float64(detailed*5 + 20 - detailed)
	bins := []shown{{end: end, from: end + 1, sum: 50 * n, samples: n}}
	for m := end - 4; m <= end; m++ {
		k := float64(detailed)
		if m == end {
			k = 20
		}
		if k > 0 {
			bins = append(bins, shown{end: m, from: m + 1, sum: 50 * k, samples: k, probe: true})
		}
	}
	return bins
}

// mixture plays a group of twenty of which at the end of a bin so many report
// every minute.
func mixture(t *testing.T, to int, detailed func(end int) int) *rig {
	r := newRig(t, perFive())
	for end := -100; end <= to; end += 5 {
		r.cloud = append(r.cloud, mixed(end, detailed(end))...)
	}
	r.backfill, r.again, r.reload = 0, true, true
	r.group = func(int) (*Description, bool) { return serving(20, 0), true }
	return r.rounds(0, to+1)
}

// bins gives what was told of the bins that end from a minute on.
func (r *rig) bins(from int) (values map[int]float64) {
	values = map[int]float64{}
	for _, text := range r.lines {
		var m, end int
		var v float64
		if n, _ := fmt.Sscanf(text, "%d: cpu %d = %g", &m, &end, &v); n == 3 && end >= from {
			values[end] = v
		}
	}
	return values
}

func probes(r *rig) (n int) {
	for _, q := range r.asked {
		if q.Probe {
			n++
		}
	}
	return n
}

// Instances are replaced a few at a time by others that are monitored
// otherwise: the load never reads far too low, and in the end as it is.
func TestRollingChangeOfTheMonitoring(t *testing.T) {
	const to = 200
	for name, test := range map[string]struct {
		per      float64
		detailed func(end int) int
	}{
		"to basic":             {1, func(end int) int { return 20 - min(20, max(0, (end-15)/5*2)) }},
		"to basic, slowly":     {1, func(end int) int { return 20 - min(20, max(0, (end-15)/5)) }},
		"to detailed":          {5, func(end int) int { return min(20, max(0, (end-15)/5*2)) }},
		"to detailed, quickly": {5, func(end int) int { return min(20, max(0, (end-15)/5*7)) }},
	} {
		r := mixture(t, to, test.detailed)
		values := r.bins(5)
		if len(values) != to/5 {
			t.Errorf("%s: %d bins", name, len(values))
		}
		for end, v := range values {
			if v < 0.9*1000 || v > 2*1000 || end > 180 && v != 1000 {
				t.Errorf("%s: bin %d reads %v, want 1000", name, end, v)
			}
		}
		if got := r.state.series.PerInstance; got != test.per {
			t.Errorf("%s: %v samples per instance, want %v", name, got, test.per)
		}
		if n := probes(r); n > 1+1+to/60 {
			t.Errorf("%s: probed %d times", name, n)
		}
		if slices.ContainsFunc(r.lines, func(l string) bool { return strings.Contains(l, "revision") }) {
			t.Errorf("%s: restated: %q", name, r.lines)
		}
	}
}

// A group of both kinds stays one of both: the mean speaks for all, and it is
// asked about once an hour.
func TestMixtureForEver(t *testing.T) {
	const to = 300
	r := mixture(t, to, func(end int) int {
		if end <= 0 {
			return 20
		}
		return 3
	})
	for end, v := range r.bins(5) {
		if v != 1000 {
			t.Errorf("bin %d reads %v, want 1000", end, v)
		}
	}
	if n := probes(r); n < 2 || n > 1+1+to/60 {
		t.Errorf("probed %d times in %d minutes", n, to)
	}
}

// A bin in doubt waits for the probe as one that stepped does.
func TestDoubtWaits(t *testing.T) {
	r := newRig(t, perFive(), append(fives(-100, 5, 9, 5), fives(10, 30, 9, 1)...)...)
	r.backfill = 0
	r.group = func(int) (*Description, bool) { return serving(9, 0), true }
	r.rounds(0, 7)
	r.lines = nil
	r.rounds(8, 16).want(`
		12: cpu 10 = 90 on 9
		16: cpu 15 = 90 on 9`)
	if got := r.state.series.PerInstance; got != 1 {
		t.Errorf("%v samples per instance, want 1", got)
	}
}

// What scales within a bin makes an honest difference, and no doubt: whether
// it was described before the bin ended, or by the time it came.
func TestGroupThatScaledIsNoDoubt(t *testing.T) {
	for name, test := range map[string]struct {
		count float64 // of the bin that ends at 10
		group func(m int) *Description
	}{
		"in":          {8, func(m int) *Description { return serving(map[bool]int{true: 20, false: 4}[m < 7], 0) }},
		"in, at last": {8, func(m int) *Description { return serving(map[bool]int{true: 20, false: 4}[m < 10], 0) }},
		"out":         {50, func(m int) *Description { return serving(map[bool]int{true: 20, false: 60}[m < 7], 0) }},
		"booting":     {42, func(int) *Description { return serving(20, 10) }},
		"unknown":     {8, func(m int) *Description { return map[bool]*Description{true: serving(20, 0)}[m < 8] }},
		"none there":  {8, func(int) *Description { return serving(0, 0) }},
	} {
		r := newRig(t, perFive(), fives(-100, 5, 20, 5)...)
		r.cloud = append(r.cloud, shown{end: 10, from: 11, sum: 50 * test.count, samples: 5 * test.count})
		r.backfill = 0
		r.group = func(m int) (*Description, bool) { return test.group(m), false }
		r.rounds(0, 10)
		r.lines, r.asked = nil, nil
		r.round(11)
		r.want(fmt.Sprintf("11: cpu 10 = %v on %v", 10*test.count, test.count))
		if n := probes(r); n > 0 || r.state.Probing() {
			t.Errorf("%s: probed", name)
		}
	}
}

// At a minute, too, those that report speak for those that report every fifth;
// what was told of a bin is not told anew when the group changes.
func TestFewAtAMinute(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-5, 0)...)
	r.cloud = append(r.cloud, value(1, 50, 10), value(2, 50, 4), value(3, 50, 9), value(4, 50, 5))
	r.backfill, r.reload = 0, true
	r.group = func(m int) (*Description, bool) {
		if m >= 4 {
			return serving(5, 0), true
		}
		return serving(10, 0), true
	}
	r.rounds(0, 7).want(`
		0: policy for cpu
		2: cpu 1 = 500 on 10
		3: cpu 2 = 500 on 10
		4: cpu 3 = 450 on 9
		5: cpu 4 = 250 on 5`)
}

func TestCrewsAreFew(t *testing.T) {
	r := newRig(t, perMinute())
	r.configure(0)
	for i := range 200 {
		d := serving(i%7+1, 0)
		r.state.Step(Polled{GroupID: web(), Now: at(0).Add(time.Duration(i) * time.Second), Described: d, Listed: true})
		if n := len(r.state.head.Crews); n > mostCrews {
			t.Fatalf("%d crews", n)
		}
	}
	if c, ok := r.state.crewOf(at(3)); !ok || c.Serving != 1 || c.All != 7 {
		t.Errorf("%+v, %v", c, ok)
	}
	for i := range 200 {
		r.state.Step(Polled{GroupID: web(), Now: at(4 + i), Described: serving(3, 1), Listed: true})
	}
	if n := len(r.state.head.Crews); n != 1 {
		t.Errorf("%d crews of a group that stays as it is", n)
	}
}

// A doubt about one group does not put off that about the next.
func TestDoubtEndsWithTheGroup(t *testing.T) {
	r := mixture(t, 25, func(end int) int {
		if end <= 0 {
			return 20
		}
		return 3
	})
	r.policy.AutoScalingGroup = "green"
	r.cloud = append(r.cloud, mixed(30, 5)...) // no step, and described in part
	r.cloud = append(r.cloud, mixed(35, 0)...)
	r.configure(27)
	r.rounds(27, 36)
	if got := r.state.series.PerInstance; got != 1 {
		t.Errorf("%v samples per instance, want 1", got)
	}
	if values := r.bins(30); values[30] != 400 || values[35] != 1000 {
		t.Errorf("bins read %v, want 400 and 1000", values)
	}
}
