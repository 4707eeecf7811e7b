package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// judge holds the recording against what may be: verified, rounds without a
// hole, one outcome for every decision that is no hold, and no call of a
// capacity that was not decided.
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
	k.Logf("%d rounds, %d decisions that are no holds, outcomes %v, %d calls of SetDesiredCapacity",
		rounds[streams.GroupID{Scope: "eu-west-1", Group: groupName(0)}], wanted, became, calls)
	if wanted < 20 || calls < 20 {
		k.Errorf("%d decisions and %d calls show too little", wanted, calls)
	}
}

// callsFollow wants the calls of each group in the order of its decisions, each
// with the capacity of its own; a call may be repeated.
func (k *killed) callsFollow(decided map[string][]streams.Decision) int {
	k.Helper()
	at := map[string]int{}
	n := 0
	for _, c := range k.sim.Calls() {
		if c.Operation != set {
			continue
		}
		n++
		rest := decided[c.Group][at[c.Group]:]
		i := slices.IndexFunc(rest, func(d streams.Decision) bool { return d.Desired == c.Desired })
		if i < 0 {
			k.Errorf("%s was set to %d, which no decision from round %d on asks for", c.Group, c.Desired, rest[0].Round)
			return n
		}
		at[c.Group] += i
	}
	return n
}
