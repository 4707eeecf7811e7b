package awssim

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// A policy that is put again without its scale-in is described so, has one
// alarm, adds as before and removes nothing any more.
func TestPolicyThatScalesOutOnly(t *testing.T) {
	g, load := tracked(t, "../rivals/testdata/crane13_4d.csv.gz", 60)
	k := newKit(t, Config{}, g)
	put := func(name string, metric astypes.MetricType) (*autoscaling.PutScalingPolicyOutput, error) {
		return k.as.PutScalingPolicy(t.Context(), &autoscaling.PutScalingPolicyInput{
			AutoScalingGroupName: aws.String("web"), PolicyName: &name, PolicyType: aws.String("TargetTrackingScaling"),
			TargetTrackingConfiguration: &astypes.TargetTrackingConfiguration{TargetValue: aws.Float64(50), DisableScaleIn: aws.Bool(true),
				PredefinedMetricSpecification: &astypes.PredefinedMetricSpecification{PredefinedMetricType: metric}},
		})
	}
	out, err := put("target-tracking", astypes.MetricTypeASGAverageCPUUtilization)
	if err != nil || aws.ToString(out.PolicyARN) == "" || len(out.Alarms) != 1 {
		t.Fatalf("got %+v, %v: want an ARN and the upper alarm", out, err)
	}
	found := k.policies(&autoscaling.DescribePoliciesInput{AutoScalingGroupName: aws.String("web")})
	if c := found[0].TargetTrackingConfiguration; len(found) != 1 || *c.TargetValue != 50 || !*c.DisableScaleIn || len(found[0].Alarms) != 1 {
		t.Errorf("policies are %+v", found)
	}
	before, added := 0, false
	for m := range 2000 {
		k.at(load.At(m))
		desired := g.World.Fleet().Desired()
		if desired < before {
			t.Fatalf("minute %d: %d after %d, want nothing removed", m, desired, before)
		}
		added = added || m > 0 && desired > before
		before = desired
	}
	if !added {
		t.Error("nothing was added")
	}
	for name, metric := range map[string]astypes.MetricType{
		"other": astypes.MetricTypeASGAverageCPUUtilization, "target-tracking": astypes.MetricTypeASGAverageNetworkIn,
	} {
		_, err := put(name, metric)
		if code, _ := codeOf(t, err); code != "NotSimulated" {
			t.Errorf("%s on %s: %v", name, metric, err)
		}
	}
}
