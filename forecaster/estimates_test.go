package forecaster

import (
	"bytes"
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// estimating runs an Estimates with one worker until the test ends.
func estimating(t *testing.T) (e *Estimates, late func() float64, stop func()) {
	t.Helper()
	registry := prometheus.NewRegistry()
	e, err := NewEstimates(registry)
	if err != nil {
		t.Fatal(err)
	}
	e.workers = 1
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx) }()
	var stopped atomic.Bool
	stop = func() {
		cancel()
		if !stopped.Swap(true) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(stop)
	late = func() float64 {
		families, err := registry.Gather()
		if err != nil || len(families) != 1 {
			t.Fatalf("%d families: %v", len(families), err)
		}
		return families[0].GetMetric()[0].GetCounter().GetValue()
	}
	return e, late, stop
}

func estimateOf(name string, through int64) fold.EstimateKey {
	return fold.EstimateKey{SeriesID: streams.SeriesID{GroupID: group("eu", name), Series: "cpu"}, Model: "m", Epoch: 1, Through: through}
}

// gated is an estimation that says when it runs and waits for a gate.
type gated struct {
	running, gate chan struct{}
	runs          atomic.Int32
}

func newGated() *gated {
	return &gated{running: make(chan struct{}, 9), gate: make(chan struct{})}
}

func (g *gated) estimation(out string) model.Estimation {
	return func(model.Each) []byte {
		g.runs.Add(1)
		g.running <- struct{}{}
		<-g.gate
		return []byte(out)
	}
}

func said(out string) model.Estimation { return func(model.Each) []byte { return []byte(out) } }

// slow gives its bytes only after the fold has waited for long.
func slow(out string) model.Estimation {
	return func(model.Each) []byte {
		for began := time.Now(); time.Since(began) < 2*lateAfter; {
		}
		return []byte(out)
	}
}

func TestEstimateIsComputedAhead(t *testing.T) {
	e, _, _ := estimating(t)
	g := newGated()
	e.Begin(estimateOf("web", 7), g.estimation("x"))
	<-g.running // beside this
	close(g.gate)
	if got := e.Take(estimateOf("web", 7), said("computed twice")); string(got) != "x" || g.runs.Load() != 1 {
		t.Errorf("got %q after %d runs", got, g.runs.Load())
	}
	if len(e.works) != 0 {
		t.Errorf("%d works are kept", len(e.works))
	}
}

func TestEstimateIsComputedInLine(t *testing.T) {
	e, late, _ := estimating(t)
	g := newGated()
	e.Begin(estimateOf("web", 7), g.estimation("x"))
	<-g.running // the only worker is busy
	defer close(g.gate)
	var runs int
	counted := func(model.Each) []byte {
		runs++
		return []byte("queued")
	}
	e.Begin(estimateOf("shop", 7), counted)
	for name, tc := range map[string]struct {
		key  fold.EstimateKey
		e    model.Estimation
		want string
		late float64
	}{
		"still in the queue": {estimateOf("shop", 7), said("queued"), "queued", 0},
		"of another bin":     {estimateOf("web", 8), said("eight"), "eight", 0},
		"never begun":        {estimateOf("api", 7), said("api"), "api", 0},
		"late":               {estimateOf("api", 7), slow("late"), "late", 1},
	} {
		before := late()
		if got := e.Take(tc.key, tc.e); string(got) != tc.want {
			t.Errorf("%s: want %q, got %q", name, tc.want, got)
		}
		if got := late() - before; got < tc.late {
			t.Errorf("%s: want %v late, got %v", name, tc.late, got)
		}
	}
	if runs != 0 {
		t.Errorf("what was taken ran again")
	}
}

// TestTheNextEstimateTakesThePlaceOfOne that nobody took, so that what is kept
// is bounded by the models there are.
func TestTheNextEstimateTakesThePlaceOfOne(t *testing.T) {
	e, _, _ := estimating(t)
	for n := range int64(50) {
		key := estimateOf("web", n)
		key.Epoch = uint64(n / 10)
		e.Begin(key, said("x"))
	}
	e.mu.Lock()
	kept := len(e.works)
	e.mu.Unlock()
	if kept != 1 {
		t.Errorf("%d works are kept", kept)
	}
}

