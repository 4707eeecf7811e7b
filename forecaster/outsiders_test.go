package forecaster

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// asker is a service that does not run, whose builds wait for a gate.
type asker struct {
	*Service
	t             *testing.T
	paper         *paper
	building      chan struct{}
	gate          chan struct{} // a build takes one, or finds it closed
	builds        atomic.Int32
	ctx           context.Context
	patience      time.Duration
	groups        []streams.GroupID
	statesOfTests map[streams.GroupID]streams.State
}

func newAsker(t *testing.T, groups int) *asker {
	t.Helper()
	a := &asker{t: t, building: make(chan struct{}, 99), gate: make(chan struct{}), ctx: t.Context(), paper: newPaper(), patience: patienceNATS}
	states := make(map[streams.GroupID]streams.State)
	for n := range groups {
		id := group("eu", fmt.Sprint("g", n))
		states[id] = with(id, 50)
		a.groups = append(a.groups, id)
	}
	a.statesOfTests = states
	a.Service = newService(t, &held{states: states})
	a.outsiders.tick = time.Millisecond
	a.outsiders.build = func(o *fold.Outsider, stop func() bool) (*fold.Built, error) {
		a.builds.Add(1)
		a.building <- struct{}{}
		<-a.gate
		return o.Build(stop)
	}
	return a
}

// ask lets queries for a model of a group be answered, in one look or more.
func (a *asker) ask(model string, groups ...int) { a.askOn(a.paper, model, groups...) }

func (a *asker) askOn(p *paper, model string, groups ...int) {
	var queries []query
	for _, n := range groups {
		queries = append(queries, query{model: model, road: p, until: time.Now().Add(a.patience),
			body: streams.PredictionRequest{Group: fmt.Sprint("g", n), Steps: 2}})
	}
	a.answer(a.ctx, queries)
}

// codes gives how often each code came in so many answers, 200 for predictions.
func (a *asker) codes(n int) map[int]int {
	a.t.Helper()
	codes := make(map[int]int)
	late := time.After(10 * time.Second)
	for range n {
		select {
		case p := <-a.paper.answers:
			code := 200
			if p.refusal != nil {
				code = p.refusal.Code
			} else if len(p.forecast.Quantiles) == 0 {
				a.t.Error("an answer without a forecast")
			}
			codes[code]++
		case <-late:
			a.t.Fatalf("after %v: no more answers", codes)
		}
	}
	return codes
}

