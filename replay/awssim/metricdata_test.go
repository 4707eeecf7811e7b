package awssim

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	cwtypes "github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

// twins are a group and a world that is played side by side with it.
type twins struct {
	group   Group
	world   *fleet.World
	samples []fleet.Sample
	period  time.Duration
	perBin  float64 // samples per instance and bin
}

func drawTwins(rt *rapid.T, t *testing.T) *twins {
	w := &twins{period: 5 * time.Minute, perBin: 1}
	recorded := trace.Trace{Start: start, Period: 5 * time.Minute}
	detailed := rapid.Bool().Draw(rt, "detailed")
	if detailed {
		w.perBin = 5
		if rapid.Bool().Draw(rt, "minutes") {
			recorded.Period, w.period, w.perBin = time.Minute, time.Minute, 1
		}
	}
	value := rapid.OneOf(rapid.Float64Range(0, 9), rapid.Just(math.NaN()))
	recorded.Values = append([]float64{5}, rapid.SliceOfN(value, 12, 40).Draw(rt, "load")...)
	load, err := fleet.NewLoad(recorded, recorded.Quantile(0.999))
	if err != nil {
		t.Fatal(err)
	}
	c := fleet.History("web", load, time.Duration(rapid.IntRange(0, 9).Draw(rt, "boot"))*time.Minute, rapid.IntRange(0, load.Minutes()/2).Draw(rt, "start"))
	world := func() *fleet.World {
		made, err := fleet.NewWorld(c)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	w.world = world()
	w.group = Group{Name: "web", World: world(), Detailed: detailed, ResourceLabel: "app/front/1a/targetgroup/web/2b"}
	w.samples = slices.Clone(w.world.Backfill())
	return w
}

// TestValuesAreTheFleets plays a world by a script, over the wire and beside
// it: the wire shows what the fleet's meter shows, and when it does.
func TestValuesAreTheFleets(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawTwins(rt, t)
		k := newKit(t, Config{PageDatapoints: rapid.IntRange(5, 100).Draw(rt, "page")}, w.group)
		for w.world.Next() {
			m := w.world.Advance()
			w.samples = append(w.samples, m.Samples...)
			k.at(m.Now)
			if rapid.IntRange(0, 3).Draw(rt, "act") == 0 {
				n := rapid.IntRange(1, w.world.Config().Load.MaxDesired()).Draw(rt, "desired")
				w.world.SetDesired(n)
				k.mustSet("web", int32(n))
			}
			if rapid.IntRange(0, 9).Draw(rt, "look") == 0 {
				k.compare(rt, w)
			}
			w.world.Serve()
		}
		k.compare(rt, w)
	})
}

func (k *kit) compare(rt *rapid.T, w *twins) {
	now := k.clock.Now()
	got, _ := k.values(ask(start, now.Add(time.Hour), cpuQuery("sum", "Sum", w.period), cpuQuery("n", "SampleCount", w.period), cpuQuery("u", "Average", w.period)))
	sum, n := got["sum"].points, got["n"].points
	if len(sum) != len(w.samples) || len(n) != len(w.samples) || got["sum"].status != cwtypes.StatusCodeComplete {
		rt.Fatalf("%v: want %d points, got %d sums and %d counts, %s", now, len(w.samples), len(sum), len(n), got["sum"].status)
	}
	for i, s := range w.samples {
		at := int(s.End.Add(-s.Period).Sub(start) / time.Minute)
		if sum[i].minute != at || n[i].minute != at {
			rt.Fatalf("point %d is of minutes %d and %d, want %d", i, sum[i].minute, n[i].minute, at)
		}
		if diff := math.Abs(sum[i].value/w.perBin - 100*s.Load); diff > 1e-9 {
			rt.Errorf("minute %d: sum %v, want %v instances", at, sum[i].value/w.perBin, s.Load)
		}
		if diff := math.Abs(n[i].value/w.perBin - s.Instances); w.group.Detailed && diff > 1e-9 || diff > 0.5 {
			rt.Errorf("minute %d: %v samples, want %v instances", at, n[i].value/w.perBin, s.Instances)
		}
		if want := sum[i].value / n[i].value; math.Abs(got["u"].points[i].value-want) > 1e-9 {
			rt.Errorf("minute %d: average %v, want %v", at, got["u"].points[i].value, want)
		}
	}
}

