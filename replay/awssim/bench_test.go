package awssim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// benchServer has groups of 8 instances, with two weeks of load.
func benchServer(b *testing.B, groups int) (*Server, *clock, aws.Config) {
	values := make([]float64, 14*24*12)
	for i := range values {
		values[i] = 4
	}
	at := &clock{now: start}
	s := New(Config{Now: at.Now})
	for n := range groups {
		if err := s.Add(Group{Name: fmt.Sprintf("web-%d", n), World: worldOf(b, nil, 5*time.Minute, values...), Detailed: true, Managed: true}); err != nil {
			b.Fatal(err)
		}
	}
	listening := httptest.NewServer(s)
	b.Cleanup(listening.Close)
	return s, at, aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(listening.URL), HTTPClient: &http.Client{Transport: &http.Transport{}},
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
}

// BenchmarkRound is a minute of one group: describe, values, set. The clients'
// share is in it.
func BenchmarkRound(b *testing.B) {
	s, at, config := benchServer(b, 1)
	cw, as := cloudwatch.NewFromConfig(config), autoscaling.NewFromConfig(config)
	name := "web-0"
	for n := 0; b.Loop(); n++ {
		now := minute(n % 20000)
		at.set(now)
		s.Advance(now)
		in := ask(now.Add(-time.Hour), now.Add(time.Minute), about("a", "AWS/EC2", "CPUUtilization", "Sum", 5*time.Minute, name), about("b", "AWS/EC2", "CPUUtilization", "SampleCount", 5*time.Minute, name))
		if _, err := cw.GetMetricData(b.Context(), in); err != nil {
			b.Fatal(err)
		}
		if _, err := as.DescribeAutoScalingGroups(b.Context(), &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: []string{name}}); err != nil {
			b.Fatal(err)
		}
		if _, err := as.SetDesiredCapacity(b.Context(), &autoscaling.SetDesiredCapacityInput{AutoScalingGroupName: &name, DesiredCapacity: aws.Int32(int32(7 + n%2))}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkThousandGroups is a poll of a thousand groups a minute: ten pages of
// groups, four times 500 queries of 16 periods. The clients' share is in it.
func BenchmarkThousandGroups(b *testing.B) {
	s, at, config := benchServer(b, 1000)
	cw, as := cloudwatch.NewFromConfig(config), autoscaling.NewFromConfig(config)
	for n := 0; b.Loop(); n++ {
		now := minute(120 + n)
		at.set(now)
		s.Advance(now)
		for pages := autoscaling.NewDescribeAutoScalingGroupsPaginator(as, &autoscaling.DescribeAutoScalingGroupsInput{MaxRecords: aws.Int32(100)}); pages.HasMorePages(); {
			if _, err := pages.NextPage(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		for from := 0; from < 1000; from += 250 {
			var queries []cwtypes.MetricDataQuery
			for g := from; g < from+250; g++ {
				name := fmt.Sprintf("web-%d", g)
				queries = append(queries, about(fmt.Sprintf("a%d", g), "AWS/EC2", "CPUUtilization", "Sum", 5*time.Minute, name), about(fmt.Sprintf("b%d", g), "AWS/EC2", "CPUUtilization", "SampleCount", 5*time.Minute, name))
			}
			if _, err := cw.GetMetricData(b.Context(), ask(now.Add(-80*time.Minute), now.Add(time.Minute), queries...)); err != nil {
				b.Fatal(err)
			}
		}
	}
}
