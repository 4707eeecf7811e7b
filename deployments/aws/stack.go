package aws

import (
	"context"
	"fmt"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

// call is a method of the SDK's client of CloudFormation.
type call[In, Out any] func(context.Context, *In, ...func(*cloudformation.Options)) (*Out, error)

// Stack is a stack as AWS has it.
type Stack struct {
	Name, ID string
	Status   types.StackStatus
	// Reason is AWS's, mostly of a failure.
	Reason  string
	Updated time.Time
	// Protected says that AWS refuses to delete it.
	Protected  bool
	Parameters map[string]string
	// Resolved are what parameters of type SSM came to when the stack was made or
	// last updated.
	Resolved map[string]string
	// Outputs are in AWS's order.
	Outputs []Output
}

// Account gives the account that a stack is in, by the stack's ARN; "" where that
// does not say.
func Account(stackID string) string {
	id, err := arn.Parse(stackID)
	if err != nil {
		return ""
	}
	return id.AccountID
}

// Output is a value that a stack gives to others.
type Output struct{ Key, Value, Description string }

// Output gives the value of an output; "" where the stack has none.
func (s *Stack) Output(key string) string {
	if s == nil {
		return ""
	}
	for _, o := range s.Outputs {
		if o.Key == key {
			return o.Value
		}
	}
	return ""
}

// Exists says whether there is more than the shell that AWS makes for a plan.
func (s *Stack) Exists() bool { return s != nil && s.Status != types.StackStatusReviewInProgress }

// InProgress says whether AWS is at work on the stack.
func (s *Stack) InProgress() bool {
	return strings.HasSuffix(string(s.Status), "_IN_PROGRESS") && s.Status != types.StackStatusReviewInProgress
}

// describer reads stacks.
type describer struct {
	stacks call[cloudformation.DescribeStacksInput, cloudformation.DescribeStacksOutput]
}

// describe gives the stack of that name or id; nil where there is none.
func (d describer) describe(ctx context.Context, name string) (*Stack, error) {
	out, err := d.stacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		if isMissing(err) {
			return nil, nil
		}
		return nil, failed("describe stack "+name, err)
	}
	if len(out.Stacks) == 0 {
		return nil, nil
	}
	s := out.Stacks[0]
	stack := &Stack{
		Name: sdk.ToString(s.StackName), ID: sdk.ToString(s.StackId), Status: s.StackStatus, Reason: sdk.ToString(s.StackStatusReason),
		Updated: sdk.ToTime(s.CreationTime), Parameters: map[string]string{}, Resolved: map[string]string{},
		Protected: sdk.ToBool(s.EnableTerminationProtection),
	}
	if s.LastUpdatedTime != nil {
		stack.Updated = *s.LastUpdatedTime
	}
	for _, p := range s.Parameters {
		name := sdk.ToString(p.ParameterKey)
		stack.Parameters[name] = sdk.ToString(p.ParameterValue)
		if p.ResolvedValue != nil {
			stack.Resolved[name] = *p.ResolvedValue
		}
	}
	for _, o := range s.Outputs {
		stack.Outputs = append(stack.Outputs, Output{sdk.ToString(o.OutputKey), sdk.ToString(o.OutputValue), sdk.ToString(o.Description)})
	}
	return stack, nil
}

// isMissing says whether AWS knows no stack, or no change set, of a name: it
// has a code of its own for neither.
func isMissing(err error) bool {
	return hasCode(err, "ChangeSetNotFound", "ChangeSetNotFoundException") ||
		hasCode(err, "ValidationError") && strings.Contains(err.Error(), "does not exist")
}

// changeable refuses a stack that AWS would not let be changed now, with what
// helps.
func (s *Stack) changeable() error {
	if s == nil {
		return nil
	}
	cause := fmt.Sprintf("stack %s is %s", s.Name, s.Status)
	if s.Reason != "" {
		cause += " (" + s.Reason + ")"
	}
	switch {
	case s.InProgress():
		return fmt.Errorf("%s: AWS is at work on it; wait until 'autoscaler aws status' shows that it has ended", cause)
	case s.Status == types.StackStatusUpdateRollbackFailed:
		return fmt.Errorf("%s: an update could not be taken back; mend what the reason names, then 'aws cloudformation continue-update-rollback --stack-name %s'", cause, s.Name)
	case s.Status == types.StackStatusDeleteFailed:
		return fmt.Errorf("%s: it was to be deleted; mend what the reason names, then 'autoscaler aws destroy' again", cause)
	case s.Status == types.StackStatusCreateFailed, s.Status == types.StackStatusRollbackFailed, s.Status == types.StackStatusRollbackComplete:
		return fmt.Errorf("%s: its creation failed, and all that AWS lets be done is delete it: 'autoscaler aws destroy', then apply again", cause)
	}
	return nil
}
