package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// frontier is the picture of violation minutes against instance-hours.
type frontier struct {
	Minutes, Hours []drawing.Tick
	Lines          string
	Curves         []curve
	Envelope       string
	Cheaper        string // the area in which ours would be beaten
	Weight         string
	Marks          []mark
	Leaders        string
	Rows           []legend
	Outside        int
}

// curve is a policy at every knob that was tried.
type curve struct {
	Name, Class, Line, Dots string
	// Knobs, Hours and Minutes have a number a point, for reading off.
	Knobs, Hours, Minutes string
	Label                 string
}

// mark is a policy at its default knob.
type mark struct {
	Class, Text, Title string
	Name               string
	Left, Top          string
	Wide               bool
}

// legend is a line that says what a mark stands for.
type legend struct {
	Class, Mark, Name, Label string
	Emulation                bool
	Default                  string
	Figures                  string
}

// scaleXY is the plane of the frontier: hours are linear, and minutes
// logarithmic in 1 + minutes, so that 0 has a place.
type scaleXY struct {
	left, right float64 // hours
	most        float64 // log of 1 + minutes
}

// floorRoom is the share of the height below 0 minutes, so that what lies on 0
// is seen whole.
const floorRoom = 0.06

func (s scaleXY) x(h float64) float64 { return (h - s.left) / (s.right - s.left) }

// y is measured from the upper edge, 0 to 1.
func (s scaleXY) y(minutes float64) float64 {
	return 1 - floorRoom - (1-floorRoom-0.03)*math.Log1p(math.Max(minutes, 0))/s.most
}

func (s scaleXY) holds(r backtest.Run) bool {
	return r.Score.InstanceHours >= s.left && r.Score.InstanceHours <= s.right
}

func (s scaleXY) point(h, minutes float64) string {
	return strconv.Itoa(int(math.Round(drawing.Grid*s.x(h)))) + " " + strconv.Itoa(int(math.Round(drawing.Grid*s.y(minutes))))
}

// newFrontier draws the runs of a trace; nil where there are none.
func (b *book) newFrontier(runs []backtest.Run, c choice) *frontier {
	if len(runs) == 0 {
		return nil
	}
	s := b.window(runs, c)
	f := &frontier{Weight: exact(c.weight)}
	for _, r := range runs {
		if !s.holds(r) {
			f.Outside++
		}
	}
	f.axes(s)
	rest := func(name string) bool { return b.role(name) == Rival }
	f.Envelope = s.envelope(runs, rest)
	if c.ours != nil {
		f.Cheaper = s.cheaper(c.ours.Score.J(c.weight), c.weight)
	}
	f.curves(b, s, runs)
	f.mark(b, s, runs)
	return f
}

// window chooses the hours that are shown: from below the least that keeps the
// SLO to well above ours and the rivals at their defaults.
func (b *book) window(runs []backtest.Run, c choice) scaleXY {
	var all []float64
	for _, r := range runs {
		all = append(all, r.Score.InstanceHours)
	}
	least, most := slices.Min(all), slices.Max(all)
	center := all[0]
	if c.ours != nil {
		center = c.ours.Score.InstanceHours
	}
	left, right := 0.7*center, 1.6*center
	if c.ours != nil {
		right = math.Max(right, math.Min(1.02*c.ours.Score.J(c.weight), 2.5*center))
	}
	for _, p := range b.policies {
		if r, ok := b.atDefault(runs, p.Name); ok {
			h := r.Score.InstanceHours
			left, right = math.Min(left, math.Max(0.93*h, 0.4*center)), math.Max(right, math.Min(1.05*h, 3*center))
		}
	}
	s := scaleXY{left: math.Max(left, 0.97*least), right: math.Min(right, 1.03*most)}
	if !(s.right > s.left) {
		s.left, s.right = s.left-1, s.left+1
	}
	for _, r := range runs {
		if s.holds(r) {
			s.most = math.Max(s.most, math.Log1p(float64(r.Score.Violations)))
		}
	}
	s.most = math.Max(s.most, math.Log1p(3))
	return s
}

func (f *frontier) axes(s scaleXY) {
	for i, v := range []float64{0, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000} {
		if math.Log1p(v) > s.most*1.0001 {
			break
		}
		f.Minutes = append(f.Minutes, drawing.Tick{At: drawing.At(s.y(v), 1), Text: drawing.Number(v), Minor: i > 0 && i%2 == 0})
		f.Lines += "M0 " + strconv.Itoa(int(math.Round(drawing.Grid*s.y(v)))) + "h1000"
	}
	step := drawing.NiceStep(s.right-s.left, 6)
	for h, n := math.Ceil(s.left/step)*step, 0; h <= s.right; h, n = h+step, n+1 {
		f.Hours = append(f.Hours, drawing.Tick{At: drawing.At(s.x(h), 1), Text: drawing.Number(h), Minor: n%2 == 1})
		f.Lines += "M" + strconv.Itoa(int(math.Round(drawing.Grid*s.x(h)))) + " 0v1000"
	}
}

// envelope is the staircase of the fewest minutes of any such run with at most
// so many hours.
func (s scaleXY) envelope(runs []backtest.Run, takes func(name string) bool) string {
	var in []backtest.Run
	for _, r := range runs {
		if takes(r.Policy) {
			in = append(in, r)
		}
	}
	slices.SortStableFunc(in, func(a, b backtest.Run) int {
		switch d := a.Score.InstanceHours - b.Score.InstanceHours; {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
		return a.Score.Violations - b.Score.Violations
	})
	var out strings.Builder
	fewest := math.MaxInt
	for _, r := range in {
		if r.Score.Violations >= fewest {
			continue
		}
		h := math.Max(r.Score.InstanceHours, s.left)
		if h > s.right {
			break
		}
		if out.Len() > 0 {
			out.WriteString("L" + s.point(h, float64(fewest)) + "L" + s.point(h, float64(r.Score.Violations)))
		} else {
			out.WriteString("M" + s.point(h, float64(r.Score.Violations)))
		}
		fewest = r.Score.Violations
	}
	if out.Len() > 0 {
		out.WriteString("L" + s.point(s.right, float64(fewest)))
	}
	return out.String()
}

// cheaper outlines where hours + weight × minutes is below a cost.
func (s scaleXY) cheaper(cost, weight float64) string {
	if weight <= 0 {
		return ""
	}
	end := math.Min(cost, s.right)
	if end <= s.left {
		return ""
	}
	var out strings.Builder
	out.WriteString("M0 1000")
	const pieces = 90
	for i := 0; i <= pieces; i++ {
		h := s.left + (end-s.left)*float64(i)/pieces
		y := math.Max(s.y((cost-h)/weight), 0)
		out.WriteString("L" + strconv.Itoa(int(math.Round(drawing.Grid*s.x(h)))) + " " + strconv.Itoa(int(math.Round(drawing.Grid*y))))
	}
	out.WriteString("V1000z")
	return out.String()
}
