package aws

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
)

// commandTimeout is how long an instance may take to begin a command: the least
// that AWS takes.
const commandTimeout = 30 * time.Second

// Messenger runs commands on instances by way of Session Manager.
type Messenger struct {
	send func(context.Context, *ssm.SendCommandInput, ...func(*ssm.Options)) (*ssm.SendCommandOutput, error)
	read func(context.Context, *ssm.GetCommandInvocationInput, ...func(*ssm.Options)) (*ssm.GetCommandInvocationOutput, error)
	poll time.Duration
}

// NewMessenger makes a messenger for the account and the region that c is for.
func NewMessenger(c sdk.Config, o Options) *Messenger {
	client := ssm.NewFromConfig(c)
	return &Messenger{client.SendCommand, client.GetCommandInvocation, o.poll() / 2}
}

// Run runs a line of shell on an instance and gives what it wrote.
func (m *Messenger) Run(ctx context.Context, instance, line string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 2*commandTimeout, errors.New("the instance did not answer within a minute: is its agent at work?"))
	defer cancel()
	sent, err := m.send(ctx, &ssm.SendCommandInput{
		DocumentName: sdk.String("AWS-RunShellScript"), InstanceIds: []string{instance}, Comment: sdk.String("autoscaler aws status"),
		Parameters: map[string][]string{"commands": {line}}, TimeoutSeconds: sdk.Int32(int32(commandTimeout.Seconds())),
	})
	var unknown *types.InvalidInstanceId
	if errors.As(err, &unknown) {
		return "", fmt.Errorf("ask instance %s: Session Manager does not know it: it may still be starting, or has no way to AWS (ssm, ssmmessages, ec2messages on port 443)", instance)
	}
	if err != nil {
		return "", failed("ask instance "+instance, err)
	}
	if sent.Command == nil {
		return "", fmt.Errorf("ask instance %s: AWS took the command and does not name it", instance)
	}
	for {
		// The answer lags behind the question: it is not there at first.
		if err := pause(ctx, m.poll); err != nil {
			return "", fmt.Errorf("ask instance %s: %w", instance, context.Cause(ctx))
		}
		out, err := m.read(ctx, &ssm.GetCommandInvocationInput{CommandId: sent.Command.CommandId, InstanceId: &instance})
		var early *types.InvocationDoesNotExist
		switch {
		case errors.As(err, &early):
			continue
		case err != nil:
			return "", failed("ask instance "+instance, err)
		}
		switch out.Status {
		case types.CommandInvocationStatusPending, types.CommandInvocationStatusInProgress, types.CommandInvocationStatusDelayed:
		case types.CommandInvocationStatusSuccess:
			return sdk.ToString(out.StandardOutputContent), nil
		default:
			return "", fmt.Errorf("ask instance %s: the command ended as %s: %s", instance, out.Status, strings.TrimSpace(sdk.ToString(out.StandardErrorContent)))
		}
	}
}
