package awssim

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// alarmName is how AWS names an alarm of a target tracking policy.
func alarmName(group, policy, side string) string {
	return fmt.Sprintf("TargetTracking-%s-%s-%s", group, side, numbered("alarm/"+group+"/"+policy+"/"+side, 0))
}

// checkAlarms refuses an alarm without a name of its own, and one that acts on
// a policy that the group does not have.
func checkAlarms(g Group) error {
	taken := map[string]bool{}
	for n, a := range g.Alarms {
		name := aws.ToString(a.AlarmName)
		if name == "" || taken[name] {
			return fmt.Errorf("alarms: alarm %d: want a name of its own, got %q", n+1, name)
		}
		taken[name] = true
		for _, action := range a.AlarmActions {
			if !isARN(action) && !g.hasPolicy(action) {
				return fmt.Errorf("alarms: alarm %s: action %q is neither an ARN nor a policy of the group", name, action)
			}
		}
	}
	return nil
}

func (g Group) hasPolicy(name string) bool {
	return slices.ContainsFunc(g.Policies, func(p astypes.ScalingPolicy) bool { return aws.ToString(p.PolicyName) == name })
}

func isARN(text string) bool { return len(text) > 4 && text[:4] == "arn:" }

// alarms gives the alarms of a group: those of its target tracking policies,
// as AWS makes them, and those that it was given.
func (s *Server) alarms(g *group) []cwtypes.MetricAlarm {
	var all []cwtypes.MetricAlarm
	arns := map[string]string{}
	for _, p := range s.policiesAlone(g) {
		arns[*p.PolicyName] = *p.PolicyARN
		if *p.PolicyType == targetScaling && p.Alarms == nil {
			all = append(all, g.trackingAlarms(p)...)
		}
	}
	for _, a := range g.Alarms {
		a.AlarmActions = slices.Clone(a.AlarmActions)
		for i, action := range a.AlarmActions {
			if arn, ok := arns[action]; ok {
				a.AlarmActions[i] = arn
			}
		}
		all = append(all, a)
	}
	for i := range all {
		s.complete(&all[i], g.world.Config().Load.Start)
	}
	return all
}

// complete fills in what AWS says of every alarm; one that nothing evaluates
// has no data.
func (s *Server) complete(a *cwtypes.MetricAlarm, made time.Time) {
	if a.AlarmArn == nil {
		a.AlarmArn = aws.String(fmt.Sprintf("arn:aws:cloudwatch:%s:%s:alarm:%s", s.config.Region, s.config.Account, *a.AlarmName))
	}
	if a.ActionsEnabled == nil {
		a.ActionsEnabled = aws.Bool(true)
	}
	if a.StateValue == "" {
		a.StateValue = cwtypes.StateValueInsufficientData
		a.StateReason = aws.String("Unchecked: Initial alarm creation")
	}
	if a.StateUpdatedTimestamp == nil {
		a.StateUpdatedTimestamp = &made
	}
	if a.AlarmConfigurationUpdatedTimestamp == nil {
		a.AlarmConfigurationUpdatedTimestamp = &made
	}
}
