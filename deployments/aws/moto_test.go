package aws_test

import (
	"bytes"
	"encoding/json"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/schemas"
	"github.com/aws/smithy-go/transport/http/protocol/awsquery"

	"github.com/ml-autoscaling/autoscaler/replay/awssim/mototest"
)

// TestPoliciesAndAlarms makes by direct calls what moto's CloudFormation skips
// without a word: the policies and the alarms, from the templates' own
// properties. A property that the API does not have fails.
func TestPoliciesAndAlarms(t *testing.T) {
	address := mototest.Start(t)
	cfg := sdk.Config{Region: "us-east-1", BaseEndpoint: sdk.String(address), Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	groups := autoscaling.NewFromConfig(cfg)
	// moto does not serve the protocol that the client speaks of itself.
	alarms := cloudwatch.NewFromConfig(cfg, func(o *cloudwatch.Options) { o.Protocol = awsquery.New(schemas.GraniteServiceVersion20100801) })

	_, target := read(t, "target")
	_, controller := read(t, "controller")
	values := tree{"Group": "ml-predictive-asg", "CpuTarget": 70, "FallbackCpuTarget": 90, "AlarmName": "ML-ASG-HighCPU", "AWS::StackName": "ml-autoscaling-controller",
		"AlarmTopicArn": "arn:aws:sns:us-east-1:111122223333:ops", "Told": true, "Desired": true}
	for _, name := range []string{"CpuTargetPolicy", "HighCpuPolicy"} {
		var in autoscaling.PutScalingPolicyInput
		fill(t, &in, resolve(t, resource(t, target, name, "AWS::AutoScaling::ScalingPolicy"), values))
		in.PolicyName = sdk.String(name)
		if _, err := groups.PutScalingPolicy(t.Context(), &in); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	policies, err := groups.DescribePolicies(t.Context(), &autoscaling.DescribePoliciesInput{AutoScalingGroupName: sdk.String("ml-predictive-asg")})
	if err != nil || len(policies.ScalingPolicies) != 2 {
		t.Fatalf("want two policies, got %v, %v", policies, err)
	}
	for _, p := range policies.ScalingPolicies {
		if sdk.ToString(p.PolicyName) == "CpuTargetPolicy" {
			equal(t, "scale-in with desired", sdk.ToBool(p.TargetTrackingConfiguration.DisableScaleIn), true)
			equal(t, "target", sdk.ToFloat64(p.TargetTrackingConfiguration.TargetValue), 90.0)
			continue
		}
		values["HighCpuPolicy"] = sdk.ToString(p.PolicyARN)
		equal(t, "steps", len(p.StepAdjustments), 2)
	}

	for name, properties := range map[string]tree{
		"ML-ASG-HighCPU":                      resource(t, target, "HighCpuAlarm", "AWS::CloudWatch::Alarm"),
		"ml-autoscaling-controller-heartbeat": resource(t, controller, "HeartbeatAlarm", "AWS::CloudWatch::Alarm"),
	} {
		var in cloudwatch.PutMetricAlarmInput
		fill(t, &in, resolve(t, properties, values))
		if _, err := alarms.PutMetricAlarm(t.Context(), &in); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out, err := alarms.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name}})
		if err != nil || len(out.MetricAlarms) != 1 {
			t.Fatalf("%s: want the alarm, got %v, %v", name, out, err)
		}
		if a := out.MetricAlarms[0]; name == "ML-ASG-HighCPU" {
			equal(t, "threshold", sdk.ToFloat64(a.Threshold), 85.0)
			equal(t, "action", a.AlarmActions, []string{values["HighCpuPolicy"].(string)})
		} else {
			equal(t, "missing data", sdk.ToString(a.TreatMissingData), "breaching")
			equal(t, "told", a.AlarmActions, []string{"arn:aws:sns:us-east-1:111122223333:ops"})
		}
	}
}

// fill gives a request the properties, by their names, and no others.
func fill(t *testing.T, request any, properties any) {
	t.Helper()
	text, err := json.Marshal(properties)
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(request); err != nil {
		t.Fatalf("%T: %v", request, err)
	}
}

// resolve works out the functions that the policies and alarms use.
func resolve(t *testing.T, value any, values tree) any {
	t.Helper()
	switch v := value.(type) {
	case tree:
		if name, ok := v["Ref"].(string); ok {
			got, known := values[name]
			if !known {
				t.Fatalf("no value for %s", name)
			}
			return got
		}
		if text, ok := v["Fn::Sub"].(string); ok {
			equal(t, "what is substituted", text, "${AWS::StackName}-heartbeat")
			return values["AWS::StackName"].(string) + "-heartbeat"
		}
		if choice, ok := v["Fn::If"].([]any); ok {
			if values[choice[0].(string)] == true {
				return resolve(t, choice[1], values)
			}
			return resolve(t, choice[2], values)
		}
		all := tree{}
		for key := range v {
			all[key] = resolve(t, v[key], values)
		}
		return all
	case []any:
		var all []any
		for _, element := range v {
			all = append(all, resolve(t, element, values))
		}
		return all
	}
	return value
}
