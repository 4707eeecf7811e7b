package main

import (
	"context"
	"fmt"
	"io"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/attach"
	"github.com/ml-autoscaling/autoscaler/streams"
)

type awsDetachVerb struct {
	placeFlags
	DryRun  bool     `help:"Show what would be done, and do nothing."`
	KeepMin bool     `help:"Leave the min as it is."`
	Group   []string `arg:"" help:"The groups: names of Auto Scaling groups, or of the configuration."`
}

// Help describes the verb at length.
func (awsDetachVerb) Help() string {
	return `Takes groups out of the care of the autoscaler, step by step: the tag
ml-autoscaling/mode goes first, at which the actuator stops; then the min is set
back to ml-autoscaling/baseline-min where it differs; then the other tags go. No
component sets a min, so where it differs its owner has changed it, or a
scheduled action has: look with --dry-run first, and give --keep-min to leave it.
Nothing else of the group is touched: its desired capacity stays, and its own
policies go on from there.

What was interrupted is run again. A group that bears none of our tags is left
as it is, and that is no error.

It needs the permissions of 'autoscaler aws policy detach', which an operator
has and no component.`
}

// Run detaches every group.
func (v awsDetachVerb) Run(ctx context.Context, p process) error {
	return v.each(ctx, p, v.Group, func(ctx context.Context, at place) error {
		err := v.detach(ctx, p.stdout, at)
		for _, name := range at.older { // where each deploy makes a group they stay behind; or they are not meant
			fmt.Fprintf(p.stdout, "Still attached, and like %s too: %s. If it is to go: autoscaler aws detach %s/%s%s\n",
				at.section.Policy.AutoScalingGroup, name, at.section.ID.Scope, name, v.flags())
		}
		return err
	})
}

// detach detaches one group.
func (v awsDetachVerb) detach(ctx context.Context, w io.Writer, at place) error {
	g, err := attach.NewDescriber(at.client).Describe(ctx, at.group)
	if err != nil {
		return at.explain(err)
	}
	fmt.Fprintln(w, at.title(g))
	if !g.Found {
		return fmt.Errorf("there is no Auto Scaling group %q in %s", at.group, at.scope.Region)
	}
	steps := attach.Steps(g, v.KeepMin)
	if len(steps) == 0 {
		fmt.Fprint(w, "The group bears none of our tags: nothing is to be done.\n\n")
		return nil
	}
	detacher := attach.NewDetacher(at.client)
	for _, s := range steps {
		if !v.DryRun {
			if err := detacher.Take(ctx, g.Name, s); err != nil {
				return fmt.Errorf("%s: %w; run it again to go on", s, at.explain(err))
			}
		}
		fmt.Fprintf(w, "  %s%s\n", s, lifts(g, s))
		if s.Tag == "" {
			fmt.Fprintf(w, "    Somebody has set it to %d since it was attached. --keep-min would leave that; to set it again:\n    %s\n", s.From, g.Undo(s))
		}
	}
	if why := attach.Leaves(g, v.KeepMin); why != "" {
		fmt.Fprintf(w, "  %s\n", why)
	}
	if v.DryRun {
		fmt.Fprint(w, "Dry run: nothing was done.\n\n")
		return nil
	}
	fmt.Fprintf(w, "Detached. The desired capacity stays at %d until the group's own policies change it.\n", max(g.Desired, lifted(steps)))
	if g.Tags[streams.ModeTag] == string(streams.DesiredControl) {
		fmt.Fprintln(w, "What was switched off for mode desired, such as a policy's scale-in, is still off: switch it on again.")
	}
	fmt.Fprintln(w)
	return nil
}

// lifts says where a step moves the desired capacity too.
func lifts(g attach.Group, s attach.Step) string {
	if s.Tag == "" && s.To > g.Desired {
		return fmt.Sprintf(", which lifts desired from %d", g.Desired)
	}
	return ""
}

// lifted is the min that steps set; 0 where none does.
func lifted(steps []attach.Step) int {
	for _, s := range steps {
		if s.Tag == "" {
			return s.To
		}
	}
	return 0
}
