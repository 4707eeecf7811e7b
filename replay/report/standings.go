package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// standings is ours against the rivals on all traces at once.
type standings struct {
	Rows     []standing
	Ticks    []drawing.Tick
	Lines    string
	Even     string // where 1 is
	Sentence []string
}

// standing is one trace.
type standing struct {
	ID, Name, Note string
	Dots           []dot
	Value          string
	Side           sides
	Mean           bool
}

// dot is the cost of ours over that of one opponent.
type dot struct {
	Kind, Left, Title string
}

// opponents are what ours is held against, in the order in which they are drawn.
type opponent struct{ kind, name string }

// newStandings compares the traces; nil where there are fewer than two.
func newStandings(traces []traceView) *standings {
	all := []opponent{{"best", "best rival in hindsight"}, {"beforehand", "rival chosen beforehand"}, {"incumbent", "incumbent"}, {"perfect", "ours with a perfect forecast"}}
	t := &standings{}
	var rows []standing
	var ratios []map[string]float64
	for _, v := range traces {
		if v.choice.ours == nil || v.choice.best == nil {
			continue
		}
		rows = append(rows, standing{ID: v.ID, Name: v.Name, Note: strings.Join(v.Notes, " ")})
		ratios = append(ratios, v.ratios)
	}
	if len(rows) < 2 {
		return nil
	}
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(x, y int) int { return cmp.Compare(ratios[x]["best"], ratios[y]["best"]) })
	s := newRatioScale(ratios)
	for _, i := range order {
		row := rows[i]
		row.fill(s, all, ratios[i])
		t.Rows = append(t.Rows, row)
	}
	means := map[string]float64{}
	for _, o := range all {
		if m, ok := geometric(ratios, o.kind); ok {
			means[o.kind] = m
		}
	}
	row := standing{Name: "geometric mean", Mean: true}
	row.fill(s, all, means)
	t.Rows = append(t.Rows, row)
	t.Ticks, t.Lines = s.ticks()
	t.Even = atPercent(s.x(1))
	t.Sentence = sentences(ratios, means)
	return t
}

func (r *standing) fill(s ratioScale, all []opponent, ratios map[string]float64) {
	for _, o := range slices.Backward(all) { // the first is drawn last, on top
		if x, ok := ratios[o.kind]; ok && x > 0 {
			words, _ := compared(x)
			r.Dots = append(r.Dots, dot{o.kind, atPercent(s.x(x)), fmt.Sprintf("against the %s: %s, ours %s", o.name, times(x), words)})
		}
	}
	r.Value = "–"
	if x, ok := ratios["best"]; ok {
		r.Value, r.Side = compared(x)
	}
}

func times(x float64) string { return "×" + nb + strconv.FormatFloat(x, 'f', 2, 64) }

// ratioScale is logarithmic, so that half and double are as far from even.
type ratioScale struct{ low, high float64 }

func newRatioScale(ratios []map[string]float64) ratioScale {
	s := ratioScale{0.8, 1.25}
	for _, r := range ratios {
		for _, x := range r {
			if x > 0 && !math.IsInf(x, 0) {
				s.low, s.high = math.Min(s.low, x/1.06), math.Max(s.high, x*1.06)
			}
		}
	}
	s.low, s.high = math.Max(s.low, 0.1), math.Min(s.high, 10)
	return s
}

func (s ratioScale) x(ratio float64) float64 {
	x := math.Log(ratio/s.low) / math.Log(s.high/s.low)
	return math.Max(0, math.Min(x, 1))
}

func (s ratioScale) ticks() ([]drawing.Tick, string) {
	var ticks []drawing.Tick
	lines := ""
	for _, v := range []float64{0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10} {
		if v < s.low || v > s.high {
			continue
		}
		ticks = append(ticks, drawing.Tick{At: atPercent(s.x(v)), Text: "×" + exact(v), Minor: v != 1 && v != 0.5 && v != 2 && v != 0.2 && v != 5})
		lines += "M" + strconv.Itoa(int(math.Round(drawing.Grid*s.x(v)))) + " 0v1000"
	}
	return ticks, lines
}

// geometric is the geometric mean of a ratio over the traces that have it.
func geometric(ratios []map[string]float64, kind string) (float64, bool) {
	sum, n := 0.0, 0
	for _, r := range ratios {
		if x, ok := r[kind]; ok && x > 0 {
			sum += math.Log(x)
			n++
		}
	}
	return math.Exp(sum / float64(n)), n > 0
}

// sentences counts wins and losses.
func sentences(ratios []map[string]float64, means map[string]float64) []string {
	var out []string
	for _, o := range []opponent{{"best", "the best rival in hindsight"}, {"beforehand", "the rival one would have chosen beforehand"}, {"incumbent", "the incumbent"}} {
		won, lost, equal := 0, 0, 0
		for _, r := range ratios {
			x, ok := r[o.kind]
			if !ok {
				continue
			}
			switch _, side := compared(x); side {
			case win:
				won++
			case loss:
				lost++
			default:
				equal++
			}
		}
		total := won + lost + equal
		if total == 0 {
			continue
		}
		words := "not comparable"
		if m, ok := means[o.kind]; ok {
			words, _ = compared(m)
		}
		text := fmt.Sprintf("Against %s ours is cheaper on %d of %s and dearer on %d", o.name, won, drawing.Count(total, "load", "loads"), lost)
		if equal > 0 {
			text += fmt.Sprintf(", equal on %d", equal)
		}
		out = append(out, text+fmt.Sprintf("; in the mean it is %s.", words))
	}
	return out
}
