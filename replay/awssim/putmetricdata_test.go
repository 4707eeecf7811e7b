package awssim

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// TestPutMetricData brings a few values, then so many that the SDK packs them.
func TestPutMetricData(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil)})
	k.at(minute(1))
	beat := cwtypes.MetricDatum{
		MetricName: aws.String("Heartbeat"), Value: aws.Float64(1), Timestamp: aws.Time(minute(1)), Unit: cwtypes.StandardUnitCount,
		Dimensions: []cwtypes.Dimension{{Name: aws.String("Controller"), Value: aws.String("main")}},
	}
	if _, err := k.cw.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("MLAutoscaling"), MetricData: []cwtypes.MetricDatum{beat}}); err != nil {
		t.Fatal(err)
	}
	got := k.server.PutData()
	if len(got) != 1 || got[0].Namespace != "MLAutoscaling" || !got[0].At.Equal(minute(1)) {
		t.Fatalf("data %+v", got)
	}
	got[0].Timestamp = aws.Time(got[0].Timestamp.UTC())
	same(t, "datum", beat, got[0].MetricDatum)

	many := make([]cwtypes.MetricDatum, maxData)
	for i := range many {
		many[i] = cwtypes.MetricDatum{MetricName: aws.String(fmt.Sprint("m", i)), Values: []float64{1, 2}, Counts: []float64{3, 4}}
	}
	for range 9 {
		if _, err := k.cw.PutMetricData(t.Context(), &cloudwatch.PutMetricDataInput{Namespace: aws.String("App"), MetricData: many}); err != nil {
			t.Fatal(err)
		}
	}
	got = k.server.PutData()
	if last := got[len(got)-1]; len(got) < keptData || len(got) >= 2*keptData || *last.MetricName != "m999" || last.Counts[1] != 4 {
		t.Errorf("%d values, the last %+v", len(got), last)
	}
	if calls := k.server.Counts().Calls["PutMetricData"]; calls != 10 {
		t.Errorf("%d calls, want 10", calls)
	}
}

func TestPutMetricDataRefuses(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil)})
	k.at(minute(1))
	one := func(change func(*cwtypes.MetricDatum)) *cloudwatch.PutMetricDataInput {
		d := cwtypes.MetricDatum{MetricName: aws.String("m"), Value: aws.Float64(1)}
		if change != nil {
			change(&d)
		}
		return &cloudwatch.PutMetricDataInput{Namespace: aws.String("App"), MetricData: []cwtypes.MetricDatum{d}}
	}
	reserved := one(nil)
	reserved.Namespace = aws.String("AWS/EC2")
	for _, test := range []struct {
		in         *cloudwatch.PutMetricDataInput
		code, want string
	}{
		{reserved, "InvalidParameterValue", "The value AWS/EC2 for parameter Namespace is invalid."},
		{&cloudwatch.PutMetricDataInput{Namespace: aws.String("App")}, "MissingParameter", "The parameter MetricData is required."},
		{&cloudwatch.PutMetricDataInput{Namespace: aws.String("App"), MetricData: make([]cwtypes.MetricDatum, 0)}, "MissingParameter", "The parameter MetricData is required."},
		{one(func(d *cwtypes.MetricDatum) { d.Value = nil }), "MissingParameter", "At least one of the parameters MetricData.member.1.Value"},
		{one(func(d *cwtypes.MetricDatum) { d.Values = []float64{1} }), "InvalidParameterCombination", "mutually exclusive"},
		{one(func(d *cwtypes.MetricDatum) { d.Value = aws.Float64(math.NaN()) }), "InvalidParameterValue", "The value NaN for parameter MetricData.member.1.Value is invalid."},
		{one(func(d *cwtypes.MetricDatum) { d.Timestamp = aws.Time(start.Add(-15 * 24 * time.Hour)) }), "InvalidParameterValue", "MetricData.member.1.Timestamp must specify a time within the past two weeks"},
		{one(func(d *cwtypes.MetricDatum) { d.Timestamp = aws.Time(start.Add(3 * time.Hour)) }), "InvalidParameterValue", "no more than two hours in the future"},
		{one(func(d *cwtypes.MetricDatum) { d.Value, d.Values, d.Counts = nil, []float64{1, 2}, []float64{1} }), "InvalidParameterValue", "must have the same size"},
		{one(func(d *cwtypes.MetricDatum) {
			d.Dimensions = make([]cwtypes.Dimension, 31)
			for i := range d.Dimensions {
				d.Dimensions[i] = cwtypes.Dimension{Name: aws.String(fmt.Sprint(i)), Value: aws.String("v")}
			}
		}), "InvalidParameterValue", "Dimensions must not have a size greater than 30."},
	} {
		_, err := k.cw.PutMetricData(t.Context(), test.in)
		if code, message := codeOf(t, err); code != test.code || !strings.Contains(message, test.want) {
			t.Errorf("%s %q, want %s %q", code, message, test.code, test.want)
		}
	}
	if got := k.server.PutData(); len(got) != 0 {
		t.Errorf("refused values are kept: %+v", got)
	}
}
