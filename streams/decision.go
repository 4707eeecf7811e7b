package streams

import (
	"fmt"
	"time"
)

// Verdict is the direction of a decision.
type Verdict string

// The verdicts.
const (
	ScaleOut Verdict = "scale_out"
	ScaleIn  Verdict = "scale_in"
	Hold     Verdict = "hold"
)

// Decision is what a policy wants of a group in one round: exactly one a round
// and policy; a hold is a decision.
type Decision struct {
	GroupID
	// Policy is the name of the shadow that decided, whose group is simulated;
	// empty for the live policy, which alone is acted on.
	Policy string `json:"policy,omitempty"`
	Round  uint64 `json:"round"`
	// At is the Now of the round's group event.
	At      time.Time `json:"at"`
	Verdict Verdict   `json:"verdict"`
	// Current is the desired capacity as described; Desired is what it should
	// be. Both in instances or capacity units.
	Current int `json:"current"`
	Desired int `json:"desired"`
	// Expires is when the decision must no longer be acted on.
	Expires time.Time `json:"expires"`
	// Fingerprint names the policy; empty where there was none.
	Fingerprint string `json:"fingerprint,omitempty"`
	// ForecastRound is the round of the forecast used; 0 where none was.
	ForecastRound uint64 `json:"forecast_round,omitempty"`
	// Trail has each rule in order. The first Before is Current, each Before
	// is the After above it, and the last After is Desired.
	Trail []Rule `json:"trail"`
}

// Rule is one line of a decision's trail.
type Rule struct {
	Name   string `json:"rule"`
	Before int    `json:"before"`
	After  int    `json:"after"`
	// Why says what the rule saw and concluded, with the numbers it used.
	Why string `json:"why"`
}

// Kind gives KindDecision.
func (Decision) Kind() Kind { return KindDecision }

// Shadow says whether a shadow decided, so that nothing may act on it.
func (d Decision) Shadow() bool { return d.Policy != "" }

func (d Decision) check(c *checker) {
	d.GroupID.check(c)
	if d.Shadow() {
		c.shadow("policy", d.Policy)
	}
	c.round(d.Round)
	c.instant("at", d.At)
	c.count("current", d.Current, 0)
	c.count("desired", d.Desired, 0)
	c.instant("expires", d.Expires)
	switch want := VerdictOf(d.Current, d.Desired); {
	case d.Verdict != ScaleOut && d.Verdict != ScaleIn && d.Verdict != Hold:
		c.failf("verdict", "want scale_out, scale_in or hold, got %q", string(d.Verdict))
	case d.Verdict != want:
		c.failf("verdict", "from %d to %d is %s, got %s", d.Current, d.Desired, want, d.Verdict)
	}
	d.checkTrail(c)
}

func (d Decision) checkTrail(c *checker) {
	if len(d.Trail) == 0 {
		c.failf("trail", "is missing")
	}
	at := d.Current
	for i, r := range d.Trail {
		if r.Name == "" {
			c.failf(fmt.Sprintf("trail[%d].rule", i), "is missing")
		}
		if r.Before != at {
			c.failf(fmt.Sprintf("trail[%d].before", i), "want %d, where the trail stood, got %d", at, r.Before)
		}
		at = r.After
	}
	if at != d.Desired {
		c.failf("trail", "ends at %d, not at desired %d", at, d.Desired)
	}
}

// VerdictOf gives the verdict of a change from current to desired.
func VerdictOf(current, desired int) Verdict {
	switch {
	case desired > current:
		return ScaleOut
	case desired < current:
		return ScaleIn
	}
	return Hold
}
