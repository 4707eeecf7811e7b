package config

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"go.yaml.in/yaml/v3"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// place is an account and a region, as far as a scope tells: the account is that
// of its role, or the role itself where that is no ARN, or empty for the
// process's own.
type place struct{ account, region string }

func (s Scope) place() place {
	if role, err := arn.Parse(s.RoleARN); err == nil {
		return place{role.AccountID, s.Region}
	}
	return place{s.RoleARN, s.Region}
}

// validatePlaces refuses that one Auto Scaling group is acted on under two names:
// each would undo what the other does.
func (c Config) validatePlaces(doc *yaml.Node) error {
	if err := c.onceDiscovered(doc); err != nil {
		return err
	}
	type target struct {
		place
		group string
	}
	named := map[target]string{}
	for _, g := range c.Groups {
		at := target{c.Ingest.Scopes[g.ID.Scope].place(), g.Policy.AutoScalingGroup}
		if g.Policy.Mode != streams.DesiredControl {
			continue
		}
		if other, twice := named[at]; twice {
			section := "groups." + g.ID.Group
			return located(&streams.FieldError{Field: section + ".auto_scaling_group",
				Cause: fmt.Sprintf("is that of group %s, and both have mode desired: each would undo what the other does", other)}, "", doc, nil, lineOf(doc, section))
		}
		named[at] = g.ID.Group
	}
	return nil
}

// onceDiscovered refuses two scopes of one place where groups are discovered.
func (c Config) onceDiscovered(doc *yaml.Node) error {
	if !c.Ingest.Discover {
		return nil
	}
	named := map[place]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Ingest.Scopes)) {
		at := c.Ingest.Scopes[name].place()
		if other, twice := named[at]; twice {
			if child(find(doc, "ingest.scopes"), name) == nil { // only a group names it, and it has no line
				name, other = other, name
			}
			return located(&streams.FieldError{Field: "ingest.scopes." + name, Cause: fmt.Sprintf("is the account and region of scope %s: "+
				"every group that bears the tag would be polled, and acted on, twice; leave one out, or set ingest.discover to false", other)}, "", doc, nil, 1)
		}
		named[at] = name
	}
	return nil
}
