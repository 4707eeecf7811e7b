package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/rights"
)

// What is printed is the policy, narrowed as asked for, and nothing else.
func TestPolicyIsPrinted(t *testing.T) {
	role := "arn:aws-cn:iam::111122223333:role/reader"
	code, out, errs := runVerb(t, "aws", "policy", "actuator", "--account", "111122223333", "--region", "cn-north-1", "--partition", "aws-cn", "--role", role)
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var doc struct {
		Version   string
		Statement []struct {
			Action   []string
			Resource string
		}
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || doc.Version != "2012-10-17" {
		t.Fatalf("want a policy, got %s (%v)", out, err)
	}
	want := map[string]string{
		"autoscaling:SetDesiredCapacity": "arn:aws-cn:autoscaling:cn-north-1:111122223333:autoScalingGroup:*:autoScalingGroupName/*",
		"sts:AssumeRole":                 role,
	}
	for _, s := range doc.Statement {
		if resource, ok := want[s.Action[0]]; ok && resource == s.Resource {
			delete(want, s.Action[0])
		}
	}
	if len(want) > 0 {
		t.Errorf("want %v in:\n%s", want, out)
	}
}

func TestPoliciesAreListed(t *testing.T) {
	code, out, errs := runVerb(t, "aws", "policy")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, name := range rights.Names() {
		wants(t, out, "^"+name+" +[a-z]")
	}
}

func TestPolicyRefusesWhatIAMWould(t *testing.T) {
	for args, want := range map[string]string{
		"nope":                                         `find policy "nope": want one of ingest, forecaster`,
		"ingest --account 1111-2222-3333":              "--account: want twelve digits",
		"ingest --region eu":                           "--region: want a name such as eu-west-1",
		"ingest --partition china":                     "--partition: want a name such as aws",
		"ingest --role reader":                         "--role: want an ARN such as",
		"plan --role arn:aws:iam::111122223333:role/r": "--role: plan assumes no role",
	} {
		code, out, errs := runVerb(t, append([]string{"aws", "policy"}, strings.Fields(args)...)...)
		if code != 2 || !strings.Contains(errs, want) || out != "" {
			t.Errorf("%s: exit %d: %s%s", args, code, out, errs)
		}
	}
	code, out, errs := runVerb(t, "aws", "policy", "decider")
	if code != 1 || out != "" || !strings.Contains(errs, "it reaches no AWS") {
		t.Errorf("decider: exit %d: %s%s", code, out, errs)
	}
}
