package asg

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"github.com/ml-autoscaling/autoscaler/actuator/plan"
)

// Writer describes groups and sets their desired capacity.
type Writer struct {
	*Reader
	set func(context.Context, *autoscaling.SetDesiredCapacityInput, ...func(*autoscaling.Options)) (*autoscaling.SetDesiredCapacityOutput, error)
}

// New makes a writer for the account and the region that c is for.
func New(c aws.Config) *Writer {
	return &Writer{Reader: NewObserver(c), set: newClient(c).SetDesiredCapacity}
}

// SetDesired sets the desired capacity of a group, in its capacity units, and
// gives the id of AWS's answer, also with an error where there was an answer.
func (w *Writer) SetDesired(ctx context.Context, name string, desired int) (requestID string, err error) {
	const operation = "SetDesiredCapacity"
	if desired < 0 || desired > math.MaxInt32 {
		return "", &plan.CallError{Operation: operation, Fault: plan.Invalid, Err: fmt.Errorf("want a capacity that is not negative, got %d", desired)}
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	out, err := w.set(ctx, &autoscaling.SetDesiredCapacityInput{
		AutoScalingGroupName: aws.String(name),
		DesiredCapacity:      aws.Int32(int32(desired)),
		HonorCooldown:        aws.Bool(false),
	})
	if err != nil {
		call := failed(operation, err)
		var answer *awshttp.ResponseError
		if errors.As(err, &answer) && !unsigned(err) {
			requestID = answer.ServiceRequestID()
		}
		return requestID, call
	}
	requestID, _ = awsmiddleware.GetRequestIDMetadata(out.ResultMetadata)
	return requestID, nil
}
