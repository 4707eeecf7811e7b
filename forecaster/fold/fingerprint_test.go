package fold

import (
	"fmt"
	"hash/fnv"
	"strconv"
	"testing"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// inputsOf recomputes the fingerprint of metrics with the standard library.
func inputsOf(t *testing.T, events ...streams.Event) string {
	t.Helper()
	sum := fnv.New64a()
	for _, ev := range events {
		if m, ok := ev.(streams.Metric); ok && m.Series == "cpu" {
			body, err := streams.Encode(m)
			if err != nil {
				t.Fatal(err)
			}
			sum.Write(body)
		}
	}
	return fmt.Sprintf("%016x", sum.Sum64())
}

// TestInputsAreOfEveryMetric covers metrics that are used, ignored, and come
// before anything says what the series is.
func TestInputsAreOfEveryMetric(t *testing.T) {
	change := func(m streams.Metric, f func(*streams.Metric)) streams.Metric {
		f(&m)
		return m
	}
	huge := 1e300
	odd := change(metric(0, 5, 1), func(m *streams.Metric) { m.Period = streams.Duration(7 * time.Second) })
	events := []streams.Event{
		change(metric(0, 5, 1), func(m *streams.Metric) { m.Value = &huge }),
		odd,
		change(metric(0, 5, 1), func(m *streams.Metric) { m.Unit = streams.Count }),
		change(metric(0, 5, 1), func(m *streams.Metric) { m.Series = "requests" }),
		settled(metric(1, 6, 1)), settled(metric(1, 6, 1)), metric(0, 4, 1),
		metric(2, gap, 1), metric(3, 7, 2), metric(3, 8, 1), metric(9000, 5, 1),
	}
	for name, before := range map[string][]streams.Event{"policy first": {inForce(policy())}, "policy last": nil} {
		s, kept := Stage{}.New(id()), store{}
		drive(t, s, before...)
		for i, ev := range events {
			drive(t, s, ev)
			kept.put(s.Changed())
			s = kept.load(t)
			if got, want := s.(*State).series["cpu"].fingerprint(), inputsOf(t, events[:i+1]...); got != want {
				t.Errorf("%s: after event %d: want %s, got %s", name, i, want, got)
			}
		}
		drive(t, s, inForce(policy()))
		if f := drive(t, s, group(3, 1)); f[0].Inputs != inputsOf(t, events...) {
			t.Errorf("%s: want %s in the forecast, got %s", name, inputsOf(t, events...), f[0].Inputs)
		}
	}
}

// TestInputsShowTheLastDigit changes the last digit of one metric of many.
func TestInputsShowTheLastDigit(t *testing.T) {
	load := func(n int) float64 { return 1234.567890123456 + float64(n) }
	last := func(changed int) streams.Forecast {
		s := Stage{}.New(id())
		f := drive(t, s, append([]streams.Event{inForce(policy())}, live(0, 400, func(n int) float64 {
			if n != changed {
				return load(n)
			}
			text := []byte(strconv.FormatFloat(load(n), 'g', -1, 64))
			text[len(text)-1] = '0' + ('9' - text[len(text)-1])
			value, err := strconv.ParseFloat(string(text), 64)
			if err != nil || value == load(n) {
				t.Fatalf("%s: %v", text, err)
			}
			return value
		})...)...)
		return f[len(f)-1]
	}
	want := last(-1).Inputs
	for _, n := range []int{0, 200, 398, 399} {
		if last(n).Inputs == want {
			t.Errorf("a digit of bin %d does not show", n)
		}
	}
}

// TestInputsGoOn says what begins no fingerprint anew, and that another series
// has its own.
func TestInputsGoOn(t *testing.T) {
	minutes, requests := policy(), policy()
	minutes.Load.Period = streams.Duration(time.Minute)
	requests.Load.Series = "requests"
	s := Stage{}.New(id())
	events := []streams.Event{inForce(policy())}
	events = append(events, live(0, 20, wave)...)
	events = append(events, inForce(minutes), metric(20, 5, 1), inForce(policy()), group(20+22*288, 0), metric(20+22*288, 5, 1))
	drive(t, s, events...)
	if f := drive(t, s, group(20+22*288, 1)); f[0].Inputs != inputsOf(t, events...) {
		t.Errorf("want %s, got %s", inputsOf(t, events...), f[0].Inputs)
	}
	g := group(21+22*288, 0)
	g.Series = map[string]streams.Arrival{"requests": {Count: 1, NewestEnd: g.Now}}
	if f := drive(t, s, inForce(requests), g); f[0].Inputs != "cbf29ce484222325" {
		t.Errorf("a series of which nothing came: got %s", f[0].Inputs)
	}
	if f := drive(t, s, inForce(policy()), group(22+22*288, 1)); f[0].Inputs != inputsOf(t, events...) {
		t.Errorf("named again: want %s, got %s", inputsOf(t, events...), f[0].Inputs)
	}
}
