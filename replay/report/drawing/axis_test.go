package drawing

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func texts(ticks []Tick) (out []string) {
	for _, t := range ticks {
		out = append(out, t.Text)
	}
	return out
}

// An axis has round numbers within its plane only, in few letters.
func TestHeights(t *testing.T) {
	for _, tc := range []struct {
		p     Plane
		least float64
		want  []string
	}{
		{Plane{Top: 50}, 1, []string{"0", "10", "20", "30", "40", "50"}},
		{Plane{Top: 3}, 1, []string{"0", "1", "2", "3"}},
		{Plane{Top: 0.5}, 0, []string{"0", "0.10", "0.20", "0.30", "0.40", "0.50"}},
		{Plane{Top: 0.005}, 0, []string{"0", "0.001", "0.002", "0.003", "0.004", "0.005"}},
		{Plane{Low: 91, Top: 98}, 0, []string{"92", "94", "96", "98"}},
		{Plane{Low: -10, Top: 5}, 0, []string{"−10", "−5", "0", "5"}},
		{Plane{Top: 4e6}, 0, []string{"0", "1M", "2M", "3M", "4M"}},
		{Plane{Top: 2.5e5}, 0, []string{"0", "50,000", "100k", "150k", "200k", "250k"}},
		{Plane{Top: 2e15}, 0, []string{"0", "500T", "1000T", "1500T", "2000T"}},
	} {
		ticks, lines := tc.p.Heights(7, tc.least)
		if got := texts(ticks); !slices.Equal(got, tc.want) {
			t.Errorf("%v: got %q, want %q", tc.p, got, tc.want)
		}
		if n := strings.Count(lines, "h7"); n != len(ticks) || tc.p.Low == 0 && ticks[0].At != "100.00%" {
			t.Errorf("%v: %d lines, the first label is at %s", tc.p, n, ticks[0].At)
		}
	}
}

func TestNiceTop(t *testing.T) {
	for most, want := range map[float64]float64{0: 1, -3: 1, 9.9: 12, 41: 50, 4e9: 5e9} {
		if got := NiceTop(most); got != want {
			t.Errorf("%v: got %v, want %v", most, got, want)
		}
	}
}

func TestClock(t *testing.T) {
	from := time.Date(2026, 3, 2, 22, 30, 0, 0, time.UTC)
	if got, want := texts(Clock(from, 180)), []string{"22:30", "23:00", "23:30", "00:00", "00:30", "01:00", "01:30"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := texts(Clock(from, 3*1440)), []string{"3 Mar", "12:00", "4 Mar", "12:00", "5 Mar", "12:00"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
