package awssim

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// trackingAlarms gives the two alarms of a target tracking policy; of one that
// never scales in only the upper one.
func (g *group) trackingAlarms(p astypes.ScalingPolicy) []cwtypes.MetricAlarm {
	c := p.TargetTrackingConfiguration
	period := g.reports()
	high := g.trackingAlarm(p, "AlarmHigh", cwtypes.ComparisonOperatorGreaterThanThreshold, *c.TargetValue)
	high.EvaluationPeriods = aws.Int32(int32(highNeed(period)))
	low := g.trackingAlarm(p, "AlarmLow", cwtypes.ComparisonOperatorLessThanThreshold, lowShare**c.TargetValue)
	low.EvaluationPeriods = aws.Int32(int32(lowSpan / period))
	if *p.PolicyName == policyName {
		g.tracking.high.show(&high)
		g.tracking.low.show(&low)
	}
	if aws.ToBool(c.DisableScaleIn) {
		return []cwtypes.MetricAlarm{high}
	}
	return []cwtypes.MetricAlarm{high, low}
}

func (g *group) trackingAlarm(p astypes.ScalingPolicy, side string, than cwtypes.ComparisonOperator, threshold float64) cwtypes.MetricAlarm {
	a := cwtypes.MetricAlarm{
		AlarmName:          aws.String(alarmName(g.name, *p.PolicyName, side)),
		AlarmDescription:   aws.String("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy " + *p.PolicyARN + "."),
		AlarmActions:       []string{*p.PolicyARN},
		ComparisonOperator: than,
		Threshold:          &threshold,
		Period:             aws.Int32(int32(g.reports().Seconds())),
	}
	g.trackedMetric(&a, p.TargetTrackingConfiguration)
	return a
}

// trackedMetric says which metric a policy tracks.
func (g *group) trackedMetric(a *cwtypes.MetricAlarm, c *astypes.TargetTrackingConfiguration) {
	metric := func(namespace, name string, statistic cwtypes.Statistic, dimensions ...cwtypes.Dimension) {
		a.Namespace, a.MetricName, a.Statistic, a.Dimensions = &namespace, &name, statistic, dimensions
	}
	byName := cwtypes.Dimension{Name: aws.String("AutoScalingGroupName"), Value: &g.name}
	if of := c.CustomizedMetricSpecification; of != nil {
		metric(aws.ToString(of.Namespace), aws.ToString(of.MetricName), cwtypes.Statistic(of.Statistic))
		for _, d := range of.Dimensions {
			a.Dimensions = append(a.Dimensions, cwtypes.Dimension{Name: d.Name, Value: d.Value})
		}
		a.Unit = cwtypes.StandardUnit(aws.ToString(of.Unit))
		if of.Period != nil {
			a.Period = of.Period
		}
		if of.Metrics != nil {
			a.Namespace, a.MetricName, a.Period, a.Metrics = nil, nil, nil, mathOf(of.Metrics)
		}
		return
	}
	of := c.PredefinedMetricSpecification
	if of == nil {
		return
	}
	switch of.PredefinedMetricType {
	case astypes.MetricTypeASGAverageCPUUtilization:
		metric("AWS/EC2", "CPUUtilization", cwtypes.StatisticAverage, byName)
	case astypes.MetricTypeASGAverageNetworkIn:
		metric("AWS/EC2", "NetworkIn", cwtypes.StatisticAverage, byName)
	case astypes.MetricTypeASGAverageNetworkOut:
		metric("AWS/EC2", "NetworkOut", cwtypes.StatisticAverage, byName)
	case astypes.MetricTypeALBRequestCountPerTarget:
		metric("AWS/ApplicationELB", "RequestCountPerTarget", cwtypes.StatisticSum)
		if parts := resourceLabel.FindStringSubmatch(aws.ToString(of.ResourceLabel)); parts != nil {
			a.Dimensions = []cwtypes.Dimension{{Name: aws.String("LoadBalancer"), Value: &parts[1]}, {Name: aws.String("TargetGroup"), Value: &parts[2]}}
		}
	}
}

// mathOf gives the queries of a policy on an expression as its alarm has them.
func mathOf(queries []astypes.TargetTrackingMetricDataQuery) []cwtypes.MetricDataQuery {
	var out []cwtypes.MetricDataQuery
	for _, q := range queries {
		made := cwtypes.MetricDataQuery{Id: q.Id, Expression: q.Expression, Label: q.Label, ReturnData: q.ReturnData, Period: q.Period}
		if of := q.MetricStat; of != nil {
			period := of.Period
			if period == nil {
				period = aws.Int32(60)
			}
			made.MetricStat = &cwtypes.MetricStat{Stat: of.Stat, Period: period, Unit: cwtypes.StandardUnit(aws.ToString(of.Unit))}
			if of.Metric != nil {
				made.MetricStat.Metric = &cwtypes.Metric{Namespace: of.Metric.Namespace, MetricName: of.Metric.MetricName}
				for _, d := range of.Metric.Dimensions {
					made.MetricStat.Metric.Dimensions = append(made.MetricStat.Metric.Dimensions, cwtypes.Dimension{Name: d.Name, Value: d.Value})
				}
			}
		}
		out = append(out, made)
	}
	return out
}
