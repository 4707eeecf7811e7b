package incumbent

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// isCPU says whether a metric is the CPU utilization of the group.
func (f *finder) isCPU(namespace, metric string, dimensions map[string]string) bool {
	return namespace == "AWS/EC2" && metric == "CPUUtilization" && len(dimensions) == 1 && dimensions["AutoScalingGroupName"] == f.Group
}

// tracksCPU says whether a policy tracks the average CPU utilization of the
// group, by the name that AWS has for it or by its own.
func (f *finder) tracksCPU(c astypes.TargetTrackingConfiguration) bool {
	if p := c.PredefinedMetricSpecification; p != nil {
		return p.PredefinedMetricType == astypes.MetricTypeASGAverageCPUUtilization
	}
	m := c.CustomizedMetricSpecification
	if m == nil || len(m.Metrics) > 0 || m.Statistic != astypes.MetricStatisticAverage {
		return false
	}
	dimensions := map[string]string{}
	for _, d := range m.Dimensions {
		dimensions[aws.ToString(d.Name)] = aws.ToString(d.Value)
	}
	return f.isCPU(aws.ToString(m.Namespace), aws.ToString(m.MetricName), dimensions)
}

// trackedBy names what a policy tracks.
func trackedBy(c astypes.TargetTrackingConfiguration) string {
	switch m := c.CustomizedMetricSpecification; {
	case c.PredefinedMetricSpecification != nil:
		return string(c.PredefinedMetricSpecification.PredefinedMetricType)
	case m == nil:
		return "nothing"
	case len(m.Metrics) > 0:
		return "metric math"
	default:
		return cmp.Or(string(m.Statistic), "a statistic") + " of " + aws.ToString(m.Namespace) + " " + aws.ToString(m.MetricName)
	}
}

// forecastsCPU says whether a predictive policy goes by the group's CPU.
func forecastsCPU(s astypes.PredictiveScalingMetricSpecification) bool {
	if pair := s.PredefinedMetricPairSpecification; pair != nil {
		return pair.PredefinedMetricType == astypes.PredefinedMetricPairTypeASGCPUUtilization
	}
	load, scaling := s.PredefinedLoadMetricSpecification, s.PredefinedScalingMetricSpecification
	return load != nil && load.PredefinedMetricType == astypes.PredefinedLoadMetricTypeASGTotalCPUUtilization &&
		scaling != nil && scaling.PredefinedMetricType == astypes.PredefinedScalingMetricTypeASGAverageCPUUtilization
}
