package policy

import (
	"math"
	"strconv"
	"time"
)

// figure writes a number for people: three decimals, and no more than it has.
func figure(x float64) string {
	if math.Abs(x) >= 1e12 {
		return strconv.FormatFloat(x, 'g', 6, 64)
	}
	return strconv.FormatFloat(math.Round(x*1000)/1000, 'f', -1, 64)
}

func percent(share float64) string { return figure(100*share) + "%" }

// clock writes an instant of the last hours.
func clock(t time.Time) string { return t.UTC().Format("15:04:05Z") }

// span writes a duration to the second.
func span(d time.Duration) string { return d.Round(time.Second).String() }

// amount writes a load with its unit.
func (h *hearing) amount(load float64) string {
	return figure(load) + " " + string(h.policy.Load.Unit)
}

// ratio writes what a load is in instances.
func (h *hearing) ratio(load float64) string { return figure(load / h.policy.Load.PerInstance) }
