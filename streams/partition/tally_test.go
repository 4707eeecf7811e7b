package partition_test

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// tally is a stage whose every output depends on each input before it and on
// their order: a hash chained over the bodies of a group's events. It answers
// a group event with a decision.
type tally struct {
	version int
	padding int                                         // bytes that every state carries
	parts   int                                         // further parts that every step changes
	alter   func(streams.Decision) []streams.Event      // what to emit instead; may be nil
	load    func(streams.GroupID, []streams.Part) error // may be nil
}

func (tally) Name() string { return "tally" }

func (s tally) Version() int { return s.version }

func (tally) Reads() []streams.Kind { return []streams.Kind{streams.KindMetric, streams.KindGroup} }

func (s tally) New(id streams.GroupID) streams.State {
	return &tallyState{stage: s, id: id, series: map[string]uint64{}, slots: map[string]int{}, dirty: map[string]bool{}}
}

func (s tally) Load(id streams.GroupID, parts []streams.Part) (streams.State, error) {
	if s.load != nil {
		if err := s.load(id, parts); err != nil {
			return nil, err
		}
	}
	state := s.New(id).(*tallyState)
	for _, part := range parts {
		var body tallyPart
		if err := json.Unmarshal(part.Data, &body); err != nil {
			return nil, err
		}
		if part.Key.Series == "" {
			state.hash = body.Hash
			continue
		}
		state.series[part.Key.Series] = body.Hash
		state.slots[part.Key.Series] = part.Key.Slot
	}
	return state, nil
}

type tallyState struct {
	stage  tally
	id     streams.GroupID
	hash   uint64
	series map[string]uint64
	slots  map[string]int
	dirty  map[string]bool
}

type tallyPart struct {
	Hash    uint64 `json:"hash"`
	Padding []byte `json:"padding,omitempty"`
}

func (s *tallyState) Step(ev streams.Event) []streams.Event {
	body, err := streams.Encode(ev)
	if err != nil {
		panic(err)
	}
	s.hash = chain(s.hash, body)
	s.dirty[""] = true
	switch e := ev.(type) {
	case streams.Metric:
		s.series[e.Series] = chain(s.series[e.Series], body)
		s.slots[e.Series] = 3
		s.dirty[e.Series] = true
		for n := range s.stage.parts {
			name := fmt.Sprintf("more %d", n)
			s.series[name], s.dirty[name] = s.hash, true
		}
	case streams.Group:
		return s.decide(e)
	}
	return nil
}

func (s *tallyState) decide(g streams.Group) []streams.Event {
	size := int(s.hash % 1000)
	d := streams.Decision{GroupID: s.id, Round: g.Round, At: g.Now, Verdict: streams.Hold, Current: size, Desired: size,
		Expires: g.Now.Add(time.Minute), Trail: []streams.Rule{{Name: "tally", Before: size, After: size,
			Why: fmt.Sprintf("%x %x", s.hash, s.series["cpu"])}}}
	if s.stage.alter == nil {
		return []streams.Event{d}
	}
	return s.stage.alter(d)
}

func (s *tallyState) Changed() []streams.Part {
	var parts []streams.Part
	for name := range s.dirty {
		part := streams.Part{Key: streams.PartKey{Series: name, Slot: streams.NoSlot}}
		body := tallyPart{Hash: s.hash, Padding: make([]byte, s.stage.padding)}
		if name != "" {
			part.Key.Slot, body.Hash, body.Padding = s.slots[name], s.series[name], nil
		}
		part.Data, _ = json.Marshal(body)
		parts = append(parts, part)
	}
	clear(s.dirty)
	return parts
}

func chain(before uint64, body []byte) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "%x", before)
	h.Write(body)
	return h.Sum64()
}
