package streams_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// FuzzDecode: no body panics, whatever kind it is taken for. What decodes is
// JSON that encoding/json reads the same way, encodes again, and decodes to an
// equal value.
func FuzzDecode(f *testing.F) {
	for _, ev := range examples() {
		body, err := streams.Encode(ev)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	for _, body := range []string{
		``, `{}`, `[]`, `null`, `{"version":2}`, `{"version":1,"value":NaN}`, `{"version":1,"version":1}`, `{"Version":1}`,
		"{\"version\":1}\x00", `{"version":1} {}`, `{"\u0076ersion":1}`, `{"steps":6,"levels":[0.5,null]}`, `{"steps":1e0}`,
	} {
		f.Add([]byte(body))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, kind := range streams.EventKinds {
			if ev, err := streams.DecodeKind(kind, body); err == nil {
				decodesAgain(t, ev, body)
			}
		}
		if c, err := streams.DecodeCheckpoint(body); err == nil {
			var plain streams.Checkpoint
			readsPlainly(t, body, &plain, c)
		}
		if r, failed := streams.DecodePredictionRequest(body); failed == nil {
			var plain streams.PredictionRequest
			readsPlainly(t, body, &plain, r)
		}
	})
}

func decodesAgain(t *testing.T, ev streams.Event, body []byte) {
	t.Helper()
	plain := reflect.New(reflect.TypeOf(ev))
	readsPlainly(t, body, plain.Interface(), ev)
	again, err := streams.Encode(ev)
	if err != nil {
		t.Fatalf("%s decodes and does not encode: %v", body, err)
	}
	got, err := streams.Decode(streams.EventSubject(streams.Live, ev), again)
	if err != nil {
		t.Fatalf("%s encodes to %s, which does not decode: %v", body, again, err)
	}
	if diff := cmp.Diff(ev, got); diff != "" {
		t.Fatalf("%s (-first +second):\n%s", body, diff)
	}
	if once, err := streams.Encode(got); err != nil || !bytes.Equal(once, again) {
		t.Fatalf("encoded once %s\nand again %s (%v)", again, once, err)
	}
}

// readsPlainly wants encoding/json to read the body as ours did, but for empty
// lists and maps, which ours reads as absent.
func readsPlainly(t *testing.T, body []byte, into, ours any) {
	t.Helper()
	if len(body) == 0 {
		return // an empty request
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%q decodes, and encoding/json does not read it: %v", body, err)
	}
	emptyIsAbsent := cmp.FilterValues(func(a, b any) bool { return isEmpty(a) && isEmpty(b) }, cmp.Comparer(func(any, any) bool { return true }))
	if diff := cmp.Diff(reflect.ValueOf(into).Elem().Interface(), ours, emptyIsAbsent); diff != "" {
		t.Fatalf("%q (-encoding/json +ours):\n%s", body, diff)
	}
}

func isEmpty(x any) bool {
	v := reflect.ValueOf(x)
	return v.IsValid() && (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0
}

// FuzzSubject: any three names come back from their subjects; a subject that
// parses is the one that its address gives; a token that unescapes is the one
// escaped form of its name.
func FuzzSubject(f *testing.F) {
	f.Add("eu-west-1", "web", "cpu", "autoscaling.live.10.group.eu-west-1.web")
	f.Add("prod", "web.v2 *>/%", "größe", "autoscaling.trial.12.state.forecaster.eu-west-1.web%2Ev2%20%2A%3E%2F%25.cpu.31")
	f.Add("a/b", "..", "%2E", "autoscaling.live.15.ckpt.decider")
	f.Add("a", "b\x00", "\n", "%2E")
	f.Add("a", "\xff", "", "%2e")
	f.Fuzz(func(t *testing.T, scope, group, series, subject string) {
		id := streams.SeriesID{GroupID: streams.GroupID{Scope: scope, Group: group}, Series: series}
		if valid(scope) && valid(group) && valid(series) {
			got, err := streams.ParseSubject(streams.EventSubject(streams.Live, streams.Metric{SeriesID: id}))
			if err != nil || got.GroupID != id.GroupID || got.Series != series {
				t.Fatalf("%q: got %+v, %v", id, got, err)
			}
		}
		if a, err := streams.ParseSubject(subject); err == nil && render(a) != subject {
			t.Fatalf("%q parses to %+v, which is %q", subject, a, render(a))
		}
		if name, err := streams.Unescape(subject); err == nil && (streams.Escape(name) != subject || !valid(name)) {
			t.Fatalf("%q unescapes to %q", subject, name)
		}
		if name, err := streams.Unescape(streams.Escape(group)); valid(group) != (err == nil) || err == nil && name != group {
			t.Fatalf("%q escapes to %q, which gives %q, %v", group, streams.Escape(group), name, err)
		}
	})
}

// valid is the rule for names, written down a second time.
func valid(name string) bool {
	return len(name) >= 1 && len(name) <= 255 && utf8.ValidString(name)
}

func render(a streams.Address) string {
	series := streams.SeriesID{GroupID: a.GroupID, Series: a.Series}
	switch a.Kind {
	case streams.KindMetric:
		return streams.EventSubject(a.Realm, streams.Metric{SeriesID: series})
	case streams.KindGroup:
		return streams.EventSubject(a.Realm, streams.Group{GroupID: a.GroupID})
	case streams.KindControl:
		return streams.EventSubject(a.Realm, streams.Control{GroupID: a.GroupID, Name: a.Control})
	case streams.KindForecast:
		return streams.EventSubject(a.Realm, streams.Forecast{SeriesID: series})
	case streams.KindDecision:
		return streams.EventSubject(a.Realm, streams.Decision{GroupID: a.GroupID, Policy: a.Policy})
	case streams.KindOutcome:
		return streams.EventSubject(a.Realm, streams.Outcome{GroupID: a.GroupID})
	case streams.KindState:
		return streams.StateSubject(a.Realm, a.Stage, a.GroupID, streams.PartKey{Series: a.Series, Slot: a.Slot})
	}
	return streams.CheckpointSubject(a.Realm, a.Partition, a.Stage)
}
