package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// startSimulation runs the verb until the test is over, and gives clients'
// configuration for it and what it ends with.
func startSimulation(t *testing.T, v awssimVerb) (aws.Config, func() error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	read, write := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := v.Run(ctx, process{stdout: write, stderr: io.Discard})
		write.CloseWithError(io.EOF)
		ended <- err
	}()
	var endpoint string
	for lines := bufio.NewScanner(read); endpoint == "" && lines.Scan(); {
		if at, ok := strings.CutPrefix(lines.Text(), "export AWS_ENDPOINT_URL="); ok {
			endpoint, _, _ = strings.Cut(at, " ")
		}
	}
	if endpoint == "" {
		t.Fatalf("no endpoint was printed: %v", <-ended)
	}
	go io.Copy(io.Discard, read)
	config := aws.Config{
		Region: "eu-west-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	return config, func() error { stop(); return <-ended }
}

// The simulation on the wall clock: two groups with a week of history, and a
// clean end.
func TestSimulationServesHistory(t *testing.T) {
	config, end := startSimulation(t, awssimVerb{Listen: "127.0.0.1:0", Aggregate: "none", Groups: 2, Peak: 40, Boot: time.Minute, LogLevel: "error"})
	as := autoscaling.NewFromConfig(config)
	found, err := as.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{})
	if err != nil {
		t.Fatal(err)
	}
	for n, g := range found.AutoScalingGroups {
		if want := fmt.Sprintf("ml-predictive-asg-%d", n+1); *g.AutoScalingGroupName != want || *g.DesiredCapacity == 0 || *g.MaxSize != 400 {
			t.Errorf("group %d is %s with %d of at most %d, want %s", n, *g.AutoScalingGroupName, *g.DesiredCapacity, *g.MaxSize, want)
		}
	}
	if len(found.AutoScalingGroups) != 2 {
		t.Fatalf("%d groups, want 2", len(found.AutoScalingGroups))
	}
	now := time.Now()
	name := found.AutoScalingGroups[0].AutoScalingGroupName
	got, err := cloudwatch.NewFromConfig(config).GetMetricData(t.Context(), &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(now.Add(-14 * 24 * time.Hour)), EndTime: aws.Time(now),
		MetricDataQueries: []cwtypes.MetricDataQuery{{Id: aws.String("cpu"), MetricStat: &cwtypes.MetricStat{
			Metric: &cwtypes.Metric{Namespace: aws.String("AWS/EC2"), MetricName: aws.String("CPUUtilization"), Dimensions: []cwtypes.Dimension{{Name: aws.String("AutoScalingGroupName"), Value: name}}},
			Period: aws.Int32(300), Stat: aws.String("Sum"),
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := got.MetricDataResults[0]
	if len(r.Values) < 6*24*12 || now.Sub(r.Timestamps[0]) > 15*time.Minute {
		t.Errorf("%d values, the newest of %v: want a week of them, up to now", len(r.Values), r.Timestamps[0])
	}
	if err := end(); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// What the flags give a group: the tags of an attached one or none, and a
// policy with its alarms or none.
func TestSimulationFlags(t *testing.T) {
	for _, test := range []struct {
		plain        bool
		percent      float64
		tags, alarms int
	}{{false, 0, 2, 0}, {true, 60, 0, 2}} {
		config, end := startSimulation(t, awssimVerb{
			Listen: "127.0.0.1:0", Aggregate: "none", Groups: 1, Peak: 40, Boot: time.Minute, LogLevel: "error", Plain: test.plain, Tracking: test.percent,
		})
		as := autoscaling.NewFromConfig(config)
		groups, err := as.DescribeAutoScalingGroups(t.Context(), &autoscaling.DescribeAutoScalingGroupsInput{})
		if err != nil {
			t.Fatal(err)
		}
		policies, err := as.DescribePolicies(t.Context(), &autoscaling.DescribePoliciesInput{AutoScalingGroupName: groups.AutoScalingGroups[0].AutoScalingGroupName})
		if err != nil {
			t.Fatal(err)
		}
		tags, alarms := len(groups.AutoScalingGroups[0].Tags), 0
		for _, p := range policies.ScalingPolicies {
			alarms += len(p.Alarms)
			if *p.TargetTrackingConfiguration.TargetValue != test.percent {
				t.Errorf("target %v, want %v", *p.TargetTrackingConfiguration.TargetValue, test.percent)
			}
		}
		if tags != test.tags || alarms != test.alarms {
			t.Errorf("%d tags and %d alarms, want %d and %d", tags, alarms, test.tags, test.alarms)
		}
		if err := end(); err != nil {
			t.Error(err)
		}
	}
	if err := (awssimVerb{Listen: "127.0.0.1:0", Groups: 1, Tracking: 101}).Validate(); err == nil {
		t.Error("a target of 101 % is taken")
	}
}

// Whoever reaches the simulation may do anything to it: it is on loopback.
func TestSimulationListensOnLoopbackOnly(t *testing.T) {
	for address, ok := range map[string]bool{
		"127.0.0.1:5010": true, "[::1]:0": true, "localhost:5010": true, "127.8.9.1:1": true,
		"0.0.0.0:5010": false, ":5010": false, "10.0.0.1:5010": false, "example.org:5010": false, "127.0.0.1": false,
	} {
		if err := (awssimVerb{Listen: address, Groups: 1}).Validate(); (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
}
