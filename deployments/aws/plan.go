package aws

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// Plan is a change set that AWS worked out.
type Plan struct {
	Stack, Region string
	// Before is the stack as it is; nil where there is none.
	Before *Stack
	// ID and StackID are ARNs.
	ID, StackID string
	// Unchanged says that AWS found nothing to do.
	Unchanged  bool
	Parameters []ParameterChange
	Changes    []Change

	name string // of the change set
}

// ParameterChange is a parameter with its value before and after.
type ParameterChange struct {
	Name string
	// Old is nil where the stack does not have the parameter yet.
	Old *string
	New string
	// OldResolved and Resolved are what a parameter of type SSM came to; else
	// empty.
	OldResolved, Resolved string
}

// Change is what happens to a resource.
type Change struct {
	Action                      types.ChangeAction
	Type, LogicalID, PhysicalID string
	Replacement                 types.Replacement
	Policy                      types.PolicyAction
	Properties                  []PropertyChange
}

// PropertyChange is what happens to a property, where AWS says so.
type PropertyChange struct {
	// Path is that of the property in the template, such as
	// LaunchTemplateData.InstanceType.
	Path string
	// Before and After are nil where AWS gives none.
	Before, After *string
	// Recreates is whether the change of this property makes a new resource.
	Recreates types.RequiresRecreation
	// Cause is the parameter or the resource that the change comes from.
	Cause string
}

// Modifies says whether a resource that is there changes.
func (p *Plan) Modifies(logicalID string) bool {
	return slices.ContainsFunc(p.Changes, func(c Change) bool {
		return c.LogicalID == logicalID && c.Action == types.ChangeActionModify
	})
}

// refused is the error of an execution that AWS did not begin. Of two plans of a
// stack it executes one, and the other is gone, or no longer true.
func (p *Plan) refused(err error) error {
	if isMissing(err) || hasCode(err, "InvalidChangeSetStatus") {
		return fmt.Errorf("apply stack %s: somebody else changes it, or has changed it, since this was planned; nothing was done: look at it, and apply again (%w)", p.Stack, explained{explain(err), err})
	}
	return failed("apply stack "+p.Stack, err)
}

// parameters notes the values that the stack has and would have.
func (p *Plan) parameters(after []types.Parameter) {
	for _, a := range after {
		change := ParameterChange{Name: sdk.ToString(a.ParameterKey), New: sdk.ToString(a.ParameterValue), Resolved: sdk.ToString(a.ResolvedValue)}
		if p.Before != nil {
			if old, ok := p.Before.Parameters[change.Name]; ok {
				change.Old, change.OldResolved = &old, p.Before.Resolved[change.Name]
			}
		}
		p.Parameters = append(p.Parameters, change)
	}
}

// add notes a page of changes.
func (p *Plan) add(changes []types.Change) {
	for _, c := range changes {
		if c.ResourceChange == nil {
			continue
		}
		r := c.ResourceChange
		p.Changes = append(p.Changes, Change{
			Action: r.Action, Type: sdk.ToString(r.ResourceType), LogicalID: sdk.ToString(r.LogicalResourceId), PhysicalID: sdk.ToString(r.PhysicalResourceId),
			Replacement: r.Replacement, Policy: r.PolicyAction, Properties: properties(r.Details),
		})
	}
}

// properties gives each path once: AWS tells of the same property once for what
// it knows and once more for what it will only know later.
func properties(details []types.ResourceChangeDetail) []PropertyChange {
	var all []PropertyChange
	for _, d := range details {
		if d.Target == nil {
			continue
		}
		c := PropertyChange{
			Path: pathOf(d.Target), Before: d.Target.BeforeValue, After: d.Target.AfterValue,
			Recreates: d.Target.RequiresRecreation, Cause: sdk.ToString(d.CausingEntity),
		}
		if i := slices.IndexFunc(all, func(o PropertyChange) bool { return o.Path == c.Path }); i >= 0 {
			all[i] = merge(all[i], c)
			continue
		}
		all = append(all, c)
	}
	return all
}

// merge keeps of two what says more.
func merge(a, b PropertyChange) PropertyChange {
	if a.Before == nil && a.After == nil {
		a.Before, a.After = b.Before, b.After
	}
	a.Cause = cmp.Or(a.Cause, b.Cause)
	a.Recreates = worse(a.Recreates, b.Recreates)
	return a
}

func worse(a, b types.RequiresRecreation) types.RequiresRecreation {
	for _, r := range []types.RequiresRecreation{types.RequiresRecreationAlways, types.RequiresRecreationConditionally} {
		if a == r || b == r {
			return r
		}
	}
	return a
}

// pathOf writes where a property is as people do.
func pathOf(t *types.ResourceTargetDefinition) string {
	if p := strings.TrimPrefix(sdk.ToString(t.Path), "/Properties/"); p != "" {
		return strings.ReplaceAll(strings.TrimPrefix(p, "/"), "/", ".")
	}
	return cmp.Or(sdk.ToString(t.Name), string(t.Attribute))
}
