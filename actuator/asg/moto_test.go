package asg_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ml-autoscaling/autoscaler/actuator/asg"
	"github.com/ml-autoscaling/autoscaler/actuator/plan"
	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/replay/awssim/mototest"
)

// TestMoto holds both adapters' calls of Auto Scaling against a server of AWS's
// wire that we did not write. It is no witness for what AWS refuses: it refuses
// next to nothing.
func TestMoto(t *testing.T) {
	c := config(mototest.Start(t))
	client := autoscaling.NewFromConfig(c)
	moto := motoAccount{t, client}
	moto.launchConfiguration()
	managed := []types.Tag{{Key: aws.String("ml-autoscaling/managed"), Value: aws.String("true"), PropagateAtLaunch: aws.Bool(false)}}
	moto.group("web-1", 3, managed)
	moto.group("web-2", 1, []types.Tag{{Key: aws.String("ml-autoscaling/managed"), Value: aws.String("false"), PropagateAtLaunch: aws.Bool(false)}})
	moto.group("db", 2, nil)
	if _, err := client.SuspendProcesses(t.Context(), &autoscaling.SuspendProcessesInput{
		AutoScalingGroupName: aws.String("web-1"), ScalingProcesses: []string{"Terminate", "Launch"},
	}); err != nil {
		t.Fatal(err)
	}

	t.Run("listings", func(t *testing.T) { motoListings(t, ingestaws.New(c, ingestaws.Options{})) })
	t.Run("capacity", func(t *testing.T) { motoCapacity(t, c) })
}

func motoListings(t *testing.T, source *ingestaws.Source) {
	describe := func(name string, desired int, managed bool, suspended ...string) window.Description {
		d := window.Description{Name: name, Managed: managed, Desired: desired, Min: 1, Max: 9, Suspended: suspended}
		for range desired {
			d.Instances = append(d.Instances, window.Instance{Lifecycle: "InService", Weight: 1})
		}
		return d
	}
	web1, web2, db := describe("web-1", 3, true, "Launch", "Terminate"), describe("web-2", 1, false), describe("db", 2, false)
	for _, test := range []struct {
		name string
		want window.Listing
		got  []window.Description
	}{
		{"managed", window.Listing{Managed: true}, []window.Description{web1}},
		{"names", window.Listing{Names: []string{"db", "gone"}}, []window.Description{db}},
		{"both", window.Listing{Managed: true, Names: []string{"db", "web-1"}}, []window.Description{db, web1}},
		{"pattern", window.Listing{Patterns: []string{"web-*"}}, []window.Description{web1, web2}},
	} {
		got, err := source.Groups(t.Context(), test.want)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		ignored := cmp.Options{cmpopts.IgnoreFields(window.Instance{}, "ID"), cmpopts.IgnoreFields(window.Description{}, "Created")}
		if diff := cmp.Diff(test.got, got, ignored); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
		for _, d := range got {
			if d.Created.IsZero() || d.Created.Location() != time.UTC || len(d.Instances) == 0 || d.Instances[0].ID == "" {
				t.Errorf("%s: want a time of creation in UTC and ids of instances, got %+v", test.name, d)
			}
		}
	}
}

func motoCapacity(t *testing.T, c aws.Config) {
	w := asg.New(c)
	for _, want := range []int{7, 2} {
		if _, err := w.SetDesired(t.Context(), "web-2", want); err != nil {
			t.Fatal(err)
		}
		got, err := asg.NewObserver(c).Describe(t.Context(), "web-2")
		if want := (plan.Description{Sizes: plan.Sizes{Desired: want, Min: 1, Max: 9}, Tags: plan.Tags{Managed: "false"}}); err != nil || got != want {
			t.Errorf("want %+v, got %+v, %v", want, got, err)
		}
	}
	if cause, err := w.LastActivity(t.Context(), "web-2"); cause != "" || err != nil {
		t.Errorf("moto has no activities; got %q, %v", cause, err)
	}
	_, err := w.Describe(t.Context(), "gone")
	checkFault(t, err, "DescribeAutoScalingGroups", plan.Gone)
}

// motoAccount is the account as its owner would set it up.
type motoAccount struct {
	t      *testing.T
	client *autoscaling.Client
}

func (m motoAccount) launchConfiguration() {
	m.t.Helper()
	if _, err := m.client.CreateLaunchConfiguration(m.t.Context(), &autoscaling.CreateLaunchConfigurationInput{
		LaunchConfigurationName: aws.String("small"), ImageId: aws.String("ami-12c6146b"), InstanceType: aws.String("t3.nano"),
	}); err != nil {
		m.t.Fatal(err)
	}
}

func (m motoAccount) group(name string, desired int32, tags []types.Tag) {
	m.t.Helper()
	if _, err := m.client.CreateAutoScalingGroup(m.t.Context(), &autoscaling.CreateAutoScalingGroupInput{
		AutoScalingGroupName: aws.String(name), LaunchConfigurationName: aws.String("small"), AvailabilityZones: []string{"eu-west-1a"},
		MinSize: aws.Int32(1), MaxSize: aws.Int32(9), DesiredCapacity: aws.Int32(desired), Tags: tags,
	}); err != nil {
		m.t.Fatal(err)
	}
}
