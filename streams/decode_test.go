package streams_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestNewerVersion holds that a newer body is never taken for a broken one, and
// a broken one never for a newer.
func TestNewerVersion(t *testing.T) {
	for body, newer := range map[string]bool{
		`{"version":2}`:                         true,
		`{"version":2,"scope":{"any":"thing"}}`: true,
		`{"shape":[null],"version":2}`:          true,
		`{"scope":7,"version":99}`:              true,
		`{"version":99999999999999999999}`:      false,
		`{"Version":2}`:                         false,
		`{"scope":{"version":2}}`:               false,
		`{"scope":{},"version":"2"}`:            false,
		`{"scope":"a","version":2`:              true, // it says so before it breaks
		`{"scope":7,"version":2`:                false,
		`{"version":1,"version":2}`:             false,
		`"version"`:                             false,
		``:                                      false,
	} {
		for _, kind := range streams.EventKinds {
			_, err := streams.DecodeKind(kind, []byte(body))
			if err == nil || errors.Is(err, streams.ErrNewerVersion) != newer {
				t.Errorf("%s %s: newer = %v, got %v", kind, body, newer, err)
			}
		}
		_, err := streams.DecodeCheckpoint([]byte(body))
		if err == nil || strings.HasPrefix(body, `{"version"`) && errors.Is(err, streams.ErrNewerVersion) != newer {
			t.Errorf("ckpt %s: newer = %v, got %v", body, newer, err)
		}
	}
}

// TestSubjectMustBeTheBodys holds that a body cannot be read under the subject
// of another group, series or control.
func TestSubjectMustBeTheBodys(t *testing.T) {
	for _, ev := range examples() {
		body, err := streams.Encode(ev)
		if err != nil {
			t.Fatal(err)
		}
		subject := streams.EventSubject("trial", ev)
		if _, err := streams.Decode(subject, body); err != nil {
			t.Errorf("%s: %v", subject, err)
		}
		other := streams.GroupID{Scope: web.Scope, Group: "other"}
		moved := strings.Replace(subject, streams.Escape(web.Group), streams.Escape(other.Group), 1)
		moved = strings.Replace(moved, fmt.Sprintf(".%d.", streams.PartitionOf(web)), fmt.Sprintf(".%d.", streams.PartitionOf(other)), 1)
		_, err = streams.Decode(moved, body)
		wantField(t, err, "subject")
	}
	body, err := streams.Encode(exampleMetric())
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{
		streams.StateSubject(streams.Live, "decider", web, streams.PartKey{Slot: streams.NoSlot}),
		streams.CheckpointSubject(streams.Live, 3, "decider"),
		"autoscaling.live.3", "",
	} {
		if _, err := streams.Decode(subject, body); err == nil {
			t.Errorf("%q: want an error", subject)
		}
	}
}