func requestQuery(id, stat string) cwtypes.MetricDataQuery {
	q := about(id, "AWS/ApplicationELB", "RequestCount", stat, 5*time.Minute, "")
	q.MetricStat.Metric.Dimensions = []cwtypes.Dimension{
		{Name: aws.String("TargetGroup"), Value: aws.String("targetgroup/web/2b")},
		{Name: aws.String("LoadBalancer"), Value: aws.String("app/front/1a")},
	}
	return q
}

func TestOtherMetrics(t *testing.T) {
	world := worldOf(t, nil, 5*time.Minute, 4, 0, math.NaN(), 2, 2)
	k := newKit(t, Config{}, Group{
		Name: "web", World: world, ResourceLabel: "app/front/1a/targetgroup/web/2b",
		Expressions: map[string]func(fleet.Row) float64{"m1 / m2": func(r fleet.Row) float64 { return 10 * r.Load }},
	})
	k.at(minute(24))
	unknown := about("none", "AWS/EC2", "CPUUtilization", "Sum", 5*time.Minute, "nobody")
	math := cwtypes.MetricDataQuery{Id: aws.String("e"), Expression: aws.String("m1 / m2"), Period: aws.Int32(300), Label: aws.String("mine")}
	other := cpuQuery("unit", "Sum", 5*time.Minute)
	other.MetricStat.Unit = cwtypes.StandardUnitCount
	hidden := cpuQuery("hidden", "Sum", 5*time.Minute)
	hidden.ReturnData = aws.Bool(false)
	got, _ := k.values(ask(start, minute(30), requestQuery("r", "Sum"), requestQuery("a", "Average"),
		about("n", "AWS/AutoScaling", "GroupInServiceInstances", "Average", 5*time.Minute, "web"), math, unknown, other, hidden))
	want := map[string]result{
		"r":    {points: []point{{0, 4 * 100 * 300}, {15, 2 * 100 * 300}}, status: "Complete", label: "RequestCount"},
		"a":    {points: []point{{0, 1}, {15, 1}}, status: "Complete", label: "RequestCount"},
		"n":    {points: []point{{0, 8}, {5, 8}, {15, 8}}, status: "Complete", label: "GroupInServiceInstances"},
		"e":    {points: []point{{0, 40}, {5, 0}, {15, 20}}, status: "Complete", label: "mine"},
		"none": {status: "Complete", label: "CPUUtilization"},
		"unit": {status: "Complete", label: "CPUUtilization"},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(result{}, point{})); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	if n := k.server.Counts().Metrics; n != 5 { // the CPU of two units is one metric
		t.Errorf("%d metrics were asked for, want 5", n)
	}
}

// TestMonitoring asks a minute's and five minutes' period of both kinds.
func TestMonitoring(t *testing.T) {
	for _, detailed := range []bool{true, false} {
		k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Detailed: detailed})
		k.at(minute(11))
		got, _ := k.values(ask(start, minute(15), cpuQuery("one", "SampleCount", time.Minute), cpuQuery("five", "SampleCount", 5*time.Minute), cpuQuery("ten", "SampleCount", 10*time.Minute)))
		want := map[string][]point{"one": {{0, 8}, {5, 8}}, "five": {{0, 8}, {5, 8}}, "ten": {{0, 16}}}
		if detailed {
			want = map[string][]point{"five": {{0, 40}, {5, 40}}, "ten": {{0, 80}}}
			for m := range 10 {
				want["one"] = append(want["one"], point{m, 8})
			}
		}
		for id, points := range want {
			if diff := cmp.Diff(points, got[id].points, cmp.AllowUnexported(point{})); diff != "" {
				t.Errorf("detailed %v, %s (-want +got):\n%s", detailed, id, diff)
			}
		}
	}
}

