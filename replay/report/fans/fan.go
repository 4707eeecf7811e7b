package fans

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// fanView is a picture of a fan.
type fanView struct {
	Label    string
	Columns  int
	Low, Top float64
	From     int64 // Unix seconds
	Step     int   // seconds a column
	Heights  []drawing.Tick
	Lines    string
	Times    []drawing.Tick

	Load, Median string
	Bands        []band // the widest first
	Singles      []singleView
}

// band fills what lies between two quantiles.
type band struct{ Name, Path string }

// singleView is one forecast from its origin.
type singleView struct{ Wide, Narrow, Median, Origin string }

// rim is a pair of quantiles, each of which is a column of the rows that are
// drawn: evaluation.Levels, and the two quartiles.
type rim struct {
	name      string
	low, high float64
}

//nolint:gochecknoglobals // read only
var rims = []rim{{"95", 0.025, 0.975}, {"80", 0.1, 0.9}, {"50", 0.25, 0.75}}

// newFan draws a fan.
func newFan(f *Fan, label string) *fanView {
	f = f.thinned()
	n := len(f.Values)
	p := f.plane()
	v := &fanView{Label: label, Columns: n, Low: p.Low, Top: p.Top, From: f.Start.Unix(), Step: int(f.Period.Seconds())}
	v.Heights, v.Lines = p.Heights(n, 0)
	v.Times = drawing.Clock(f.Start, int(time.Duration(n)*f.Period/time.Minute))
	v.Load = p.Line(f.Values)
	if f.Ahead != nil {
		v.Median = p.Line(column(f.Ahead, 0.5))
		for _, r := range rims {
			v.Bands = append(v.Bands, band{r.name, p.Between(column(f.Ahead, r.low), column(f.Ahead, r.high))})
		}
	}
	for _, s := range f.Singles {
		if len(s.Steps) == 0 || s.At >= n {
			continue
		}
		rows := slices.Concat(make([][]float64, s.At), s.Steps)
		rows = rows[:min(n, len(rows))]
		v.Singles = append(v.Singles, singleView{
			Wide: p.Between(column(rows, 0.025), column(rows, 0.975)), Narrow: p.Between(column(rows, 0.1), column(rows, 0.9)),
			Median: p.Line(column(rows, 0.5)), Origin: fmt.Sprintf("M%d 0v%d", s.At, drawing.Grid),
		})
	}
	return v
}

// thinned leaves out values evenly where there are more than a picture has
// columns for. Steps of single forecasts are left out alike.
func (f *Fan) thinned() *Fan {
	per := (len(f.Values) + mostColumns - 1) / mostColumns
	if per <= 1 {
		return f
	}
	out := &Fan{Start: f.Start, Period: time.Duration(per) * f.Period, Lead: f.Lead}
	for i := 0; i < len(f.Values); i += per {
		out.Values = append(out.Values, f.Values[i])
		if f.Ahead != nil {
			out.Ahead = append(out.Ahead, f.Ahead[i])
		}
	}
	for _, s := range f.Singles {
		one := Single{At: (s.At + per - 1) / per}
		for h := one.At*per - s.At; h < len(s.Steps); h += per {
			one.Steps = append(one.Steps, s.Steps[h])
		}
		out.Singles = append(out.Singles, one)
	}
	return out
}

// plane fits the values, and of what was forecast as much again at most, the
// half of it on either side.
func (f *Fan) plane() drawing.Plane {
	least, most := span(f.Values)
	room := (most - least) / 2
	rows := f.Ahead
	for _, s := range f.Singles {
		rows = append(rows[:len(rows):len(rows)], s.Steps...)
	}
	low, _ := span(column(rows, 0.025))
	_, high := span(column(rows, 0.975))
	if math.IsNaN(low) {
		low, high = least, most
	}
	return rounded(math.Max(math.Min(low, least), least-room), math.Min(math.Max(high, most), most+room))
}

// rounded gives a plane from a round number to a round number; from 0 where that
// is not far below.
func rounded(low, top float64) drawing.Plane {
	switch {
	case math.IsNaN(low):
		return drawing.Plane{Low: -1, Top: 1}
	case !(top > low):
		return drawing.Plane{Low: low - 1, Top: low + 1}
	case low >= 0 && low < 0.5*top:
		return drawing.Plane{Top: drawing.NiceTop(top)}
	}
	step := drawing.NiceStep(top-low, 5)
	return drawing.Plane{Low: math.Floor(low/step) * step, Top: math.Ceil(top/step) * step}
}

// span gives the lowest and the highest of values that are numbers; both are NaN
// where none is.
func span(values []float64) (least, most float64) {
	least, most = math.NaN(), math.NaN()
	for _, v := range values {
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
		case math.IsNaN(least):
			least, most = v, v
		default:
			least, most = math.Min(least, v), math.Max(most, v)
		}
	}
	return least, most
}

// column gives the quantile of every row at a level; NaN of a row that is nil.
func column(rows [][]float64, level float64) []float64 {
	out := make([]float64, len(rows))
	for i, row := range rows {
		out[i] = quantile(row, level)
	}
	return out
}

// quantile reads a quantile off a row at evaluation.Levels. One between two of
// them lies where it would if the law were normal between them.
func quantile(row []float64, level float64) float64 {
	if row == nil {
		return math.NaN()
	}
	levels := evaluation.Levels()
	j, exact := slices.BinarySearch(levels, level)
	if exact {
		return row[j]
	}
	z := distuv.UnitNormal.Quantile
	share := (z(level) - z(levels[j-1])) / (z(levels[j]) - z(levels[j-1]))
	return row[j-1] + share*(row[j]-row[j-1])
}
