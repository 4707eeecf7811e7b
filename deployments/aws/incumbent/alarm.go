package incumbent

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/ml-autoscaling/autoscaler/replay/rivals"
)

// alarmsOf gives the alarms that a policy acts on, and notes why others are not
// among them; of one without alarms, that.
func (f *finder) alarmsOf(what string, p astypes.ScalingPolicy) []rivals.MetricAlarm {
	if len(p.Alarms) == 0 {
		f.idle(what, "has no alarm")
	}
	var all []rivals.MetricAlarm
	for _, ref := range p.Alarms {
		name := aws.ToString(ref.AlarmName)
		a, there := f.alarms[name]
		switch {
		case f.composite[name]:
			f.unplayed(alarm(what, name), "is a composite alarm")
			continue
		case !there:
			f.idle(alarm(what, name), "is not there any more")
			continue
		case a.ActionsEnabled != nil && !*a.ActionsEnabled:
			f.idle(alarm(what, name), "its actions are disabled")
			continue
		}
		if why := f.unplayable(a, aws.ToString(p.PolicyARN)); why != "" {
			f.unplayed(alarm(what, name), why)
			continue
		}
		all = append(all, rivals.MetricAlarm{
			Name: name, Comparison: comparisons(a.ComparisonOperator), Threshold: *a.Threshold, Period: seconds(*a.Period),
			EvaluationPeriods: int(*a.EvaluationPeriods), Datapoints: datapoints(a),
			MissingBreaches: aws.ToString(a.TreatMissingData) == "breaching",
		})
	}
	return all
}

// alarm names an alarm of a policy.
func alarm(what, name string) string { return fmt.Sprintf("alarm %q of %s", name, what) }

// unplayable says why an alarm cannot be played; empty where it can.
func (f *finder) unplayable(a cwtypes.MetricAlarm, policy string) string {
	const minute = int32(time.Minute / time.Second)
	_, wallClock := a.EvaluationWindow.(*cwtypes.EvaluationWindowMemberWallClockWindow)
	switch {
	case len(a.Metrics) > 0:
		return "is on metric math, and only the group's CPU is played"
	case !f.isCPU(aws.ToString(a.Namespace), aws.ToString(a.MetricName), named(a.Dimensions)):
		return fmt.Sprintf("is on %s %s, and only the group's CPU is played", aws.ToString(a.Namespace), aws.ToString(a.MetricName))
	case a.Statistic != cwtypes.StatisticAverage:
		return fmt.Sprintf("is on the %s of the CPU, and only the average is played", statistic(a))
	case comparisons(a.ComparisonOperator) == "" || a.Threshold == nil:
		return "has no fixed threshold"
	case aws.ToInt32(a.Period) < minute:
		return fmt.Sprintf("has a period of %d s, and the CPU comes once a minute at most", aws.ToInt32(a.Period))
	case aws.ToInt32(a.EvaluationPeriods) < 1 || datapoints(a) < 1 || datapoints(a) > int(*a.EvaluationPeriods):
		return "has no evaluation periods"
	case time.Duration(*a.EvaluationPeriods)*time.Duration(*a.Period)*time.Second > 7*24*time.Hour:
		return "looks back for more than a week"
	case wallClock:
		return "has a window of the wall clock, and only sliding ones are played"
	case policy != "" && (slices.Contains(a.OKActions, policy) || slices.Contains(a.InsufficientDataActions, policy)):
		return "calls the policy in another state than ALARM"
	}
	return ""
}

func datapoints(a cwtypes.MetricAlarm) int {
	if a.DatapointsToAlarm != nil {
		return int(*a.DatapointsToAlarm)
	}
	return int(aws.ToInt32(a.EvaluationPeriods))
}

func statistic(a cwtypes.MetricAlarm) string {
	if a.ExtendedStatistic != nil {
		return *a.ExtendedStatistic
	}
	return string(a.Statistic)
}

// comparisons gives the comparison of an operator; empty where it is with a band.
func comparisons(operator cwtypes.ComparisonOperator) rivals.Comparison {
	switch operator {
	case cwtypes.ComparisonOperatorGreaterThanThreshold:
		return rivals.Above
	case cwtypes.ComparisonOperatorGreaterThanOrEqualToThreshold:
		return rivals.AtLeast
	case cwtypes.ComparisonOperatorLessThanThreshold:
		return rivals.Below
	case cwtypes.ComparisonOperatorLessThanOrEqualToThreshold:
		return rivals.AtMost
	}
	return ""
}

// named gives dimensions by name.
func named(dimensions []cwtypes.Dimension) map[string]string {
	all := map[string]string{}
	for _, d := range dimensions {
		all[aws.ToString(d.Name)] = aws.ToString(d.Value)
	}
	return all
}
