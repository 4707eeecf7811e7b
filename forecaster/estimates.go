package forecaster

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// lateAfter is how long the fold waits for an estimate that counts as late.
const lateAfter = time.Millisecond

// Estimates computes the estimates of refits ahead, beside the fold, in a few
// goroutines that end with Run. Before Run and after it every estimate is
// computed as it is taken. It is safe for concurrent use.
type Estimates struct {
	late    prometheus.Counter
	workers int

	mu sync.Mutex
	// works has the last estimation that began of each model of each series,
	// under its key without epoch and bin: one that is never taken stays until
	// the next begins.
	works map[fold.EstimateKey]*work
	queue []*work
	begun *sync.Cond // the queue is longer, or the end has come
	ended bool
}

var _ fold.Estimates = (*Estimates)(nil)

// work is one estimation.
type work struct {
	key    fold.EstimateKey
	e      model.Estimation
	taken  bool          // a worker or Take has it
	wanted bool          // Take waits for it
	done   chan struct{} // closed when a worker is done with it
	bytes  []byte
	whole  bool // else it was given up
}

// NewEstimates makes an Estimates whose figures are registered where there is a
// registry.
func NewEstimates(registry prometheus.Registerer) (*Estimates, error) {
	e := &Estimates{
		workers: max(1, runtime.GOMAXPROCS(0)-1), // one processor is the fold's
		works:   make(map[fold.EstimateKey]*work),
		late: prometheus.NewCounter(prometheus.CounterOpts{Name: "autoscaling_estimates_late_total",
			Help: "Estimates of refits that the fold had to wait for, for more than a millisecond."}),
	}
	e.begun = sync.NewCond(&e.mu)
	if registry == nil {
		return e, nil
	}
	if err := registry.Register(e.late); err != nil {
		return nil, fmt.Errorf("compute estimates: %w", err)
	}
	return e, nil
}

// Run computes what has begun until ctx ends, and then returns nil. An estimation
// that it is in is given up unless the fold waits for it already: it is
// pending in the state, and begins again with whoever loads that.
func (e *Estimates) Run(ctx context.Context) error {
	e.mu.Lock()
	ended := e.ended
	e.mu.Unlock()
	if ended {
		return errors.New("compute estimates: ended before")
	}
	var all sync.WaitGroup
	for range e.workers {
		all.Go(e.compute)
	}
	<-ctx.Done()
	e.mu.Lock()
	e.ended, e.queue = true, nil
	e.begun.Broadcast()
	e.mu.Unlock()
	all.Wait()
	return nil
}

// compute computes one estimate after another until the end.
func (e *Estimates) compute() {
	for {
		w := e.next()
		if w == nil {
			return
		}
		e.run(w)
	}
}

// next waits for the next work; nil is the end.
func (e *Estimates) next() *work {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		for len(e.queue) > 0 {
			w := e.queue[0]
			e.queue[0] = nil
			e.queue = e.queue[1:]
			if !w.taken {
				w.taken = true
				return w
			}
		}
		if e.ended {
			return nil
		}
		e.begun.Wait()
	}
}

func (e *Estimates) run(w *work) {
	w.bytes, w.whole = w.e.Unless(func() bool { return e.over(w) }, model.InLine)
	w.e = nil // it holds a window
	close(w.done)
}

// over says whether nobody will take a work any more.
func (e *Estimates) over(w *work) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.ended && !w.wanted
}

// place gives the key under which a work is kept.
func place(key fold.EstimateKey) fold.EstimateKey {
	key.Epoch, key.Through = 0, 0
	return key
}

// Begin queues an estimation, in place of one of the same model and series.
func (e *Estimates) Begin(key fold.EstimateKey, estimation model.Estimation) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ended {
		return
	}
	if old := e.works[place(key)]; old != nil {
		old.taken = true // nobody will ask for it
	}
	w := &work{key: key, e: estimation, done: make(chan struct{})}
	e.works[place(key)] = w
	e.queue = append(e.queue, w)
	e.begun.Signal()
}

// Take gives the bytes of an estimation: those that were computed, or are
// waited for, or are computed here where no worker has begun.
func (e *Estimates) Take(key fold.EstimateKey, estimation model.Estimation) []byte {
	began := time.Now()
	bytes, ok := e.await(key)
	if !ok {
		bytes = estimation(model.InLine)
	}
	if time.Since(began) > lateAfter {
		e.late.Inc()
	}
	return bytes
}

// await waits for the bytes of an estimation that a worker has begun; false where
// none has, or gave it up.
func (e *Estimates) await(key fold.EstimateKey) ([]byte, bool) {
	w := e.claim(key)
	if w == nil {
		return nil, false
	}
	<-w.done
	return w.bytes, w.whole
}

// claim gives the work of a key where a worker has begun it, and forgets it.
func (e *Estimates) claim(key fold.EstimateKey) *work {
	e.mu.Lock()
	defer e.mu.Unlock()
	w := e.works[place(key)]
	if w == nil || w.key != key {
		return nil
	}
	delete(e.works, place(key))
	if !w.taken {
		w.taken = true
		return nil
	}
	w.wanted = true
	return w
}
