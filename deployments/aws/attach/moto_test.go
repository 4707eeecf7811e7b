package attach_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/awssim/mototest"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// TestMoto holds the calls that write against a server of AWS's wire that we
// did not write. It is no witness for what AWS refuses.
func TestMoto(t *testing.T) {
	c := &cloud{T: t, config: configFor(mototest.Start(t))}
	as := autoscaling.NewFromConfig(c.config)
	_, err := as.CreateLaunchConfiguration(t.Context(), &autoscaling.CreateLaunchConfigurationInput{
		LaunchConfigurationName: aws.String("small"), ImageId: aws.String("ami-12c6146b"), InstanceType: aws.String("t3.nano"),
	})
	c.must(err)
	_, err = as.CreateAutoScalingGroup(t.Context(), &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: aws.String("web"), LaunchConfigurationName: aws.String("small"), AvailabilityZones: []string{"eu-west-1a"},
		MinSize: aws.Int32(2), MaxSize: aws.Int32(9), DesiredCapacity: aws.Int32(4),
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("shop"), PropagateAtLaunch: aws.Bool(true)}},
	})
	c.must(err)
	tags := func() (map[string]string, int32) {
		out, err := as.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{"web"}})
		c.must(err)
		g := out.AutoScalingGroups[0]
		if *g.DesiredCapacity != 4 || *g.MaxSize != 9 {
			t.Errorf("desired %d, max %d: want them left alone", *g.DesiredCapacity, *g.MaxSize)
		}
		return world{Group: g}.tags(t), *g.MinSize
	}
	c.must(c.attach("web", streams.Observe))
	c.must(c.attach("web", streams.DesiredControl))
	got, _ := tags()
	if diff := cmp.Diff(map[string]string{"team": "shop", streams.ManagedTag: "true", streams.ModeTag: "desired", streams.BaselineMinTag: "2"}, got); diff != "" {
		t.Errorf("attached:\n%s", diff)
	}
	c.setMin("web", 3)
	c.must(c.detach("web"))
	if got, least := tags(); least != 2 || len(got) != 1 || got["team"] != "shop" {
		t.Errorf("detached: min %d, %v", least, got)
	}
}
