package report

import (
	"math"
	"strconv"
	"time"
)

// tick is a label on an axis: At in percent from its beginning (left or top).
type tick struct {
	At   string
	Text string
	// Minor is left out where there is little room.
	Minor bool
}

// at words a position, in percent of the whole.
func at(x, whole float64) string {
	return strconv.FormatFloat(100*x/whole, 'f', 2, 64) + "%"
}

// niceStep is a round number, 1, 2 or 5 with zeros, of which about want fit
// into a range.
func niceStep(span float64, want int) float64 {
	raw := span / float64(want)
	step := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5, 10} {
		if raw <= m*step*1.0001 {
			return m * step
		}
	}
	return step * 10
}

// niceTop is the upper end of an axis from 0 that holds a value: the next round
// number.
func niceTop(most float64) float64 {
	if !(most > 0) {
		return 1
	}
	step := niceStep(most, 5)
	return math.Ceil(most*1.02/step) * step
}

// heights labels the axis of a plane, with its grid lines.
func (p plane) heights(columns int) ([]tick, string) {
	step := math.Max(niceStep(p.top, 5), 1)
	var ticks []tick
	lines := ""
	for v := 0.0; v <= p.top*1.0001; v += step {
		ticks = append(ticks, tick{At: at(p.top-v, p.top), Text: number(v)})
		lines += "M0 " + strconv.Itoa(p.y(v)) + "h" + strconv.Itoa(columns)
	}
	return ticks, lines
}

// clock labels a time axis over some minutes.
func clock(from time.Time, minutes int) []tick {
	every := 24 * time.Hour
	total := time.Duration(minutes) * time.Minute
	for _, e := range []time.Duration{10 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour, 24 * time.Hour} {
		if total <= 9*e {
			every = e
			break
		}
	}
	for total > 9*every {
		every += 24 * time.Hour
	}
	form := "15:04"
	if every >= 24*time.Hour {
		form = dayForm
	}
	var ticks []tick
	first := from.Truncate(24 * time.Hour)
	n := 0
	for t := first; !t.After(from.Add(total)); t = t.Add(every) {
		if t.Before(from) {
			continue
		}
		text := t.Format(form)
		if form == "15:04" && every >= 12*time.Hour && t.Hour() == 0 {
			text = t.Format(dayForm)
		}
		ticks = append(ticks, tick{At: at(t.Sub(from).Minutes(), float64(minutes)), Text: text, Minor: n%2 == 1})
		n++
	}
	return ticks
}
