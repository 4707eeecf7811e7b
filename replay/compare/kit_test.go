package compare

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	realm = "trial"
	life  = 24 * time.Hour
)

// began is when the tests' stream was made; a message is stored each minute.
func began() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) }

func groupNamed(name string) streams.GroupID {
	return streams.GroupID{Scope: "eu-west-1", Group: name}
}

// web is the group of most tests.
func web() streams.GroupID { return groupNamed("web") }

// stage is a forecaster or a decider that counts: what it emits shows every
// input of its group.
type stage struct {
	name    string
	version int
	reads   []streams.Kind
	step    func(*count, streams.Event) []streams.Event
}

// count is the state: of metrics in the forecaster, of forecasts in the decider.
type count struct {
	N    int
	step func(*count, streams.Event) []streams.Event
}

func (s stage) Name() string          { return s.name }
func (s stage) Version() int          { return s.version }
func (s stage) Reads() []streams.Kind { return s.reads }

func (s stage) New(streams.GroupID) streams.State { return &count{step: s.step} }

func (s stage) Load(_ streams.GroupID, parts []streams.Part) (streams.State, error) {
	c := &count{step: s.step}
	if len(parts) != 2 || parts[0].Key.Series != "" || parts[1].Key.Series != "cpu" {
		return nil, fmt.Errorf("want two parts in order, got %+v", parts)
	}
	return c, json.Unmarshal(parts[0].Data, c)
}

func (c *count) Step(ev streams.Event) []streams.Event { return c.step(c, ev) }

// Changed gives the parts in the wrong order; who loads them sorts them.
func (c *count) Changed() []streams.Part {
	body, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	return []streams.Part{
		{Key: streams.PartKey{Series: "cpu", Slot: streams.NoSlot}, Data: []byte("tail")},
		{Key: streams.PartKey{Slot: streams.NoSlot}, Data: body},
	}
}

// MarshalJSON leaves the function out.
func (c *count) MarshalJSON() ([]byte, error) { return json.Marshal(map[string]int{"N": c.N}) }

func forecaster() stage {
	return stage{"forecaster", 1, []streams.Kind{streams.KindMetric, streams.KindGroup}, func(c *count, ev streams.Event) []streams.Event {
		g, ok := ev.(streams.Group)
		if !ok {
			c.N++
			return nil
		}
		return []streams.Event{streams.Forecast{
			SeriesID: streams.SeriesID{GroupID: g.GroupID, Series: "cpu"}, Round: g.Round, Model: "naive", Origin: g.Now,
			Period: streams.Duration(time.Minute), Unit: streams.Percent, Inputs: "0123456789abcdef", Levels: []float64{0.5}, Samples: c.N,
		}}
	}}
}

// decider decides at the forecast: every fourth time to scale out, else to hold.
func decider() stage {
	return stage{"decider", 1, []streams.Kind{streams.KindGroup, streams.KindForecast}, func(c *count, ev streams.Event) []streams.Event {
		f, ok := ev.(streams.Forecast)
		if !ok {
			return nil
		}
		c.N++
		return []streams.Event{decision(f.GroupID, f.Round, c.N)}
	}}
}

func decision(id streams.GroupID, round uint64, n int) streams.Decision {
	desired := 3
	if n%4 == 0 {
		desired = 4
	}
	return streams.Decision{
		GroupID: id, Round: round, At: began(), Verdict: streams.VerdictOf(3, desired), Current: 3, Desired: desired, Expires: began(),
		Trail: []streams.Rule{{Name: "count", Before: 3, After: desired, Why: fmt.Sprint(n)}},
	}
}

// writer writes a timeline as stages in processes of their own would.
type writer struct {
	t      *testing.T
	stages []stage
	states map[string]streams.State
	seq    uint64
	msgs   []Message
}

func write(t *testing.T) *writer {
	return &writer{t: t, stages: []stage{forecaster(), decider()}, states: map[string]streams.State{}}
}

// put stores an event, and then what follows from it.
func (w *writer) put(ev streams.Event) {
	body, err := streams.Encode(ev)
	if err != nil {
		w.t.Fatal(err)
	}
	w.store(streams.EventSubject(realm, ev), "", body)
	for _, s := range w.stages {
		state := w.state(s, ev.ID())
		for _, k := range s.reads {
			if k != ev.Kind() {
				continue
			}
			for _, out := range state.Step(ev) {
				w.put(out)
			}
		}
	}
}

