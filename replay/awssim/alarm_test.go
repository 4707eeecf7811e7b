package awssim

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// inWords tells when an alarm is on.
func inWords(a cwtypes.MetricAlarm) string {
	return fmt.Sprintf("%d x %d s %s %v", *a.EvaluationPeriods, *a.Period, a.ComparisonOperator, *a.Threshold)
}

func TestDescribeAlarms(t *testing.T) {
	k := newKit(t, Config{}, policed(t, "web"), policed(t, "api"))
	k.at(minute(1))
	high := alarmName("web", "target-tracking", "AlarmHigh")
	for _, test := range []struct {
		in    cloudwatch.DescribeAlarmsInput
		want  int
		calls int
	}{
		{cloudwatch.DescribeAlarmsInput{}, 8, 1},
		{cloudwatch.DescribeAlarmsInput{MaxRecords: aws.Int32(3)}, 8, 3},
		{cloudwatch.DescribeAlarmsInput{AlarmNames: []string{high, "gone", "api-high-cpu"}}, 2, 1},
		{cloudwatch.DescribeAlarmsInput{AlarmNamePrefix: aws.String("TargetTracking-api-")}, 3, 1},
		{cloudwatch.DescribeAlarmsInput{ActionPrefix: aws.String("arn:aws:sns:")}, 2, 1},
		{cloudwatch.DescribeAlarmsInput{StateValue: cwtypes.StateValueAlarm}, 0, 1},
		{cloudwatch.DescribeAlarmsInput{AlarmTypes: []cwtypes.AlarmType{cwtypes.AlarmTypeCompositeAlarm}}, 0, 1},
	} {
		before := k.server.Counts().Calls["DescribeAlarms"]
		got := k.alarms(&test.in)
		if calls := k.server.Counts().Calls["DescribeAlarms"] - before; len(got) != test.want || calls != test.calls {
			t.Errorf("%+v: %d alarms in %d calls, want %d in %d", test.in, len(got), calls, test.want, test.calls)
		}
		for i := 1; i < len(got); i++ {
			if *got[i-1].AlarmName >= *got[i].AlarmName {
				t.Errorf("%s before %s", *got[i-1].AlarmName, *got[i].AlarmName)
			}
		}
	}
	for _, test := range []struct {
		in         cloudwatch.DescribeAlarmsInput
		code, want string
	}{
		{cloudwatch.DescribeAlarmsInput{ChildrenOfAlarmName: aws.String("x")}, "NotSimulated", "awssim does not simulate composite alarms"},
		{cloudwatch.DescribeAlarmsInput{AlarmNames: make([]string, 101)}, "ValidationError", "The collection AlarmNames must not have a size greater than 100."},
		{cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"x"}, AlarmNamePrefix: aws.String("x")}, "ValidationError", "AlarmNames and AlarmNamePrefix are mutually exclusive"},
		{cloudwatch.DescribeAlarmsInput{MaxRecords: aws.Int32(101)}, "ValidationError", "The value 101 for parameter MaxRecords is invalid. Must be between 1 and 100."},
		{cloudwatch.DescribeAlarmsInput{NextToken: aws.String("?")}, "InvalidNextToken", "The token provided is invalid."},
	} {
		_, err := k.cw.DescribeAlarms(t.Context(), &test.in)
		if code, message := codeOf(t, err); code != test.code || message != test.want {
			t.Errorf("%s %q, want %s %q", code, message, test.code, test.want)
		}
	}
}

// TestAlarmStates follows the alarms of a policy that acts: one that had no
// data yet, then the state that the policy acts on, and since when.
func TestAlarmStates(t *testing.T) {
	g, load := tracked(t, "../rivals/testdata/crane13_4d.csv.gz", 60)
	k := newKit(t, Config{}, g)
	seen := map[string]bool{}
	for m := range 1500 {
		k.at(load.At(m))
		if m%5 != 0 {
			continue
		}
		for _, a := range k.alarms(&cloudwatch.DescribeAlarmsInput{AlarmNamePrefix: aws.String("TargetTracking-")}) {
			side := strings.Split(*a.AlarmName, "-")[2]
			seen[side+" "+string(a.StateValue)] = true
			if a.StateUpdatedTimestamp.After(k.clock.Now()) || m > 600 && a.StateUpdatedTimestamp.Equal(load.Start) {
				t.Errorf("minute %d: %s is %s since %v", m, side, a.StateValue, a.StateUpdatedTimestamp)
			}
		}
	}
	for _, want := range []string{"AlarmHigh OK", "AlarmHigh ALARM", "AlarmLow OK", "AlarmLow ALARM"} {
		if !seen[want] {
			t.Errorf("no %s among %v", want, seen)
		}
	}
}

// TestAlarmsOfAGroupThatRanBefore: the alarms know the group's history, as
// those of a group do that was there before anybody looked.
func TestAlarmsOfAGroupThatRanBefore(t *testing.T) {
	_, load := tracked(t, "../rivals/testdata/crane13_4d.csv.gz", 60)
	world, err := fleet.NewWorld(fleet.History("tt", load, 3*time.Minute, 600))
	if err != nil {
		t.Fatal(err)
	}
	k := newKit(t, Config{}, Group{Name: "web", World: world, Detailed: true, TargetTracking: TargetTracking{Target: 60}})
	k.clock.set(load.At(600))
	for _, a := range k.alarms(&cloudwatch.DescribeAlarmsInput{}) {
		if since := k.clock.Now().Sub(*a.StateUpdatedTimestamp); a.StateValue == cwtypes.StateValueInsufficientData || since < 0 || since > 10*time.Minute {
			t.Errorf("%s is %s since %v", *a.AlarmName, a.StateValue, a.StateUpdatedTimestamp)
		}
	}
}
