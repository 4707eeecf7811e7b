package forecaster

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

// asker is a service without a subscription, whose builds wait for a gate.
type asker struct {
	*service
	t             *testing.T
	replies       *nats.Subscription
	building      chan struct{}
	gate          chan struct{} // a build takes one, or finds it closed
	builds        atomic.Int32
	ctx           context.Context
	inbox         string
	groups        []streams.GroupID
	statesOfTests map[streams.GroupID]streams.State
}

func newAsker(t *testing.T, groups int) *asker {
	t.Helper()
	nc := servertest.Connect(t, servertest.New(t))
	a := &asker{t: t, building: make(chan struct{}, 99), gate: make(chan struct{}), ctx: t.Context(), inbox: nats.NewInbox()}
	states := make(map[streams.GroupID]streams.State)
	for n := range groups {
		id := group("eu", fmt.Sprint("g", n))
		states[id] = with(id, 50)
		a.groups = append(a.groups, id)
	}
	a.statesOfTests = states
	a.service = &service{nc: nc, log: zerolog.Nop(), states: &held{states: states}, outsiders: newOutsiders()}
	a.outsiders.build = func(o *fold.Outsider, stop func() bool) (*fold.Built, error) {
		a.builds.Add(1)
		a.building <- struct{}{}
		<-a.gate
		return o.Build(stop)
	}
	var err error
	if a.replies, err = nc.SubscribeSync(a.inbox); err != nil {
		t.Fatal(err)
	}
	return a
}

// ask lets queries for a model of a group be answered, in one look or more.
func (a *asker) ask(model string, groups ...int) {
	var queries []query
	for _, n := range groups {
		queries = append(queries, query{model: model, reply: a.inbox, body: streams.PredictionRequest{Group: fmt.Sprint("g", n), Steps: 2}})
	}
	a.answer(a.ctx, queries)
}

// codes gives how often each code came in so many replies.
func (a *asker) codes(n int) map[string]int {
	a.t.Helper()
	codes := make(map[string]int)
	for range n {
		msg, err := a.replies.NextMsg(5 * time.Second)
		if err != nil {
			a.t.Fatalf("after %v: %v", codes, err)
		}
		codes[msg.Header.Get(micro.ErrorCodeHeader)]++
	}
	return codes
}

// TestOutsiderIsAnswered asks over the wire for a model that does not run.
func TestOutsiderIsAnswered(t *testing.T) {
	web := group("eu-west-1", "web")
	state := with(web, 600)
	nc := serve(t, &held{states: map[streams.GroupID]streams.State{web: state}})
	got, refusal := ask(t, nc, "rls", `{"steps":6}`)
	if refusal.Code != 0 || got.Model != "rls" {
		t.Fatalf("%s, model %q", refusal.Error(), got.Model)
	}
	a, _ := state.(predictor).Predict("rls", "")
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
	if got := a.codes(2); got[""] != 2 {
		t.Fatalf("those of the model in force: %v", got)
	}
	close(a.gate)
	if got := a.codes(4); got[""] != 4 {
		t.Fatalf("those that waited: %v", got)
	}
	a.outsiders.working.Wait()
	a.ask("rls", 0, 0)
	if got := a.codes(2); got[""] != 2 || a.builds.Load() != 1 {
		t.Errorf("asked again: %v after %d builds", got, a.builds.Load())
	}
	state := a.statesOfTests[a.groups[0]]
	state.Step(settledBin(a.groups[0], 50))
	a.ask("rls", 0)
	if got := a.codes(1); got[""] != 1 || a.builds.Load() != 2 {
		t.Errorf("a bin later: %v after %d builds", got, a.builds.Load())
	}
}

// TestOutsiderThatTakesLongIsRefused, and is there for the next query.
func TestOutsiderThatTakesLongIsRefused(t *testing.T) {
	a := newAsker(t, 1)
	a.outsiders.patience = 16 * time.Millisecond
	a.ask("rls", 0, 0)
	if got := a.codes(2); got["503"] != 2 {
		t.Fatalf("got %v", got)
	}
	close(a.gate)
	a.outsiders.working.Wait()
	a.ask("rls", 0)
	if got := a.codes(1); got[""] != 1 || a.builds.Load() != 1 {
		t.Errorf("asked again: %v after %d builds", got, a.builds.Load())
	}
}

func TestOutsidersAreBounded(t *testing.T) {
	const beyond = 5
	a := newAsker(t, mostBuilt+beyond)
	for n := range mostBuilding + beyond {
		a.ask("rls", n)
	}
	if got := a.codes(beyond); got["429"] != beyond {
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
	if got := a.codes(1); got["503"] != 1 {
		t.Errorf("after the end: %v", got)
	}
}

// TestOutsidersEnd lets a model be built to its end, or gives its estimation up
// where it has one, and refuses those that wait for their turn.
func TestOutsidersEnd(t *testing.T) {
	for model, want := range map[string]string{"rls": "", "arima": "503"} {
		a := newAsker(t, 2)
		ctx, cancel := context.WithCancel(t.Context())
		a.ctx = ctx
		a.ask(model, 0)
		<-a.building
		a.ask(model, 1)
		cancel()
		if got := a.codes(1); got["503"] != 1 {
			t.Fatalf("%s: the one that waits: %v", model, got)
		}
		close(a.gate)
		a.outsiders.end()
		if got := a.codes(1); got[want] != 1 || a.builds.Load() != 1 {
			t.Errorf("%s: the one that was built: %v after %d builds, want code %q", model, got, a.builds.Load(), want)
		}
	}
}
