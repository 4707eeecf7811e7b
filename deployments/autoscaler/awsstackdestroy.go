package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

type awsDestroyVerb struct {
	stackFlags
	Yes bool `short:"y" help:"Do not ask."`
}

// Help describes the verb at length.
func (awsDestroyVerb) Help() string {
	return `Shows the resources of the stack, asks, empties the stack's own bucket, deletes
the stack, and follows that to its end. Without --yes, and without a terminal to
ask on, it shows them and deletes nothing. A stack that is not there is fine.

With target the group goes, and its instances with it. With the controller the
host goes; groups that it scaled are left as they are, to their own policies.`
}

// Run destroys.
func (v awsDestroyVerb) Run(ctx context.Context, p process) error {
	template, err := aws.Read(v.Stack)
	if err != nil {
		return err
	}
	cfg, err := v.load(ctx, p)
	if err != nil {
		return err
	}
	destroyer := aws.NewDestroyer(cfg, p.stacks)
	stack, resources, err := destroyer.Stack(ctx, v.name(), template)
	if err != nil {
		return err
	}
	if stack == nil {
		fmt.Fprintf(p.stdout, "stack %s in %s: it is not there; nothing to delete\n", v.name(), cfg.Region)
		return nil
	}
	fmt.Fprintf(p.stdout, "stack %s in %s: it is %s; it would be deleted, with\n", v.name(), cfg.Region, stack.Status)
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, r := range resources {
		fmt.Fprintf(t, "  - %s\t%s\t%s\n", r.Type, r.LogicalID, r.PhysicalID)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if !v.Yes {
		if err := confirm(ctx, p, "Delete "+v.place(cfg.Region, stack.ID)+", and all of this?"); err != nil {
			return err
		}
	}
	if bucket := aws.Physical(resources, "ReleaseBucket"); bucket != "" {
		deleted, err := aws.NewEmptier(cfg, bucket).Empty(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "emptied bucket %s of %d object(s)\n", bucket, deleted)
	}
	fmt.Fprintln(p.stdout)
	if err := destroyer.Destroy(ctx, stack, func(e aws.Event) { fmt.Fprintln(p.stdout, e) }); err != nil {
		return v.unwatched(p, cfg.Region, err)
	}
	fmt.Fprintf(p.stdout, "\nstack %s in %s: deleted\n", v.name(), cfg.Region)
	return nil
}
