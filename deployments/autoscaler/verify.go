package main

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/replay/compare"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

// verify folds a recording again, from the states of an older one where that
// is given, and prints what was compared. A difference is an error, and so is
// that nothing could be compared.
func verify(p process, dir, older string) error {
	rec, err := recording.Open(dir)
	if err != nil {
		return err
	}
	v := compare.New(rec.Info().Taken, topology.DefaultShortLife, stages()...)
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
