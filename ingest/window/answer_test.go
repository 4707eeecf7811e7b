package window

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A late bin is published when it comes, after younger ones.
func TestLateBin(t *testing.T) {
	cloud := append(minutes(-1, 4, 1), value(1, 30, 2).at(4))
	newRig(t, perMinute(), cloud...).rounds(0, 5).want(`
		0: policy for cpu
		0: cpu -1 = 20 on 2 settled
		1: cpu 0 = 20 on 2
		3: cpu 2 = 20 on 2
		4: cpu 1 = 60 on 2 settled
		4: cpu 3 = 20 on 2
		4: round 5: 2 came of cpu to 3
		5: cpu 4 = 20 on 2`)
}

func TestGapIsToldWhenItSettles(t *testing.T) {
	cloud := append(minutes(-1, 5, 1), value(1, 30, 2).at(6))
	newRig(t, perMinute(), cloud...).rounds(0, 6).want(`
		0: policy for cpu
		0: cpu -1 = 20 on 2 settled
		1: cpu 0 = 20 on 2
		3: cpu 2 = 20 on 2
		4: cpu 1 gap settled
		4: cpu 3 = 20 on 2
		4: round 5: 2 came of cpu to 3
		5: cpu 4 = 20 on 2
		6: cpu 1 = 60 on 2 revision 2 settled
		6: cpu 5 = 20 on 2
		6: round 7: 2 came of cpu to 5`)
}

func TestRestated(t *testing.T) {
	cloud := append(minutes(-1, 6),
		value(1, 12, 2).at(3), // while it may change
		value(2, 12, 2).at(6), // after it settled
		value(3, 10, 3).at(5)) // only the instances
	newRig(t, perMinute(), cloud...).rounds(0, 6).want(`
		0: policy for cpu
		0: cpu -1 = 20 on 2 settled
		1: cpu 0 = 20 on 2
		2: cpu 1 = 20 on 2
		3: cpu 1 = 24 on 2 revision 2
		3: cpu 2 = 20 on 2
		3: round 4: 2 came of cpu to 2
		4: cpu 3 = 20 on 2
		5: cpu 3 = 30 on 3 revision 2
		5: cpu 4 = 20 on 2
		5: round 6: 2 came of cpu to 4
		6: cpu 2 = 24 on 2 revision 2 settled
		6: cpu 5 = 20 on 2
		6: round 7: 2 came of cpu to 5`)
}

func TestCensored(t *testing.T) {
	newRig(t, perMinute(), value(-1, 94.9, 2), value(0, 95, 2)).rounds(0, 1).want(`
		0: policy for cpu
		0: cpu -1 = 189.8 on 2 settled
		1: cpu 0 = 190 on 2 censored`)
}

// CloudWatch is silent for an hour and then has all of it: each bin was a gap,
// and each value corrects its gap, in order.
func TestSilentForAnHour(t *testing.T) {
	cloud := minutes(-1, 62)
	for i := range cloud {
		if end := cloud[i].end; end >= 2 && end <= 61 {
			cloud[i].from = 62
		}
	}
	r := newRig(t, perMinute(), cloud...)
	r.rounds(0, 61)
	silent := r.lines
	r.lines = nil
	if want := "61: cpu 58 gap settled"; silent[len(silent)-1] != want || len(silent) != 2+2+57 {
		t.Errorf("%d lines to %q, want 61 to %q", len(silent), silent[len(silent)-1], want)
	}
	r.round(62)
	var corrected []string
	for m := 2; m <= 58; m++ {
		corrected = append(corrected, line("62: cpu %d = 20 on 2 revision 2 settled", m))
	}
	corrected = append(corrected, "62: cpu 59 = 20 on 2 settled", "62: cpu 60 = 20 on 2", "62: cpu 61 = 20 on 2",
		"62: round 63: 60 came of cpu to 61")
	if diff := cmp.Diff(corrected, r.lines); diff != "" {
		t.Errorf("after the silence (-want +got):\n%s", diff)
	}
	if d, ok := r.state.MetricDelay(); !ok || d != time.Minute {
		t.Errorf("delay %v, %v, want the minute that most bins took", d, ok)
	}
}

// An answer that is not complete tells of what it holds, and settles nothing.
func TestIncompleteAnswers(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-1, 8, 1)...)
	r.broken = func(m int) bool { return m >= 3 && m <= 6 }
	r.rounds(0, 7).want(`
		0: policy for cpu
		0: cpu -1 = 20 on 2 settled
		1: cpu 0 = 20 on 2
		3: cpu 2 = 20 on 2
		4: cpu 3 = 20 on 2
		5: cpu 4 = 20 on 2
		6: cpu 5 = 20 on 2
		7: cpu 1 gap settled
		7: cpu 6 = 20 on 2
		7: round 8: 2 came of cpu to 6`)
}