// TestOutsiderIsAnswered asks over the wire for a model that does not run.
func TestOutsiderIsAnswered(t *testing.T) {
	web := group("eu-west-1", "web")
	state := with(web, 600)
	trial := serve(t, &held{states: map[streams.GroupID]streams.State{web: state}})
	got, refusal := trial.ask(t, "rls", `{"steps":6}`)
	if refusal.Code != 0 || got.Model != "rls" {
		t.Fatalf("%s, model %q", refusal.Error(), got.Model)
	}
	a, _ := state.(predictor).Predict("rls", "", 6)
	built, err := a.Outsider.Build(func() bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	a.Outsider.Complete(&a.Forecast, built)
	want, _ := streams.PredictionRequest{Steps: 6}.Reply(a.Forecast)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestOutsiderIsBuiltOnce lets many wait for one model, others being answered
// meanwhile, and asks again when it is there.
func TestOutsiderIsBuiltOnce(t *testing.T) {
	a := newAsker(t, 2)
	a.ask("rls", 0, 0, 0)
	<-a.building
	a.ask("rls", 0)
	a.ask("naive", 0, 1)
	if got := a.codes(2); got[200] != 2 {
		t.Fatalf("those of the model in force: %v", got)
	}
	close(a.gate)
	if got := a.codes(4); got[200] != 4 {
		t.Fatalf("those that waited: %v", got)
	}
	a.outsiders.working.Wait()
	a.ask("rls", 0, 0)
	if got := a.codes(2); got[200] != 2 || a.builds.Load() != 1 {
		t.Errorf("asked again: %v after %d builds", got, a.builds.Load())
	}
	state := a.statesOfTests[a.groups[0]]
	state.Step(settledBin(a.groups[0], 50))
	a.ask("rls", 0)
	if got := a.codes(1); got[200] != 1 || a.builds.Load() != 2 {
		t.Errorf("a bin later: %v after %d builds", got, a.builds.Load())
	}
}

// TestOutsiderThatTakesLongIsRefused, and is there for the next query.
func TestOutsiderThatTakesLongIsRefused(t *testing.T) {
	a := newAsker(t, 1)
	a.patience = 0
	a.ask("rls", 0, 0)
	if got := a.codes(2); got[503] != 2 {
		t.Fatalf("got %v", got)
	}
	close(a.gate)
	a.outsiders.working.Wait()
	a.ask("rls", 0)
	if got := a.codes(1); got[200] != 1 || a.builds.Load() != 1 {
		t.Errorf("asked again: %v after %d builds", got, a.builds.Load())
	}
}

func TestOutsidersAreBounded(t *testing.T) {
	const beyond = 5
	a := newAsker(t, mostBuilt+beyond)
	for n := range mostBuilding + beyond {
		a.ask("rls", n)
	}
	if got := a.codes(beyond); got[429] != beyond {
		t.Fatalf("got %v", got)
	}
	if got := a.builds.Load(); got > 1 {
		t.Errorf("%d builds at once", got)
	}
	close(a.gate)
	a.codes(mostBuilding)
	for n := range mostBuilt + beyond {
		a.ask("rls", n)
		a.codes(1)
	}
	a.outsiders.end()
	if got := len(a.outsiders.kept); got != mostBuilt {
		t.Errorf("%d models are kept", got)
	}
	a.statesOfTests[a.groups[0]].Step(settledBin(a.groups[0], 50)) // what is kept of it is of before
	a.ask("rls", 0)
	if got := a.codes(1); got[503] != 1 {
		t.Errorf("after the end: %v", got)
	}
}

// TestOutsidersEnd refuses all who wait once the end has come, those too whose
// model takes long to give up; an estimation is given up.
func TestOutsidersEnd(t *testing.T) {
	for model, kept := range map[string]int{"rls": 1, "arima": 0} {
		a := newAsker(t, 2)
		ctx, cancel := context.WithCancel(t.Context())
		a.ctx = ctx
		a.ask(model, 0)
		<-a.building
		a.ask(model, 1)
		cancel()
		if got := a.codes(2); got[503] != 2 {
			t.Fatalf("%s: want both refused while one is built, got %v", model, got)
		}
		close(a.gate)
		a.outsiders.end()
		if got := a.outsiders.count(model); got != kept || a.builds.Load() != 1 {
			t.Errorf("%s: want %d kept of 1 build, got %d of %d", model, kept, got, a.builds.Load())
		}
	}
}

// TestOutsiderIsForsaken builds nothing for those who went away, unless somebody
// was told to ask again.
func TestOutsiderIsForsaken(t *testing.T) {
	for name, promised := range map[string]bool{"by all": false, "but promised": true} {
		t.Run(name, func(t *testing.T) {
			a := newAsker(t, 3)
			a.ask("rls", 0)
			<-a.building
			leaving := newPaper()
			a.askOn(leaving, "rls", 1)
			if promised {
				a.patience = 0
				a.ask("rls", 1)
				if got := a.codes(1); got[503] != 1 {
					t.Fatalf("got %v", got)
				}
			}
			leaving.left.Store(true)
			close(a.gate)
			a.outsiders.working.Wait()
			if got, want := a.outsiders.count("rls"), map[bool]int{false: 1, true: 2}[promised]; got != want {
				t.Errorf("want %d built, got %d", want, got)
			}
			if len(leaving.answers) != 1 {
				t.Errorf("%d answers", len(leaving.answers))
			}
		})
	}
}
