package main

import (
	"fmt"
	"regexp"
	"text/tabwriter"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/rights"
)

type awsPolicyVerb struct {
	Name      string   `arg:"" optional:"" help:"Whose policy: a component's or a verb's. Without it, what there is."`
	Account   string   `placeholder:"ID" help:"Account that the policy is narrowed to: twelve digits (default any)."`
	Region    string   `placeholder:"NAME" help:"Region that the policy is narrowed to (default any)."`
	Partition string   `default:"aws" placeholder:"NAME" help:"aws, aws-cn, aws-us-gov or another (default ${default})."`
	Role      []string `placeholder:"ARN" sep:"none" help:"A role that a scope names as its role_arn, and that the policy's holder is to assume; may be given again."`
}

// Help describes the verb at length.
func (awsPolicyVerb) Help() string {
	return `Prints the IAM policy that a component or a verb needs: an action for every
call that its code makes, on what it makes it, and no other. Without a name it
lists the names. It asks AWS nothing.

  autoscaler aws policy
  autoscaler aws policy ingest --account 111122223333 > ingest.json
  aws iam create-policy --policy-name autoscaler-ingest \
    --policy-document file://ingest.json

What a role that has it may really do, with whatever else there is in the
account, AWS says without any call being made:

  aws iam simulate-principal-policy --policy-source-arn ROLE_ARN \
    --action-names autoscaling:SetDesiredCapacity --resource-arns GROUP_ARN \
    --context-entries \
  ContextKeyName=aws:ResourceTag/ml-autoscaling/managed,ContextKeyValues=true,ContextKeyType=string \
  ContextKeyName=aws:ResourceTag/ml-autoscaling/mode,ContextKeyValues=desired,ContextKeyType=string

The actuator may set the capacity of groups only that bear both tags; no
component may write tags. The policies of plan, apply and destroy also hold what
CloudFormation does in the name of who calls it, allowed through CloudFormation
only. They know stacks and roles by their default names: where you choose others,
put those in. Where a scope names a role_arn, give it by --role, once for each:
the role itself then has the policy, and who assumes it only needs to be allowed
that.`
}

var (
	accountForm = regexp.MustCompile(`^([0-9]{12})?$`)
	regionForm  = regexp.MustCompile(`^([a-z]{2,}(-[a-z]+)+-[0-9]+)?$`)
	partForm    = regexp.MustCompile(`^aws(-[a-z]+)*$`)
	roleForm    = regexp.MustCompile(`^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[\w+=,.@/-]+$`)
)

// Validate refuses what IAM would refuse later, or worse, take for something
// else.
func (v awsPolicyVerb) Validate() error {
	switch {
	case !accountForm.MatchString(v.Account):
		return fmt.Errorf("--account: want twelve digits, such as 111122223333, got %q", v.Account)
	case !regionForm.MatchString(v.Region):
		return fmt.Errorf("--region: want a name such as eu-west-1, got %q", v.Region)
	case !partForm.MatchString(v.Partition):
		return fmt.Errorf("--partition: want a name such as aws or aws-cn, got %q", v.Partition)
	case v.Name == "":
		return nil
	}
	p, err := rights.Of(v.Name)
	if err != nil {
		return err
	}
	for _, role := range v.Role {
		switch {
		case !p.Assumes:
			return fmt.Errorf("--role: %s assumes no role: it runs with the credentials of whoever runs it", v.Name)
		case !roleForm.MatchString(role):
			return fmt.Errorf("--role: want an ARN such as arn:aws:iam::111122223333:role/NAME, got %q", role)
		}
	}
	return nil
}

// Run prints the policy, or the names.
func (v awsPolicyVerb) Run(p process) error {
	if v.Name == "" {
		return listPolicies(p)
	}
	policy, err := rights.Of(v.Name)
	if err != nil {
		return err
	}
	text, err := policy.JSON(rights.Where{Partition: v.Partition, Account: v.Account, Region: v.Region, Roles: v.Role})
	if err != nil {
		return err
	}
	_, err = p.stdout.Write(text)
	return err
}

func listPolicies(p process) error {
	t := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, name := range rights.Names() {
		policy, err := rights.Of(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(t, "%s\t%s\n", name, policy.Title)
	}
	return t.Flush()
}
