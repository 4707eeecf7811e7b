package window

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// minutes shows bins of a minute, each when it is due.
func minutes(from, to int, except ...int) (bins []shown) {
	skip := map[int]bool{}
	for _, m := range except {
		skip[m] = true
	}
	for m := from; m <= to; m++ {
		if !skip[m] {
			bins = append(bins, value(m, 10, 2))
		}
	}
	return bins
}

func TestBackfillBeginsWithTheFirstValue(t *testing.T) {
	cloud := minutes(-6, 2, -4)
	r := newRig(t, perMinute(), cloud...)
	r.rounds(0, 2).want(`
		0: policy for cpu
		0: cpu -6 = 20 on 2 settled
		0: cpu -5 = 20 on 2 settled
		0: cpu -4 gap settled
		0: cpu -3 = 20 on 2 settled
		0: cpu -2 = 20 on 2 settled
		0: cpu -1 = 20 on 2 settled
		0: round 1: 6 came of cpu to -1
		1: cpu 0 = 20 on 2
		2: cpu 1 = 20 on 2`)
	if got := minuteOf(r.asked[0].From); got != -60 {
		t.Errorf("backfill from minute %d, want -60", got)
	}
	if got := minuteOf(r.asked[0].Until); got != 1 {
		t.Errorf("backfill until minute %d, want 1", got)
	}
}

// What is absent at the end of the history may still come; what is absent
// before a value will not be waited for.
func TestBackfillWaitsForItsEnd(t *testing.T) {
	cloud := append(minutes(-6, 1, -1, -3), value(-1, 30, 2).at(1))
	newRig(t, perMinute(), cloud...).rounds(0, 2).want(`
		0: policy for cpu
		0: cpu -6 = 20 on 2 settled
		0: cpu -5 = 20 on 2 settled
		0: cpu -4 = 20 on 2 settled
		0: cpu -3 gap settled
		0: cpu -2 = 20 on 2 settled
		0: round 1: 5 came of cpu to -2
		1: cpu -1 = 60 on 2
		1: cpu 0 = 20 on 2
		1: round 2: 2 came of cpu to 0
		2: cpu 1 = 20 on 2`)
}

func TestBackfillInParts(t *testing.T) {
	cloud := minutes(-50, 3, -30, -29)
	whole, parts := newRig(t, perMinute(), cloud...), newRig(t, perMinute(), cloud...)
	parts.most = 7
	if diff := cmp.Diff(whole.rounds(0, 5).lines, parts.rounds(0, 5).lines); diff != "" {
		t.Errorf("whole against parts:\n%s", diff)
	}
}

// A backfill that was cut off goes on where its last part ended.
func TestBackfillGoesOn(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-5, 1)...)
	r.configure(0)
	q := r.state.Due(at(0))[0]
	a := Answered{GroupID: web(), Now: at(0), Query: q, Answer: Answer{Points: r.points(q, 0), Complete: true}}
	parts := a.Parts(57) // the first ends at minute -3
	r.step(0, parts[0])
	if r.state.Begun() {
		t.Error("begun after the first part")
	}
	r.want(`
		0: policy for cpu
		0: cpu -5 = 20 on 2 settled
		0: cpu -4 = 20 on 2 settled
		0: cpu -3 = 20 on 2 settled`)
	if q := r.state.Due(at(1))[0]; minuteOf(q.From) != -3 {
		t.Errorf("goes on from minute %d, want -3", minuteOf(q.From))
	}
	r.rounds(1, 2).want(`
		1: cpu -2 = 20 on 2 settled
		1: cpu -1 = 20 on 2 settled
		1: cpu 0 = 20 on 2 settled
		1: round 1: 6 came of cpu to 0
		2: cpu 1 = 20 on 2`)
}

func TestBackfillWaitsForACompleteAnswer(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-2, 1)...)
	r.broken = func(m int) bool { return m < 2 }
	r.rounds(0, 2).want(`
		0: policy for cpu
		2: cpu -2 = 20 on 2 settled
		2: cpu -1 = 20 on 2 settled
		2: cpu 0 = 20 on 2 settled
		2: cpu 1 = 20 on 2 settled
		2: round 3: 4 came of cpu to 1`)
}

func TestNewGroupBeginsLive(t *testing.T) {
	r := newRig(t, perMinute(), minutes(4, 6)...)
	r.rounds(0, 8).want(`
		0: policy for cpu
		5: cpu 4 = 20 on 2
		6: cpu 5 = 20 on 2
		7: cpu 6 = 20 on 2`)
	if !r.state.Begun() {
		t.Error("not begun")
	}
}
