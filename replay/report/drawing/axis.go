package drawing

import (
	"math"
	"strconv"
	"time"
)

// Tick is a label on an axis: At in percent from its beginning (left or top).
type Tick struct {
	At   string
	Text string
	// Minor is left out where there is little room.
	Minor bool
}

// At words a position, in percent of the whole.
func At(x, whole float64) string {
	return strconv.FormatFloat(100*x/whole, 'f', 2, 64) + "%"
}

// NiceStep is a round number, 1, 2 or 5 with zeros, of which about want fit
// into a range.
func NiceStep(span float64, want int) float64 {
	raw := span / float64(want)
	step := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 5, 10} {
		if raw <= m*step*1.0001 {
			return m * step
		}
	}
	return step * 10
}

// NiceTop is the upper end of an axis from 0 that holds a value: the next round
// number.
func NiceTop(most float64) float64 {
	if !(most > 0) {
		return 1
	}
	step := NiceStep(most, 5)
	return math.Ceil(most*1.02/step) * step
}

// Heights labels the axis of a plane, with its grid lines over some columns; a
// step is least or more.
func (p Plane) Heights(columns int, least float64) ([]Tick, string) {
	step := math.Max(NiceStep(p.Top-p.Low, 5), least)
	var ticks []Tick
	lines := ""
	for n := math.Ceil(p.Low/step - 1e-9); n*step <= p.Top+1e-4*(p.Top-p.Low); n++ {
		v := n * step
		ticks = append(ticks, Tick{At: At(p.Top-v, p.Top-p.Low), Text: short(v, step)})
		lines += "M0 " + strconv.Itoa(p.Y(v)) + "h" + strconv.Itoa(columns)
	}
	return ticks, lines
}

// short words a value on an axis whose labels are a step apart: no wider than
// six letters for what is above 0.001 and below 10^15.
func short(v, step float64) string {
	if step < 0.01 && v != 0 {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	switch a := math.Abs(v); {
	case a >= 1e12:
		return strconv.FormatFloat(v/1e12, 'g', 4, 64) + "T"
	case a >= 1e9:
		return strconv.FormatFloat(v/1e9, 'g', 4, 64) + "G"
	case a >= 1e6:
		return strconv.FormatFloat(v/1e6, 'g', 4, 64) + "M"
	case a >= 1e5:
		return strconv.FormatFloat(v/1e3, 'g', 4, 64) + "k"
	}
	return Number(v)
}

// Clock labels a time axis over some minutes.
func Clock(from time.Time, minutes int) []Tick {
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
		form = DayForm
	}
	var ticks []Tick
	first := from.Truncate(24 * time.Hour)
	n := 0
	for t := first; !t.After(from.Add(total)); t = t.Add(every) {
		if t.Before(from) {
			continue
		}
		text := t.Format(form)
		if form == "15:04" && every >= 12*time.Hour && t.Hour() == 0 {
			text = t.Format(DayForm)
		}
		ticks = append(ticks, Tick{At: At(t.Sub(from).Minutes(), float64(minutes)), Text: text, Minor: n%2 == 1})
		n++
	}
	return ticks
}
