package backtest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
)

// rising is two days of a load that grows by the hour.
func rising() fleet.Load {
	l := fleet.Load{Start: time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC), Period: 5 * time.Minute, Peak: 20}
	for bin := range 2 * 288 {
		l.Missing = append(l.Missing, bin == 100)
		for range 5 {
			l.Demand = append(l.Demand, 1+float64(bin/12)/4+float64(bin*bin%7)/7)
		}
	}
	return l
}

// What a rival does in the second half of the warm-up part is the same whether
// the minutes after it exist or not, but for those that plan by the whole of
// it: they are the ones that plans names, and of no other it matters which way
// Before is computed.
func TestOnlyPlansReadAhead(t *testing.T) {
	b := Bench{Settings: DefaultSettings()}
	l := rising()
	warmUp := b.Settings.warmUp(l)
	for _, d := range rivals.Definitions() {
		score := func(load fleet.Load) fleet.Score {
			w, err := b.Settings.world(d.Name, load)
			if err != nil {
				t.Fatal(err)
			}
			rivals.Run(w, d.New(d.Default))
			return w.ScoreBetween(warmUp/2, warmUp)
		}
		diff := cmp.Diff(score(l), score(first(l, warmUp)))
		if diff != "" && !plans(d.Name) {
			t.Errorf("%s (-whole +first half):\n%s", d.Name, diff)
		}
	}
}

// A static peak is judged beforehand by the peak of the first quarter, which
// a load that grows goes beyond.
func TestBeforeOfAPlan(t *testing.T) {
	b := Bench{Settings: DefaultSettings()}
	c := Case{Name: "rising", Load: rising()}
	story, err := b.Play(Task{Case: c, Contender: Contender{"static-peak", 1}})
	if err != nil {
		t.Fatal(err)
	}
	if story.Before.Violations == 0 || story.Before.Minutes != 720 {
		t.Errorf("before: %+v", story.Before)
	}
}
