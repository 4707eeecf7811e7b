package streams_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestSubjects pins the subject of every kind: other programs and people's
// filters rely on them.
func TestSubjects(t *testing.T) {
	const group = "12.%s.eu-west-1.web%2Ev2%20%2A%3E%2F%25"
	at := func(kind string) string { return strings.Replace(group, "%s", kind, 1) }
	for want, got := range map[string]string{
		"autoscaling.live." + at("metric") + ".cpu":                streams.EventSubject(streams.Live, exampleMetric()),
		"autoscaling.live." + at("group"):                          streams.EventSubject(streams.Live, exampleGroup()),
		"autoscaling.live." + at("control") + ".policy":            streams.EventSubject(streams.Live, exampleControl()),
		"autoscaling.live." + at("forecast") + ".cpu":              streams.EventSubject(streams.Live, exampleForecast()),
		"autoscaling.live." + at("decision"):                       streams.EventSubject(streams.Live, exampleDecision()),
		"autoscaling.trial." + at("outcome"):                       streams.EventSubject("trial", exampleOutcome()),
		"autoscaling.live." + at("state.decider"):                  streams.StateSubject(streams.Live, "decider", web, streams.PartKey{Slot: streams.NoSlot}),
		"autoscaling.live." + at("state.forecaster") + ".cpu":      streams.StateSubject(streams.Live, "forecaster", web, streams.PartKey{Series: "cpu", Slot: streams.NoSlot}),
		"autoscaling.live." + at("state.forecaster") + ".a%2Eb.31": streams.StateSubject(streams.Live, "forecaster", web, streams.PartKey{Series: "a.b", Slot: 31}),
		"autoscaling.live.15.ckpt.decider":                         streams.CheckpointSubject(streams.Live, 15, "decider"),
		"autoscaling.live.predict.naive":                           streams.PredictSubject(streams.Live, "naive"),
		"autoscaling.live.*.metric.>":                              streams.KindFilter(streams.Live, streams.KindMetric),
		"autoscaling.live.*.state.decider.>":                       streams.StageFilters(streams.Live, "decider")[0],
		"autoscaling.live.*.ckpt.decider":                          streams.StageFilters(streams.Live, "decider")[1],
	} {
		if got != want {
			t.Errorf("want %s, got %s", want, got)
		}
	}
}

// TestGroupPartHasNoSlot holds that a part without a series has one subject.
func TestGroupPartHasNoSlot(t *testing.T) {
	bare := streams.StateSubject(streams.Live, "decider", web, streams.PartKey{Slot: streams.NoSlot})
	if got := streams.StateSubject(streams.Live, "decider", web, streams.PartKey{}); got != bare {
		t.Errorf("want %s, got %s", bare, got)
	}
}

// TestPartitionOf pins the hash: FNV-1a of 32 bits over scope/group. The values
// were computed apart from this code, in Python, from the parameters of
// draft-eastlake-fnv, section 5: offset basis 2166136261, prime 16777619.
func TestPartitionOf(t *testing.T) {
	for _, test := range []struct {
		scope, group string
		want         int
	}{
		{"eu-west-1", "web", 10},              // 908846538
		{"eu-west-1", "ml-predictive-asg", 9}, // 3645037097
		{"us-east-1", "web.v2 prod", 13},      // 2814126109
		{"eu-central-1", "a/b", 4},            // 1059531460
		{"prod", "größe", 14},                 // 621695822
		{"x", "y", 3},                         // 3268176275
	} {
		if got := streams.PartitionOf(streams.GroupID{Scope: test.scope, Group: test.group}); got != test.want {
			t.Errorf("%s/%s: want partition %d, got %d", test.scope, test.group, test.want, got)
		}
	}
}

