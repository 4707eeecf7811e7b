package fans

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// strip compares all methods on every series on one scale.
type strip struct {
	Ticks []drawing.Tick
	Rows  []stripRow
	Keys  []key
}

type key struct{ Class, Name string }

type stripRow struct {
	ID, Name string
	Dots     []dot
	Value    string
}

// dot is a method on a series.
type dot struct{ Class, Left, Title string }

// newStrip lays the methods out by their pinball loss, on a scale of ratios; nil
// where there is nothing to compare.
func newStrip(r Report) *strip {
	least, most := math.Inf(1), math.Inf(-1)
	for _, s := range r.Series {
		for _, m := range s.Scores {
			if m.Pinball > 0 && !math.IsInf(m.Pinball, 1) {
				least, most = math.Min(least, m.Pinball), math.Max(most, m.Pinball)
			}
		}
	}
	if most <= least {
		return nil
	}
	least, most = math.Max(least, most/1000)/1.08, most*1.08
	place := func(x float64) string {
		x = math.Max(least, math.Min(x, most))
		return drawing.At(math.Log(x/least), math.Log(most/least))
	}
	out := &strip{}
	for _, x := range []float64{0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100} {
		if x >= least && x <= most {
			out.Ticks = append(out.Ticks, drawing.Tick{At: place(x), Text: fmt.Sprint(x)})
		}
	}
	for _, m := range r.Methods {
		out.Keys = append(out.Keys, key{classOf(m.Summary.Method), m.Summary.Method})
	}
	for i, s := range r.Series {
		out.Rows = append(out.Rows, newStripRow(r, s, fmt.Sprintf("s%d", i+1), place))
	}
	return out
}

func newStripRow(r Report, s Series, id string, place func(float64) string) stripRow {
	row := stripRow{ID: id, Name: s.ID}
	drawn := slices.Clone(s.Scores)
	// What is drawn last lies on top.
	slices.SortStableFunc(drawn, func(x, y Score) int {
		return cmp.Compare(order(x.Method, r.Pictured), order(y.Method, r.Pictured))
	})
	for _, m := range drawn {
		if !(m.Pinball > 0) || math.IsInf(m.Pinball, 1) {
			continue
		}
		row.Dots = append(row.Dots, dot{classOf(m.Method), place(m.Pinball), m.Method + " " + figure(m.Pinball)})
		if m.Method == r.Pictured {
			row.Value = figure(m.Pinball)
		}
	}
	return row
}

func order(method, pictured string) int {
	if method == pictured {
		return 1
	}
	return 0
}
