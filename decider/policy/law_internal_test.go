package policy

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestAbove(t *testing.T) {
	l := law{levels: []float64{0.1, 0.5, 0.9, 0.99}, quantiles: []float64{10, 20, 30, 40}}
	for _, test := range []struct {
		name    string
		x, want float64
	}{
		{"below the lowest", 3, 0.9},
		{"at the lowest", 10, 0.9},
		{"halfway between two", 15, 0.7},
		{"at a quantile", 30, 0.1},
		{"at the highest", 40, 0.01},
		// From 0.1 to 0.01 within 10, so a tenth for every 10 more.
		{"as far beyond as the two highest are apart", 50, 0.001},
	} {
		if got := l.above(test.x); math.Abs(got-test.want) > 1e-7 {
			t.Errorf("%s: want %v, got %v", test.name, test.want, got)
		}
	}
	certain := law{levels: []float64{0.5, 0.9}, quantiles: []float64{20, 20}}
	if got := certain.above(20); got != 0 {
		t.Errorf("a load that is certain is above itself with probability %v", got)
	}
	if got := certain.above(19.9); got != 0.5 {
		t.Errorf("below a load that is certain: want 1 - the lowest level, got %v", got)
	}
}

func drawLaw(t *rapid.T) law {
	var l law
	p, q := 0.0, 0.0
	for range rapid.IntRange(1, 8).Draw(t, "levels") {
		p += (1 - p) * rapid.Float64Range(0.05, 0.9).Draw(t, "level")
		q += rapid.SampledFrom([]float64{0, 0.5, 7, 80, 313}).Draw(t, "further")
		l.levels, l.quantiles = append(l.levels, p), append(l.quantiles, q)
	}
	return l
}

func TestAboveFalls(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLaw(t)
		x := rapid.Float64Range(0, 3000).Draw(t, "x")
		y := x + rapid.Float64Range(0, 500).Draw(t, "further")
		if l.above(y) > l.above(x) {
			t.Fatalf("above %v with probability %v, above %v with %v", x, l.above(x), y, l.above(y))
		}
	})
}

// TestQuantileIsWhereTheRiskIs holds quantile against above: it is not exceeded
// more often than it says, unless nothing is known below the lowest level.
func TestQuantileIsWhereTheRiskIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := drawLaw(t)
		risk := rapid.Float64Range(1e-6, 1).Draw(t, "risk")
		q := l.quantile(risk)
		if got := l.above(q); got > risk+1e-6 && q > l.quantiles[0] {
			t.Fatalf("%v has a risk of %v, exceeded with %v", q, risk, got)
		}
	})
}

// TestCheapest holds the few candidates against all capacities that bear the
// lowest quantile.
func TestCheapest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tariff := tariff{
			load:        drawLaw(t),
			perInstance: rapid.SampledFrom([]float64{1, 40, 80}).Draw(t, "per instance"),
			violation:   rapid.SampledFrom([]float64{0.001, 0.5, 2, 8, 100}).Draw(t, "price"),
			instance:    1.0 / 60,
		}
		got := tariff.cheapest()
		best := max(1, tariff.fewest())
		if got < best {
			t.Fatalf("%d, where the lowest quantile needs %d", got, best)
		}
		for n := best; n < 4000; n++ {
			if tariff.cost(n) < tariff.cost(best)-1e-12 {
				best = n
			}
		}
		if tariff.cost(got) > tariff.cost(best)+1e-9 {
			t.Fatalf("%d cost %v, %d only %v", got, tariff.cost(got), best, tariff.cost(best))
		}
	})
}

// TestEdgeStaysWithinTheLimit asks for what is cheap enough where one less is
// not.
func TestEdgeStaysWithinTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tariff := tariff{load: drawLaw(t), perInstance: 80, violation: 8, instance: 1.0 / 60}
		best := tariff.cheapest()
		from := rapid.IntRange(0, best-1).Draw(t, "from")
		limit := tariff.cost(best) * rapid.Float64Range(1, 1.5).Draw(t, "limit")
		got := tariff.edge(from, best, limit)
		if got > best || got <= from || tariff.cost(got) > limit || got > from+1 && tariff.cost(got-1) <= limit {
			t.Fatalf("from %d to at most %d: got %d at %v, one less at %v, the limit is %v",
				from, best, got, tariff.cost(got), tariff.cost(got-1), limit)
		}
	})
}

func TestHugeLoadsArePricedAtOnce(t *testing.T) {
	tariff := tariff{load: law{levels: []float64{0.5, 0.9}, quantiles: []float64{1e15, 1.1e15}}, perInstance: 1e-9, violation: 8, instance: 1.0 / 60}
	if got := tariff.cheapest(); math.Abs(float64(got)-mostInstances) > 1 {
		t.Errorf("want %d, got %d", int(mostInstances), got)
	}
}

// TestLargeGroupsAreNotGivenUp: at a price of 8 instance-hours 600 instances cost
// more a minute, 10, than to violate it.
func TestLargeGroupsAreNotGivenUp(t *testing.T) {
	tariff := tariff{load: law{levels: []float64{0.025, 0.5, 0.975}, quantiles: []float64{560, 600, 640}}, perInstance: 1, violation: 8, instance: 1.0 / 60}
	if got := tariff.cheapest(); got < 600 || got > 720 {
		t.Errorf("want about 650, got %d at %v; 1 costs %v", got, tariff.cost(got), tariff.cost(1))
	}
}
