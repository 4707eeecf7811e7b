package aws

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"

	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
)

// patience is how many polls in a row may fail before following ends.
const patience = 10

// ErrUnwatched is of work that AWS began, and goes on with unwatched.
var ErrUnwatched = errors.New("AWS goes on without being watched")

func unwatched(cause error) error { return fmt.Errorf("%w: %w", ErrUnwatched, cause) }

// Event is what happened to a resource of a stack.
type Event struct {
	Time                                time.Time
	Type, LogicalID, PhysicalID, Status string
	Reason                              string
}

// String writes an event as a line.
func (e Event) String() string {
	text := fmt.Sprintf("%s  %-36s %-26s %s", e.Time.UTC().Format(time.TimeOnly), e.Type, e.LogicalID, e.Status)
	if e.Reason != "" {
		text += ": " + e.Reason
	}
	return text
}

// Ending is how the work on a stack ended.
type Ending struct {
	// Status is the stack's, such as CREATE_COMPLETE.
	Status, Reason string
	// Failures are the resources that failed of themselves, the first first.
	Failures []Event
}

// fault says what failed and what to do.
func (e Ending) fault() error {
	cause := "it ended as " + e.Status
	words := e.Reason
	if len(e.Failures) > 0 {
		first := e.Failures[0]
		words = first.Reason
		cause += fmt.Sprintf(": %s (%s): %s: %s", first.LogicalID, first.Type, first.Status, first.Reason)
	} else if e.Reason != "" {
		cause += ": " + e.Reason
	}
	if more := len(e.Failures) - 1; more > 0 {
		cause += fmt.Sprintf("; %d more failed", more)
	}
	if action := MissingAction(words); action != "" {
		cause += "; the right " + action + " is missing"
	}
	switch e.Status {
	case string(types.StackStatusRollbackComplete), string(types.StackStatusRollbackFailed), string(types.StackStatusCreateFailed):
		cause += "; mend it, then 'autoscaler aws destroy' and apply again: AWS lets nothing else be done with a stack that was never complete"
	case string(types.StackStatusUpdateRollbackComplete):
		cause += "; everything is as it was before: mend it, and apply again"
	}
	return fmt.Errorf("%s", cause)
}

// follower reads a stack's events.
type follower struct {
	events call[cloudformation.DescribeStackEventsInput, cloudformation.DescribeStackEventsOutput]
	every  time.Duration
}

// mark gives the id of the newest event of a stack; "" where it has none.
func (f follower) mark(ctx context.Context, stackID string) (string, error) {
	out, err := f.events(ctx, &cloudformation.DescribeStackEventsInput{StackName: &stackID})
	if err != nil {
		return "", failed("read the events of "+stackID, err)
	}
	if len(out.StackEvents) == 0 {
		return "", nil
	}
	return sdk.ToString(out.StackEvents[0].EventId), nil
}

// follow tells what happens to a stack, each event once and in order, until the
// stack itself is at an end. An answer that AWS owes for a while is waited for.
func (f follower) follow(ctx context.Context, stackID, since string, tell func(Event)) (Ending, error) {
	var ending Ending
	failures := 0
	for {
		fresh, newest, err := f.fresh(ctx, stackID, since)
		switch {
		case ctx.Err() != nil:
			return Ending{}, unwatched(ctx.Err())
		case err != nil && failures < patience && (throttled(err) || unreachable(err)):
			failures++
		case err != nil:
			return Ending{}, unwatched(err)
		default:
			failures, since = 0, newest
		}
		for _, e := range fresh {
			tell(e)
			if ending.see(e, stackID) {
				return ending, nil
			}
		}
		if err := pause(ctx, f.every); err != nil {
			return Ending{}, unwatched(err)
		}
	}
}

// see notes an event; done is whether it was the stack's last.
func (e *Ending) see(event Event, stackID string) (done bool) {
	if event.Type == "AWS::CloudFormation::Stack" && event.PhysicalID == stackID {
		e.Status = event.Status
		if event.Reason != "" {
			e.Reason = event.Reason
		}
		return !strings.HasSuffix(event.Status, "_IN_PROGRESS")
	}
	// What AWS cancels because of another resource is no cause.
	if strings.HasSuffix(event.Status, "_FAILED") && !strings.Contains(strings.ToLower(event.Reason), "cancelled") {
		e.Failures = append(e.Failures, event)
	}
	return false
}

// fresh reads the events behind since, the oldest first.
func (f follower) fresh(ctx context.Context, stackID, since string) (events []Event, newest string, err error) {
	newest = since
	err = ingestaws.Pages(func(token *string) (*string, error) {
		out, err := f.events(ctx, &cloudformation.DescribeStackEventsInput{StackName: &stackID, NextToken: token})
		if err != nil {
			return nil, err
		}
		for i, e := range out.StackEvents {
			id := sdk.ToString(e.EventId)
			if token == nil && i == 0 {
				newest = id
			}
			if id == since {
				return nil, nil
			}
			events = append(events, Event{
				Time: sdk.ToTime(e.Timestamp), Type: sdk.ToString(e.ResourceType), LogicalID: sdk.ToString(e.LogicalResourceId),
				PhysicalID: sdk.ToString(e.PhysicalResourceId), Status: string(e.ResourceStatus), Reason: sdk.ToString(e.ResourceStatusReason),
			})
		}
		return out.NextToken, nil
	})
	if err != nil {
		return nil, since, failed("read the events of "+stackID, err)
	}
	slices.Reverse(events)
	return events, newest, nil
}
