package incumbent_test

import (
	"maps"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"

	"github.com/ml-autoscaling/autoscaler/replay/awssim"
	"github.com/ml-autoscaling/autoscaler/replay/rivals"
)

// What does nothing, and what cannot be played, is named with the reason.
func TestReadNamesWhatIsLeftOut(t *testing.T) {
	step := func(name string) astypes.ScalingPolicy {
		return scaling(name, "StepScaling", func(p *astypes.ScalingPolicy) {
			p.StepAdjustments = []astypes.StepAdjustment{{ScalingAdjustment: aws.Int32(1)}}
		})
	}
	predictive := func(mode astypes.PredictiveScalingMode, pair astypes.PredefinedMetricPairType) astypes.ScalingPolicy {
		return scaling("p", "PredictiveScaling", func(p *astypes.ScalingPolicy) {
			p.PredictiveScalingConfiguration = &astypes.PredictiveScalingConfiguration{Mode: mode, MetricSpecifications: []astypes.PredictiveScalingMetricSpecification{{
				TargetValue: aws.Float64(50), PredefinedMetricPairSpecification: &astypes.PredictiveScalingPredefinedMetricPair{PredefinedMetricType: pair},
			}}}
		})
	}
	on := func(change func(*cwtypes.MetricAlarm)) awssim.Group {
		return awssim.Group{Policies: []astypes.ScalingPolicy{step("p")}, Alarms: []cwtypes.MetricAlarm{onCPU("a", "p", change)}}
	}
	of := func(p astypes.ScalingPolicy) awssim.Group { return awssim.Group{Policies: []astypes.ScalingPolicy{p}} }
	action := func(change func(*astypes.ScheduledUpdateGroupAction)) awssim.Group {
		a := astypes.ScheduledUpdateGroupAction{ScheduledActionName: aws.String("s"), Recurrence: aws.String("0 8 * * *"), MinSize: aws.Int32(3)}
		change(&a)
		return awssim.Group{Scheduled: []astypes.ScheduledUpdateGroupAction{a}}
	}
	suspended := func(process string) []awssim.Fault {
		return []awssim.Fault{{Kind: awssim.Suspended, Processes: []string{process}}}
	}
	for name, test := range map[string]struct {
		group          awssim.Group
		faults         []awssim.Fault
		idle, unplayed string
	}{
		"disabled": {group: of(scaling("p", "StepScaling", func(p *astypes.ScalingPolicy) { p.Enabled = aws.Bool(false) })), idle: `scaling policy "p": is disabled`},
		"requests": {group: of(tracking("p", 900, func(c *astypes.TargetTrackingConfiguration) {
			c.PredefinedMetricSpecification.PredefinedMetricType = astypes.MetricTypeALBRequestCountPerTarget
		})), unplayed: `scaling policy "p": tracks ALBRequestCountPerTarget, and only the group's CPU is played`},
		"a queue": {group: of(tracking("p", 9, func(c *astypes.TargetTrackingConfiguration) {
			c.PredefinedMetricSpecification = nil
			c.CustomizedMetricSpecification = &astypes.CustomizedMetricSpecification{Namespace: aws.String("Shop"), MetricName: aws.String("Backlog"), Statistic: astypes.MetricStatisticAverage}
		})), unplayed: `scaling policy "p": tracks Average of Shop Backlog, and only the group's CPU is played`},
		"metric math": {group: of(tracking("p", 9, func(c *astypes.TargetTrackingConfiguration) {
			c.PredefinedMetricSpecification = nil
			c.CustomizedMetricSpecification = &astypes.CustomizedMetricSpecification{Metrics: []astypes.TargetTrackingMetricDataQuery{{Id: aws.String("e"), Expression: aws.String("1")}}}
		})), unplayed: `scaling policy "p": tracks metric math, and only the group's CPU is played`},
		"forecast only":      {group: of(predictive(astypes.PredictiveScalingModeForecastOnly, astypes.PredefinedMetricPairTypeASGCPUUtilization)), idle: `scaling policy "p": forecasts only`},
		"forecast of bytes":  {group: of(predictive(astypes.PredictiveScalingModeForecastAndScale, astypes.PredefinedMetricPairTypeASGNetworkIn)), unplayed: `scaling policy "p": forecasts another metric, and only the group's CPU is played`},
		"no alarm":           {group: of(step("p")), idle: `scaling policy "p": has no alarm`},
		"another type":       {group: of(scaling("p", "StepScaling", func(p *astypes.ScalingPolicy) { p.AdjustmentType = aws.String("Odd") })), unplayed: `scaling policy "p": has the adjustment type "Odd", which is not known here`},
		"by the maximum":     {group: of(scaling("p", "StepScaling", func(p *astypes.ScalingPolicy) { p.MetricAggregationType = aws.String("Maximum") })), unplayed: `scaling policy "p": goes by the Maximum of the metric, and only the average is played`},
		"alarm is gone":      {group: of(scaling("p", "StepScaling", func(p *astypes.ScalingPolicy) { p.Alarms = []astypes.Alarm{{AlarmName: aws.String("a")}} })), idle: `alarm "a" of scaling policy "p": is not there any more`},
		"alarm does nothing": {group: on(func(a *cwtypes.MetricAlarm) { a.ActionsEnabled = aws.Bool(false) }), idle: `alarm "a" of scaling policy "p": its actions are disabled`},
		"alarm on requests":  {group: on(func(a *cwtypes.MetricAlarm) { a.Namespace, a.MetricName = aws.String("AWS/ELB"), aws.String("Latency") }), unplayed: `alarm "a" of scaling policy "p": is on AWS/ELB Latency, and only the group's CPU is played`},
		"alarm on another":   {group: on(func(a *cwtypes.MetricAlarm) { a.Dimensions[0].Value = aws.String("api") }), unplayed: `alarm "a" of scaling policy "p": is on AWS/EC2 CPUUtilization, and only the group's CPU is played`},
		"alarm on the most":  {group: on(func(a *cwtypes.MetricAlarm) { a.Statistic = cwtypes.StatisticMaximum }), unplayed: `alarm "a" of scaling policy "p": is on the Maximum of the CPU, and only the average is played`},
		"alarm on a band": {group: on(func(a *cwtypes.MetricAlarm) {
			a.ComparisonOperator = cwtypes.ComparisonOperatorGreaterThanUpperThreshold
		}), unplayed: `alarm "a" of scaling policy "p": has no fixed threshold`},
		"alarm on seconds":      {group: on(func(a *cwtypes.MetricAlarm) { a.Period = aws.Int32(10) }), unplayed: `alarm "a" of scaling policy "p": has a period of 10 s, and the CPU comes once a minute at most`},
		"alarm without periods": {group: on(func(a *cwtypes.MetricAlarm) { a.DatapointsToAlarm = aws.Int32(4) }), unplayed: `alarm "a" of scaling policy "p": has no evaluation periods`},
		"alarms suspended":      {group: on(func(*cwtypes.MetricAlarm) {}), faults: suspended("AlarmNotification"), idle: `scaling policy "p": the process AlarmNotification is suspended`},
		"weights":               {group: awssim.Group{Weight: 4}, unplayed: "capacity units: sizes and steps count them, and are played as if they counted instances"},
		"launches suspended":    {faults: suspended("Launch"), unplayed: "process Launch: is suspended, and is played as if it were not"},
		"actions suspended":     {group: action(func(*astypes.ScheduledUpdateGroupAction) {}), faults: suspended("ScheduledActions"), idle: `scheduled action "s": the process ScheduledActions is suspended`},
		"action that runs once": {group: action(func(a *astypes.ScheduledUpdateGroupAction) {
			a.Recurrence, a.StartTime = nil, aws.Time(time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC))
		}), idle: `scheduled action "s": runs once, at 2026-02-01T00:00:00Z, after the history`},
		"action without a size":  {group: action(func(a *astypes.ScheduledUpdateGroupAction) { a.MinSize = nil }), idle: `scheduled action "s": sets no size`},
		"action in Quartz":       {group: action(func(a *astypes.ScheduledUpdateGroupAction) { a.Recurrence = aws.String("0 8 L * *") }), unplayed: `scheduled action "s": recurrence "0 8 L * *": want 1 to 31, got "L"`},
		"action in a lost place": {group: action(func(a *astypes.ScheduledUpdateGroupAction) { a.TimeZone = aws.String("Europe/Atlantis") }), unplayed: `scheduled action "s": unknown time zone Europe/Atlantis`},
	} {
		t.Run(name, func(t *testing.T) {
			found := read(t, test.group, test.faults...)
			got := map[string][]string{}
			for kind, all := range map[string][]rivals.Omission{"idle": found.Idle, "unplayed": found.Unplayed} {
				for _, o := range all {
					got[kind] = append(got[kind], o.String())
				}
			}
			want := map[string][]string{"idle": {test.idle}, "unplayed": {test.unplayed}}
			maps.DeleteFunc(want, func(_ string, words []string) bool { return words[0] == "" })
			if diff := cmp.Diff(want, got); diff != "" || found.Plays() || found.Emulation() != (test.unplayed != "") {
				t.Errorf("plays %v, an emulation %v (-want +got):\n%s", found.Plays(), found.Emulation(), diff)
			}
		})
	}
}
