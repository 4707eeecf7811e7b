package awssim

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

// opened gives a file, unpacked where it is packed.
func opened(t *testing.T, path string) io.Reader {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if !strings.HasSuffix(path, ".gz") {
		return f
	}
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return unpacked
}

// tracked is a group that nobody but its own policy changes.
func tracked(t *testing.T, path string, target float64) (Group, fleet.Load) {
	t.Helper()
	tr, err := trace.Read(opened(t, path))
	if err != nil {
		t.Fatal(err)
	}
	load, err := fleet.NewLoad(tr, 40)
	if err != nil {
		t.Fatal(err)
	}
	world, err := fleet.NewWorld(fleet.Lived("tt", load, 180*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return Group{Name: "web", World: world, Detailed: true, TargetTracking: TargetTracking{Target: target}}, load
}

// In every minute the policy asks for what a second implementation asks for.
func TestTargetTrackingEqualsItsAnchor(t *testing.T) {
	for _, c := range []struct{ trace, anchor string }{
		{"../rivals/testdata/crane13_4d.csv.gz", "testdata/crane13_4d_boot3_tt.csv.gz"},
		{"../../deployments/examples/nasa_http_5min.csv", "testdata/nasa14d_boot3_tt.csv.gz"},
	} {
		g, load := tracked(t, c.trace, 60)
		s := New(Config{})
		if err := s.Add(g); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(opened(t, c.anchor))
		lines.Scan()
		minutes := 0
		for ; lines.Scan(); minutes++ {
			now := load.At(minutes)
			s.Advance(now)
			got := fmt.Sprintf("%s,%d", now.Format(time.RFC3339), g.World.Fleet().Desired())
			if got != lines.Text() {
				t.Fatalf("%s: %s, want %s", c.trace, got, lines.Text())
			}
		}
		if minutes != load.Minutes() {
			t.Errorf("%s: %d minutes, want %d", c.trace, minutes, load.Minutes())
		}
	}
}

// The policy is described, its alarms are named as the cause, and it stands
// still while AlarmNotification is suspended.
func TestTargetTrackingOnTheWire(t *testing.T) {
	g, load := tracked(t, "../rivals/testdata/crane13_4d.csv.gz", 60)
	k := newKit(t, Config{}, g)
	policies, err := k.as.DescribePolicies(t.Context(), &autoscaling.DescribePoliciesInput{AutoScalingGroupName: aws.String("web")})
	if err != nil {
		t.Fatal(err)
	}
	if len(policies.ScalingPolicies) != 1 || *policies.ScalingPolicies[0].TargetTrackingConfiguration.TargetValue != 60 {
		t.Errorf("policies are %+v", policies.ScalingPolicies)
	}
	k.server.Inject(Fault{Kind: Suspended, Processes: []string{"AlarmNotification"}, From: load.At(600), Until: load.At(900)})
	before := 0
	for m := range 1000 {
		k.at(load.At(m))
		switch desired := g.World.Fleet().Desired(); {
		case m == 600:
			before = desired
		case m > 600 && m < 900 && desired != before:
			t.Fatalf("minute %d: %d, want %d while alarms are suspended", m, desired, before)
		}
	}
	causes := map[string]bool{}
	for _, a := range k.activities("web") {
		for _, alarm := range []string{"AlarmHigh", "AlarmLow"} {
			if strings.Contains(*a.Cause, "a monitor alarm "+alarmName("web", "target-tracking", alarm)+" in state ALARM triggered policy target-tracking changing the desired capacity from ") {
				causes[alarm] = true
			}
		}
	}
	if !causes["AlarmHigh"] || !causes["AlarmLow"] {
		t.Errorf("causes name %v, want both alarms", causes)
	}
	if err := New(Config{}).Add(Group{Name: "web", World: g.World, TargetTracking: TargetTracking{Target: 101}}); err == nil {
		t.Error("a target of 101 % is taken")
	}
}
