package fleet

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// timeline makes scored rows of load and instances, all of them in service.
func timeline(load, instances []float64) []Row {
	var rows []Row
	for m := range load {
		n := int(instances[m])
		rows = append(rows, Row{Policy: "p", Time: minute(m), Load: load[m], Desired: n, InService: n, Billed: n, Scored: true})
	}
	return rows
}

// TestScoreRows checks four minutes worked out by hand, with an SLO of 80 %.
// The needs are 5, 10, 2.5 (rounded up 3) and 0 instances.
func TestScoreRows(t *testing.T) {
	rows := timeline([]float64{4, 8, 2, 0}, []float64{5, 7, 7, 1})
	want := Score{
		Minutes:       4,
		Violations:    1, // 8 > 5.6; 4 is not above 4
		Unserved:      1, // 8 - 7
		InstanceHours: 20. / 60,
		ThetaU:        25 * (3. / 10),
		ThetaO:        25 * (4.5 / 2.5), // a minute without need has no excess
		TauU:          25,
		TauO:          50,           // the idle minute has one too many
		Upsilon:       100 * 1. / 3, // up/up, down/level, down/down
		Actions:       3,            // the world would have begun with 8
		Reversals:     2,
		Launches:      2,
	}
	got := ScoreRows(rows, 80)
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("score (-want +got):\n%s", diff)
	}
	if got := want.J(8); got != 20./60+8 {
		t.Errorf("J %v, want %v", got, 20./60+8)
	}
	if got := want.Cost(3); got != 1 {
		t.Errorf("cost %v dollars, want 1", got)
	}
}

func TestReversals(t *testing.T) {
	level := func(n float64, minutes int) (instances []float64) {
		for range minutes {
			instances = append(instances, n)
		}
		return instances
	}
	join := func(parts ...[]float64) (all []float64) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	tests := []struct {
		name      string
		instances []float64
		unscored  int // minutes at the beginning
		actions   int
		reversals int
	}{
		{"the same way twice", []float64{2, 3, 4}, 0, 2, 0},
		{"there and back", []float64{2, 3, 2}, 0, 2, 1},
		{"fifteen minutes later", join([]float64{2}, level(3, 15), level(2, 1)), 0, 2, 1},
		{"sixteen minutes later", join([]float64{2}, level(3, 16), level(2, 1)), 0, 2, 0},
		{"against an unscored change", []float64{2, 3, 2}, 2, 1, 1},
		{"unscored itself", []float64{2, 3, 2, 2}, 3, 0, 0},
	}
	for _, test := range tests {
		rows := timeline(level(1, len(test.instances)), test.instances)
		for i := range test.unscored {
			rows[i].Scored = false
		}
		got := ScoreRows(rows, 80)
		if got.Actions != test.actions || got.Reversals != test.reversals {
			t.Errorf("%s: %d actions, %d reversals, want %d, %d", test.name, got.Actions, got.Reversals, test.actions, test.reversals)
		}
	}
}

func TestScoreOfNothing(t *testing.T) {
	rows := timeline([]float64{1}, []float64{2})
	rows[0].Scored = false
	if diff := cmp.Diff(Score{}, ScoreRows(rows, 80)); diff != "" {
		t.Errorf("nothing scored (-want +got):\n%s", diff)
	}
}
