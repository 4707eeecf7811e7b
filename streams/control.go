package streams

import "time"

// ControlPolicy is the name of the control that carries a group's policy.
const ControlPolicy = "policy"

// Control is what people decided about a group. Controls are kept for ever and
// never rolled up, so that a replay sees every change.
type Control struct {
	GroupID
	Name string    `json:"name"` // ControlPolicy
	At   time.Time `json:"at"`
	// Policy is the group's section of the configuration, defaults applied;
	// absent where the group was retired.
	Policy *Policy `json:"policy,omitempty"`
	// Fingerprint is Policy.Fingerprint, empty where the group was retired.
	Fingerprint string `json:"fingerprint,omitempty"`
}

// NewPolicyControl gives the control that puts a policy in force.
func NewPolicyControl(id GroupID, at time.Time, p Policy) Control {
	return Control{GroupID: id, Name: ControlPolicy, At: at, Policy: &p, Fingerprint: p.Fingerprint()}
}

// Kind gives KindControl.
func (Control) Kind() Kind { return KindControl }

func (k Control) check(c *checker) {
	k.GroupID.check(c)
	if k.Name != ControlPolicy {
		c.failf("name", "want %q, got %q", ControlPolicy, k.Name)
	}
	c.observed("at", k.At)
	if k.Policy == nil {
		if k.Fingerprint != "" {
			c.failf("fingerprint", "a retired group has none, got %q", k.Fingerprint)
		}
		return
	}
	var inner checker
	if k.Policy.check(&inner); inner.err != nil && c.err == nil {
		c.err = inner.err.under("policy")
	}
	if want := k.Policy.Fingerprint(); c.err == nil && k.Fingerprint != want {
		c.failf("fingerprint", "want %s of this policy, got %q", want, k.Fingerprint)
	}
}
