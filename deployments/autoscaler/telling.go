package main

import "github.com/ml-autoscaling/autoscaler/streams"

// telling picks the decisions that say most: the largest change out, the
// largest change in, and the hold in which a rail took back the most.
func telling(decisions []streams.Decision) []shown {
	picks := []struct {
		title string
		size  func(streams.Decision) int
	}{
		{"The largest scale-out:", func(d streams.Decision) int { return d.Desired - d.Current }},
		{"The largest scale-in:", func(d streams.Decision) int { return d.Current - d.Desired }},
		{"The hold that a rail had to insist on most:", tamed},
	}
	var out []shown
	for _, p := range picks {
		best, size := -1, 0
		for i, d := range decisions {
			if n := p.size(d); n > size {
				best, size = i, n
			}
		}
		if best >= 0 {
			out = append(out, shown{p.title, decisions[best]})
		}
	}
	return out
}

// tamed is how far the trail of a hold went away from where it ended.
func tamed(d streams.Decision) int {
	if d.Verdict != streams.Hold {
		return 0
	}
	most := 0
	for _, r := range d.Trail {
		most = max(most, r.After-d.Desired, d.Desired-r.After)
	}
	return most
}
