package streams

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Kind is what a message of the timeline is.
type Kind string

// The kinds of event, and the two kinds that stages keep for themselves.
const (
	KindMetric   Kind = "metric"
	KindGroup    Kind = "group"
	KindControl  Kind = "control"
	KindForecast Kind = "forecast"
	KindDecision Kind = "decision"
	KindOutcome  Kind = "outcome"

	KindState      Kind = "state"
	KindCheckpoint Kind = "ckpt"
)

// EventKinds are the six kinds of event, in the order of a round.
//
//nolint:gochecknoglobals // a table that nothing writes, as TestBans holds
var EventKinds = [...]Kind{KindMetric, KindGroup, KindControl, KindForecast, KindDecision, KindOutcome}

// Version is the version of every event body that this package writes.
const Version = 1

// ErrNewerVersion says that a body is of a version that this package does not
// know yet. A reader stops at it: skipping would lose what it means.
var ErrNewerVersion = errors.New("newer version than this binary knows")

// Event is one of Metric, Group, Control, Forecast, Decision and Outcome.
type Event interface {
	Kind() Kind
	ID() GroupID
	check(*checker)
}

// RoundOf gives the round of an event, 0 where its kind has none.
func RoundOf(ev Event) uint64 {
	switch e := ev.(type) {
	case Group:
		return e.Round
	case Forecast:
		return e.Round
	case Decision:
		return e.Round
	case Outcome:
		return e.Round
	}
	return 0
}

// Encode writes the body of an event, or says which field breaks a rule.
// Equal events give equal bytes.
func Encode(ev Event) ([]byte, error) {
	if err := Validate(ev); err != nil {
		return nil, err
	}
	body := bytes.NewBuffer(fmt.Appendf(nil, `{"version":%d`, Version))
	head := body.Len()
	enc := json.NewEncoder(body)
	enc.SetEscapeHTML(false) // people read "need 5 > 3"
	if err := enc.Encode(ev); err != nil {
		return nil, fmt.Errorf("encode %s: %w", ev.Kind(), err)
	}
	body.Bytes()[head] = ',' // for the brace of the event
	return bytes.TrimSuffix(body.Bytes(), []byte("\n")), nil
}

// Validate says which field of an event breaks a rule, or nil.
func Validate(ev Event) error {
	var c checker
	ev.check(&c)
	if err := c.result(); err != nil {
		return fmt.Errorf("%s: %w", ev.Kind(), err)
	}
	return nil
}

// Decode reads a message of the timeline: the body by the kind in its subject,
// whose identity must be the body's.
func Decode(subject string, body []byte) (Event, error) {
	addr, err := ParseSubject(subject)
	if err != nil {
		return nil, err
	}
	ev, err := DecodeKind(addr.Kind, body)
	if err != nil {
		return nil, err
	}
	if want := EventSubject(addr.Realm, ev); want != subject {
		return nil, fmt.Errorf("%s: %w", addr.Kind, &FieldError{"subject", "the body belongs to " + want})
	}
	return ev, nil
}

// DecodeKind reads the body of an event of a known kind.
func DecodeKind(kind Kind, body []byte) (Event, error) {
	ev, err := decodeBody(kind, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	if err := Validate(ev); err != nil {
		return nil, err
	}
	return ev, nil
}

func decodeBody(kind Kind, body []byte) (Event, error) {
	switch kind {
	case KindMetric:
		return decodeAs[Metric](body)
	case KindGroup:
		return decodeAs[Group](body)
	case KindControl:
		return decodeAs[Control](body)
	case KindForecast:
		return decodeAs[Forecast](body)
	case KindDecision:
		return decodeAs[Decision](body)
	case KindOutcome:
		return decodeAs[Outcome](body)
	}
	return nil, fmt.Errorf("%q is no kind of event", string(kind))
}

// envelope is the JSON object of an event: its fields stand beside version.
type envelope[E Event] struct {
	Version int `json:"version"`
	Event   E
}

func decodeAs[E Event](body []byte) (Event, error) {
	var w envelope[E]
	if err := versioned(body, &w, &w.Version); err != nil {
		return nil, err
	}
	return w.Event, nil
}

// versioned reads a body strictly; version is where its own goes to. A newer
// version wins over every other fault: its fields need not be ours.
func versioned(body []byte, into any, version *int) error {
	err := strict(body, into)
	if err != nil && *version == 0 { // it may stand behind what could not be read
		var members map[string]json.RawMessage
		if json.Unmarshal(body, &members) == nil {
			_ = json.Unmarshal(members["version"], version) // not a number: err says so
		}
	}
	switch {
	case *version > Version:
		return fmt.Errorf("version: %w: %d", ErrNewerVersion, *version)
	case err != nil:
		return err
	case *version != Version:
		return &FieldError{"version", fmt.Sprintf("unknown version %d", *version)}
	}
	return nil
}
