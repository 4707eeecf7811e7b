package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	sdk "github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

type awsApplyVerb struct {
	wishFlags
	Yes bool `short:"y" help:"Do not ask."`
}

// Help describes the verb at length.
func (awsApplyVerb) Help() string {
	return `Shows the plan as 'autoscaler aws plan' does, asks, executes that very plan, and
follows it to its end. Without --yes, and without a terminal to ask on, it shows
the plan and changes nothing.

Where it fails it names the resource and AWS's reason; CloudFormation takes back
what it did. Interrupted, it leaves AWS at work and says how to look again.

target needs nothing but a region: the group is then in the default VPC. The
controller needs --set VpcId=ID --set SubnetIds=ID,ID, the first time. Without a
release it is everything but the host. With --release it goes in two steps, the
first time: the stack with its bucket; then, when the release is in the bucket,
the host. An archive is refused that is not one of ours for the architecture, or
whose SHA-256 is not the one in SHA256SUMS.`
}

// Run applies.
func (v awsApplyVerb) Run(ctx context.Context, p process) error {
	w, err := v.wish(ctx, p)
	if err != nil {
		return err
	}
	a := applying{flags: v, p: p, cfg: w.cfg, template: w.template, applier: aws.NewApplier(w.cfg, p.stacks)}
	return a.run(ctx, w.values, w.goods)
}

// applying is an application on its way.
type applying struct {
	flags    awsApplyVerb
	p        process
	cfg      sdk.Config
	template aws.Template
	applier  *aws.Applier
}

// run applies, and says how the host is looked at, which AWS calls made before
// it has installed anything.
func (w applying) run(ctx context.Context, values map[string]string, goods delivery) error {
	err := w.steps(ctx, values, goods)
	if err == nil && (goods.release != nil || goods.values["ReleaseURL"] != "") {
		fmt.Fprintf(w.p.stdout, "\nthe host installs its release now; in a few minutes, look with: %s\n", w.flags.again("status", w.cfg.Region))
	}
	return err
}

// steps applies in one step, or in two where something goes into a bucket that is
// not there yet.
func (w applying) steps(ctx context.Context, values map[string]string, goods delivery) error {
	name := w.flags.name()
	stack, err := w.applier.Stack(ctx, name)
	if err != nil {
		return err
	}
	if goods.stored() == nil {
		return w.step(ctx, goods.into("", values), nil)
	}
	if err := goods.fits(w.template, stack, values); err != nil {
		return err
	}
	// Before the first step, what only the second needs.
	if err := w.template.Check(goods.into(bucketToBe, values)); err != nil {
		return err
	}
	bucket, err := w.bucket(ctx, stack)
	if err != nil {
		return err
	}
	if bucket == "" {
		fmt.Fprint(w.p.stdout, "step 1 of 2: the stack with its bucket; the host comes when its release is there\n\n")
		if err := w.step(ctx, values, nil); err != nil {
			return err
		}
		if stack, err = w.applier.Stack(ctx, name); err != nil {
			return err
		}
		if bucket, err = w.bucket(ctx, stack); err != nil {
			return err
		}
		if bucket == "" {
			return fmt.Errorf("apply stack %s: it has no ReleaseBucket", name)
		}
		values = w.template.Complete(values)
		fmt.Fprint(w.p.stdout, "\nstep 2 of 2: the host\n\n")
	}
	return w.step(ctx, goods.into(bucket, values), func(ctx context.Context) error { return goods.upload(ctx, w.p, w.cfg, bucket) })
}

// bucket gives the bucket of a stack; "" where it has none.
func (w applying) bucket(ctx context.Context, stack *aws.Stack) (string, error) {
	if !stack.Exists() {
		return "", nil
	}
	resources, err := w.applier.Resources(ctx, stack.ID)
	return aws.Physical(resources, "ReleaseBucket"), err
}

// step plans, shows, asks and applies. What is to come before, comes after the
// answer.
func (w applying) step(ctx context.Context, values map[string]string, before func(context.Context) error) error {
	plan, err := w.applier.Plan(ctx, aws.Request{Stack: w.flags.name(), Template: w.template, Values: values})
	if err != nil {
		return err
	}
	if err := w.agree(ctx, plan, before); err != nil || plan.Unchanged {
		return errors.Join(err, w.applier.Discard(ctx, plan))
	}
	fmt.Fprintln(w.p.stdout)
	stack, err := w.applier.Apply(ctx, plan, func(e aws.Event) { fmt.Fprintln(w.p.stdout, e) })
	if err != nil {
		return w.flags.unwatched(w.p, w.cfg.Region, err)
	}
	printOutputs(w.p.stdout, stack, w.cfg.Region)
	return nil
}

// agree shows a plan, asks, and does what has to come before it.
func (w applying) agree(ctx context.Context, plan *aws.Plan, before func(context.Context) error) error {
	if err := showPlan(w.p.stdout, plan); err != nil || plan.Unchanged {
		return err
	}
	if !w.flags.Yes {
		if err := confirm(ctx, w.p, "Apply this to "+w.flags.place(w.cfg.Region, plan.StackID)+"?"); err != nil {
			return err
		}
	}
	if before == nil {
		return nil
	}
	return before(ctx)
}

// showPlan writes a plan, and what it means for a host.
func showPlan(w io.Writer, plan *aws.Plan) error {
	if err := plan.Print(w); err != nil {
		return err
	}
	// The group changes alone where its subnets do.
	if plan.Modifies("HostTemplate") || plan.Modifies("HostGroup") {
		fmt.Fprintln(w, "the host is replaced; the next one reads its history from CloudWatch")
	}
	return nil
}

// printOutputs writes what a stack gives to others.
func printOutputs(w io.Writer, s *aws.Stack, region string) {
	fmt.Fprintf(w, "\nstack %s in %s: %s\n", s.Name, region, s.Status)
	for _, o := range s.Outputs {
		fmt.Fprintf(w, "  %-18s %s\n", o.Key, o.Value)
	}
}
