package compare

import (
	"errors"
	"fmt"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Message is one message of a recorded timeline.
type Message struct {
	Subject  string
	Sequence uint64
	Time     time.Time // by the server's clock
	// Fold is what a state's header says of the fold that it belongs to.
	Fold string
	Data []byte
}

// Verifier folds one recording through some stages.
type Verifier struct {
	oldest    time.Time // what lives shortly and was stored before is gone
	folds     []*fold
	forecasts map[outputKey]bool // that the recording holds
}

// New verifies the given stages on a recording that was taken at an instant,
// by the server's clock, of a stream in which forecasts and holds live for
// shortLife. A stage that reads what another emits comes after it.
func New(taken time.Time, shortLife time.Duration, stages ...streams.Stage) *Verifier {
	v := &Verifier{oldest: taken.Add(-shortLife), forecasts: map[outputKey]bool{}}
	for _, s := range stages {
		v.folds = append(v.folds, newFold(s))
	}
	return v
}

// Restore takes a message of an older recording of the same timeline: its
// states and checkpoints are what the folds begin from. All of them come
// before the first Survey.
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
	switch addr.Kind {
	case streams.KindForecast:
		if ev, err := streams.Decode(m.Subject, m.Data); err == nil {
			v.forecasts[outputOf(ev)] = true
		}
	case streams.KindCheckpoint:
		for _, f := range v.folds {
			if f.stage.Name() != addr.Stage {
				continue
			}
			if err := f.survey(addr, m); err != nil {
				return fmt.Errorf("survey %s: sequence %d: %w", addr.Stage, m.Sequence, err)
			}
		}
	}
	return nil
}

// Fold takes a message of the recording in the second pass. An event of a
// newer version is an error, as it is to the stages.
func (v *Verifier) Fold(m Message) error {
	addr, err := streams.ParseSubject(m.Subject)
	if err != nil || addr.Kind == streams.KindState || addr.Kind == streams.KindCheckpoint {
		return nil
	}
	ev, undecodable := streams.Decode(m.Subject, m.Data)
	if errors.Is(undecodable, streams.ErrNewerVersion) {
		return fmt.Errorf("fold sequence %d: %w", m.Sequence, undecodable)
	}
	for _, f := range v.folds {
		if f.emits == addr.Kind {
			f.compare(addr, m, ev, undecodable)
		}
		if !f.reads[addr.Kind] || f.skips(addr.Partition, m.Sequence) {
			continue
		}
		if undecodable != nil {
			f.report.Undecodable++
			continue
		}
		if err := v.step(f, ev, m); err != nil {
			return fmt.Errorf("fold %s: sequence %d: %w", f.stage.Name(), m.Sequence, err)
		}
	}
	return nil
}

// step folds one input of a stage.
func (v *Verifier) step(f *fold, ev streams.Event, m Message) error {
	g := f.input(ev)
	if g.excluded != "" {
		return nil
	}
	for _, out := range g.state.Step(ev) {
		if err := f.emit(out, m); err != nil {
			return err
		}
		if out.Kind() == streams.KindForecast && f.committed(streams.PartitionOf(out.ID()), m.Sequence) && !v.forecasts[outputOf(out)] {
			v.forecastGone(out)
		}
	}
	return nil
}

// forecastGone ends the verification of a group in every stage that reads
// forecasts, where one that they folded is not in the recording any more.
func (v *Verifier) forecastGone(ev streams.Event) {
	for _, f := range v.folds {
		if f.reads[streams.KindForecast] {
			f.exclude(f.group(ev.ID()), fmt.Sprintf("%s from round %d on: the forecast of that round is not in the recording any more", ev.ID(), streams.RoundOf(ev)))
		}
	}
}

// Report gives what was found. It is called once, at the end.
func (v *Verifier) Report() Report {
	var r Report
	for _, f := range v.folds {
		f.settle(v.oldest)
		r.Stages = append(r.Stages, f.report)
	}
	return r
}
