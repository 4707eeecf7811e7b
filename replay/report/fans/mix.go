package fans

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/report/drawing"
)

// mixView stacks the weights of parts over time.
type mixView struct {
	Parts   []partView // the lowest first
	Times   []drawing.Tick
	Heights []drawing.Tick
	Lines   string
	Label   string
}

type partView struct{ Class, Name, Path, Mean string }

// newMix draws the mix.
func newMix(m *Mix) *mixView {
	v := &mixView{
		Times:   drawing.Clock(m.Start, int(time.Duration(len(m.Shares)-1)*m.Every/time.Minute)),
		Heights: []drawing.Tick{{At: "0%", Text: "100%"}, {At: "50%", Text: "50%"}, {At: "100%", Text: "0%"}},
		Lines:   "M0 500h1000", Label: "Weights of " + strings.Join(m.Parts, ", ") + " over time",
	}
	below := make([]float64, len(m.Shares))
	for i, name := range m.Parts {
		above := make([]float64, len(below))
		mean := 0.0
		for t, row := range m.Shares {
			above[t] = below[t] + row[i]
			mean += row[i] / float64(len(m.Shares))
		}
		v.Parts = append(v.Parts, partView{classOf(name), name, ribbon(below, above), share(mean)})
		below = above
	}
	return v
}

// ribbon outlines what lies between two curves of shares, over the whole width.
func ribbon(low, high []float64) string {
	n := len(low)
	var b strings.Builder
	point := func(pen string, i int, v float64) {
		y := math.Round(drawing.Grid * (1 - math.Max(0, math.Min(v, 1))))
		b.WriteString(pen + strconv.Itoa(drawing.Grid*i/(n-1)) + " " + strconv.Itoa(int(y)))
	}
	pen := "M"
	for i, v := range high {
		point(pen, i, v)
		pen = "L"
	}
	for i := n - 1; i >= 0; i-- {
		point("L", i, low[i])
	}
	return b.String() + "z"
}

// overview is all of the values that were forecast, with the part of them that
// is drawn large.
type overview struct {
	Columns      int
	High, Low    string
	Shown, Width string
	Times        []drawing.Tick
	Label        string
}

// overviewColumns is how many columns the overview has at most.
const overviewColumns = 360

func newOverview(s Series) *overview {
	per := (len(s.Test) + overviewColumns - 1) / overviewColumns
	columns := (len(s.Test) + per - 1) / per
	low, high := make([]float64, columns), make([]float64, columns)
	for i := range columns {
		low[i], high[i] = span(s.Test[i*per : min(len(s.Test), (i+1)*per)])
	}
	least, most := span(s.Test)
	p := rounded(least, most)
	n := float64(len(s.Test))
	return &overview{
		Columns: columns, High: p.Area(high), Low: p.Area(low),
		Shown: drawing.At(float64(s.From), n), Width: drawing.At(float64(len(s.Fan.Values)), n),
		Times: drawing.Clock(s.Start, int(time.Duration(len(s.Test))*s.Period/time.Minute)),
		Label: fmt.Sprintf("All forecast values of %s", s.ID),
	}
}
