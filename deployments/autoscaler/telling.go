package main

import "github.com/ml-autoscaling/autoscaler/streams"

// settling is how many rounds correct what a world starts with, which is
// nobody's decision.
const settling = 15

// telling picks the three decisions that say most: of those ahead of the load,
// those that the load forced, those that gave back and those that a rail held,
// the largest of each, in this order.
func telling(decisions []streams.Decision) []shown {
	picks := []struct {
		title string
		size  func(streams.Decision) int
	}{
		{"The largest raise ahead of the load:", raisedBy("forecast_need")},
		{"The largest raise that the load forced:", raisedBy("reactive_floor")},
		{"The largest scale-in:", func(d streams.Decision) int { return d.Current - d.Desired }},
		{"The hold that a rail had to insist on most:", tamed},
	}
	var out []shown
	for _, p := range picks {
		best, size := -1, 0
		for i, d := range decisions {
			if n := p.size(d); n > size && d.Round > settling {
				best, size = i, n
			}
		}
		if best >= 0 && len(out) < 3 {
			out = append(out, shown{p.title, decisions[best]})
		}
	}
	return out
}

// raisedBy gives the size of a raise whose last increase a rule made.
func raisedBy(rule string) func(streams.Decision) int {
	return func(d streams.Decision) int {
		last := ""
		for _, r := range d.Trail {
			if r.After > r.Before {
				last = r.Name
			}
		}
		if last != rule {
			return 0
		}
		return d.Desired - d.Current
	}
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
