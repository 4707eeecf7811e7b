package attach

import (
	"context"
	"fmt"
	"math"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Step is one step of detaching a group: a tag that is removed, or the min that
// is restored.
type Step struct {
	// Tag is the key of the tag that is removed, and Value what it holds; Tag is
	// empty of the min.
	Tag, Value string
	// From and To are the min before and after.
	From, To int
}

// String shows the step.
func (s Step) String() string {
	if s.Tag != "" {
		return fmt.Sprintf("tag %s: %s -> (none)", s.Tag, s.Value)
	}
	return fmt.Sprintf("min: %d -> %d", s.From, s.To)
}

// Undo is the command that sets the min back to what it was before a step.
func (g Group) Undo(s Step) string {
	return g.command("update-auto-scaling-group", fmt.Sprintf("--min-size %d", s.From))
}

// Steps gives what detaches a group, in order: the mode first, at which the
// actuator stops; the min; the baseline last, so that the min can be restored
// as long as it was not. It is empty of a group that bears none of our tags.
func Steps(g Group, keepMin bool) []Step {
	var steps []Step
	remove := func(key string) {
		if value, ok := g.Tags[key]; ok {
			steps = append(steps, Step{Tag: key, Value: value})
		}
	}
	remove(streams.ModeTag)
	if n, ok := g.baseline(); ok && !keepMin && n != g.Min && n <= g.Max {
		steps = append(steps, Step{From: g.Min, To: n})
	}
	remove(streams.ManagedTag)
	remove(streams.BaselineMinTag)
	return steps
}

// Leaves says why the min is not restored although it is not the baseline;
// empty where it is restored, or is right.
func Leaves(g Group, keepMin bool) string {
	text, tagged := g.Tags[streams.BaselineMinTag]
	n, ok := g.baseline()
	switch {
	case !tagged, ok && n == g.Min:
		return ""
	case !ok:
		return fmt.Sprintf("min stays at %d: the tag %s is %q, which is no min", g.Min, streams.BaselineMinTag, text)
	case keepMin:
		return fmt.Sprintf("min stays at %d, as asked for; it was %d when the group was attached", g.Min, n)
	case n > g.Max:
		return fmt.Sprintf("min stays at %d: it was %d when the group was attached, and max is %d by now", g.Min, n, g.Max)
	}
	return ""
}

// Detacher removes tags of groups, and sets their min.
type Detacher struct {
	// Methods and not a client, from which others could be reached.
	untag  func(context.Context, *autoscaling.DeleteTagsInput, ...func(*autoscaling.Options)) (*autoscaling.DeleteTagsOutput, error)
	update func(context.Context, *autoscaling.UpdateAutoScalingGroupInput, ...func(*autoscaling.Options)) (*autoscaling.UpdateAutoScalingGroupOutput, error)
	groups *Describer
	check  check
}

// NewDetacher makes a detacher for the account and the region that c is for.
func NewDetacher(c aws.Config) *Detacher {
	client := autoscaling.NewFromConfig(c)
	return &Detacher{untag: client.DeleteTags, update: client.UpdateAutoScalingGroup, groups: NewDescriber(c), check: usual()}
}

// Take takes one step. The steps that follow are for when it was taken.
func (d *Detacher) Take(ctx context.Context, name string, s Step) error {
	if s.Tag == "" {
		return d.restore(ctx, name, s.To)
	}
	err := bounded(ctx, func(ctx context.Context) error {
		_, err := d.untag(ctx, &autoscaling.DeleteTagsInput{Tags: []types.Tag{{
			ResourceId: aws.String(name), ResourceType: aws.String(resourceType), Key: aws.String(s.Tag),
		}}})
		return err
	})
	if err != nil {
		return ingestaws.Failed("DeleteTags", err)
	}
	return d.groups.await(ctx, name, d.check, func(g Group) error {
		if value, ok := g.Tags[s.Tag]; ok {
			return fmt.Errorf("tag %s was removed and is still there, as %s", s.Tag, value)
		}
		return nil
	})
}

// restore sets the min and nothing else.
func (d *Detacher) restore(ctx context.Context, name string, least int) error {
	if least < 0 || least > math.MaxInt32 {
		return fmt.Errorf("restore min of %s: want a number of units, got %d", name, least)
	}
	err := bounded(ctx, func(ctx context.Context) error {
		_, err := d.update(ctx, &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: aws.String(name), MinSize: aws.Int32(int32(least))})
		return err
	})
	if err != nil {
		return ingestaws.Failed("UpdateAutoScalingGroup", err)
	}
	return d.groups.await(ctx, name, d.check, func(g Group) error {
		if g.Min != least {
			return fmt.Errorf("min was set to %d and is %d", least, g.Min)
		}
		return nil
	})
}
