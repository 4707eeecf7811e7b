package compare

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// counts are the numbers of a stage's report.
type counts struct{ Compared, Equal, Different, Expired, Unread, Before, Undecodable, Excluded int }

func countsOf(s StageReport) counts {
	return counts{s.Compared, s.Equal, s.Different, s.Expired, s.Unread, s.Before, s.Undecodable, len(s.Excluded)}
}

// check compares the counts of forecaster and decider, and wants words in the
// text of the report.
func check(t *testing.T, r Report, forecaster, decider counts, words ...string) {
	t.Helper()
	if diff := cmp.Diff([]counts{forecaster, decider}, []counts{countsOf(r.Stages[0]), countsOf(r.Stages[1])}); diff != "" {
		t.Errorf("forecaster and decider (-want +got):\n%s%s", diff, r)
	}
	for _, w := range words {
		if !strings.Contains(r.String(), w) {
			t.Errorf("%q is not in:\n%s", w, r)
		}
	}
	if same := forecaster.Different+decider.Different == 0 && forecaster.Compared*decider.Compared > 0; same != (r.Err() == nil) {
		t.Errorf("error %v", r.Err())
	}
}

// Eight rounds of four messages: metric, group, forecast, decision. The
// decisions of rounds 4 and 8 scale out, all others hold.
func TestVerify(t *testing.T) {
	good := counts{Compared: 8, Equal: 8}
	garbage := func(string) string { return "{}" }
	again := func(body string) string { return strings.Replace(body, `"round":5`, `"round":99`, 1) }
	for _, tc := range []struct {
		name                string
		change              func([]Message) []Message
		forecaster, decider counts
		words               []string
	}{
		{"nothing", slices.Clone[[]Message], good, good,
			[]string{"forecaster  compared 8, equal 8, different 0, expired 0, not committed yet 0, before the fold 0, undecodable 0"}},
		{"a metric lost", func(m []Message) []Message { return change(t, m, streams.KindMetric, 3, lost) },
			counts{Compared: 8, Equal: 2, Different: 6}, good, []string{`recorded …`, `"samples":3`, `"samples":2`}},
		{"a metric undecodable", func(m []Message) []Message { return change(t, m, streams.KindMetric, 3, garbage) },
			counts{Compared: 8, Equal: 2, Different: 6, Undecodable: 1}, good, nil},
		{"a digit of a forecast", func(m []Message) []Message {
			return change(t, m, streams.KindForecast, 5, replaced(`"samples":5`, `"samples":6`))
		}, counts{Compared: 8, Equal: 7, Different: 1}, good, []string{"sequence 19, autoscaling.trial."}},
		{"a digit of a decision", func(m []Message) []Message {
			return change(t, m, streams.KindDecision, 5, replaced(`"why":"5"`, `"why":"6"`))
		}, good, counts{Compared: 8, Equal: 7, Different: 1}, []string{"sequence 20, autoscaling.trial.", "round 5: recorded …"}},
		{"a decision cut short", func(m []Message) []Message {
			return change(t, m, streams.KindDecision, 5, func(s string) string { return strings.TrimSuffix(s, "}") })
		}, good, counts{Compared: 8, Equal: 7, Different: 2}, []string{"eu-west-1.web: decision:", "decision eu-west-1/web round 5: folded, but not in the recording"}},
		{"a decision lost", func(m []Message) []Message { return change(t, m, streams.KindDecision, 5, lost) },
			good, counts{Compared: 7, Equal: 7, Different: 1}, []string{"decision eu-west-1/web round 5: folded, but not in the recording"}},
		{"a decision twice", func(m []Message) []Message { return slices.Insert(slices.Clone(m), 20, m[19]) },
			good, counts{Compared: 9, Equal: 8, Different: 1}, []string{"sequence 20, ", "round 5: recorded, but not folded"}},
		{"a decision of another round", func(m []Message) []Message { return change(t, m, streams.KindDecision, 5, again) },
			good, counts{Compared: 8, Equal: 7, Different: 2}, []string{"round 99: recorded, but not folded", "round 5: folded, but not in the recording"}},
		{"a decision before the first round", func(m []Message) []Message { return slices.Insert(slices.Clone(m), 1, m[19]) },
			good, counts{Compared: 8, Equal: 8, Before: 1}, nil},
		{"a forecast undecodable", func(m []Message) []Message { return change(t, m, streams.KindForecast, 5, garbage) },
			counts{Compared: 8, Equal: 7, Different: 2}, counts{Compared: 4, Equal: 4, Before: 4, Undecodable: 1, Excluded: 1},
			[]string{"left out eu-west-1/web from round 5 on: the forecast of that round is not in the recording any more"}},
		{"the first rounds gone", func(m []Message) []Message { return slices.Clone(m[8:]) },
			counts{Before: 6, Excluded: 1}, counts{Before: 6, Excluded: 1},
			[]string{"left out eu-west-1/web: its first recorded round is 3; restore the states of an older recording"}},
		{"other subjects", func(m []Message) []Message {
			return append([]Message{{Subject: "orders.new", Data: []byte("1")}}, m...)
		}, good, good, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			check(t, verify(t, tc.change(rounds(t, 8))), tc.forecaster, tc.decider, tc.words...)
		})
	}
}

