package awssim

import (
	"fmt"
	"net/url"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// The types of policies.
const (
	simpleScaling     = "SimpleScaling"
	stepScaling       = "StepScaling"
	targetScaling     = "TargetTrackingScaling"
	predictiveScaling = "PredictiveScaling"
)

func isPolicyType(name string) bool {
	return slices.Contains([]string{simpleScaling, stepScaling, targetScaling, predictiveScaling}, name)
}

// checkPolicies refuses a policy that nothing could tell from another, or
// whose type AWS does not have.
func checkPolicies(all []astypes.ScalingPolicy) error {
	taken := map[string]bool{policyName: true}
	for n, p := range all {
		name := aws.ToString(p.PolicyName)
		switch kind := aws.ToString(p.PolicyType); {
		case name == "" || taken[name]:
			return fmt.Errorf("policies: policy %d: want a name of its own, got %q", n+1, name)
		case !isPolicyType(kind):
			return fmt.Errorf("policies: policy %s: want the type %s, %s, %s or %s, got %.40q",
				name, simpleScaling, stepScaling, targetScaling, predictiveScaling, kind)
		case kind == targetScaling && (p.TargetTrackingConfiguration == nil || p.TargetTrackingConfiguration.TargetValue == nil):
			return fmt.Errorf("policies: policy %s: want a target tracking configuration with a target", name)
		}
		taken[name] = true
	}
	return nil
}

// describePolicies gives the policies of a group, or of all: the one that acts
// first, then those that are only described.
func (s *Server) describePolicies(c *Call, form url.Values) (*document, *refusal) {
	groups, r := s.oneOrAll(c)
	if r != nil {
		return nil, r
	}
	names, kinds := listOf(form, "PolicyNames"), listOf(form, "PolicyTypes")
	if len(names) > defaultPage {
		return nil, invalid("The number of policy names that may be passed in is limited to %d", defaultPage)
	}
	for _, kind := range kinds {
		if !isPolicyType(kind) {
			return nil, invalid("Policy type %s is not valid. Valid policy types are: %s, %s, %s, %s",
				kind, simpleScaling, stepScaling, targetScaling, predictiveScaling)
		}
	}
	var all []astypes.ScalingPolicy
	for _, g := range groups {
		for _, p := range s.policies(g) {
			if (len(names) == 0 || slices.Contains(names, *p.PolicyName)) && (len(kinds) == 0 || slices.Contains(kinds, *p.PolicyType)) {
				all = append(all, p)
			}
		}
	}
	return listed(s, form, "ScalingPolicies", all)
}

// policies gives the policies of a group as they are described, with the alarms
// that act on them.
func (s *Server) policies(g *group) []astypes.ScalingPolicy {
	all := s.policiesAlone(g)
	alarms := s.alarms(g)
	for i, p := range all {
		if p.Alarms != nil {
			continue
		}
		for _, a := range alarms {
			if slices.Contains(a.AlarmActions, *p.PolicyARN) {
				all[i].Alarms = append(all[i].Alarms, astypes.Alarm{AlarmName: a.AlarmName, AlarmARN: a.AlarmArn})
			}
		}
	}
	return all
}

// policiesAlone gives them without those alarms.
func (s *Server) policiesAlone(g *group) []astypes.ScalingPolicy {
	var all []astypes.ScalingPolicy
	if target := g.TargetTracking.Target; target > 0 {
		all = append(all, astypes.ScalingPolicy{
			PolicyName: aws.String(policyName), PolicyType: aws.String(targetScaling),
			TargetTrackingConfiguration: &astypes.TargetTrackingConfiguration{
				PredefinedMetricSpecification: &astypes.PredefinedMetricSpecification{PredefinedMetricType: astypes.MetricTypeASGAverageCPUUtilization},
				TargetValue:                   &target,
				DisableScaleIn:                aws.Bool(g.TargetTracking.DisableScaleIn),
			},
		})
	}
	all = append(all, g.Policies...)
	for i := range all {
		p := &all[i]
		p.AutoScalingGroupName = &g.name
		if p.Enabled == nil {
			p.Enabled = aws.Bool(true)
		}
		if p.PolicyARN == nil {
			p.PolicyARN = aws.String(s.partOf("scalingPolicy", g, "policyName", *p.PolicyName))
		}
	}
	return all
}

// partOf is the ARN of a thing that belongs to a group.
func (s *Server) partOf(kind string, g *group, label, name string) string {
	return fmt.Sprintf("arn:aws:autoscaling:%s:%s:%s:%s:autoScalingGroupName/%s:%s/%s",
		s.config.Region, s.config.Account, kind, numbered(kind+"/"+g.name+"/"+name, 0), g.name, label, name)
}
