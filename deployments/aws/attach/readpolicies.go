package attach

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
)

// alarmsPerCall is the most alarms that DescribeAlarms takes by name.
const alarmsPerCall = 100

// readPolicies reads every policy. Of half of them nothing is said.
func (r *Reader) readPolicies(ctx context.Context, g *Group) error {
	var all []Policy
	err := ingestaws.Pages(func(token *string) (*string, error) {
		out, err := r.policies(ctx, &autoscaling.DescribePoliciesInput{AutoScalingGroupName: &g.Name, NextToken: token})
		if err != nil {
			return nil, err
		}
		for _, p := range out.ScalingPolicies {
			all = append(all, policyOf(p))
		}
		return out.NextToken, nil
	})
	if err != nil {
		return err
	}
	slices.SortStableFunc(all, func(a, b Policy) int { return cmp.Compare(a.Name, b.Name) })
	g.Policies = all
	return nil
}

func policyOf(p types.ScalingPolicy) Policy {
	out := Policy{
		Name: aws.ToString(p.PolicyName), Kind: Kind(cmp.Or(aws.ToString(p.PolicyType), string(SimpleScaling))),
		Enabled: p.Enabled == nil || *p.Enabled, AdjustmentType: aws.ToString(p.AdjustmentType), Warmup: number(p.EstimatedInstanceWarmup),
	}
	for _, a := range p.Alarms {
		out.Alarms = append(out.Alarms, aws.ToString(a.AlarmName))
	}
	switch out.Kind {
	case TargetTracking:
		if t := p.TargetTrackingConfiguration; t != nil {
			out.Target, out.DisableScaleIn = aws.ToFloat64(t.TargetValue), aws.ToBool(t.DisableScaleIn)
			out.Metric, out.Label, out.Predefined = tracked(*t)
		}
	case StepScaling:
		for _, s := range p.StepAdjustments {
			out.Adjustments = append(out.Adjustments, Adjustment{s.MetricIntervalLowerBound, s.MetricIntervalUpperBound, int(aws.ToInt32(s.ScalingAdjustment))})
		}
	case SimpleScaling:
		out.Adjustments = []Adjustment{{By: int(aws.ToInt32(p.ScalingAdjustment))}}
	case PredictiveScaling:
		if c := p.PredictiveScalingConfiguration; c != nil {
			out.Mode = cmp.Or(string(c.Mode), "ForecastOnly") // AWS's default
		}
	}
	return out
}

// tracked names the metric of a target tracking policy.
func tracked(t types.TargetTrackingConfiguration) (metric, label string, predefined bool) {
	if m := t.PredefinedMetricSpecification; m != nil {
		return string(m.PredefinedMetricType), aws.ToString(m.ResourceLabel), true
	}
	m := t.CustomizedMetricSpecification
	if m == nil {
		return "a metric that is not told", "", false
	}
	if len(m.Metrics) > 0 {
		return "an expression of CloudWatch metric math", "", false
	}
	return fmt.Sprintf("%s of %s/%s", strings.ToLower(string(m.Statistic)), aws.ToString(m.Namespace), aws.ToString(m.MetricName)), "", false
}

// readAlarms reads the alarms that the policies name.
func (r *Reader) readAlarms(ctx context.Context, g *Group) error {
	names := map[string]bool{}
	for _, p := range g.Policies {
		for _, name := range p.Alarms {
			names[name] = true
		}
	}
	found := map[string]Alarm{}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(names)), alarmsPerCall) {
		err := ingestaws.Pages(func(token *string) (*string, error) {
			out, err := r.alarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: some, AlarmTypes: []cwtypes.AlarmType{cwtypes.AlarmTypeMetricAlarm}, NextToken: token})
			if err != nil {
				return nil, err
			}
			for _, a := range out.MetricAlarms {
				found[aws.ToString(a.AlarmName)] = alarmOf(a)
			}
			return out.NextToken, nil
		})
		if err != nil {
			return err
		}
	}
	g.Alarms = found
	return nil
}

func alarmOf(a cwtypes.MetricAlarm) Alarm {
	compares := sign(a.ComparisonOperator)
	out := Alarm{
		Name: aws.ToString(a.AlarmName), State: string(a.StateValue), Mute: a.ActionsEnabled != nil && !*a.ActionsEnabled,
		High: strings.HasPrefix(compares, ">"),
	}
	what := aws.ToString(a.MetricName)
	if what == "" {
		what = "an expression"
	}
	out.Condition = fmt.Sprintf("%s %s %s for %dx%ds", what, compares, figure(aws.ToFloat64(a.Threshold)),
		aws.ToInt32(a.EvaluationPeriods), aws.ToInt32(a.Period))
	if n := aws.ToInt32(a.DatapointsToAlarm); n > 0 && n < aws.ToInt32(a.EvaluationPeriods) {
		out.Condition += fmt.Sprintf(" (%d of them)", n)
	}
	return out
}

// sign writes how an alarm compares.
func sign(c cwtypes.ComparisonOperator) string {
	switch c {
	case cwtypes.ComparisonOperatorGreaterThanThreshold:
		return ">"
	case cwtypes.ComparisonOperatorGreaterThanOrEqualToThreshold:
		return ">="
	case cwtypes.ComparisonOperatorLessThanThreshold:
		return "<"
	case cwtypes.ComparisonOperatorLessThanOrEqualToThreshold:
		return "<="
	}
	return string(c)
}
