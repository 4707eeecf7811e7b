package trace

import (
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// firstMinutes is how nasa_http_1min begins, of which the example is the sum.
const firstMinutes = `timestamp,value
1995-07-01T04:00:00Z,42
1995-07-01T04:01:00Z,61
1995-07-01T04:02:00Z,57
1995-07-01T04:03:00Z,71
1995-07-01T04:04:00Z,70
1995-07-01T04:05:00Z,54
1995-07-01T04:06:00Z,52
1995-07-01T04:07:00Z,68
1995-07-01T04:08:00Z,47
1995-07-01T04:09:00Z,46
`

func TestExample(t *testing.T) {
	f, err := os.Open("../../deployments/examples/nasa_http_5min.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	example, err := Read(f)
	if err != nil {
		t.Fatal(err)
	}
	if example.Period != 5*time.Minute || len(example.Values) != 14*288 || example.Recorded() != 14*288 {
		t.Errorf("%d of %d bins of %v, want 14 days of 5m0s", example.Recorded(), len(example.Values), example.Period)
	}
	if want := start.Add(14 * 24 * time.Hour); !example.End().Equal(want) {
		t.Errorf("ends %v, want %v", example.End(), want)
	}
	sums, err := read(t, firstMinutes).Sum5()
	if err != nil {
		t.Fatal(err)
	}
	begin, err := example.Cut(10 * time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sums, begin); diff != "" {
		t.Errorf("first ten minutes (-summed +example):\n%s", diff)
	}
}

func TestFiveMinutes(t *testing.T) {
	tests := []struct {
		name    string
		minutes []float64
		want    Trace
	}{
		{
			"a bin misses with one of its minutes",
			[]float64{1, 2, 3, 4, 5, 1, 1, missing, 1, 1, 0, 0, 0, 0, 10},
			Trace{start, 5 * time.Minute, []float64{15, missing, 10}},
		},
		{
			"what is left at the end is left out",
			[]float64{1, 1, 1, 1, 1, 2, 2, 2, 2},
			Trace{start, 5 * time.Minute, []float64{5}},
		},
		{
			"the first bin was recorded",
			[]float64{1, missing, 1, 1, 1, 2, 2, 2, 2, 2},
			Trace{start.Add(5 * time.Minute), 5 * time.Minute, []float64{10}},
		},
	}
	for _, test := range tests {
		in := Trace{start, time.Minute, test.minutes}
		sums, err := in.Sum5()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, sums, exact); diff != "" {
			t.Errorf("%s: sums (-want +got):\n%s", test.name, diff)
		}
		for i := range test.want.Values {
			test.want.Values[i] /= 5
		}
		means, err := in.Mean5()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, means, exact); diff != "" {
			t.Errorf("%s: means (-want +got):\n%s", test.name, diff)
		}
	}
}

func TestInterpolate(t *testing.T) {
	quarter := 15 * time.Minute
	in := Trace{start, quarter, []float64{0, 3, missing, 6, 12}}
	want := Trace{start, 5 * time.Minute, []float64{0, 1, 2, 3, missing, missing, missing, missing, missing, 6, 8, 10, 12}}
	if diff := cmp.Diff(want, in.Interpolate(), exact); diff != "" {
		t.Errorf("900 s (-want +got):\n%s", diff)
	}
	hours := Trace{start, time.Hour, []float64{12, 0}}
	want = Trace{start, 5 * time.Minute, []float64{12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}
	if diff := cmp.Diff(want, hours.Interpolate()); diff != "" {
		t.Errorf("3600 s (-want +got):\n%s", diff)
	}
	fine := Trace{start, 5 * time.Minute, []float64{1, missing, 2}}
	got := fine.Interpolate()
	if diff := cmp.Diff(fine, got, exact); diff != "" {
		t.Errorf("300 s (-want +got):\n%s", diff)
	}
	got.Values[0] = 7
	if fine.Values[0] != 1 {
		t.Error("300 s: shares memory with what it was made of")
	}
}

// TestQuantile takes its values from the definition: of the sorted 1, 4, 9,
// 16, 25 the p-quantile has rank 4p, so that of 0.999 is 16 + 0.996 × 9.
func TestQuantile(t *testing.T) {
	in := Trace{start, time.Minute, []float64{9, missing, 1, 4, 16, 25}}
	for p, want := range map[float64]float64{0: 1, 0.1: 2.2, 0.5: 9, 0.8: 17.8, 0.999: 24.964, 1: 25} {
		if got := in.Quantile(p); math.Abs(got-want) > 1e-12 {
			t.Errorf("quantile %v: %v, want %v", p, got, want)
		}
	}
	if !slices.Equal(in.Values[2:], []float64{1, 4, 16, 25}) {
		t.Errorf("values were moved: %v", in.Values)
	}
}

func TestScale(t *testing.T) {
	in := Trace{start, time.Minute, []float64{9, missing, 1, 4, 16, 25}}
	got, err := in.Scale(24.964)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, got, exact, cmpopts.EquateApprox(1e-12, 0)); diff != "" {
		t.Errorf("peak at the percentile changes nothing (-want +got):\n%s", diff)
	}
}

func TestCut(t *testing.T) {
	in := Trace{start, 5 * time.Minute, []float64{1, 2, 3}}
	for span, want := range map[time.Duration]int{1: 1, 5 * time.Minute: 1, 6 * time.Minute: 2, time.Hour: 3} {
		got, err := in.Cut(span)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(in.Values[:want], got.Values); diff != "" {
			t.Errorf("first %v (-want +got):\n%s", span, diff)
		}
	}
}

func TestRefusals(t *testing.T) {
	minutes := func(v ...float64) Trace { return Trace{start, time.Minute, v} }
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"sum of hours", second(Trace{start, time.Hour, []float64{1, 2}}.Sum5()), "sum trace to 5 minutes: period: want 1m0s, got 1h0m0s"},
		{"mean of four minutes", second(minutes(1, 1, 1, 1).Mean5()), "average trace to 5 minutes: no five minutes without a gap"},
		{"sum beyond numbers", second(minutes(1e308, 1e308, 1, 1, 1).Sum5()), "sum trace to 5 minutes: bin at 1995-07-01T04:00:00Z: too large"},
		{"peak of nothing", second(minutes(1, 2).Scale(0)), "scale trace: peak: want a positive number of instances, got 0"},
		{"peak beyond numbers", second(minutes(1, 2).Scale(math.NaN())), "scale trace: peak: want a positive number of instances, got NaN"},
		{"idle", second(minutes(0, 0).Scale(40)), "scale trace: 99.9th percentile: want a positive value, got 0"},
		{"value beyond numbers", second(minutes(1e308, 1).Scale(40)), "scale trace: value 1e+308 at 1995-07-01T04:00:00Z: too large"},
		{"cut to nothing", second(minutes(1, 2).Cut(0)), "cut trace: span 0s is not positive"},
	}
	for _, test := range tests {
		if test.err == nil {
			t.Errorf("%s: taken", test.name)
			continue
		}
		if diff := cmp.Diff(test.want, test.err.Error()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

func second(_ Trace, err error) error { return err }

func TestQuantilePanics(t *testing.T) {
	defer func() {
		if text, _ := recover().(string); !strings.Contains(text, "quantile 2 is outside") {
			t.Errorf("panic %q", text)
		}
	}()
	Trace{start, time.Minute, []float64{1}}.Quantile(2)
}
