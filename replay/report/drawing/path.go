package drawing

import (
	"math"
	"strconv"
)

// Grid is the height of every picture, in units of its paths: fine enough for
// any screen, and short to write.
const Grid = 1000

// Plane maps values to the height of a picture: Low at its lower edge and Top,
// which is above it, at its upper one.
type Plane struct{ Low, Top float64 }

// Y gives the height of a value, counted from the upper edge.
func (p Plane) Y(v float64) int {
	y := math.Round(Grid * (p.Top - v) / (p.Top - p.Low))
	return int(math.Max(0, math.Min(y, Grid)))
}

// Line draws one value per column as a staircase, broken where it is NaN.
func (p Plane) Line(values []float64) string { return p.stairs(values, false) }

// Area fills what is below the staircase.
func (p Plane) Area(values []float64) string { return p.stairs(values, true) }

// Between fills what lies between two staircases, for the fill rule evenodd:
// the area below the upper one, then that below the lower one.
func (p Plane) Between(low, high []float64) string { return p.Area(high) + p.Area(low) }

// stairs writes "M x y", then runs of h and v: relative, so that most numbers
// have one or two digits.
func (p Plane) stairs(values []float64, closed bool) string {
	var out []byte
	open, y, run := false, 0, 0
	flush := func() {
		if run > 0 {
			out = strconv.AppendInt(append(out, 'h'), int64(run), 10)
			run = 0
		}
	}
	end := func() {
		flush()
		if open && closed {
			out = append(out, "V1000z"...)
		}
		open = false
	}
	for x, v := range values {
		if math.IsNaN(v) {
			end()
			continue
		}
		next := p.Y(v)
		switch {
		case !open:
			out = p.begin(out, x, next, closed)
			open = true
		case next != y:
			flush()
			out = strconv.AppendInt(append(out, 'v'), int64(next-y), 10)
		}
		y = next
		run++
	}
	end()
	return string(out)
}

func (p Plane) begin(out []byte, x, y int, closed bool) []byte {
	out = strconv.AppendInt(append(out, 'M'), int64(x), 10)
	if !closed {
		return strconv.AppendInt(append(out, ' '), int64(y), 10)
	}
	out = append(out, " 1000V"...)
	return strconv.AppendInt(out, int64(y), 10)
}

// Strips draws the columns that are marked as boxes of height 1.
func Strips(marked []bool) string {
	var out []byte
	for x := 0; x < len(marked); {
		run := 0
		for x+run < len(marked) && marked[x+run] {
			run++
		}
		if run > 0 {
			n := strconv.Itoa(run)
			out = strconv.AppendInt(append(out, 'M'), int64(x), 10)
			out = append(out, " 0h"+n+"v1h-"+n+"z"...)
		}
		x += max(run, 1)
	}
	return string(out)
}
