package attach

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"github.com/ml-autoscaling/autoscaler/ingest"
	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Change is a tag that is to be written.
type Change struct {
	Key string
	// Old is what the tag is, where Had says that it is there at all.
	Old string
	Had bool
	New string
}

// String shows the change.
func (c Change) String() string {
	old := "(none)"
	if c.Had {
		old = c.Old
	}
	return fmt.Sprintf("tag %s: %s -> %s", c.Key, old, c.New)
}

// Changes gives the tags that attaching a group in a mode writes: none of a
// group that is attached like that. The baseline is the min as it is, unless
// there is one already.
func Changes(g Group, mode streams.Mode) []Change {
	baseline := g.Min
	if n, ok := g.baseline(); ok {
		baseline = n
	}
	want := map[string]string{
		streams.ManagedTag: "true", streams.ModeTag: string(mode), streams.BaselineMinTag: strconv.Itoa(baseline),
	}
	var changes []Change
	for _, key := range ownTags() {
		old, had := g.Tags[key]
		if !had || old != want[key] {
			changes = append(changes, Change{Key: key, Old: old, Had: had, New: want[key]})
		}
	}
	return changes
}

// KeptBaseline gives the baseline of an earlier attachment, which is kept; ok
// is false where there is none, or where it is the min as it is.
func KeptBaseline(g Group) (baseline int, ok bool) {
	n, ok := g.baseline()
	return n, ok && n != g.Min
}

// Lowers says whether attaching in a mode gives no right that we do not have:
// a group that is attached, in whatever mode, goes to observe. That is always
// allowed.
func Lowers(g Group, mode streams.Mode) bool {
	return mode == streams.Observe && g.Found && g.Tags[streams.ManagedTag] == "true" && g.Tags[streams.ModeTag] != ""
}

// check is how often, and after which pause, is looked for what was written:
// AWS may show it a little later.
type check struct {
	times int
	pause time.Duration
}

func usual() check { return check{times: 6, pause: time.Second} }

// Tagger sets tags of groups.
type Tagger struct {
	// Methods and not a client, from which others could be reached.
	tag    func(context.Context, *autoscaling.CreateOrUpdateTagsInput, ...func(*autoscaling.Options)) (*autoscaling.CreateOrUpdateTagsOutput, error)
	groups *Describer
	check  check
}

// NewTagger makes a tagger for the account and the region that c is for.
func NewTagger(c aws.Config) *Tagger {
	return &Tagger{tag: autoscaling.NewFromConfig(c).CreateOrUpdateTags, groups: NewDescriber(c), check: usual()}
}

// Write writes the tags in one call, and looks whether they are there.
func (t *Tagger) Write(ctx context.Context, name string, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	in := &autoscaling.CreateOrUpdateTagsInput{}
	for _, c := range changes {
		in.Tags = append(in.Tags, types.Tag{
			ResourceId: aws.String(name), ResourceType: aws.String(resourceType),
			Key: aws.String(c.Key), Value: aws.String(c.New), PropagateAtLaunch: aws.Bool(false),
		})
	}
	err := bounded(ctx, func(ctx context.Context) error {
		_, err := t.tag(ctx, in)
		return err
	})
	if err != nil {
		return ingestaws.Failed("CreateOrUpdateTags", err)
	}
	return t.groups.await(ctx, name, t.check, func(g Group) error {
		for _, c := range changes {
			if value, ok := g.Tags[c.Key]; !ok || value != c.New {
				return fmt.Errorf("tag %s was written and is not there as %s", c.Key, c.New)
			}
		}
		return nil
	})
}

// resourceType is what AWS calls a group where tags are concerned.
const resourceType = "auto-scaling-group"

// await reads the group again until it is as it should be; else it says what
// is not.
func (d *Describer) await(ctx context.Context, name string, c check, wrong func(Group) error) error {
	for n := 1; ; n++ {
		g, err := d.Describe(ctx, name)
		if err != nil {
			return err
		}
		if err = wrong(g); err == nil || n >= c.times {
			return err
		}
		if err := (ingest.WallClock{}).Wait(ctx, time.Now().Add(c.pause)); err != nil {
			return err
		}
	}
}
