package streams

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// Root is the first token of every subject.
const Root = "autoscaling"

// Partitions is how many partitions a timeline has, fixed when it is made.
const Partitions = 16

// Live is the realm whose decisions an actuator may act on.
const Live = "live"

// anyToken is NATS's wildcard for one token.
const anyToken = "*"

// NoSlot marks a state that is one piece.
const NoSlot = -1

// Address is what a subject of the timeline says.
type Address struct {
	Realm     string
	Partition int
	Kind      Kind
	GroupID          // empty for a checkpoint
	Series    string // of a metric or a forecast, or of a state
	Control   string // the name of a control
	Policy    string // of a decision that a shadow made
	Stage     string // of a state or a checkpoint
	Slot      int    // of a state; NoSlot where it has none
}

// PartitionOf gives the partition of a group: fnv32a(scope/group) mod 16.
func PartitionOf(id GroupID) int {
	h := fnv.New32a()
	h.Write([]byte(id.String()))
	return int(h.Sum32() % Partitions)
}

// CheckRealm says whether a realm can be part of a subject and a stream name.
func CheckRealm(realm string) error {
	ok := realm != "" && len(realm) <= 32
	for _, r := range realm {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	}
	if !ok {
		return &FieldError{"realm", fmt.Sprintf("want 1 to 32 of a-z, 0-9 and -, got %q", realm)}
	}
	return nil
}

// StreamName gives the name of a realm's stream: AUTOSCALING for live.
func StreamName(realm string) string {
	if realm == Live {
		return "AUTOSCALING"
	}
	return "AUTOSCALING_" + strings.ToUpper(realm)
}

// WeightsBucket gives the name of a realm's object bucket of weights, which lie
// in it under their checksums.
func WeightsBucket(realm string) string { return StreamName(realm) + "_WEIGHTS" }

// EventSubject gives the subject of an event.
func EventSubject(realm string, ev Event) string {
	id := ev.ID()
	subject := groupSubject(realm, string(ev.Kind()), id)
	switch e := ev.(type) {
	case Metric:
		return subject + "." + Escape(e.Series)
	case Forecast:
		return subject + "." + Escape(e.Series)
	case Control:
		return subject + "." + Escape(e.Name)
	case Decision:
		if e.Shadow() {
			return subject + "." + Escape(e.Policy)
		}
	}
	return subject
}

// StateSubject gives the subject of one part of a stage's state.
func StateSubject(realm, stage string, id GroupID, key PartKey) string {
	subject := groupSubject(realm, string(KindState)+"."+stage, id)
	if key.Series == "" { // a slot would read as a series
		return subject
	}
	subject += "." + Escape(key.Series)
	if key.Slot != NoSlot {
		subject += "." + strconv.Itoa(key.Slot)
	}
	return subject
}

// CheckpointSubject gives the subject of a stage's checkpoint in a partition.
func CheckpointSubject(realm string, partition int, stage string) string {
	return prefix(realm, strconv.Itoa(partition), string(KindCheckpoint)) + "." + stage
}

// PredictSubject gives the subject of the prediction API for a model. No
// stream binds it.
func PredictSubject(realm, model string) string {
	return Root + "." + realm + ".predict." + Escape(model)
}

// PredictFilter matches the prediction API for every model of a realm.
func PredictFilter(realm string) string { return Root + "." + realm + ".predict." + anyToken }

// KindFilter matches every event of a kind in a realm; a stream binds a realm
// kind by kind with it.
func KindFilter(realm string, kind Kind) string {
	return prefix(realm, anyToken, string(kind)) + ".>"
}

// StageFilters match what a stage keeps: its states, and its checkpoints.
func StageFilters(realm, stage string) [2]string {
	return [2]string{
		prefix(realm, anyToken, string(KindState)) + "." + stage + ".>",
		prefix(realm, anyToken, string(KindCheckpoint)) + "." + stage,
	}
}

func groupSubject(realm, kind string, id GroupID) string {
	return prefix(realm, strconv.Itoa(PartitionOf(id)), kind) + "." + Escape(id.Scope) + "." + Escape(id.Group)
}

