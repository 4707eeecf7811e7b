package attach

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// What was written is looked for, again where it is not there yet, and not for
// ever.
func TestWrittenTagsAreReadBack(t *testing.T) {
	for _, test := range []struct {
		shownAt, times int
		ok             bool
	}{{1, 3, true}, {3, 3, true}, {4, 3, false}} {
		f, asked := shop(), 0
		d := &Describer{groups: func(context.Context, *autoscaling.DescribeAutoScalingGroupsInput, ...func(*autoscaling.Options)) (*autoscaling.DescribeAutoScalingGroupsOutput, error) {
			if asked++; asked == test.shownAt {
				f.group.Tags = append(f.group.Tags, types.TagDescription{Key: aws.String(streams.ModeTag), Value: aws.String("observe")})
			}
			return &autoscaling.DescribeAutoScalingGroupsOutput{AutoScalingGroups: []types.AutoScalingGroup{f.group}}, nil
		}}
		var sent []types.Tag
		tagger := Tagger{groups: d, check: check{times: test.times}, tag: func(_ context.Context, in *autoscaling.CreateOrUpdateTagsInput, _ ...func(*autoscaling.Options)) (*autoscaling.CreateOrUpdateTagsOutput, error) {
			sent = in.Tags
			return &autoscaling.CreateOrUpdateTagsOutput{}, nil
		}}
		err := tagger.Write(t.Context(), "web", []Change{{Key: streams.ModeTag, New: "observe"}})
		if (err == nil) != test.ok || asked != min(test.shownAt, test.times) {
			t.Errorf("shown at %d of %d: asked %d times, %v", test.shownAt, test.times, asked, err)
		}
		want := types.Tag{ResourceId: aws.String("web"), ResourceType: aws.String("auto-scaling-group"), Key: aws.String(streams.ModeTag), Value: aws.String("observe"), PropagateAtLaunch: aws.Bool(false)}
		if len(sent) != 1 || !reflect.DeepEqual(sent[0], want) {
			t.Errorf("sent %+v", sent)
		}
	}
}

// From a Reader no call can be reached that changes anything, and from the
// others only theirs.
func TestTypesReachTheirCallsOnly(t *testing.T) {
	for _, test := range []struct {
		of      reflect.Type
		allowed []string
	}{
		{reflect.TypeFor[Describer](), []string{"DescribeAutoScalingGroupsInput"}},
		{reflect.TypeFor[Reader](), []string{"Describe"}},
		{reflect.TypeFor[Tagger](), []string{"CreateOrUpdateTagsInput"}},
		{reflect.TypeFor[Detacher](), []string{"DeleteTagsInput", "UpdateAutoScalingGroupInput"}},
	} {
		for i := range test.of.NumField() {
			f := test.of.Field(i)
			if f.Type.Kind() != reflect.Func {
				if f.Type.Kind() != reflect.String && f.Type != reflect.TypeFor[*Describer]() && f.Type != reflect.TypeFor[check]() {
					t.Errorf("%v.%s is a %v: want methods of clients", test.of, f.Name, f.Type)
				}
				continue
			}
			if f.Name == "now" || f.Name == "metrics" { // of ingest's source, which only reads
				continue
			}
			in := f.Type.In(1).Elem().Name()
			ok := false
			for _, prefix := range test.allowed {
				ok = ok || strings.HasPrefix(in, prefix)
			}
			if !ok {
				t.Errorf("%v.%s takes a %s", test.of, f.Name, in)
			}
		}
	}
}
