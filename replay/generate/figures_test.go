package generate

import (
	"math"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

// figures are what a trace of five minutes looks like in numbers.
type figures struct {
	neighbours float64 // autocorrelation of neighbours
	days       float64 // autocorrelation of the same time of two days
	noise      float64 // spread of a value around the mean of its neighbours, as a share
	daily      float64 // 95th over 5th percentile of a day, median over the days
	weekend    float64 // mean of Saturdays and Sundays over that of other days, in UTC
}

func figuresOf(tr trace.Trace) figures {
	return figures{
		neighbours: autocorrelation(tr.Values, 1), days: autocorrelation(tr.Values, int(24*time.Hour/tr.Period)),
		noise: spread(tr.Values), daily: daily(tr), weekend: weekend(tr),
	}
}

func autocorrelation(values []float64, lag int) float64 {
	sum, n := 0.0, 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			sum, n = sum+v, n+1
		}
	}
	mean, both, own := sum/n, 0.0, 0.0
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		own += (v - mean) * (v - mean)
		if i+lag < len(values) && !math.IsNaN(values[i+lag]) {
			both += (v - mean) * (values[i+lag] - mean)
		}
	}
	return both / own
}

// spread is 1.4826 times the median of what a value differs from the mean of
// its neighbours by, over that mean, and over √1.5, what independent noise of
// size 1 gives.
func spread(values []float64) float64 {
	var off []float64
	for i := 1; i+1 < len(values); i++ {
		mean := (values[i-1] + values[i+1]) / 2
		if d := math.Abs(values[i]-mean) / mean; !math.IsNaN(d) && mean > 0 {
			off = append(off, d)
		}
	}
	return 1.4826 * median(off) / math.Sqrt(1.5)
}

func daily(tr trace.Trace) float64 {
	perDay := int(24 * time.Hour / tr.Period)
	var ranges []float64
	for day := range slices.Chunk(tr.Values, perDay) {
		day = slices.DeleteFunc(slices.Clone(day), math.IsNaN)
		if len(day) < perDay/2 {
			continue
		}
		slices.Sort(day)
		ranges = append(ranges, day[len(day)*95/100]/day[len(day)*5/100])
	}
	return median(ranges)
}

func weekend(tr trace.Trace) float64 {
	var sum, n [2]float64
	for i, v := range tr.Values {
		if math.IsNaN(v) {
			continue
		}
		k := 0
		if !isWorkday(tr.At(i)) {
			k = 1
		}
		sum[k], n[k] = sum[k]+v, n[k]+1
	}
	return sum[1] / n[1] / (sum[0] / n[0])
}

func median(values []float64) float64 {
	values = slices.Sorted(slices.Values(values))
	return values[len(values)/2]
}

// Profiles have figures like recorded traces. Those of the recordings are of
// traces that are too long to be kept here, taken by figuresOf: NASA-HTTP, 62
// days of requests per 5 minutes (The Internet Traffic Archive);
// cloud_pool pool09, 31 days of CPU (Cloud-Cluster-Capacity-Dataset, cluster9);
// crane input02 and input13, 16 days (gocrane/crane, test data). NaN: not
// compared.
func TestProfilesLookRecorded(t *testing.T) {
	anything := math.NaN()
	for _, test := range []struct {
		profile, recorded string
		want              figures
	}{
		{"quiet", "NASA-HTTP", figures{0.905, 0.571, 0.183, 5.97, 0.57}},
		{"office", "cloud_pool pool09", figures{0.918, 0.579, 0.173, 35.3, 0.41}},
		{"batch", "crane input02", figures{0.918, 0.793, 0.168, anything, anything}},
		{"media", "crane input13", figures{0.997, 0.886, anything, 6.54, 1.17}},
	} {
		for seed := range uint64(3) {
			c := configure(t, test.profile)
			c.Seed, c.Period = seed, 5*time.Minute
			compare(t, test.profile+" as "+test.recorded, figuresOf(generator(t, c).Series().Trace), test.want)
		}
	}
}

func compare(t *testing.T, name string, got, want figures) {
	t.Helper()
	for _, f := range []struct {
		name              string
		got, want         float64
		tolerance, factor float64
	}{
		{"autocorrelation of neighbours", got.neighbours, want.neighbours, 0.05, 1},
		{"autocorrelation of days", got.days, want.days, 0.15, 1},
		{"noise", got.noise, want.noise, 0, 1.4},
		{"daily range", got.daily, want.daily, 0, 1.6},
		{"weekend", got.weekend, want.weekend, 0.2, 1},
	} {
		low, high := f.want/f.factor-f.tolerance, f.want*f.factor+f.tolerance
		if f.got < low || f.got > high {
			t.Errorf("%s: %s %.3f, want %.3f to %.3f", name, f.name, f.got, low, high)
		}
	}
}

// The two weeks of NASA-HTTP that come with the examples are measured alike.
func TestFiguresOfARecording(t *testing.T) {
	f, err := os.Open("../../deployments/examples/nasa_http_5min.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tr, err := trace.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	c := configure(t, "quiet")
	c.Period, c.Days = 5*time.Minute, 14
	compare(t, "two weeks of quiet as of NASA-HTTP", figuresOf(generator(t, c).Series().Trace), figuresOf(tr))
}