// TestBootWork counts the samples of instances that boot.
func TestBootWork(t *testing.T) {
	world := steady(t, func(c *fleet.Config) { c.BootCPU = 90 })
	k := newKit(t, Config{}, Group{Name: "web", World: world, Detailed: true})
	k.at(start)
	k.mustSet("web", 10)
	k.at(minute(2))
	got, _ := k.values(ask(start, minute(1), cpuQuery("sum", "Sum", time.Minute), cpuQuery("n", "SampleCount", time.Minute),
		cpuQuery("low", "Minimum", time.Minute), cpuQuery("high", "Maximum", time.Minute)))
	for id, want := range map[string]float64{"sum": 400 + 180, "n": 10, "low": 50, "high": 90} {
		if points := got[id].points; len(points) != 1 || points[0].value != want {
			t.Errorf("%s: %v, want %v", id, points, want)
		}
	}
}

// TestWindows holds the ends of a window, its order, and the grid.
func TestWindows(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil), Detailed: true})
	k.at(minute(30))
	minutes := func(in *cloudwatch.GetMetricDataInput) string {
		got, _ := k.values(in)
		var out []string
		for _, p := range got["u"].points {
			out = append(out, fmt.Sprint(p.minute))
		}
		return strings.Join(out, " ")
	}
	five := cpuQuery("u", "Average", 5*time.Minute)
	for _, test := range []struct {
		from, until time.Duration
		want        string
	}{
		{0, 15 * time.Minute, "0 5 10"},
		{5 * time.Minute, 10 * time.Minute, "5"},
		{4 * time.Minute, 11 * time.Minute, "5 10"},
		{5*time.Minute + 30*time.Second, 10*time.Minute + time.Second, "5 10"},
		{-time.Hour, time.Hour, "0 5 10 15 20"},
		{31 * time.Minute, time.Hour, ""},
	} {
		if got := minutes(ask(start.Add(test.from), start.Add(test.until), five)); got != test.want {
			t.Errorf("%v to %v: %q, want %q", test.from, test.until, got, test.want)
		}
	}
	down := ask(start, minute(15), five)
	down.ScanBy = ""
	if got := minutes(down); got != "10 5 0" {
		t.Errorf("newest first: %q", got)
	}
	// Minutes are kept for 15 days, 5 minutes for 63, hours for 455.
	for age, want := range map[time.Duration]string{14: "0", 16: "", 62: "0", 64: "", 454: "0", 456: ""} {
		period := time.Minute
		if age > 20 {
			period = 5 * time.Minute
		}
		if age > 100 {
			period = time.Hour
		}
		k.at(start.Add(age * 24 * time.Hour))
		if got := minutes(ask(start, start.Add(period), cpuQuery("u", "Average", period))); got != want {
			t.Errorf("%v after %d days: %q, want %q", period, age, got, want)
		}
	}
}

