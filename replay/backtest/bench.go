package backtest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
)

// Bench plays contenders on cases. Its methods may be called side by side.
type Bench struct {
	Settings Settings
	Setup    Setup
	// Incumbent is what the incumbent plays, where that is a contender.
	Incumbent rivals.Incumbent
	// Stop, where set, is asked before each run and, in one of ours, once a
	// simulated day. Its error ends the run. It is called side by side.
	Stop func() error
	// Done, where set, is told of work that was done, in the measure of Work.
	// It is called side by side.
	Done func(work int)
}

// Task is a contender on a case.
type Task struct {
	Case      Case
	Contender Contender
	// Told keeps every minute, and of ours bands and decisions.
	Told bool
}

// A minute of ours is about worth oursWork minutes of a rival, and one on a
// model that is refitted refittedWork.
const (
	oursWork     = 100
	refittedWork = 500
)

// Work is how long a task takes, in minutes of a rival.
func (t Task) Work() int { return workOf(t.Contender.Policy) * t.Case.Load.Minutes() }

// workOf is what a minute of a policy is worth.
func workOf(policy string) int {
	switch {
	case isRefitted(policy):
		return refittedWork
	case IsOurs(policy):
		return oursWork
	}
	return 1
}

// Tasks pairs every case with every contender, case by case, and tells those
// that told picks.
func Tasks(cases []Case, contenders []Contender, told func(Contender) bool) []Task {
	var all []Task
	for _, c := range cases {
		for _, k := range contenders {
			all = append(all, Task{Case: c, Contender: k, Told: told(k)})
		}
	}
	return all
}

// PlayAll plays tasks and gives their stories in the same order. The error is
// that of the first task that has one.
func (b Bench) PlayAll(tasks []Task, parallel Parallel) ([]Story, error) {
	stories, errs := make([]Story, len(tasks)), make([]error, len(tasks))
	order, shared := byWork(tasks), lots(tasks)
	parallel(len(tasks), func(i int) {
		n := order[i]
		of := shared[tasks[n].lot()]
		defer of.end()
		stories[n], errs[n] = b.play(tasks[n], of)
	})
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("play %s on %s: %w", tasks[i].Contender, tasks[i].Case.Name, err)
		}
	}
	return stories, nil
}

// Play plays one task.
func (b Bench) Play(t Task) (Story, error) { return b.play(t, nil) }

// play plays a task that may share estimates.
func (b Bench) play(t Task, of *estimates) (Story, error) {
	if err := b.stopped(); err != nil {
		return Story{}, err
	}
	if IsIncumbent(t.Contender.Policy) && !b.Incumbent.Plays() {
		return Story{}, errors.New("there is nothing that it scales by")
	}
	world, err := b.Settings.world(t.Contender.String(), t.Case.Load)
	if err != nil {
		return Story{}, err
	}
	story := Story{Run: Run{Case: t.Case.Name, Policy: t.Contender.Policy, Knob: t.Contender.Knob}}
	if IsOurs(t.Contender.Policy) {
		err = b.playOurs(t, world, &story, of)
	} else {
		rivals.Run(world, b.rival(t))
		b.done(t.Work())
	}
	if err != nil {
		return Story{}, err
	}
	story.Score = world.Score()
	if t.Told {
		story.Rows = world.Rows()
	}
	story.Before, err = b.before(t, world)
	return story, err
}

// before judges the second half of the warm-up part, by what was done in it.
// What a policy planned with the whole warm-up part at hand it could not have
// been chosen by: such a one is played on that part alone, with its first half
// to plan by.
func (b Bench) before(t Task, world *fleet.World) (fleet.Score, error) {
	warmUp := b.Settings.warmUp(t.Case.Load)
	if warmUp == 0 || !plans(t.Contender.Policy) {
		return world.ScoreBetween(warmUp/2, warmUp), nil
	}
	part := t
	part.Case.Load = first(t.Case.Load, warmUp)
	settings := b.Settings
	settings.WarmUp = 0.5
	alone, err := settings.world(t.Contender.String(), part.Case.Load)
	if err != nil {
		return fleet.Score{}, err
	}
	return rivals.Run(alone, b.rival(part)), nil
}

// plans says whether a rival reads the warm-up part as a whole: to plan by, or
// to fit its constants.
func plans(policy string) bool {
	return policy == "static-peak" || policy == "schedule" || policy == "phpa"
}

// first gives the first minutes of a load.
func first(l fleet.Load, minutes int) fleet.Load {
	perBin := int(l.Period / time.Minute)
	l.Demand = l.Demand[:minutes]
	l.Missing = l.Missing[:(minutes+perBin-1)/perBin]
	return l
}

func (b Bench) rival(t Task) rivals.Policy {
	switch {
	case t.Contender.Policy == Oracle:
		return rivals.NewOracle(t.Case.Load)
	case IsIncumbent(t.Contender.Policy):
		return b.Incumbent.New()
	}
	d, _ := rivals.Lookup(t.Contender.Policy)
	return d.New(t.Contender.Knob)
}

func (b Bench) stopped() error {
	if b.Stop == nil {
		return nil
	}
	return b.Stop()
}

func (b Bench) done(work int) {
	if b.Done != nil {
		b.Done(work)
	}
}

// byWork gives the indices of tasks, the longest first, so that none of them
// is left for the end.
func byWork(tasks []Task) []int {
	order := make([]int, len(tasks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(tasks[b].Work(), tasks[a].Work()) })
	return order
}
