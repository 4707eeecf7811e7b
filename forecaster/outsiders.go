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
	// patience is how long a query waits for its model. Less than the 5 s that
	// `nats req` waits.
	patience = 4 * time.Second
)

// outsiders answers the queries that models have to be built for which do not
// run. It builds one model after another, each once for all that ask for it,
// and keeps the last ones, so that a query for one of them is answered at once.
type outsiders struct {
	build    func(o *fold.Outsider, stop func() bool) (*fold.Built, error)
	patience time.Duration
	turn     chan struct{} // whoever holds its one token builds

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
}

// waiter is a query that waits for a job.
type waiter struct {
	since  time.Time
	answer fold.Answer
	reply  func(prediction)
}

// ready is a model that was built.
type ready struct {
	key   fold.OutsiderKey
	mu    sync.Mutex // a model is not safe for concurrent use
	built *fold.Built
}

func newOutsiders() *outsiders {
	return &outsiders{build: (*fold.Outsider).Build, patience: patience, turn: make(chan struct{}, 1), jobs: make(map[fold.OutsiderKey]*job)}
}

// ask answers at once where the model is there, and else when it is. It does
// not wait for it.
func (o *outsiders) ask(ctx context.Context, a fold.Answer, reply func(prediction)) {
	key := a.Outsider.Key()
	o.mu.Lock()
	i := slices.IndexFunc(o.kept, func(r *ready) bool { return r.key == key })
	if i >= 0 {
		r := o.kept[i]
		o.mu.Unlock()
		reply(r.answer(a))
		return
	}
	refusal := o.join(ctx, key, waiter{time.Now(), a, reply})
	o.mu.Unlock()
	if refusal != nil {
		reply(prediction{refusal: refusal})
	}
}

// join adds a query to those that wait for a model, whose job begins with the
// first.
func (o *outsiders) join(ctx context.Context, key fold.OutsiderKey, w waiter) *streams.PredictionError {
	j := o.jobs[key]
	switch {
	case o.ended:
		return stopping()
	case j != nil:
		j.waiting = append(j.waiting, w)
		return nil
	case len(o.jobs) >= mostBuilding:
		return &streams.PredictionError{Code: 429, Message: "too many models that do not run are being built, try again later"}
	}
	j = &job{outsider: w.answer.Outsider, waiting: []waiter{w}}
	o.jobs[key] = j
	done := make(chan struct{})
	o.working.Go(func() { o.work(ctx, j, done) })
	o.working.Go(func() { o.impatient(j, done) })
	return nil
}

func stopping() *streams.PredictionError {
	return &streams.PredictionError{Code: 503, Message: "the forecaster is stopping"}
}

// work builds a model when its turn comes, and answers all that wait for it.
func (o *outsiders) work(ctx context.Context, j *job, done chan<- struct{}) {
	defer close(done)
	var built *fold.Built
	refusal := stopping()
	select {
	case <-ctx.Done():
	case o.turn <- struct{}{}:
		var err error
		built, err = o.build(j.outsider, func() bool { return ctx.Err() != nil })
		<-o.turn
		switch refusal = nil; {
		case errors.Is(err, fold.ErrGivenUp):
			refusal = stopping()
		case err != nil:
			refusal = &streams.PredictionError{Code: 500, Message: err.Error()}
		}
	}
	waiting, r := o.finish(j, built)
	for _, w := range waiting {
		if refusal != nil {
			w.reply(prediction{refusal: refusal})
			continue
		}
		w.reply(r.answer(w.answer))
	}
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
// done. The model is built all the same, for the next one.
func (o *outsiders) impatient(j *job, done <-chan struct{}) {
	tick := time.NewTicker(o.patience / 8)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case now := <-tick.C:
			for _, w := range o.overdue(j, now) {
				w.reply(prediction{refusal: &streams.PredictionError{Code: 503,
					Message: "the model does not run on this series, and is still being fitted: ask again in a few seconds"}})
			}
		}
	}
}

func (o *outsiders) overdue(j *job, now time.Time) (late []waiter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	j.waiting = slices.DeleteFunc(j.waiting, func(w waiter) bool {
		if now.Sub(w.since) < o.patience {
			return false
		}
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

// answer completes an answer with what the model says.
func (r *ready) answer(a fold.Answer) prediction {
	r.mu.Lock()
	defer r.mu.Unlock()
	a.Outsider.Complete(&a.Forecast, r.built)
	return prediction{forecast: a.Forecast}
}