// However long the answers are incomplete, the state stays small, and what is
// new is told.
func TestIncompleteForADay(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-1, 400, 1)...)
	r.broken = func(m int) bool { return m >= 2 }
	r.rounds(0, 400)
	if n := len(r.state.series.Bins); n > mostOpen+reread {
		t.Errorf("the state keeps %d bins", n)
	}
	if got, want := r.lines[len(r.lines)-1], "400: cpu 399 = 20 on 2"; got != want {
		t.Errorf("last %q, want %q", got, want)
	}
}

// A bin that is not waited for any longer, because 120 younger ones came while
// no answer was complete, is told as a gap; and its value where that comes yet.
func TestPressedOut(t *testing.T) {
	for _, most := range []int{400, 7} {
		cloud := append(minutes(-1, 200, 10, 12), value(10, 30, 2).at(190))
		r := newRig(t, perMinute(), cloud...)
		r.most, r.reload = most, true
		r.broken = func(m int) bool { return m > 5 }
		r.rounds(0, 130)
		r.lines = nil
		r.rounds(131, 134).want(`
			131: cpu 130 = 20 on 2
			131: cpu 10 gap settled
			131: round 132: 2 came of cpu to 130
			132: cpu 131 = 20 on 2
			133: cpu 132 = 20 on 2
			133: cpu 12 gap settled
			133: round 134: 2 came of cpu to 132
			134: cpu 133 = 20 on 2`)
		r.rounds(135, 189)
		r.lines = nil
		r.round(190)
		r.want(`
			190: cpu 10 = 60 on 2 revision 2 settled
			190: cpu 189 = 20 on 2
			190: round 191: 2 came of cpu to 189`)
	}
}

// After a leap of the clock more bins are overtaken than a part may tell.
func TestPressedOutAtOnce(t *testing.T) {
	r := newRig(t, perMinute(), append(minutes(-1, 2), minutes(850, 900)...)...)
	r.rounds(0, 3)
	q := r.state.Due(at(901))[0]
	a := Answered{GroupID: web(), Now: at(901), Query: q, Answer: Answer{Points: r.points(q, 901)}}
	told := 0
	for _, part := range a.Parts(60) {
		n := len(r.state.Step(part))
		if bins := int(part.Query.Until.Sub(part.Query.From) / q.Period); n > bins {
			t.Errorf("%d metrics of %d bins", n, bins)
		}
		told += n
	}
	if told <= 51 {
		t.Errorf("%d metrics, want gaps among them", told)
	}
}

// A poll of minutes ago, or an answer that came before, takes nothing back.
func TestClockBack(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-3, 9)...)
	r.rounds(0, 5)
	r.lines = nil
	for _, m := range []int{2, 3, 4} {
		events := r.state.Step(Polled{GroupID: web(), Now: at(m), Listed: false})
		if g := events[0]; len(events) != 1 || told(g) != "" {
			t.Errorf("at %d: %v", m, events)
		}
		if got := minuteOf(r.state.head.Now); got != 5 {
			t.Errorf("now is minute %d, want 5", got)
		}
		if due := r.state.Due(at(m)); len(due) != 0 {
			t.Errorf("at %d: due %v", m, due)
		}
	}
	r.rounds(6, 7).want(`
		6: cpu 5 = 20 on 2
		7: cpu 6 = 20 on 2`)
}

// The same answer twice, and one to another question, tell nothing.
func TestAnswersThatTellNothing(t *testing.T) {
	r := newRig(t, perMinute(), minutes(-3, 0)...)
	r.rounds(0, 0)
	r.lines = nil
	q := r.state.Due(at(1))[0]
	a := Answered{GroupID: web(), Now: at(1), Query: q, Answer: Answer{Points: r.points(q, 1), Complete: true}}
	other := []func(*Answered){
		func(a *Answered) { a.Group = "other" },
		func(a *Answered) { a.Query.Series = "requests" },
		func(a *Answered) { a.Query.Period = 5 * time.Minute },
		func(a *Answered) { a.Query.Measure = Requests },
		func(a *Answered) { a.Query.Expression = "m0" },
		func(a *Answered) { a.Query.AutoScalingGroup = "blue" },
		func(a *Answered) { a.Query.Probe = true },
	}
	for i, change := range other {
		b := a
		change(&b)
		if events := r.state.Step(b); len(events) != 0 {
			t.Errorf("%d: %v", i, events)
		}
	}
	r.step(1, a)
	r.want(`1: cpu 0 = 20 on 2`)
	r.step(1, a)
	r.want(``)
}