// A decision counts although the decider here emits none at all.
func TestVerifyCountsWhatTheStageNeverEmits(t *testing.T) {
	w := write(t)
	w.stages = nil
	w.round(web(), 1)
	w.put(decision(web(), 1, 1))
	v := New(began(), life, decider())
	r := verified(t, v, w.msgs)
	if got := countsOf(r.Stages[0]); got != (counts{Compared: 1, Different: 1}) || r.Err() == nil {
		t.Errorf("counts %+v, error %v", got, r.Err())
	}
}

// What a group published before its first round here is not judged.
func TestVerifyJudgesAGroupFromItsFirstRound(t *testing.T) {
	msgs := rounds(t, 2)
	v := New(began(), life, forecaster())
	r := verified(t, v, slices.Insert(msgs, 1, msgs[2]))
	if got := countsOf(r.Stages[0]); got != (counts{Compared: 2, Equal: 2, Before: 1}) {
		t.Errorf("counts %+v", got)
	}
}

// Forecasts and holds that are gone have expired where they had lived long
// enough, and where that is a scale-out it is a difference at any age.
func TestVerifyExpired(t *testing.T) {
	gone := func(kind streams.Kind, numbers ...uint64) []Message {
		msgs := rounds(t, 8)
		for _, n := range numbers {
			msgs = change(t, msgs, kind, n, lost)
		}
		return msgs
	}
	good := counts{Compared: 8, Equal: 8}
	for _, tc := range []struct {
		name                string
		msgs                []Message
		oldest              int // minute of the oldest that can still be there
		forecaster, decider counts
	}{
		// The forecast of round 3 is from the message of minute 11, the
		// decision from that of minute 12.
		{"holds", gone(streams.KindDecision, 1, 2, 3), 11, good, counts{Compared: 5, Equal: 5, Expired: 3}},
		{"a hold too young", gone(streams.KindDecision, 1, 2, 3), 10, good, counts{Compared: 5, Equal: 5, Expired: 2, Different: 1}},
		{"a scale-out", gone(streams.KindDecision, 3, 4), 60, good, counts{Compared: 6, Equal: 6, Expired: 1, Different: 1}},
		{"forecasts", gone(streams.KindForecast, 1, 2, 3), 10,
			counts{Compared: 5, Equal: 5, Expired: 3}, counts{Before: 8, Excluded: 1}},
		{"a forecast too young", gone(streams.KindForecast, 3), 9,
			counts{Compared: 7, Equal: 7, Different: 1}, counts{Compared: 2, Equal: 2, Before: 6, Excluded: 1}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			taken := began().Add(time.Duration(tc.oldest)*time.Minute + life)
			check(t, verified(t, New(taken, life, forecaster(), decider()), tc.msgs), tc.forecaster, tc.decider)
		})
	}
}

// What a group emitted before it is left out is judged all the same.
func TestVerifyJudgesWhatCameBeforeTheExclusion(t *testing.T) {
	msgs := change(t, rounds(t, 8), streams.KindForecast, 5, lost)
	msgs = change(t, msgs, streams.KindDecision, 2, lost)
	check(t, verify(t, msgs), counts{Compared: 7, Equal: 7, Different: 1}, counts{Compared: 3, Equal: 3, Different: 1, Before: 4, Excluded: 1},
		"decision eu-west-1/web round 2: folded, but not in the recording")
}

