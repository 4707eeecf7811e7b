package awssim

import (
	"net/url"
	"strconv"

	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// putPolicy makes the target tracking policy of a group, or replaces it: the
// one that acts. What it has seen stays, as the alarms at AWS keep their
// history.
func (s *Server) putPolicy(c *Call, form url.Values) (*document, *refusal) {
	const at = "TargetTrackingConfiguration."
	g, r := s.named(c)
	if r != nil {
		return nil, r
	}
	name, kind := form.Get("PolicyName"), form.Get("PolicyType")
	metric := form.Get(at + "PredefinedMetricSpecification.PredefinedMetricType")
	switch {
	case name == "":
		return nil, violated("null", "policyName", "Member must not be null")
	case name != policyName || kind != targetScaling || metric != string(astypes.MetricTypeASGAverageCPUUtilization):
		return nil, notSimulated("a policy of another name than %s, or another type than %s on %s", policyName, targetScaling, astypes.MetricTypeASGAverageCPUUtilization)
	}
	target, err := strconv.ParseFloat(form.Get(at+"TargetValue"), 64)
	if err != nil || !(target > 0 && target <= 100) {
		return nil, notSimulated("a target of CPU that is not above 0 and at most 100 %%")
	}
	g.TargetTracking = TargetTracking{Target: target, DisableScaleIn: form.Get(at+"DisableScaleIn") == "true"}
	g.tracking.TargetTracking = g.TargetTracking
	d := &document{}
	for _, p := range s.policies(g) {
		if *p.PolicyName == policyName {
			d.text("PolicyARN", *p.PolicyARN)
			d.within("Alarms", func() {
				for _, a := range p.Alarms {
					d.within("member", func() { d.members(a) })
				}
			})
		}
	}
	return d, nil
}
