package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// judge holds the recording against what may be: verified, rounds without a
// hole, one outcome for every decision that is no hold, every outcome of a call
// with its call, and no call of a capacity that was not decided.
func (k *killed) judge(dir string) {
	k.Helper()
	var out strings.Builder
	err := verify(process{stdout: &out}, dir, "")
	k.Logf("verify:\n%s", out.String())
	if err != nil {
		k.Error(err)
	}
	rounds := map[streams.GroupID]uint64{}
	decided := map[string][]streams.Decision{}
	outcomes := map[string]int{}
	var applied []streams.Outcome
	became := map[streams.Status]int{}
	wanted := 0
	for subject, bodies := range recorded(k, dir) {
		for _, body := range bodies {
			ev, err := streams.Decode(subject, []byte(body))
			if err != nil {
				k.Fatal(err)
			}
			switch e := ev.(type) {
			case streams.Group:
				if rounds[e.GroupID]++; e.Round != rounds[e.GroupID] {
					k.Errorf("%s: round %d at place %d", e.GroupID, e.Round, rounds[e.GroupID])
				}
			case streams.Decision:
				if e.Verdict != streams.Hold {
					wanted++
					decided[e.Group] = append(decided[e.Group], e)
					outcomes[fmt.Sprintf("%s %d", e.Group, e.Round)]--
				}
			case streams.Outcome:
				if e.Status == streams.Applied {
					applied = append(applied, e)
				}
				became[e.Status]++
				outcomes[fmt.Sprintf("%s %d", e.Group, e.Round)]++
			}
		}
	}
	for what, n := range outcomes {
		if n != 0 {
			k.Errorf("round %s: %d outcomes, want one", what, 1+n)
		}
	}
	calls := k.callsFollow(decided)
	k.callsOf(applied)
	k.Logf("%d rounds, %d decisions that are no holds, outcomes %v, %d calls of SetDesiredCapacity",
		rounds[streams.GroupID{Scope: "eu-west-1", Group: groupName(0)}], wanted, became, calls)
	if wanted < 20 || calls < 20 {
		k.Errorf("%d decisions and %d calls show too little", wanted, calls)
	}
}

// callsFollow wants the calls of each group that succeeded in the order of its
// decisions, each with the capacity of its own; a call may be repeated. It
// counts all calls.
func (k *killed) callsFollow(decided map[string][]streams.Decision) int {
	k.Helper()
	at := map[string]int{}
	n := 0
	for _, c := range k.sim.Calls() {
		if c.Operation != set {
			continue
		}
		if n++; c.Code != "" {
			continue
		}
		rest := decided[c.Group][at[c.Group]:]
		i := slices.IndexFunc(rest, func(d streams.Decision) bool { return d.Desired == c.Desired })
		if i < 0 {
			k.Errorf("%s was set to %d at %v, which none of its last %d decisions asks for", c.Group, c.Desired, c.At, len(rest))
			return n
		}
		at[c.Group] += i
	}
	return n
}

// callsOf wants each outcome that names a request to be that of exactly one
// call that succeeded, with its capacity. Where the answer to a call died with
// the actuator its outcome was recovered, and names none.
func (k *killed) callsOf(applied []streams.Outcome) {
	k.Helper()
	calls := map[string][]awssim.Call{}
	for _, c := range k.sim.Calls() {
		if c.Operation == set {
			calls[c.RequestID] = append(calls[c.RequestID], c)
		}
	}
	named, by := 0, map[string]uint64{}
	for _, o := range applied {
		if o.RequestID == "" {
			continue
		}
		named++
		if round, ok := by[o.RequestID]; ok {
			k.Errorf("%s: the outcomes of rounds %d and %d name the same call", o.GroupID, round, o.Round)
		}
		by[o.RequestID] = o.Round
		switch found := calls[o.RequestID]; {
		case len(found) != 1:
			k.Errorf("%s round %d: %d calls have the id %s of its outcome, want one", o.GroupID, o.Round, len(found), o.RequestID)
		case found[0].Group != o.Group || found[0].Code != "" || found[0].Desired != o.Desired:
			k.Errorf("%s round %d: applied %d, and its call set %s to %d (%q)", o.GroupID, o.Round, o.Desired, found[0].Group, found[0].Desired, found[0].Code)
		}
	}
	k.Logf("%d of %d applied outcomes name their call", named, len(applied))
	if named < 20 {
		k.Errorf("%d outcomes name their call, which shows too little", named)
	}
}