// A stage that lags has not published yet, and that leaves nobody out.
func TestVerifyNotCommittedYet(t *testing.T) {
	for _, tc := range []struct {
		name                string
		runs                []stage // on rounds 7 and 8
		forecaster, decider counts
	}{
		{"both", nil, counts{Compared: 6, Equal: 6, Unread: 2}, counts{Compared: 6, Equal: 6}},
		{"decider", []stage{forecaster()}, counts{Compared: 8, Equal: 8}, counts{Compared: 6, Equal: 6, Unread: 2}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := write(t)
			for n := uint64(1); n <= 6; n++ {
				w.round(web(), n)
			}
			w.commit(web())
			w.stages = tc.runs
			w.round(web(), 7)
			w.round(web(), 8)
			for _, s := range tc.runs {
				w.checkpoint(s.name, web(), nil)
			}
			check(t, verify(t, w.msgs), tc.forecaster, tc.decider)
		})
	}
}

// Two groups, of two partitions: one is left out, the other is not.
func TestVerifyKeepsGroupsApart(t *testing.T) {
	w, late := write(t), groupNamed("late")
	if streams.PartitionOf(late) == streams.PartitionOf(web()) {
		t.Fatal("want groups of two partitions")
	}
	for n := uint64(1); n <= 3; n++ {
		w.round(web(), n)
		w.round(late, n+7)
	}
	w.commit(web())
	w.commit(late)
	some := counts{Compared: 3, Equal: 3, Before: 3, Excluded: 1}
	check(t, verify(t, w.msgs), some, some, "left out eu-west-1/late: its first recorded round is 8")
}

// A stage that began its fold anew answers for what it published since then.
func TestVerifyLeavesAnEarlierFoldAlone(t *testing.T) {
	w := write(t)
	for n := uint64(1); n <= 4; n++ {
		w.round(web(), n)
	}
	anew := w.seq
	for n := uint64(5); n <= 8; n++ {
		w.round(web(), n)
	}
	w.checkpoint("forecaster", web(), nil)
	w.checkpoint("decider", web(), func(c *streams.Checkpoint) { c.Began = anew })
	msgs := change(t, w.msgs, streams.KindDecision, 2, replaced(`"why":"2"`, `"why":"another binary"`))
	msgs = change(t, msgs, streams.KindDecision, 3, lost)
	msgs = change(t, msgs, streams.KindDecision, 4, func(string) string { return "{}" })
	r := verify(t, msgs)
	// Round 4 counts twice: it cannot be read, and it is not there.
	check(t, r, counts{Compared: 8, Equal: 8}, counts{Compared: 4, Equal: 4, Before: 5})
	msgs = change(t, msgs, streams.KindDecision, 6, lost)
	check(t, verify(t, msgs), counts{Compared: 8, Equal: 8}, counts{Compared: 3, Equal: 3, Different: 1, Before: 5})
}

// An event of a newer version ends it, as it ends the stages.
func TestVerifyNewerVersion(t *testing.T) {
	for _, kind := range []streams.Kind{streams.KindMetric, streams.KindDecision} {
		msgs := change(t, rounds(t, 3), kind, 2, replaced(`"version":1`, `"version":2`))
		if err := passes(newVerifier(msgs, 0), msgs); !errors.Is(err, streams.ErrNewerVersion) {
			t.Errorf("a %s: %v", kind, err)
		}
	}
}

func TestVerifyRefusesStagesThatBreakTheContract(t *testing.T) {
	foreign, invalid := forecaster(), decider()
	foreign.name = "watcher"
	invalid.step = func(_ *count, ev streams.Event) []streams.Event {
		return []streams.Event{streams.Decision{GroupID: ev.ID(), Round: streams.RoundOf(ev)}}
	}
	for says, s := range map[string]stage{
		"fold watcher: sequence 2: emits a forecast, which is not its own": foreign,
		"fold decider: sequence 2: decision: at: is missing":               invalid,
	} {
		err := passes(New(began(), life, s), rounds(t, 1))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %s", err, says)
		}
	}
}
