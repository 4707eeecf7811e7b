package rls

import (
	"math"
	"testing"
	"time"
)

// TestTailMovesTheMeans compares the means that a forecast took through a tail
// with those of a model that observed its bins. They are the same bits where
// every error is of an origin before the tail; errors of an origin within it
// stem from filters that have not learned from the tail.
func TestTailMovesTheMeans(t *testing.T) {
	m, past, load := grown(t, 5*time.Minute, 8)
	tail := []float64{load(1), math.NaN(), 3 * load(2), load(3)}
	v, missing, ok := m.newest(past, tail)
	if !ok || missing != 0 || v.origin != past.Newest()+4 {
		t.Fatalf("newest %d, missing %d", v.origin, missing)
	}
	m.age(&v)
	aged := append([]means{}, m.scratch.means...)
	before := m.leads[7].scale.means
	for _, x := range tail {
		past.Append(past.Newest()+1, x, 1)
		m.Observe(past)
	}
	for i := range m.leads {
		for k, want := range m.leads[i].scale.means {
			if got := aged[i][k]; i >= 3 && got != want || math.Abs(got-want) > 0.05*want {
				t.Errorf("step %d, mean %d: want %v, got %v", i+1, k, want, got)
			}
		}
	}
	if before == m.leads[7].scale.means {
		t.Error("the tail moved nothing")
	}
}

// TestMissingNewest reads from the newest value, further ahead.
func TestMissingNewest(t *testing.T) {
	m, past, _ := grown(t, 5*time.Minute, 8)
	v, missing, ok := m.newest(past, []float64{120, math.NaN(), math.NaN()})
	if !ok || missing != 2 || v.origin != past.Newest()+1 || v.last != 120 {
		t.Errorf("origin %d, missing %d, last %v", v.origin-past.Newest(), missing, v.last)
	}
}
