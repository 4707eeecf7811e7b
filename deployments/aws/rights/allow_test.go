package rights_test

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/rights"
)

// ask is a call as IAM sees it: the resource, and what is known of the call.
type ask struct {
	action, resource string
	keys             map[string][]string
}

const (
	group        = "arn:aws:autoscaling:eu-west-1:111122223333:autoScalingGroup:8a1b-77:autoScalingGroupName/web"
	tagManaged   = "aws:ResourceTag/ml-autoscaling/managed"
	tagMode      = "aws:ResourceTag/ml-autoscaling/mode"
	tagBaseline  = "aws:ResourceTag/ml-autoscaling/baseline-min"
	cloudForm    = "cloudformation.amazonaws.com"
	ownStack     = "arn:aws:cloudformation:eu-west-1:111122223333:stack/ml-autoscaling-target/guid"
	foreignStack = "arn:aws:cloudformation:eu-west-1:111122223333:stack/payments/guid"
)

// TestPoliciesAllowWhatIsMeant asks the documents, as IAM reads them.
func TestPoliciesAllowWhatIsMeant(t *testing.T) {
	ours := []string{"ml-autoscaling/managed", "ml-autoscaling/mode", "ml-autoscaling/baseline-min"}
	viaStack := map[string][]string{"aws:CalledVia": {cloudForm}}
	for _, tc := range []struct {
		policy string
		ask    ask
		want   bool
	}{
		{"ingest", ask{"cloudwatch:GetMetricData", "*", nil}, true},
		{"ingest", ask{"autoscaling:SetDesiredCapacity", group, map[string][]string{tagManaged: {"true"}, tagMode: {"desired"}}}, false},
		{"actuator", ask{"autoscaling:SetDesiredCapacity", group, map[string][]string{tagManaged: {"true"}, tagMode: {"desired"}}}, true},
		{"actuator", ask{"autoscaling:SetDesiredCapacity", group, map[string][]string{tagManaged: {"true"}, tagMode: {"observe"}}}, false},
		{"actuator", ask{"autoscaling:SetDesiredCapacity", group, map[string][]string{tagMode: {"desired"}}}, false},
		{"actuator", ask{"autoscaling:SetDesiredCapacity", group, nil}, false},
		{"actuator", ask{"autoscaling:SetDesiredCapacity", strings.Replace(group, "111122223333", "999999999999", 1), map[string][]string{tagManaged: {"true"}, tagMode: {"desired"}}}, false},
		{"actuator", ask{"autoscaling:CreateOrUpdateTags", group, map[string][]string{"aws:TagKeys": ours}}, false},
		{"actuator", ask{"cloudwatch:PutMetricData", "*", map[string][]string{"cloudwatch:namespace": {"MLAutoscaling"}}}, true},
		{"actuator", ask{"cloudwatch:PutMetricData", "*", map[string][]string{"cloudwatch:namespace": {"AWS/EC2"}}}, false},
		{"attach", ask{"autoscaling:CreateOrUpdateTags", group, map[string][]string{"aws:TagKeys": ours}}, true},
		{"attach", ask{"autoscaling:CreateOrUpdateTags", group, map[string][]string{"aws:TagKeys": {ours[0], "owner"}}}, false},
		{"attach", ask{"autoscaling:SetDesiredCapacity", group, map[string][]string{tagManaged: {"true"}, tagMode: {"desired"}}}, false},
		{"detach", ask{"autoscaling:DeleteTags", group, map[string][]string{"aws:TagKeys": ours[:1]}}, true},
		{"detach", ask{"autoscaling:DeleteTags", group, map[string][]string{"aws:TagKeys": {"owner"}}}, false},
		{"detach", ask{"autoscaling:UpdateAutoScalingGroup", group, map[string][]string{tagBaseline: {"2"}, "autoscaling:MinSize": {"2"}}}, true},
		{"detach", ask{"autoscaling:UpdateAutoScalingGroup", group, map[string][]string{tagBaseline: {"2"}, "autoscaling:MaxSize": {"90"}}}, false},
		{"detach", ask{"autoscaling:UpdateAutoScalingGroup", group, map[string][]string{"autoscaling:MinSize": {"2"}}}, false},
		{"apply", ask{"cloudformation:ExecuteChangeSet", ownStack, nil}, true},
		{"apply", ask{"cloudformation:ExecuteChangeSet", foreignStack, nil}, false},
		{"apply", ask{"iam:CreateRole", "arn:aws:iam::111122223333:role/EC2-CloudWatch-Role", viaStack}, true},
		{"apply", ask{"iam:CreateRole", "arn:aws:iam::111122223333:role/EC2-CloudWatch-Role", nil}, false},
		{"apply", ask{"iam:PutRolePolicy", "arn:aws:iam::111122223333:role/admin", viaStack}, false},
		{"apply", ask{"iam:PassRole", "arn:aws:iam::111122223333:role/EC2-CloudWatch-Role", map[string][]string{"aws:CalledVia": {cloudForm}, "iam:PassedToService": {"ec2.amazonaws.com"}}}, true},
		{"apply", ask{"iam:PassRole", "arn:aws:iam::111122223333:role/EC2-CloudWatch-Role", map[string][]string{"aws:CalledVia": {cloudForm}, "iam:PassedToService": {"lambda.amazonaws.com"}}}, false},
		{"apply", ask{"iam:PassRole", "arn:aws:iam::111122223333:role/ml-autoscaling-actuator", map[string][]string{"aws:CalledVia": {cloudForm}, "iam:PassedToService": {"ec2.amazonaws.com"}}}, false},
		{"apply", ask{"ec2:RunInstances", "*", map[string][]string{"aws:CalledVia": {cloudForm, "autoscaling.amazonaws.com"}}}, true},
		{"apply", ask{"ec2:RunInstances", "*", nil}, false},
		{"apply", ask{"ssm:GetParameters", "arn:aws:ssm:eu-west-1::parameter/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64", nil}, true},
		{"apply", ask{"ssm:GetParameters", "arn:aws:ssm:eu-west-1:111122223333:parameter/secret", nil}, false},
		{"status", ask{"ssm:SendCommand", "arn:aws:ssm:eu-west-1::document/AWS-RunShellScript", nil}, true},
		{"status", ask{"ssm:SendCommand", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1", map[string][]string{"ssm:resourceTag/Name": {"ml-autoscaling-controller"}}}, true},
		{"status", ask{"ssm:SendCommand", "arn:aws:ec2:eu-west-1:111122223333:instance/i-2", map[string][]string{"ssm:resourceTag/Name": {"payments"}}}, false},
		{"destroy", ask{"s3:DeleteObject", "arn:aws:s3:::ml-autoscaling-controller-releasebucket-1a2b/autoscaler.tar.gz", nil}, true},
		{"destroy", ask{"s3:DeleteObject", "arn:aws:s3:::payments/ledger", nil}, false},
		{"destroy", ask{"iam:DeleteRole", "arn:aws:iam::111122223333:role/ml-autoscaling-actuator", viaStack}, true},
		{"destroy", ask{"ec2:RunInstances", "*", viaStack}, false},
		{"plan", ask{"iam:CreateRole", "arn:aws:iam::111122223333:role/EC2-CloudWatch-Role", viaStack}, false},
	} {
		text, err := policyOf(t, tc.policy).JSON(rights.Where{Account: "111122223333", Region: "eu-west-1"})
		if err != nil {
			t.Fatal(err)
		}
		if got := allows(t, text, tc.ask); got != tc.want {
			t.Errorf("policy %s: %s on %s with %v: want allowed %v, got %v", tc.policy, tc.ask.action, tc.ask.resource, tc.ask.keys, tc.want, got)
		}
	}
}

// allows evaluates a document that only allows, with the operators that ours use.
func allows(t *testing.T, text []byte, a ask) bool {
	t.Helper()
	var doc struct {
		Statement []struct {
			Action    []string
			Resource  texts
			Condition map[string]map[string]texts
		}
	}
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	for _, s := range doc.Statement {
		if !slices.Contains(s.Action, a.action) || !slices.ContainsFunc(s.Resource, func(pattern string) bool { return like(pattern, a.resource) }) {
			continue
		}
		met := true
		for operator, keys := range s.Condition {
			for key, want := range keys {
				met = met && holds(t, operator, a.keys[key], want)
			}
		}
		if met {
			return true
		}
	}
	return false
}

// holds evaluates one condition; got is nil where the call has no such key.
func holds(t *testing.T, operator string, got []string, want texts) bool {
	t.Helper()
	among := func(value string) bool {
		return slices.ContainsFunc(want, func(pattern string) bool {
			return pattern == value || strings.HasSuffix(operator, "StringLike") && like(pattern, value)
		})
	}
	switch operator {
	case "StringEquals", "StringLike":
		return len(got) == 1 && among(got[0])
	case "ForAllValues:StringEquals":
		return !slices.ContainsFunc(got, func(value string) bool { return !among(value) })
	case "ForAnyValue:StringEquals":
		return slices.ContainsFunc(got, among)
	case "Null":
		return (len(got) == 0) == (want[0] == "true")
	}
	t.Fatalf("operator %s: want one that the test knows", operator)
	return false
}

// like matches IAM's wildcards, which cross every separator.
func like(pattern, value string) bool {
	flat := strings.NewReplacer("/", "|")
	ok, err := path.Match(flat.Replace(pattern), flat.Replace(value))
	return ok && err == nil
}

// texts is a string, or several.
type texts []string

// UnmarshalJSON takes both.
func (l *texts) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*l = texts{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(l))
}
