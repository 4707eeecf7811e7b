package actuator

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Run carries out what is stored until ctx ends, and returns nil when every
// call that it made has ended. The runner is that of this actuator's Stage and
// Stored; it may end before, with or after Run. It may be called once.
func (a *Actuator) Run(ctx context.Context, runner Runner) error {
	finish, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(callTimeout, cancel) })
	defer stop()
	var errands sync.WaitGroup
	defer errands.Wait()
	slots := make(chan struct{}, a.cfg.Parallel)
	for {
		for _, e := range a.depart() {
			e.runner, e.finish = runner, finish
			errands.Go(func() {
				select {
				case slots <- struct{}{}:
					a.arrive(e, e.run(ctx))
					<-slots
				case <-ctx.Done():
				}
			})
		}
		select {
		case <-a.wake:
		case <-ctx.Done():
			return nil
		}
	}
}

// depart gives an errand for every intent whose group has none, the groups in
// the order of their names.
func (a *Actuator) depart() []errand {
	a.mu.Lock()
	defer a.mu.Unlock()
	var errands []errand
	for id, intent := range a.due {
		if !a.busy[id] {
			errands = append(errands, errand{Actuator: a, id: id, intent: intent})
		}
	}
	for _, e := range errands {
		delete(a.due, e.id)
		a.busy[e.id] = true
	}
	slices.SortFunc(errands, func(x, y errand) int {
		return cmp.Or(strings.Compare(x.id.Scope, y.id.Scope), strings.Compare(x.id.Group, y.id.Group))
	})
	return errands
}

// arrive lets the next errand of the group begin. Where the result was stored,
// what had been told of the same intent meanwhile is no news.
func (a *Actuator) arrive(e errand, stored bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.busy, e.id)
	if next, ok := a.due[e.id]; ok && stored && next.Round == e.intent.Round {
		delete(a.due, e.id)
	}
	a.poke()
}

// stands gives the intent as the state has it now, if it is still of the same
// round.
func (e errand) stands(ctx context.Context) (intent plan.Intent, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, viewTimeout)
	defer cancel()
	err = e.runner.View(ctx, func(states map[streams.GroupID]streams.State) {
		if own, found := Plan(states[e.id]); found {
			intent, ok = own.Intent()
		}
	})
	return intent, ok && intent.Round == e.intent.Round, err
}
