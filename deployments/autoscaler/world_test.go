package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/deployments/examples"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// bundledLoad is the first part of the bundled trace.
func bundledLoad(t testing.TB, span time.Duration) fleet.Load {
	t.Helper()
	tr, err := trace.Read(bytes.NewReader(examples.Trace))
	if err != nil {
		t.Fatal(err)
	}
	if tr, err = tr.Cut(span); err != nil {
		t.Fatal(err)
	}
	load, err := fleet.NewLoad(tr, demoPeak)
	if err != nil {
		t.Fatal(err)
	}
	return load
}

// playerOn lives through the last minutes of a load; what is before them is
// history.
func playerOn(t testing.TB, load fleet.Load, name string, minutes int) *sim.Group {
	t.Helper()
	world, err := fleet.NewWorld(fleet.History("ours", load, demoBoot, load.Minutes()-minutes))
	if err != nil {
		t.Fatal(err)
	}
	sample, err := sampleGroup()
	if err != nil {
		t.Fatal(err)
	}
	id := sample.ID
	id.Group = name
	player, err := sim.NewGroup(id, sample.Policy, world)
	if err != nil {
		t.Fatal(err)
	}
	return player
}

// timeline is the bodies of events by subject, in the order of each subject.
type timeline map[string][]string

func (tl timeline) add(subject string, body []byte) {
	tl[subject] = append(tl[subject], string(body))
}

// folded plays a group through the stages in memory.
func folded(t testing.TB, realm string, p sim.Player) timeline {
	t.Helper()
	tl := timeline{}
	err := sim.NewLoop(stages()...).Run(p, func(ev streams.Event) error {
		body, err := streams.Encode(ev)
		if err != nil {
			return err
		}
		tl.add(streams.EventSubject(realm, ev), body)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tl
}

// compareTimelines reports the first body of each subject that differs.
func compareTimelines(t *testing.T, want, got timeline) {
	t.Helper()
	for subject := range got {
		if _, ok := want[subject]; !ok {
			t.Errorf("%s: %d messages that nothing asked for", subject, len(got[subject]))
		}
	}
	for subject, bodies := range want {
		if len(got[subject]) != len(bodies) {
			t.Errorf("%s: %d messages, want %d", subject, len(got[subject]), len(bodies))
		}
		for i := range min(len(bodies), len(got[subject])) {
			if got[subject][i] != bodies[i] {
				t.Errorf("%s: message %d:\ngot  %s\nwant %s", subject, i, got[subject][i], bodies[i])
				break
			}
		}
	}
}
