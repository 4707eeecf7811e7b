package generate

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Against package math, to a few units in the last place.
func TestArithmetic(t *testing.T) {
	near := func(t *rapid.T, name string, x, got, want, tolerance float64) {
		if math.Abs(got-want) > tolerance {
			t.Fatalf("%s(%v) = %v, want %v", name, x, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-700, 700).Draw(t, "x")
		near(t, "exp", x, exp(x)/math.Exp(x), 1, 1e-13)
		turns := rapid.Float64Range(-5, 5).Draw(t, "turns")
		near(t, "cosine", turns, cosine(turns), math.Cos(2*math.Pi*turns), 1e-14)
		y := rapid.Float64Range(1e-300, 1e300).Draw(t, "y")
		near(t, "log", y, log(y), math.Log(y), 1e-13*math.Max(1, math.Abs(math.Log(y))))
		z := rapid.Float64Range(0.5, 2).Draw(t, "z")
		near(t, "log", z, log(z), math.Log(z), 2e-16)
	})
	for _, exact := range []struct{ got, want float64 }{
		{exp(0), 1}, {log(1), 0}, {log(2), math.Ln2}, {cosine(0), 1}, {cosine(-3), 1}, {power(1, 17), 1}, {power(3, 0), 1},
	} {
		if exact.got != exact.want {
			t.Errorf("got %v, want %v", exact.got, exact.want)
		}
	}
}

// Moments of what is drawn, within five standard errors of a sample of 200,000.
func TestDraws(t *testing.T) {
	const n, width = 200_000, 2 * math.Ln2
	s := newStream(1, "a test")
	for _, law := range []struct {
		name           string
		draw           func() float64
		mean, variance float64
		fourth         float64 // central moment
	}{
		{"uniform", s.uniform, 0.5, 1.0 / 12, 1.0 / 80},
		{"exponential", s.exponential, 1, 1, 9},
		{"normal", s.normal, 0, 1, 3},
		{"log about 2", func() float64 { return log(s.about(2)) }, 0, width * width / 12, width * width * width * width / 80},
	} {
		var sum, square float64
		for range n {
			d := law.draw() - law.mean
			sum += d
			square += d * d
		}
		if got := sum / n; math.Abs(got) > 5*math.Sqrt(law.variance/n) {
			t.Errorf("%s: mean off by %v", law.name, got)
		}
		if got := square/n - law.variance; math.Abs(got) > 5*math.Sqrt((law.fourth-law.variance*law.variance)/n) {
			t.Errorf("%s: variance off by %v", law.name, got)
		}
	}
}

// The first words of PCG-DXSM with this seed, so that another source shows.
func TestStreamIsPinned(t *testing.T) {
	s := newStream(7, "flash")
	got := [3]uint64{s.source.Uint64(), s.source.Uint64(), s.source.Uint64()}
	want := [3]uint64{0x315c4684bfb5cd9f, 0xbd5632ab2a5d9574, 0x1c17bf7634d7a384}
	if got != want {
		t.Errorf("words %#v, want %#v", got, want)
	}
}
