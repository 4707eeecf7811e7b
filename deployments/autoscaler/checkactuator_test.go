package main

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/embedded/servertest"
)

// tagged gives a simulated group a tag.
func tagged(t *testing.T, group, key, value string) {
	t.Helper()
	c, err := loadAWS(t.Context(), config.Scope{Region: "eu-west-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := autoscaling.NewFromConfig(c).CreateOrUpdateTags(t.Context(), &autoscaling.CreateOrUpdateTagsInput{Tags: []types.Tag{{
		ResourceId: &group, ResourceType: aws.String("auto-scaling-group"), Key: &key, Value: &value, PropagateAtLaunch: aws.Bool(false),
	}}}); err != nil {
		t.Fatal(err)
	}
}

// What the group's operator allows is shown of every group; it is missing where
// the policy would act.
func TestCheckOfWhatIsAttached(t *testing.T) {
	simulated(t, awssimVerb{})
	tagged(t, "ml-predictive-asg-1", streams.ModeTag, "observe")
	tagged(t, "ml-predictive-asg-2", streams.ModeTag, "observe")
	url := servertest.NewListening(t).ClientURL()
	code, out, _ := runVerb(t, "check", written(t, "actuator: {mode: desired}\n"+twoGroups), "--nats-url", url)
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^eu-west-1/api +ml-predictive-asg-2 +desired \(tag observe\) +\d`, `^eu-west-1/web +ml-predictive-asg-1 +observe +\d`,
		`^MISSING +actuator +eu-west-1/api: ml-predictive-asg-2 is not attached in mode desired, and will be refused: its tag ml-autoscaling/mode is "observe"; run autoscaler aws attach ml-predictive-asg-2 --mode desired$`,
		`^ok +actuator +eu-west-1/web: ml-predictive-asg-1 is only observed: the policy's mode is observe, and it is not attached in mode desired$`)
	code, out, errs := runVerb(t, "check", written(t, "actuator: {mode: desired, groups: [web]}\n"+twoGroups), "--nats-url", url)
	if code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	wants(t, out, `^ok +actuator +eu-west-1/api: ml-predictive-asg-2 is not acted on: actuator\.groups does not list it$`)
}

// The mode of a group without a section is that of its tag.
func TestCheckOfADiscoveredGroup(t *testing.T) {
	simulated(t, awssimVerb{})
	tagged(t, "ml-predictive-asg-2", streams.ModeTag, "observe")
	code, out, errs := runVerb(t, "check", written(t, "actuator: {mode: desired}\ningest: {scopes: {eu-west-1: {}}}\n"),
		"--nats-url", servertest.NewListening(t).ClientURL())
	if code != 0 {
		t.Errorf("exit %d: %s", code, errs)
	}
	wants(t, out, `^eu-west-1/ml-predictive-asg-1 +ml-predictive-asg-1 +desired +\d`, `^eu-west-1/ml-predictive-asg-2 +ml-predictive-asg-2 +observe +\d`,
		`^ok +actuator +eu-west-1/ml-predictive-asg-1: ml-predictive-asg-1 is attached in mode desired, and will be acted on$`)
}

// The actuator's role is tried, and not ingest's; where it cannot be assumed that
// is told once, by its name.
func TestCheckOfTheActuatorsRole(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/writer"
	simulated(t, awssimVerb{})
	code, out, _ := runVerb(t, "check", written(t, `
actuator:
  mode: desired
  scopes: {eu-west-1: {role_arn: "`+role+`"}}
  heartbeat: {scope: eu-west-1, name: prod}
`+twoGroups), "--nats-url", servertest.NewListening(t).ClientURL())
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	wants(t, out, `^ok +aws +scope eu-west-1: 2 Auto Scaling groups`, `^MISSING +actuator +scope eu-west-1 as `+role+`: assume role `+role+`: \w+: `,
		`^ok +heartbeat scope eu-west-1 as `+role+`: MLAutoscaling Heartbeat, Controller=prod, once a minute; cloudwatch:PutMetricData cannot be tried without putting$`)
}

func TestBothModes(t *testing.T) {
	for _, test := range []struct {
		policy  streams.Mode
		managed bool
		tag     string
		want    string
	}{
		{streams.Observe, true, "observe", "observe"},
		{streams.Observe, true, "", "observe"},
		{streams.Observe, false, "", "observe"},
		{streams.Observe, true, "desired", "observe (tag desired)"},
		{streams.Observe, false, "desired", "observe (not attached)"},
		{streams.DesiredControl, true, "desired", "desired"},
		{streams.DesiredControl, true, "observe", "desired (tag observe)"},
		{streams.DesiredControl, true, "", "desired (not attached)"},
		{streams.DesiredControl, false, "desired", "desired (not attached)"},
		{streams.DesiredControl, true, "Desired\n", `desired (tag "Desired\n")`},
	} {
		if got := bothModes(test.policy, window.Description{Managed: test.managed, Mode: test.tag}); got != test.want {
			t.Errorf("%+v: got %s", test, got)
		}
	}
}