func TestSubjectsAreRefused(t *testing.T) {
	good := streams.EventSubject(streams.Live, exampleMetric())
	state := streams.StateSubject(streams.Live, "forecaster", web, streams.PartKey{Series: "cpu", Slot: 3})
	for _, test := range []struct{ subject, cause string }{
		{"", "want autoscaling."},
		{"autoscaling.live.12.metric", "want autoscaling."},
		{strings.Replace(good, "autoscaling", "Autoscaling", 1), "want autoscaling."},
		{strings.Replace(good, "live", "Live", 1), "realm: "},
		{strings.Replace(good, "live", "", 1), "realm: "},
		{strings.Replace(good, "live", strings.Repeat("a", 33), 1), "realm: "},
		{strings.Replace(good, ".12.", ".16.", 1), "partition: "},
		{strings.Replace(good, ".12.", ".012.", 1), "partition: "},
		{strings.Replace(good, ".12.", ".+12.", 1), "partition: "},
		{strings.Replace(good, ".12.", ".-1.", 1), "partition: "},
		{strings.Replace(good, ".12.", ".*.", 1), "partition: "},
		{strings.Replace(good, ".12.", ".13.", 1), "partition: "},
		{strings.Replace(good, ".metric.", ".metrics.", 1), "kind: "},
		{strings.Replace(good, "eu-west-1", "", 1), "scope: "},
		{strings.Replace(good, "eu-west-1", "*", 1), "scope: "},
		{strings.Replace(good, "%2E", "%2e", 1), "group: "},
		{strings.Replace(good, "web", "%77eb", 1), "group: "},
		{strings.Replace(good, "%25", "%", 1), "group: "},
		{strings.Replace(good, "%25", "%FF", 1), "group: "},
		{strings.Replace(good, "%25", "%GG", 1), "group: "},
		{strings.Replace(good, "%25", strings.Repeat("x", 256), 1), "group: "},
		{good + ".more", "after metric"},
		{strings.Replace(good, ".cpu", "", 1), "after metric"},
		{strings.Replace(good, ".cpu", ".", 1), "last token: "},
		{strings.Replace(good, ".cpu", ".>", 1), "last token: "},
		{streams.EventSubject(streams.Live, exampleGroup()) + ".x", "after group"},
		{streams.CheckpointSubject(streams.Live, 3, ""), "stage: "},
		{streams.CheckpointSubject(streams.Live, 3, "*"), "stage: "},
		{streams.CheckpointSubject(streams.Live, 3, "a.b"), "after ckpt"},
		{strings.Replace(state, "forecaster", ">", 1), "stage: "},
		{strings.Replace(state, ".cpu", ".%", 1), "series: "},
		{strings.Replace(state, ".3", ".03", 1), "slot: "},
		{strings.Replace(state, ".3", ".-1", 1), "slot: "},
		{strings.Replace(state, ".3", ".x", 1), "slot: "},
		{state + ".4", "after state"},
		{"autoscaling.live.3.state.decider.x", "after state"},
	} {
		a, err := streams.ParseSubject(test.subject)
		if err == nil || !strings.Contains(err.Error(), test.cause) {
			t.Errorf("%q: want an error with %q, got %+v, %v", test.subject, test.cause, a, err)
		}
	}
}

// TestEventsKeepTheirIdentity draws events of any identity and wants it back
// from their subjects.
func TestEventsKeepTheirIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := streams.GroupID{Scope: names().Draw(t, "scope"), Group: names().Draw(t, "group")}
		series := streams.SeriesID{GroupID: id, Series: names().Draw(t, "series")}
		realm := rapid.StringMatching(`[a-z0-9-]{1,32}`).Draw(t, "realm")
		ev := rapid.SampledFrom([]streams.Event{
			streams.Metric{SeriesID: series}, streams.Group{GroupID: id}, streams.Control{GroupID: id, Name: series.Series},
			streams.Forecast{SeriesID: series}, streams.Decision{GroupID: id}, streams.Outcome{GroupID: id},
		}).Draw(t, "event")
		want := streams.Address{Realm: realm, Partition: streams.PartitionOf(id), Kind: ev.Kind(), GroupID: id, Slot: streams.NoSlot}
		switch ev.Kind() {
		case streams.KindMetric, streams.KindForecast:
			want.Series = series.Series
		case streams.KindControl:
			want.Control = series.Series
		}
		wantAddress(t, streams.EventSubject(realm, ev), want)
	})
}

// TestStatesKeepTheirIdentity does the same for the parts of states.
func TestStatesKeepTheirIdentity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := streams.GroupID{Scope: names().Draw(t, "scope"), Group: names().Draw(t, "group")}
		key := streams.PartKey{Slot: streams.NoSlot}
		if rapid.Bool().Draw(t, "of a series") {
			key = streams.PartKey{Series: names().Draw(t, "series"), Slot: rapid.IntRange(streams.NoSlot, 31).Draw(t, "slot")}
		}
		want := streams.Address{Realm: "r", Partition: streams.PartitionOf(id), Kind: streams.KindState, GroupID: id,
			Stage: "forecaster", Series: key.Series, Slot: key.Slot}
		wantAddress(t, streams.StateSubject("r", "forecaster", id, key), want)
	})
}

func wantAddress(t *rapid.T, subject string, want streams.Address) {
	got, err := streams.ParseSubject(subject)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s (-want +got):\n%s", subject, diff)
	}
	for token := range strings.SplitSeq(subject, ".") {
		if token == "" || strings.ContainsAny(token, " *>\t\r\n") {
			t.Fatalf("%s: %q is no token", subject, token)
		}
	}
}

// names draws what AWS and people may call something, dots, spaces and
// wildcards among it.
func names() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringN(1, 40, 255),
		rapid.StringMatching(`[a-z.*>/% \t%2E-]{1,20}`),
	)
}
