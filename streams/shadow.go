package streams

import (
	"maps"
	"slices"
)

// LiveName is what people call the policy that is acted on; no shadow is
// called so.
const LiveName = "live"

// GroupName is what people call whoever sets the capacity of the real group;
// no shadow is called so.
const GroupName = "group"

// MaxShadows is how many shadows a policy may have: each decides every round.
const MaxShadows = 4

// Shadow is a second policy of a group. It decides beside the live one, in a
// group of its own that is simulated, and nothing acts on what it decides.
type Shadow struct {
	// Scaling takes the place of the group's own.
	Scaling ScalingPolicy `json:"scaling" yaml:"scaling"`
}

// ShadowNames lists the shadows of a policy by their names.
func (p Policy) ShadowNames() []string { return slices.Sorted(maps.Keys(p.Shadows)) }

// Alone is the policy without its shadows.
func (p Policy) Alone() Policy {
	p.Shadows = nil
	return p
}

// Under is the policy that decides under a name: that of a shadow, or for the
// empty name the live one. False where there is no shadow of the name.
func (p Policy) Under(name string) (Policy, bool) {
	if name == "" {
		return p.Alone(), true
	}
	s, ok := p.Shadows[name]
	p = p.Alone()
	p.Scaling = s.Scaling
	return p, ok
}

// Same says whether two policies are equal in everything, their shadows
// included, which fingerprints leave out.
func (p Policy) Same(o Policy) bool {
	if len(p.Shadows) != len(o.Shadows) || p.Fingerprint() != o.Fingerprint() {
		return false
	}
	for name := range p.Shadows {
		mine, _ := p.Under(name)
		theirs, ok := o.Under(name)
		if !ok || mine.Fingerprint() != theirs.Fingerprint() {
			return false
		}
	}
	return true
}

// checkShadows wants a policy under every name that could be the live one.
func (p Policy) checkShadows(c *checker) {
	if len(p.Shadows) > MaxShadows {
		c.failf("shadows", "want at most %d, got %d", MaxShadows, len(p.Shadows))
	}
	for _, name := range p.ShadowNames() {
		path := "shadows." + name
		c.shadow(path, name)
		inner := checker{yaml: c.yaml}
		under, _ := p.Under(name)
		if under.check(&inner); inner.err != nil && c.err == nil {
			c.err = inner.err.under(path)
		}
	}
}

// shadow wants the name of a shadow.
func (c *checker) shadow(field, name string) {
	ok := name != "" && len(name) <= 32 && name != LiveName && name != GroupName
	for _, r := range name {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	}
	if !ok {
		c.failf(field, "want a name of 1 to 32 of a-z, 0-9 and -, other than %s and %s, got %.40q", LiveName, GroupName, name)
	}
}
