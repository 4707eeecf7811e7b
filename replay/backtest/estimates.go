package backtest

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"sync"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// estimates has those of the runs of one policy on one load, which differ in
// their price alone: each estimate is computed by the first that takes it. It
// is safe for concurrent use.
//
// The price moves the capacity, and the CPU of a capacity that is too small
// shows less than the load. So runs need not see the same metrics for ever, and
// share until the first that they see differently.
type estimates struct {
	mu    sync.Mutex
	found map[estimateKey]func() []byte
	runs  int // that have not ended
}

// estimateKey names an estimate by all that it can depend on.
type estimateKey struct {
	fold.EstimateKey
	seen uint64 // a hash of the terms and of every metric until it began
}

// lot is what runs have in common that share estimates.
type lot struct{ name, policy string }

func (t Task) lot() lot { return lot{t.Case.Name, t.Contender.Policy} }

// lots gives tasks of ours that are more than one on a load their estimates.
func lots(tasks []Task) map[lot]*estimates {
	all := map[lot]*estimates{}
	for _, t := range tasks {
		if !IsOurs(t.Contender.Policy) || t.Contender.Policy == OursPerfect {
			continue
		}
		if all[t.lot()] == nil {
			all[t.lot()] = &estimates{found: map[estimateKey]func() []byte{}}
		}
		all[t.lot()].runs++
	}
	for l, e := range all {
		if e.runs == 1 {
			delete(all, l)
		}
	}
	return all
}

// end says that a run has ended. The last one leaves nothing.
func (e *estimates) end() {
	if e == nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.runs--; e.runs == 0 {
		e.found = nil
	}
}

// take gives an estimate that was computed, or computes it.
func (e *estimates) take(key estimateKey, estimation model.Estimation) []byte {
	e.mu.Lock()
	once := e.found[key]
	if once == nil {
		once = sync.OnceValue(func() []byte { return estimation(model.InLine) })
		e.found[key] = once
	}
	e.mu.Unlock()
	return once()
}

// share is the part that one run has in the estimates of its lot.
type share struct {
	of   *estimates
	seen uint64
	// begun is the newest estimate that began, as the run named it.
	begun estimateKey
}

var _ fold.Estimates = (*share)(nil)

// newShare begins with the terms under which a policy forecasts.
func newShare(of *estimates, p streams.Policy) *share {
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%+v %+v", p.Load, p.Forecast)
	return &share{of: of, seen: sum.Sum64()}
}

// see continues with a metric. What else the forecaster reads of it follows
// from the load, and from when it came.
func (s *share) see(m streams.Metric) {
	word := uint64(1) // of a gap: no value that there can be has these bits
	if m.Value != nil {
		word = math.Float64bits(*m.Value)
	}
	sum := fnv.New64a()
	for _, w := range []uint64{s.seen, uint64(m.End.Unix()), word, uint64(m.Seen.Unix())} {
		sum.Write(binary.LittleEndian.AppendUint64(nil, w))
	}
	s.seen = sum.Sum64()
}

// Begin keeps what was seen until now.
func (s *share) Begin(key fold.EstimateKey, _ model.Estimation) {
	s.begun = estimateKey{key, s.seen}
}

// Take gives the estimate that began.
func (s *share) Take(key fold.EstimateKey, e model.Estimation) []byte {
	if s.begun.EstimateKey != key {
		return e(model.InLine)
	}
	return s.of.take(s.begun, e)
}
