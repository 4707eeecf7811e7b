package compare

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// twice records web after three rounds and after eight.
func twice(t *testing.T, between func(*writer)) (older, newer []Message) {
	w := write(t)
	for n := uint64(1); n <= 3; n++ {
		w.round(web(), n)
	}
	w.commit(web())
	older = slices.Clone(w.msgs)
	if between != nil {
		between(w)
	}
	for n := uint64(4); n <= 8; n++ {
		w.round(web(), n)
	}
	w.commit(web())
	return older, w.msgs
}

// restoring hands an older recording over, and then a newer one twice.
func restoring(v *Verifier, older, newer []Message) error {
	for _, m := range older {
		if err := v.Restore(m); err != nil {
			return err
		}
	}
	return passes(v, newer)
}

// after gives the messages that were stored after a recording.
func after(older, newer []Message) []Message { return newer[len(older):] }

func TestRestore(t *testing.T) {
	older, newer := twice(t, nil)
	five := counts{Compared: 5, Equal: 5}
	for _, tc := range []struct {
		name                string
		older, newer        []Message
		forecaster, decider counts
		words               []string
	}{
		{"the beginning gone", older, after(older, newer), five, five, nil},
		{"all there", older, newer, counts{Compared: 5, Equal: 5, Before: 3}, counts{Compared: 5, Equal: 5, Before: 3}, nil},
		{"a metric lost", older, change(t, after(older, newer), streams.KindMetric, 6, lost), counts{Compared: 5, Equal: 2, Different: 3}, five, nil},
		{"a decision lost", older, change(t, after(older, newer), streams.KindDecision, 6, lost), five, counts{Compared: 4, Equal: 4, Different: 1}, nil},
		{"a decision of before cut short", older, change(t, newer, streams.KindDecision, 2, func(string) string { return "{}" }),
			counts{Compared: 5, Equal: 5, Before: 3}, counts{Compared: 5, Equal: 5, Before: 3}, nil},
		{"parts that an earlier fold left", append(slices.Clone(older), Message{
			Subject: streams.StateSubject(realm, "decider", web(), streams.PartKey{Series: "old", Slot: 1}), Fold: "1/99", Data: []byte("{}"),
		}), after(older, newer), five, five, nil},
		{"states without a checkpoint", withoutCheckpoints(older), after(older, newer),
			counts{Before: 5, Excluded: 1}, counts{Before: 5, Excluded: 1}, []string{"its first recorded round is 4"}},
		{"a state that does not load", damaged(older, "decider"), after(older, newer), five,
			counts{Before: 5, Excluded: 1}, []string{"left out eu-west-1/web: its restored state: invalid character"}},
		{"nothing", nil, after(older, newer), counts{Before: 5, Excluded: 1}, counts{Before: 5, Excluded: 1}, nil},
		{"another stream beside", append(slices.Clone(older), Message{Subject: "orders.new"}), after(older, newer), five, five, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := newVerifier(tc.newer, time.Hour)
			if err := restoring(v, tc.older, tc.newer); err != nil {
				t.Fatal(err)
			}
			check(t, v.Report(), tc.forecaster, tc.decider, tc.words...)
		})
	}
}

func withoutCheckpoints(msgs []Message) []Message {
	return slices.DeleteFunc(slices.Clone(msgs), func(m Message) bool {
		addr, err := streams.ParseSubject(m.Subject)
		return err == nil && addr.Kind == streams.KindCheckpoint
	})
}

// damaged breaks the states of a stage.
func damaged(msgs []Message, name string) []Message {
	msgs = slices.Clone(msgs)
	for i, m := range msgs {
		if addr, err := streams.ParseSubject(m.Subject); err == nil && addr.Kind == streams.KindState && addr.Stage == name {
			msgs[i].Data = []byte("broken")
		}
	}
	return msgs
}

// A group that began after the older recording is folded from its beginning.
func TestRestoreAndAGroupThatBeganLater(t *testing.T) {
	late := groupNamed("late")
	older, newer := twice(t, func(w *writer) {
		w.round(late, 1)
		w.commit(late)
	})
	v := newVerifier(newer, time.Hour)
	if err := restoring(v, older, after(older, newer)); err != nil {
		t.Fatal(err)
	}
	check(t, v.Report(), counts{Compared: 6, Equal: 6}, counts{Compared: 6, Equal: 6})
}

// States of another version, another timeline or another fold prove nothing.
func TestRestoreRefuses(t *testing.T) {
	checkpoints := func(change func(*streams.Checkpoint)) []Message {
		w := write(t)
		w.round(web(), 1)
		w.checkpoint("decider", web(), change)
		return w.msgs
	}
	plain := checkpoints(nil)
	version := checkpoints(func(c *streams.Checkpoint) { c.Fold = 2 })
	stream := checkpoints(func(c *streams.Checkpoint) { c.Created = c.Created.Add(time.Second) })
	fold := checkpoints(func(c *streams.Checkpoint) { c.Began = 2 })
	further := checkpoints(func(c *streams.Checkpoint) { c.Seq++ })
	broken := checkpoints(nil)
	broken[len(broken)-1].Data = []byte("{}")
	for _, tc := range []struct {
		name         string
		older, newer []Message
		want         string
	}{
		{"older of another version", version, plain, "restore decider: sequence 5: its states are of version 2 of the fold, this binary has version 1"},
		{"newer of another version", nil, version, "survey decider: sequence 5: recorded with version 2 of the fold, this binary has version 1"},
		{"another stream", stream, plain, "does not go on from the older recording, which stands at sequence 4 of fold 1/0 of the stream made at 2026-03-01 00:00:01"},
		{"another fold", plain, fold, "does not go on from the older recording"},
		{"older is newer", further, plain, "does not go on from the older recording, which stands at sequence 5"},
		{"older broken", broken, plain, "restore decider: sequence 5: ckpt"},
		{"newer broken", nil, broken, "survey decider: sequence 5: ckpt"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := restoring(newVerifier(tc.newer, 0), tc.older, tc.newer)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}
