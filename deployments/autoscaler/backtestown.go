package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/incumbent"
	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
)

// standInPolicy is the incumbent where what a group scales by is not known.
const standInPolicy = "tt.7"

// ownScaling is what the group of --from-group scales by. The zero value was not read.
type ownScaling struct {
	rivals.Incumbent
	read bool
}

// policy is how what is played is called.
func (o ownScaling) policy() string {
	if o.Emulation() {
		return backtest.PartialIncumbent
	}
	return backtest.Incumbent
}

// standsIn says that nothing of the group can be played, so that the policy
// standInPolicy is compared with.
func (o ownScaling) standsIn() bool { return o.read && !o.Plays() }

// partial says whether what is played is an emulation.
func (o ownScaling) partial() bool { return o.read && o.Plays() && o.Emulation() }

// ownScaling reads what the group scales by, unless the command line asks for another
// incumbent and for this one nowhere.
func (v backtestVerb) ownScaling(ctx context.Context) (ownScaling, error) {
	if v.FromGroup == "" || v.Incumbent != "" && !v.namesIncumbent() {
		return ownScaling{}, nil
	}
	g, scope, err := v.fromRegion()
	if err != nil {
		return ownScaling{}, err
	}
	name := g.Policy.AutoScalingGroup
	if ingest.IsPattern(name) {
		return ownScaling{}, fmt.Errorf("--from-group: %s stands for the groups %s: name one of those, or go on without its policies with --incumbent %s", v.FromGroup, name, standInPolicy)
	}
	client, err := loadAWS(ctx, scope)
	if err != nil {
		return ownScaling{}, err
	}
	found, err := incumbent.NewReader(client).Read(ctx, name)
	switch {
	case ctx.Err() != nil:
		return ownScaling{}, ctx.Err()
	case errors.Is(err, incumbent.ErrNoGroup):
		return ownScaling{}, nil // whoever reads its history finds that too
	case err != nil:
		return ownScaling{}, fmt.Errorf("%w (--incumbent %s goes on without it)", err, standInPolicy)
	case !found.Plays() && v.namesIncumbent():
		return ownScaling{}, fmt.Errorf("policy %s: nothing of what %s scales by can be played: %s", backtest.Incumbent, name, leftOut(found))
	}
	return ownScaling{found, true}, nil
}

// namesIncumbent says whether the command line names what the group scales by.
func (v backtestVerb) namesIncumbent() bool {
	return slices.ContainsFunc([]string{v.Policies, v.AB, v.Incumbent}, func(list string) bool {
		return renamed(list, "") != list
	})
}

// with gives the command line with the group's own policies among the others and
// as what is compared with, where there is something to play.
func (v backtestVerb) with(o ownScaling) backtestVerb {
	if !o.read || !o.Plays() {
		return v
	}
	if v.Incumbent == "" {
		v.Incumbent = backtest.Incumbent
	}
	v.Policies = renamed(v.Policies, o.policy()) + "," + o.policy()
	v.AB, v.Incumbent = renamed(v.AB, o.policy()), renamed(v.Incumbent, o.policy())
	return v
}

// renamed gives a list with another name for the incumbent.
func renamed(list, name string) string {
	all := strings.Split(list, ",")
	for i, word := range all {
		if backtest.IsIncumbent(strings.TrimSpace(word)) {
			all[i] = name
		}
	}
	return strings.Join(all, ",")
}

// leftOut says what of a group is not played, and why.
func leftOut(i rivals.Incumbent) string {
	if len(i.Unplayed)+len(i.Idle) == 0 {
		return "it has no scaling policy and no scheduled action"
	}
	var all []string
	for _, o := range append(slices.Clone(i.Unplayed), i.Idle...) {
		all = append(all, o.String())
	}
	return strings.Join(all, "; ")
}

// print says what the incumbent is, and what of the group it is not.
func (o ownScaling) print(w io.Writer) {
	switch {
	case !o.read:
		return
	case o.standsIn():
		fmt.Fprintf(w, "NO INCUMBENT: nothing of what %s scales by can be played; %s stands in for it.\n", o.Group, standInPolicy)
	default:
		fmt.Fprintf(w, "%s: what %s scales by, at a capacity of %d to %d\n", o.policy(), o.Group, o.Min, o.Max)
	}
	for _, part := range o.Parts() {
		fmt.Fprintf(w, "  %s\n", part)
	}
	if text := o.ratchet(); text != "" {
		fmt.Fprintf(w, "  %s\n", text)
	}
	for _, left := range o.Unplayed {
		fmt.Fprintf(w, "  not played: %s\n", left)
	}
	for _, left := range o.Idle {
		fmt.Fprintf(w, "  does nothing: %s\n", left)
	}
	if o.standsIn() && len(o.Unplayed)+len(o.Idle) == 0 {
		fmt.Fprintf(w, "  %s\n", leftOut(o.Incumbent))
	}
	fmt.Fprintln(w)
}

// ratchet warns of an incumbent that only scales out, such as the fallback of a
// group in mode desired; empty where it is none.
func (o ownScaling) ratchet() string {
	if !o.read || !o.Plays() || !o.NeverIn() {
		return ""
	}
	return fmt.Sprintf("IT NEVER SCALES IN: to cost less than that proves little; --incumbent %s compares with a policy that does.", standInPolicy)
}

// about says in a sentence what the incumbent is.
func (o ownScaling) about() string {
	text := fmt.Sprintf("what %s scales by, at a capacity of %d to %d: %s", o.Group, o.Min, o.Max, strings.Join(o.Parts(), "; "))
	if o.ratchet() != "" {
		text += " (it never scales in)"
	}
	if len(o.Unplayed) > 0 {
		text += " (a part of it; not played: " + leftOut(rivals.Incumbent{Unplayed: o.Unplayed}) + ")"
	}
	return text
}

// notes are what a report says of each trace.
func (o ownScaling) notes() []string {
	switch {
	case !o.read:
		return nil
	case o.standsIn():
		return []string{fmt.Sprintf("%s stands in for what %s scales by, of which nothing can be played: %s.", standInPolicy, o.Group, leftOut(o.Incumbent))}
	}
	return []string{o.policy() + " is " + o.about() + "."}
}

// incumbentJSON is what the group scales by, whole, so that it can be played
// again.
type incumbentJSON struct {
	// Policy is how it is called among the runs; StandIn is what was compared
	// with where nothing of it can be played.
	Policy     string          `json:"policy,omitempty"`
	StandIn    string          `json:"stand_in,omitempty"`
	Definition json.RawMessage `json:"definition"`
}

// json is nil where nothing was read.
func (o ownScaling) json() *incumbentJSON {
	if !o.read {
		return nil
	}
	// It has nothing that JSON has not.
	definition, err := json.Marshal(o.Incumbent)
	if err != nil {
		panic(fmt.Sprintf("write what %s scales by: %v", o.Group, err))
	}
	if o.standsIn() {
		return &incumbentJSON{StandIn: standInPolicy, Definition: definition}
	}
	return &incumbentJSON{Policy: o.policy(), Definition: definition}
}

// same says whether two are the same to the letter; false where one is missing.
func (i *incumbentJSON) same(other *incumbentJSON) (bool, error) {
	if i == nil || other == nil {
		return false, nil
	}
	var own, others bytes.Buffer
	err := errors.Join(json.Compact(&own, i.Definition), json.Compact(&others, other.Definition))
	return bytes.Equal(own.Bytes(), others.Bytes()), err
}