func (w *writer) state(s stage, id streams.GroupID) streams.State {
	key := s.name + " " + id.String()
	if w.states[key] == nil {
		w.states[key] = s.New(id)
	}
	return w.states[key]
}

func (w *writer) store(subject, fold string, body []byte) {
	w.seq++
	w.msgs = append(w.msgs, Message{subject, w.seq, began().Add(time.Duration(w.seq) * time.Minute), fold, body})
}

// round stores a metric and a group event of a group.
func (w *writer) round(id streams.GroupID, n uint64) {
	value, now := float64(n), began().Add(time.Duration(n)*time.Minute)
	w.put(streams.Metric{
		SeriesID: streams.SeriesID{GroupID: id, Series: "cpu"}, End: now, Period: streams.Duration(time.Minute),
		Value: &value, Unit: streams.Percent, Revision: 1, Seen: now,
	})
	w.put(streams.Group{GroupID: id, Round: n, Now: now})
}

// checkpoint stores a checkpoint of a stage in the partition of a group.
func (w *writer) checkpoint(name string, id streams.GroupID, change func(*streams.Checkpoint)) {
	c := streams.Checkpoint{Stage: name, Fold: 1, Owner: "test", Instance: "1", Epoch: 1, Seq: w.seq, Created: began()}
	if change != nil {
		change(&c)
	}
	body, err := c.Encode()
	if err != nil {
		w.t.Fatal(err)
	}
	w.store(streams.CheckpointSubject(realm, streams.PartitionOf(id), name), "", body)
}

// commit stores states and checkpoints of all stages.
func (w *writer) commit(id streams.GroupID) {
	for _, s := range w.stages {
		for _, p := range w.state(s, id).Changed() {
			w.store(streams.StateSubject(realm, s.name, id, p.Key), "1/0", p.Data)
		}
	}
	at := w.seq
	for _, s := range w.stages {
		w.checkpoint(s.name, id, func(c *streams.Checkpoint) { c.Seq = at })
	}
}

// rounds is a committed timeline of web.
func rounds(t *testing.T, n uint64) []Message {
	w := write(t)
	for i := uint64(1); i <= n; i++ {
		w.round(web(), i)
	}
	w.commit(web())
	return w.msgs
}

// change alters a copy of the one message of a kind and a round, or of a
// number for metrics, and leaves it out where alter gives nothing.
func change(t *testing.T, msgs []Message, kind streams.Kind, round uint64, alter func(string) string) []Message {
	t.Helper()
	var out []Message
	found := 0
	for _, m := range msgs {
		ev, err := streams.Decode(m.Subject, m.Data)
		if err == nil && ev.Kind() == kind && (streams.RoundOf(ev) == round || kind == streams.KindMetric && ev.(streams.Metric).Seen.Equal(began().Add(time.Duration(round)*time.Minute))) {
			found++
			if m.Data = []byte(alter(string(m.Data))); len(m.Data) == 0 {
				continue
			}
		}
		out = append(out, m)
	}
	if found != 1 {
		t.Fatalf("%d messages of %s %d, want one", found, kind, round)
	}
	return out
}

func lost(string) string { return "" }

func replaced(old, by string) func(string) string {
	return func(body string) string { return strings.Replace(body, old, by, 1) }
}

// verify folds a recording taken an hour after its last message.
func verify(t *testing.T, msgs []Message) Report {
	t.Helper()
	return verified(t, newVerifier(msgs, time.Hour), msgs)
}

func newVerifier(msgs []Message, later time.Duration) *Verifier {
	return New(msgs[len(msgs)-1].Time.Add(later), life, forecaster(), decider())
}

func verified(t *testing.T, v *Verifier, msgs []Message) Report {
	t.Helper()
	if err := passes(v, msgs); err != nil {
		t.Fatal(err)
	}
	return v.Report()
}

// passes hands a recording over twice.
func passes(v *Verifier, msgs []Message) error {
	for _, pass := range []func(Message) error{v.Survey, v.Fold} {
		for _, m := range msgs {
			if err := pass(m); err != nil {
				return err
			}
		}
	}
	return nil
}