// TestMetricPages merges pages by Id, in both orders, and shows on all of them
// what was there at the first.
func TestMetricPages(t *testing.T) {
	k := newKit(t, Config{PageDatapoints: 7}, Group{Name: "web", World: steady(t, nil), Detailed: true})
	k.at(minute(31))
	queries := []cwtypes.MetricDataQuery{
		cpuQuery("a", "Sum", time.Minute), about("none", "AWS/EC2", "Nothing", "Sum", time.Minute, "web"), cpuQuery("b", "SampleCount", time.Minute),
	}
	for _, order := range []cwtypes.ScanBy{cwtypes.ScanByTimestampAscending, cwtypes.ScanByTimestampDescending} {
		in := ask(start, minute(60), queries...)
		in.ScanBy = order
		got, pages := k.values(in)
		if pages != 9 { // 30 points each
			t.Errorf("%s: %d pages, want 9", order, pages)
		}
		for n, points := range [][]point{got["a"].points, got["b"].points} {
			if len(points) != 30 {
				t.Fatalf("%s, query %d: %d points, want 30", order, n, len(points))
			}
			for i, p := range points {
				if want := i; order == cwtypes.ScanByTimestampAscending && p.minute != want || order == cwtypes.ScanByTimestampDescending && p.minute != 29-want {
					t.Errorf("%s, query %d: point %d is of minute %d", order, n, i, p.minute)
				}
			}
		}
		if got["none"].status != cwtypes.StatusCodeComplete || got["a"].status != cwtypes.StatusCodeComplete {
			t.Errorf("%s: %+v", order, got)
		}
	}
	in := ask(start, minute(60), queries...)
	in.MaxDatapoints = aws.Int32(3)
	first, err := k.cw.GetMetricData(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if r := first.MetricDataResults; len(r) != 1 || len(r[0].Values) != 3 || r[0].StatusCode != cwtypes.StatusCodePartialData {
		t.Errorf("first page %+v", r)
	}
	k.at(minute(50))
	in.NextToken, in.MaxDatapoints = first.NextToken, nil
	if got, pages := k.values(in); pages != 9 || len(got["a"].points)+len(got["b"].points) != 57 {
		t.Errorf("later: %d pages with %d and %d points", pages, len(got["a"].points), len(got["b"].points))
	}
	for _, token := range []string{"?", "MSAyIDMgNA==", *first.NextToken} {
		in := ask(start, minute(59), queries...)
		in.NextToken = &token
		_, err := k.cw.GetMetricData(t.Context(), in)
		if code, _ := codeOf(t, err); code != "InvalidNextToken" {
			t.Errorf("token %s: %v", token, err)
		}
	}
}

// TestGetMetricDataRefuses holds AWS's wording.
func TestGetMetricDataRefuses(t *testing.T) {
	k := newKit(t, Config{}, Group{Name: "web", World: steady(t, nil)})
	good := cpuQuery("a", "Sum", time.Minute)
	many := make([]cwtypes.MetricDataQuery, 501)
	for i := range many {
		many[i] = cpuQuery(fmt.Sprintf("m%d", i), "Sum", time.Minute)
	}
	math := func(text string, period *int32) cwtypes.MetricDataQuery {
		return cwtypes.MetricDataQuery{Id: aws.String("e1"), Expression: &text, Period: period}
	}
	both, twice := math("x", nil), good
	both.MetricStat = good.MetricStat
	twice.Period = aws.Int32(60)
	for _, test := range []struct {
		in   *cloudwatch.GetMetricDataInput
		want string
	}{
		{ask(start, minute(1), many...), "The collection MetricDataQueries must not have a size greater than 500."},
		{ask(start, start, good), "The parameter StartTime must not equal parameter EndTime."},
		{ask(minute(1), start, good), "The parameter StartTime must be less than the parameter EndTime."},
		{ask(start, minute(1), good, good), "The values for parameter id in MetricDataQueries are not unique."},
		{
			ask(start, minute(1), good, cpuQuery("Bad-Id", "Sum", time.Minute), cpuQuery("b", "Median", time.Minute)),
			"The value Bad-Id for parameter MetricDataQueries.member.2.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.\n" +
				"The value Median for parameter MetricDataQueries.member.3.MetricStat.Stat is not a valid statistic.",
		},
		{ask(start, minute(1), cpuQuery("a", "Sum", 90*time.Second)), "The value 90 for parameter MetricDataQueries.member.1.MetricStat.Period is invalid. Period must be a multiple of 60."},
		{ask(start, minute(1), both), "The parameters MetricDataQueries.member.1.Expression and MetricDataQueries.member.1.MetricStat are mutually exclusive and you have specified both."},
		{ask(start, minute(1), twice), "The parameters MetricDataQueries.member.1.Period and MetricDataQueries.member.1.MetricStat are mutually exclusive and you have specified both."},
		{ask(start, minute(1), math("x", nil)), "The parameter MetricDataQueries.member.1.Period is required."},
		{ask(start, minute(1), math("FILL(m1, 0)", aws.Int32(60))), "Error in expression 'e1': FILL(m1, 0) is not known to this simulation"},
	} {
		_, err := k.cw.GetMetricData(t.Context(), test.in)
		if code, message := codeOf(t, err); code != "ValidationError" || message != test.want {
			t.Errorf("%s %q, want %q", code, message, test.want)
		}
	}
	_, err := k.cw.ListMetrics(t.Context(), &cloudwatch.ListMetricsInput{})
	if code, _ := codeOf(t, err); code != "InvalidAction" {
		t.Errorf("ListMetrics: %v", err)
	}
	if n := k.server.Counts().Metrics; n != 0 {
		t.Errorf("%d metrics are billed", n)
	}
}
