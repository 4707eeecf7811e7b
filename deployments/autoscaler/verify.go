package main

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/replay/compare"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// verify folds a recording again, from the states of an older one where that
// is given, and prints what was compared. The weights are those that its policies
// may name beside the embedded ones. A difference is an error, and so is
// that nothing could be compared.
func verify(p process, dir, older string, weights ...*lstm.Weights) error {
	rec, err := recording.Open(dir)
	if err != nil {
		return err
	}
	if err := pass(dir, shelf(weights).holdsOf); err != nil {
		return err
	}
	v := compare.New(rec.Info().Taken, topology.DefaultShortLife, stages(weights...)...)
	if older != "" {
		if err := restore(older, v); err != nil {
			return err
		}
	}
	for _, take := range []func(compare.Message) error{v.Survey, v.Fold} {
		if err := pass(dir, take); err != nil {
			return err
		}
	}
	report := v.Report()
	fmt.Fprint(p.stdout, report)
	return report.Err()
}

// holdsOf says what of a recorded policy is not on the shelf: what was forecast
// with it could not be computed again.
func (s shelf) holdsOf(m compare.Message) error {
	addr, err := streams.ParseSubject(m.Subject)
	if err != nil || addr.Kind != streams.KindControl {
		return nil
	}
	ev, err := streams.Decode(m.Subject, m.Data)
	if err != nil {
		return nil // as the stages pass it over
	}
	if err := s.holds(fold.WeightsOfEvent(ev)); err != nil {
		return fmt.Errorf("policy of %s at sequence %d: %w", addr.GroupID, m.Sequence, err)
	}
	return nil
}

// restore begins from the states of an older recording. One that was made
// while stages committed may lack states that were replaced meanwhile, and is
// refused: what it holds is no state that ever was.
func restore(dir string, v *compare.Verifier) error {
	rec, err := recording.Open(dir)
	if err != nil {
		return err
	}
	var messages uint64
	err = pass(dir, func(m compare.Message) error {
		messages++
		return v.Restore(m)
	})
	if absent := rec.Info().State.Msgs - min(messages, rec.Info().State.Msgs); err == nil && absent > 0 {
		return fmt.Errorf("restore %s: %d messages were replaced or expired while it was recorded, so its states are not of one moment", dir, absent)
	}
	return err
}

// pass hands every message of a recording to fn.
func pass(dir string, fn func(compare.Message) error) error {
	rec, err := recording.Open(dir)
	if err != nil {
		return err
	}
	for m, err := range rec.Messages() {
		if err != nil {
			return err
		}
		if err := fn(compare.Message{Subject: m.Subject, Sequence: m.Sequence, Time: m.Time, Fold: m.Header.Get(streams.FoldHeader), Data: m.Data}); err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
	}
	return nil
}
