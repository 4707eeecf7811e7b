package config

import (
	"maps"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Ingest says what is polled and how.
type Ingest struct {
	Component `yaml:",inline"`
	// Scopes are the accounts and regions, under names of the user's. A scope
	// that a group names and that is not among them is the region of that name.
	Scopes map[string]Scope `yaml:"scopes"`
	// Discover polls every group that bears the tag
	// ml-autoscaling/managed=true, under the defaults.
	Discover bool `yaml:"discover"`
	// Backfill is how far back the history of a new series is read.
	Backfill streams.Duration `yaml:"backfill"`
}

// Scope is an account and a region.
type Scope struct {
	Region string `yaml:"region"`
	// RoleARN is assumed where it is set, with ExternalID where that is.
	RoleARN    string `yaml:"role_arn"`
	ExternalID string `yaml:"external_id"`
}

// All is the section of everything in one process.
type All struct {
	Component `yaml:",inline"`
	// Listen is where the embedded server answers other processes; empty for
	// nowhere.
	Listen string `yaml:"listen"`
	// Store is the directory of the timeline; by default one below the user's
	// state directory.
	Store string `yaml:"store"`
}

// Group is one group: its identity and its policy.
type Group struct {
	ID     streams.GroupID
	Policy streams.Policy
	// AutoPeriod says that the period is nobody's choice: it depends on what
	// monitoring the group has.
	AutoPeriod bool

	given streams.Policy // without what follows from other fields
}

// newGroup gives a group as its section has it.
func newGroup(id streams.GroupID, given streams.Policy, silent bool) Group {
	cpu := given.Load.ResourceLabel == "" && given.Load.Expression == ""
	return Group{ID: id, Policy: Complete(given), AutoPeriod: silent && cpu, given: given}
}

// WithPeriod gives the policy for a metric of another period: what follows from
// the period is worked out anew.
func (g Group) WithPeriod(period time.Duration) streams.Policy {
	p := g.given
	p.Load.Period = streams.Duration(period)
	return Complete(p)
}

// WithWeights gives the group with other global weights, by their checksum.
func (g Group) WithWeights(sum string) Group {
	g.given.Forecast.Weights, g.Policy.Forecast.Weights = sum, sum
	return g
}

// base is what `defaults` come to.
type base struct {
	policy     streams.Policy
	autoPeriod bool
}

func (b base) group(scope, name string) Group {
	p := b.policy
	p.Forecast.Levels = slices.Clone(p.Forecast.Levels)
	p.Forecast.Members = slices.Clone(p.Forecast.Members)
	p.AutoScalingGroup = name
	return newGroup(streams.GroupID{Scope: scope, Group: name}, p, b.autoPeriod)
}

// Discovered gives the group of an Auto Scaling group that has no section.
func (c Config) Discovered(scope, autoScalingGroup string) Group {
	return c.base.group(scope, autoScalingGroup)
}

// onlyScope is the scope of a group that names none.
func (c Config) onlyScope() string {
	if len(c.Ingest.Scopes) != 1 {
		return ""
	}
	return slices.Collect(maps.Keys(c.Ingest.Scopes))[0]
}

// readScopes completes the scopes: those that only groups name are regions.
func (c *Config) readScopes(doc *yaml.Node) error {
	scopes := map[string]Scope{}
	for name, s := range c.Ingest.Scopes {
		if s.Region == "" {
			s.Region = name
		}
		if s.ExternalID != "" && s.RoleARN == "" {
			return located(&streams.FieldError{Field: "ingest.scopes." + name + ".external_id", Cause: "goes with role_arn"}, "", doc, nil, 1)
		}
		scopes[name] = s
	}
	for _, g := range c.Groups {
		if _, ok := scopes[g.ID.Scope]; !ok {
			scopes[g.ID.Scope] = Scope{Region: g.ID.Scope}
		}
	}
	if len(scopes) > 0 {
		c.Ingest.Scopes = scopes
	}
	if err := c.validatePlaces(doc); err != nil {
		return err
	}
	return c.validateRoles(doc)
}
