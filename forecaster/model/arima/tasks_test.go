package arima

import (
	"math"
	"testing"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/stationarity"
)

// sized is a task whose cost is compared with that of R and statsmodels, on the
// first n values of a series.
type sized struct {
	name string
	n    int
	// inner is how many runs a time is taken of.
	inner int
	run   func() error
}

// sizes are those of a day, and of three and a half, seven and fourteen, of five
// minutes.
func sizes() []int { return []int{288, 1000, 2016, 4032} }

// vmTasks gives the tasks on one length of a series of five-minute bins.
func vmTasks(t testing.TB, y []float64) []sized {
	t.Helper()
	d, n := Data{Y: y}, len(y)
	waves := Data{Y: y, X: waves(n, 288, 6)}
	with := Data{Y: y, X: [][]float64{ConstantOf(n, 0)}}
	o := Order{AR: 2, Diff: 1, MA: 2}
	m, err := Fit(o, d)
	if err != nil {
		t.Fatal(err)
	}
	return append([]sized{
		{"likelihood (2,1,2)", n, 100, likelihood(t, m, d)},
		{"fit (2,1,2)", n, 5, func() error { _, err := Fit(o, d); return err }},
		{"fit (2,0,1) + mean", n, 5, func() error { _, err := Fit(Order{AR: 2, MA: 1}, with); return err }},
		{"order", n, 1, func() error { return order(d, 1) }},
		{"order + 12 Fourier", n, 1, func() error { return order(waves, 1) }},
	}, online(t, m, y)...)
}

// hourlyTasks gives those on one length of a series of hours.
func hourlyTasks(y []float64) []sized {
	o := Order{AR: 1, MA: 1, SDiff: 1, SMA: 1, Period: 24}
	return []sized{{"fit (1,0,1)(0,1,1)[24]", len(y), 1, func() error { _, err := Fit(o, Data{Y: y}); return err }}}
}

// airTasks gives those on the logarithms of the airline passengers.
func airTasks(t testing.TB) []sized {
	t.Helper()
	for _, g := range goldens(t) {
		if g.Name != "airpassengers_log_airline" {
			continue
		}
		d, _ := g.data()
		return []sized{
			{"AirPassengers fit (0,1,1)(0,1,1)[12]", len(d.Y), 5, func() error { _, err := Fit(g.order(), d); return err }},
			{"AirPassengers order", len(d.Y), 1, func() error { return order(d, 12) }},
		}
	}
	t.Fatal("no airline passengers")
	return nil
}

// order chooses the differences and the order, as auto.arima does.
func order(d Data, period int) error {
	s := Search{Period: period}
	rest := d.Y
	if len(d.X) > 0 {
		rest = LeastSquaresRest(d)
	}
	s.Diff, s.SDiff = stationarity.Choose(rest, period)
	_, err := Select(d, s, both)
	return err
}

// likelihood gives the exact likelihood with its gradient.
func likelihood(t testing.TB, m *Model, d Data) func() error {
	t.Helper()
	g, err := newGround(m.Order, d)
	if err != nil {
		t.Fatal(err)
	}
	f, err := newFitter(m.Order, g)
	if err != nil {
		t.Fatal(err)
	}
	return func() error { f.at = nil; f.evaluate(m.free); return nil }
}

// online gives the tasks of a filter that has seen the series.
func online(t testing.TB, m *Model, y []float64) []sized {
	t.Helper()
	f, err := NewFilter(m.Order, m.Params, 12)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range y {
		f.Observe(v)
	}
	at := 0
	mean, se := make([]float64, 12), make([]float64, 12)
	return []sized{
		{"online update", len(y), 100000, func() error { f.Observe(y[at]); at = (at + 1) % len(y); return nil }},
		{"forecast 12 steps", len(y), 100000, func() error { f.Forecast(mean, se); return nil }},
	}
}

// waves gives the first harmonics of a period.
func waves(n, period, harmonics int) [][]float64 {
	var out [][]float64
	for k := 1; k <= harmonics; k++ {
		sine, cosine := make([]float64, n), make([]float64, n)
		for t := range n {
			sine[t], cosine[t] = math.Sincos(2 * math.Pi * float64(k*t) / float64(period))
		}
		out = append(out, sine, cosine)
	}
	return out
}

// likeness is a series made to cost what that of a machine's load does: a day,
// noise with a memory, and bursts.
func likeness(n int) []float64 {
	y := make([]float64, n)
	state, seed := 0.0, uint64(1)
	for t := range y {
		seed = seed*6364136223846793005 + 1442695040888963407
		noise := float64(seed>>11)/(1<<53) - 0.5
		state = 0.9*state + noise
		y[t] = 20 + 5*math.Sin(2*math.Pi*float64(t)/288) + state
		if seed>>58 == 0 {
			y[t] += 10
		}
	}
	return y
}

func BenchmarkTasks(b *testing.B) {
	y := likeness(4032)
	tasks := append(vmTasks(b, y), hourlyTasks(y[:700])...)
	for _, task := range append(tasks, airTasks(b)...) {
		b.Run(task.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := task.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
