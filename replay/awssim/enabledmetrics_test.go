package awssim

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	astypes "github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
)

// TestEnabledMetrics: a group shows which of its metrics are collected, and has
// no others, until somebody enables them.
func TestEnabledMetrics(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil)},
		Group{Name: "bare", World: steady(t, nil), ResourceLabel: "app/lb/1/targetgroup/tg/2", Description: astypes.AutoScalingGroup{EnabledMetrics: []astypes.EnabledMetric{}}})
	k.at(minute(20))
	expect := func(name string, enabled int, metrics ...string) {
		t.Helper()
		if got := len(k.group(name).EnabledMetrics); got != enabled {
			t.Errorf("%s: %d metrics are enabled, want %d", name, got, enabled)
		}
		values := 0
		for _, metric := range []string{"GroupInServiceInstances", "GroupDesiredCapacity"} {
			got, _ := k.values(ask(start, minute(10), about("m", "AWS/AutoScaling", metric, "Average", 10*time.Minute, name)))
			for _, p := range got["m"].points {
				values++
				if p.value != 8 {
					t.Errorf("%s: %s is %v, want 8", name, metric, p.value)
				}
			}
		}
		if values != len(metrics) {
			t.Errorf("%s: %d metrics have values, want %v", name, values, metrics)
		}
	}
	expect("web", 2, "GroupInServiceInstances", "GroupDesiredCapacity")
	expect("bare", 0)
	enable := func(granularity string, metrics ...string) error {
		_, err := k.as.EnableMetricsCollection(t.Context(), &autoscaling.EnableMetricsCollectionInput{AutoScalingGroupName: aws.String("bare"), Granularity: &granularity, Metrics: metrics})
		return err
	}
	for granularity, metric := range map[string]string{"5Minute": "GroupDesiredCapacity", "1Minute": "GroupLuck"} {
		if code, _ := codeOf(t, enable(granularity, metric)); code != "ValidationError" {
			t.Errorf("%s every %s is taken", metric, granularity)
		}
	}
	if err := enable("1Minute", "GroupDesiredCapacity"); err != nil {
		t.Fatal(err)
	}
	expect("bare", 1, "GroupDesiredCapacity")
	if err := enable("1Minute"); err != nil {
		t.Fatal(err)
	}
	expect("bare", len(groupMetrics), "GroupDesiredCapacity", "GroupInServiceInstances")
	if arns := k.group("bare").TargetGroupARNs; len(arns) != 1 || arns[0] != "arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/tg/2" {
		t.Errorf("target groups %v", arns)
	}
}
