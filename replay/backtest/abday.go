package backtest

import (
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// Day is what a policy did in the scored minutes of one day of a load, so that
// policies can be compared without keeping their timelines.
type Day struct {
	// Date is the day's midnight, UTC.
	Date time.Time
	// Minutes counts the scored minutes, at least 1.
	Minutes int
	// Violations counts those of them in which the load was above the SLO.
	Violations int
	// Billed is what was paid for in them, in instance-minutes.
	Billed int
}

// Days sums the scored minutes of a timeline of one policy by the UTC day, in
// the order of the rows. A day without a scored minute is left out. slo is the
// utilization above which a minute is violated, in percent.
func Days(rows []fleet.Row, slo float64) []Day {
	var days []Day
	for _, r := range rows {
		if !r.Scored {
			continue
		}
		date := r.Time.UTC().Truncate(24 * time.Hour)
		if n := len(days); n == 0 || !days[n-1].Date.Equal(date) {
			days = append(days, Day{Date: date})
		}
		d := &days[len(days)-1]
		d.Minutes++
		d.Billed += r.Billed
		if r.Load > float64(r.InService)*slo/100 { // as Score counts it
			d.Violations++
		}
	}
	return days
}
