package forecaster

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// mostBuilding bounds the models that are built or wait for it.
	mostBuilding = 16
	// mostBuilt bounds the models that are kept for the next request.
	mostBuilt = 32
	// tick is how often queries are looked for that have waited for too long.
	tick = 500 * time.Millisecond
)

// outsiders answers the queries that models have to be built for which do not
// run. It builds one model after another, each once for all that ask for it,
// and keeps the last ones, so that a query for one of them is answered at once.
type outsiders struct {
	build func(o *fold.Outsider, stop func() bool) (*fold.Built, error)
	tick  time.Duration
	turn  chan struct{} // whoever holds its one token builds

	mu      sync.Mutex
	ended   bool
	jobs    map[fold.OutsiderKey]*job
	kept    []*ready // oldest first
	working sync.WaitGroup
}

// job is a model that is built, or waits for its turn.
type job struct {
	outsider *fold.Outsider
	waiting  []waiter
	promised bool // somebody was told to ask again
}

// waiter is a query that waits for a job, and what the states say to it.
type waiter struct {
	query query
	p     prediction
}

// ready is a model that was built.
type ready struct {
	key   fold.OutsiderKey
	mu    sync.Mutex // a model is not safe for concurrent use
	built *fold.Built
	last  prediction // the last that was completed, of the outsider named
}

func newOutsiders() *outsiders {
	return &outsiders{build: (*fold.Outsider).Build, tick: tick, turn: make(chan struct{}, 1), jobs: make(map[fold.OutsiderKey]*job)}
}

// ask answers a query at once where the model is there, and else when it is. It
// does not wait for it.
func (o *outsiders) ask(ctx context.Context, q query, p prediction) {
	r, refusal := o.find(ctx, waiter{q, p})
	switch {
	case r != nil:
		q.road.answer(q, r.complete(p))
	case refusal != nil:
		q.road.answer(q, prediction{refusal: refusal})
	}
}

// find gives the model of a query where it is there, and else adds the query to
// those that wait for it, whose job begins with the first.
func (o *outsiders) find(ctx context.Context, w waiter) (*ready, *streams.PredictionError) {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := w.p.outsider.Key()
	if i := slices.IndexFunc(o.kept, func(r *ready) bool { return r.key == key }); i >= 0 {
		return o.kept[i], nil
	}
	j := o.jobs[key]
	switch {
	case o.ended:
		return nil, stopping()
	case j != nil:
		j.waiting = append(j.waiting, w)
		return nil, nil
	case len(o.jobs) >= mostBuilding:
		return nil, &streams.PredictionError{Code: 429, Message: "too many models that do not run are being built, try again later"}
	}
	j = &job{outsider: w.p.outsider, waiting: []waiter{w}}
	o.jobs[key] = j
	done := make(chan struct{})
	o.working.Go(func() { o.work(ctx, j, done) })
	o.working.Go(func() { o.impatient(ctx, j, done) })
	return nil, nil
}

// count gives how many of the models that are kept have a name.
func (o *outsiders) count(model string) (n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, r := range o.kept {
		if r.key.Model == model {
			n++
		}
	}
	return n
}

// work builds a model when its turn comes, and answers all that wait for it.
func (o *outsiders) work(ctx context.Context, j *job, done chan<- struct{}) {
	defer close(done)
	var built *fold.Built
	refusal := stopping()
	select {
	case <-ctx.Done():
	case o.turn <- struct{}{}:
		built, refusal = o.attempt(ctx, j)
		<-o.turn
	}
	waiting, r := o.finish(j, built)
	for _, w := range waiting {
		p := prediction{refusal: refusal}
		if refusal == nil {
			p = r.complete(w.p)
		}
		w.query.road.answer(w.query, p)
	}
}

// attempt builds a model unless nobody wants it any more.
func (o *outsiders) attempt(ctx context.Context, j *job) (*fold.Built, *streams.PredictionError) {
	built, err := (*fold.Built)(nil), fold.ErrGivenUp
	if !o.forsaken(j) {
		built, err = o.build(j.outsider, func() bool { return ctx.Err() != nil || o.forsaken(j) })
	}
	switch {
	case err == nil:
		return built, nil
	case ctx.Err() != nil:
		return nil, stopping()
	case errors.Is(err, fold.ErrGivenUp):
		return nil, &streams.PredictionError{Code: 503, Message: "the model was given up since nobody waited for it: ask again"}
	}
	return nil, &streams.PredictionError{Code: 500, Message: err.Error()}
}

// forsaken says whether all who asked for a model went away.
func (o *outsiders) forsaken(j *job) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !j.promised && !slices.ContainsFunc(j.waiting, func(w waiter) bool { return !w.query.road.gone() })
}

// finish ends a job, and keeps what it built.
func (o *outsiders) finish(j *job, built *fold.Built) ([]waiter, *ready) {
	o.mu.Lock()
	defer o.mu.Unlock()
	key := j.outsider.Key()
	delete(o.jobs, key)
	r := &ready{key: key, built: built}
	if built != nil {
		if len(o.kept) >= mostBuilt {
			o.kept = slices.Delete(o.kept, 0, 1)
		}
		o.kept = append(o.kept, r)
	}
	waiting := j.waiting
	j.waiting = nil
	return waiting, r
}

// impatient refuses the queries that have waited for too long, until the job is
// done. The model is built all the same, for the next one. Once ctx ended it
// refuses all: to give up a job may take longer than they have.
func (o *outsiders) impatient(ctx context.Context, j *job, done <-chan struct{}) {
	tick := time.NewTicker(o.tick)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case now := <-tick.C:
			refusal, ending := stillFitted(), ctx.Err() != nil
			if ending {
				refusal = stopping()
			}
			for _, w := range o.overdue(j, func(w waiter) bool { return ending || !now.Before(w.query.until) }) {
				w.query.road.answer(w.query, prediction{refusal: refusal})
			}
		}
	}
}

func stillFitted() *streams.PredictionError {
	return &streams.PredictionError{Code: 503,
		Message: "the model does not run on this series for so many steps, and is still being fitted: ask again in a few seconds"}
}

func (o *outsiders) overdue(j *job, isLate func(waiter) bool) (late []waiter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	j.waiting = slices.DeleteFunc(j.waiting, func(w waiter) bool {
		if !isLate(w) || w.query.road.gone() {
			return false
		}
		j.promised = true
		late = append(late, w)
		return true
	})
	return late
}

// end refuses what comes from now on, and waits until all that came is
// answered.
func (o *outsiders) end() {
	o.mu.Lock()
	o.ended = true
	o.mu.Unlock()
	o.working.Wait()
}

// complete gives a prediction with what the model says. Those of one look at the
// states share it.
func (r *ready) complete(p prediction) prediction {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last.outsider != p.outsider {
		p.outsider.Complete(&p.forecast, r.built)
		r.last = p
	}
	return prediction{forecast: r.last.forecast}
}
