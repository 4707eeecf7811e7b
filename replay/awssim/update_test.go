package awssim

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
)

func TestUpdateGroup(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Min: 2, Max: 12})
	k.at(minute(1))
	for n, test := range []struct {
		in         autoscaling.UpdateAutoScalingGroupInput
		code, want string
		sizes      string // min <= desired <= max after it
	}{
		{autoscaling.UpdateAutoScalingGroupInput{MinSize: aws.Int32(3)}, "", "", "3 <= 8 <= 12"},
		{autoscaling.UpdateAutoScalingGroupInput{MinSize: aws.Int32(10)}, "", "", "10 <= 10 <= 12"},
		{autoscaling.UpdateAutoScalingGroupInput{MinSize: aws.Int32(0)}, "", "", "0 <= 10 <= 12"},
		{autoscaling.UpdateAutoScalingGroupInput{MaxSize: aws.Int32(9)}, "", "", "0 <= 9 <= 9"},
		{autoscaling.UpdateAutoScalingGroupInput{MinSize: aws.Int32(2), MaxSize: aws.Int32(20), DesiredCapacity: aws.Int32(11)}, "", "", "2 <= 11 <= 20"},
		{autoscaling.UpdateAutoScalingGroupInput{MinSize: aws.Int32(21)}, "ValidationError", "Max bound, 20, must be greater than or equal to min bound, 21", "2 <= 11 <= 20"},
		{autoscaling.UpdateAutoScalingGroupInput{MinSize: aws.Int32(-1)}, "ValidationError", "1 validation error detected: Value '-1' at 'minSize' failed to satisfy constraint: Member must have value greater than or equal to 0", "2 <= 11 <= 20"},
		{autoscaling.UpdateAutoScalingGroupInput{DesiredCapacity: aws.Int32(1)}, "ValidationError", "Desired capacity:1 must be between the specified min size:2 and max size:20", "2 <= 11 <= 20"},
		{autoscaling.UpdateAutoScalingGroupInput{MaxSize: aws.Int32(1000)}, "NotSimulated", "awssim does not simulate a desired capacity below 1 or a max above 40 of group web", "2 <= 11 <= 20"},
		{autoscaling.UpdateAutoScalingGroupInput{DefaultInstanceWarmup: aws.Int32(1)}, "NotSimulated", "awssim does not simulate a change of DefaultInstanceWarmup", "2 <= 11 <= 20"},
	} {
		test.in.AutoScalingGroupName = aws.String("web")
		_, err := k.as.UpdateAutoScalingGroup(t.Context(), &test.in)
		if code, message := codeOf(t, err); code != test.code || message != test.want {
			t.Errorf("update %d: %s %q, want %s %q", n, code, message, test.code, test.want)
		}
		g := k.group("web")
		if got := fmt.Sprintf("%d <= %d <= %d", *g.MinSize, *g.DesiredCapacity, *g.MaxSize); got != test.sizes {
			t.Errorf("update %d: %s, want %s", n, got, test.sizes)
		}
	}
	if cause := *k.activities("web")[0].Cause; !strings.Contains(cause, "a user request update of AutoScalingGroup constraints to min: 2, max: 20, desired: 11 changing the desired capacity from 9 to 11.") {
		t.Errorf("cause %s", cause)
	}
	_, err := k.as.UpdateAutoScalingGroup(t.Context(), &autoscaling.UpdateAutoScalingGroupInput{AutoScalingGroupName: aws.String("gone")})
	if code, message := codeOf(t, err); code != "ValidationError" || message != "AutoScalingGroup name not found - AutoScalingGroup gone not found" {
		t.Errorf("%s %s", code, message)
	}
}

// TestBoundBy: somebody else's bounds move what is desired, and are no call.
func TestBoundBy(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil)})
	k.at(minute(1))
	if err := k.server.BoundBy("web", 9, 12); err != nil {
		t.Fatal(err)
	}
	for name, least := range map[string]int{"web": 13, "gone": 1} {
		if err := k.server.BoundBy(name, least, 12); err == nil {
			t.Errorf("%s is bound by %d and 12", name, least)
		}
	}
	if calls := k.server.Calls(); len(calls) > 0 {
		t.Errorf("calls %+v", calls)
	}
	if g := k.group("web"); *g.MinSize != 9 || *g.DesiredCapacity != 9 || *g.MaxSize != 12 {
		t.Errorf("%d <= %d <= %d", *g.MinSize, *g.DesiredCapacity, *g.MaxSize)
	}
}