func prefix(realm, partition, kind string) string {
	return Root + "." + realm + "." + partition + "." + kind
}

// ParseSubject reads a subject of the timeline, or says which part is wrong.
func ParseSubject(subject string) (Address, error) {
	a := Address{Slot: NoSlot}
	t := strings.Split(subject, ".")
	if len(t) < 5 || t[0] != Root {
		return a, fmt.Errorf("subject %q: want %s.<realm>.<partition>.<kind>.…", subject, Root)
	}
	a.Realm, a.Kind = t[1], Kind(t[3])
	if err := CheckRealm(a.Realm); err != nil {
		return a, fmt.Errorf("subject %q: %w", subject, err)
	}
	n, err := strconv.Atoi(t[2])
	if err != nil || n < 0 || n >= Partitions || strconv.Itoa(n) != t[2] {
		return a, fmt.Errorf("subject %q: partition: want 0 to %d, got %q", subject, Partitions-1, t[2])
	}
	a.Partition = n
	if err := a.parseRest(t[4:]); err != nil {
		return a, fmt.Errorf("subject %q: %w", subject, err)
	}
	return a, nil
}

func (a *Address) parseRest(t []string) error {
	switch a.Kind {
	case KindCheckpoint:
		if len(t) != 1 {
			return fmt.Errorf("want one token after ckpt, the stage")
		}
		return a.parseStage(t[0])
	case KindState:
		if len(t) < 3 || len(t) > 5 {
			return fmt.Errorf("want stage, scope, group and at most series and slot after state")
		}
		if err := a.parseStage(t[0]); err != nil {
			return err
		}
		if err := a.parseGroup(t[1:3]); err != nil {
			return err
		}
		return a.parsePart(t[3:])
	case KindMetric, KindForecast, KindControl:
		if len(t) != 3 {
			return fmt.Errorf("want scope, group and one name after %s", a.Kind)
		}
		name, err := Unescape(t[2])
		if err != nil {
			return fmt.Errorf("last token: %w", err)
		}
		if a.Kind == KindControl {
			a.Control = name
		} else {
			a.Series = name
		}
		return a.parseGroup(t[:2])
	case KindDecision:
		if len(t) != 2 && len(t) != 3 {
			return fmt.Errorf("want scope, group and at most a shadow after %s", a.Kind)
		}
		if err := a.parseShadow(t[2:]); err != nil {
			return err
		}
		return a.parseGroup(t[:2])
	case KindGroup, KindOutcome:
		if len(t) != 2 {
			return fmt.Errorf("want scope and group after %s", a.Kind)
		}
		return a.parseGroup(t)
	}
	return fmt.Errorf("kind: unknown kind %q", string(a.Kind))
}

func (a *Address) parseShadow(t []string) error {
	if len(t) == 0 {
		return nil
	}
	var c checker
	if c.shadow("shadow", t[0]); c.err != nil {
		return c.err
	}
	a.Policy = t[0]
	return nil
}

func (a *Address) parseStage(token string) error {
	if token == "" || Escape(token) != token {
		return fmt.Errorf("stage: want letters, digits, - and _, got %q", token)
	}
	a.Stage = token
	return nil
}

func (a *Address) parseGroup(t []string) (err error) {
	if a.Scope, err = Unescape(t[0]); err != nil {
		return fmt.Errorf("scope: %w", err)
	}
	if a.Group, err = Unescape(t[1]); err != nil {
		return fmt.Errorf("group: %w", err)
	}
	if want := PartitionOf(a.GroupID); want != a.Partition {
		return fmt.Errorf("partition: %s is of partition %d", a.GroupID, want)
	}
	return nil
}

func (a *Address) parsePart(t []string) (err error) {
	if len(t) > 0 {
		if a.Series, err = Unescape(t[0]); err != nil {
			return fmt.Errorf("series: %w", err)
		}
	}
	if len(t) > 1 {
		if a.Slot, err = strconv.Atoi(t[1]); err != nil || a.Slot < 0 || strconv.Itoa(a.Slot) != t[1] {
			return fmt.Errorf("slot: want a number, got %q", t[1])
		}
	}
	return nil
}
