package compare

import (
	"bytes"
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Message is one message of a recorded timeline.
type Message struct {
	Subject  string
	Sequence uint64
	Time     time.Time // by the server's clock
	Data     []byte
}

// Verifier folds one recording through some stages.
type Verifier struct {
	// TTL is how long what stages derive is kept; 0 is for ever.
	TTL    time.Duration
	folds  []*fold
	newest time.Time
	owed   map[groupRound]bool // forecasts that the recording holds
}

type groupRound struct {
	id    streams.GroupID
	round uint64
}

// New verifies the given stages; a stage that reads what another emits comes
// after it.
func New(ttl time.Duration, stages ...streams.Stage) *Verifier {
	v := &Verifier{TTL: ttl, owed: map[groupRound]bool{}}
	for _, s := range stages {
		v.folds = append(v.folds, newFold(s))
	}
	return v
}

// Restore takes a message of an older recording: its states and checkpoints
// are what the folds begin from.
func (v *Verifier) Restore(m Message) error {
	addr, err := streams.ParseSubject(m.Subject)
	if err != nil {
		return nil // no message of a timeline: the stages skip it as well
	}
	for _, f := range v.folds {
		if f.stage.Name() != addr.Stage {
			continue
		}
		if err := f.restore(addr, m); err != nil {
			return fmt.Errorf("restore %s: sequence %d: %w", addr.Stage, m.Sequence, err)
		}
	}
	return nil
}

// Survey takes a message of the recording in the first pass, which learns how
// far each stage had come and which forecasts are still there.
func (v *Verifier) Survey(m Message) error {
	addr, err := streams.ParseSubject(m.Subject)
	if err != nil {
		return nil
	}
	if m.Time.After(v.newest) {
		v.newest = m.Time
	}
	switch addr.Kind {
	case streams.KindForecast:
		if ev, err := streams.Decode(m.Subject, m.Data); err == nil {
			v.owed[groupRound{ev.ID(), streams.RoundOf(ev)}] = true
		}
	case streams.KindCheckpoint:
		for _, f := range v.folds {
			if f.stage.Name() != addr.Stage {
				continue
			}
			c, err := streams.DecodeCheckpoint(m.Data)
			if err != nil {
				return fmt.Errorf("survey: sequence %d: %w", m.Sequence, err)
			}
			if c.Fold != f.stage.Version() {
				return fmt.Errorf("survey: %s: recorded with version %d of the fold, this binary has version %d", addr.Stage, c.Fold, f.stage.Version())
			}
			f.committed[addr.Partition] = c.Seq
		}
	}
	return nil
}

// Fold takes a message of the recording in the second pass.
func (v *Verifier) Fold(m Message) error {
	addr, err := streams.ParseSubject(m.Subject)
	if err != nil || addr.Kind == streams.KindState || addr.Kind == streams.KindCheckpoint {
		return nil
	}
	ev, err := streams.Decode(m.Subject, m.Data)
	for _, f := range v.folds {
		if f.emits[addr.Kind] {
			f.compare(addr, m)
		}
		if !f.reads[addr.Kind] || m.Sequence <= f.from[addr.Partition] {
			continue
		}
		if err != nil {
			f.report.Undecodable++
			continue
		}
		if err := v.step(f, ev, m); err != nil {
			return err
		}
	}
	return nil
}

// step folds one input of a stage and keeps what follows until its recorded
// form comes.
func (v *Verifier) step(f *fold, ev streams.Event, m Message) error {
	g := f.group(ev)
	if g.excluded != "" {
		return nil
	}
	for _, out := range g.state.Step(ev) {
		body, err := streams.Encode(out)
		if err != nil {
			return fmt.Errorf("fold %s: sequence %d: %w", f.stage.Name(), m.Sequence, err)
		}
		f.emits[out.Kind()] = true
		f.pending[outputOf(out)] = output{body, m.Sequence, m.Time}
		if out.Kind() == streams.KindForecast && !v.owed[groupRound{ev.ID(), streams.RoundOf(out)}] {
			v.forecastGone(out, m)
		}
	}
	return nil
}

// forecastGone ends the verification of a group in every stage that reads
// forecasts, where one that they folded is not in the recording any more.
func (v *Verifier) forecastGone(ev streams.Event, m Message) {
	for _, f := range v.folds {
		if f.reads[streams.KindForecast] && m.Sequence <= f.committed[streams.PartitionOf(ev.ID())] {
			f.exclude(ev.ID(), fmt.Sprintf("%s from round %d on: the forecast of that round has expired", ev.ID(), streams.RoundOf(ev)))
		}
	}
}

// Report gives what was found. It is called once, at the end.
func (v *Verifier) Report() Report {
	var r Report
	for _, f := range v.folds {
		for key, out := range f.pending {
			switch {
			case out.sequence > f.committed[streams.PartitionOf(key.id)]:
				f.report.Unread++
			case v.TTL > 0 && out.time.Add(v.TTL).Before(v.newest):
				f.report.Expired++
			default:
				f.report.differ(Difference{Subject: key.subject(), Round: key.round, Cause: "folded, but not in the recording"})
			}
		}
		r.Stages = append(r.Stages, f.report)
	}
	return r
}

// compare holds a recorded output against the folded one.
func (f *fold) compare(addr streams.Address, m Message) {
	ev, err := streams.Decode(m.Subject, m.Data)
	if err != nil {
		f.report.Compared++
		f.report.differ(Difference{Subject: m.Subject, Sequence: m.Sequence, Cause: err.Error()})
		return
	}
	g, ok := f.groups[ev.ID()]
	if m.Sequence <= f.written[addr.Partition] || !ok || g.excluded != "" {
		f.report.Before++
		return
	}
	key := outputOf(ev)
	out, ok := f.pending[key]
	f.report.Compared++
	switch {
	case !ok:
		f.report.differ(Difference{m.Subject, m.Sequence, key.round, "recorded, but not folded"})
	case !bytes.Equal(out.body, m.Data):
		f.report.differ(Difference{m.Subject, m.Sequence, key.round, firstDifference(m.Data, out.body)})
	default:
		f.report.Equal++
	}
	delete(f.pending, key)
}