func TestEstimatesEnd(t *testing.T) {
	e, _, stop := estimating(t)
	g := newGated()
	e.Begin(estimateOf("web", 7), g.estimation("x"))
	e.Begin(estimateOf("shop", 7), said("never run ahead"))
	<-g.running
	stopped := make(chan struct{})
	go func() {
		stop()
		close(stopped)
	}()
	e.mu.Lock()
	for !e.ended {
		e.begun.Wait()
	}
	e.mu.Unlock()
	close(g.gate)
	<-stopped
	for key, want := range map[fold.EstimateKey]string{estimateOf("web", 7): "x", estimateOf("shop", 7): "now"} {
		if got := e.Take(key, said("now")); string(got) != want {
			t.Errorf("%v: want %q, got %q", key, want, got)
		}
	}
	e.Begin(estimateOf("api", 7), said("never"))
	if got := e.Take(estimateOf("api", 7), said("now")); string(got) != "now" || len(e.works) != 0 {
		t.Errorf("after the end: got %q, and %d works", got, len(e.works))
	}
	if e.Run(t.Context()) == nil {
		t.Error("want an error of a second run")
	}
}

// inTasks is an estimation of two tasks, the first of which is gated.
func (g *gated) inTasks(out string) model.Estimation {
	return func(each model.Each) []byte {
		done := 0
		for range 2 {
			each(1, func(int) {
				if done++; done == 1 {
					g.estimation("")(each)
				}
			})
		}
		return fmt.Appendf(nil, "%s after %d tasks", out, done)
	}
}

// TestEstimateIsGivenUp between two tasks where the end comes before anybody
// takes it, and computed by whoever takes it then.
func TestEstimateIsGivenUp(t *testing.T) {
	for name, tc := range map[string]struct {
		taken bool // before the end
		want  string
	}{
		"that nobody takes":  {false, "in line"},
		"that is waited for": {true, "ahead after 2 tasks"},
	} {
		t.Run(name, func(t *testing.T) {
			e, _, stop := estimating(t)
			g := newGated()
			e.Begin(estimateOf("web", 7), g.inTasks("ahead"))
			<-g.running
			e.mu.Lock()
			done := e.works[place(estimateOf("web", 7))].done
			e.mu.Unlock()
			got := make(chan string, 1)
			take := func() { got <- string(e.Take(estimateOf("web", 7), said("in line"))) }
			if tc.taken {
				go take()
				eventually(e, func() bool { return len(e.works) == 0 })
			}
			go stop()
			eventually(e, func() bool { return e.ended })
			close(g.gate)
			<-done
			if !tc.taken {
				take()
			}
			if got := <-got; got != tc.want {
				t.Errorf("want %q, got %q", tc.want, got)
			}
		})
	}
}

// eventually waits until what is looked at under the lock holds.
func eventually(e *Estimates, holds func() bool) {
	for {
		e.mu.Lock()
		ok := holds()
		e.mu.Unlock()
		if ok {
			return
		}
		runtime.Gosched()
	}
}

// TestEstimatesChangeNoByte folds with estimates ahead and in line, for every
// model that is refitted.
func TestEstimatesChangeNoByte(t *testing.T) {
	for _, name := range fold.Models() {
		grid, _ := model.NewGrid(5 * time.Minute)
		if _, ok := fold.NewModel(name, model.Config{Grid: grid, Horizon: 2, Levels: []float64{0.5}}, nil).(model.Refitter); !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			e, _, _ := estimating(t)
			ahead, inLine := settling(t, fold.Stage{Estimates: e}, name), settling(t, fold.Stage{}, name)
			if !bytes.Equal(ahead, inLine) {
				t.Error(cmp.Diff(string(inLine), string(ahead)))
			}
		})
	}
}

// settling folds settled bins of two days and past the first refit, which is
// within an hour of the first group event, and gives all forecasts.
func settling(t *testing.T, stage fold.Stage, name string) []byte {
	t.Helper()
	id := group("eu", "web")
	s := stage.New(id)
	p := policyOf(id)
	p.Forecast.Model, p.Forecast.Training = name, 1
	s.Step(streams.NewPolicyControl(id, begin(), p))
	var out []byte
	const first = 2*288 + 10
	for n := range first + 20 {
		s.Step(settledBin(id, n))
		if n < first {
			continue
		}
		end := binEnd(n)
		for _, ev := range s.Step(streams.Group{GroupID: id, Round: uint64(n), Now: end, Series: map[string]streams.Arrival{"cpu": {Count: 1, NewestEnd: end}}}) {
			body, err := streams.Encode(ev)
			if err != nil {
				t.Fatal(err)
			}
			out = append(append(out, body...), '\n')
		}
	}
	if adopted, refused := s.(holder).Refits(); adopted != 1 || refused != 0 {
		t.Errorf("want one refit, got %d, and %d refused", adopted, refused)
	}
	return out
}
