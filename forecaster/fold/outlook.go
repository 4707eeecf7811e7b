package fold

import (
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/score"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// mostJudged bounds the steps of a published forecast that are judged.
	mostJudged = 64
	// mostWaiting bounds the published forecasts that wait for targets.
	mostWaiting = 256
)

// terms are what a policy says of a series' forecast; other terms are another
// outlook.
type terms struct {
	model   string
	horizon int
	levels  []float64
	settle  time.Duration
}

func newTerms(p *streams.Policy) terms {
	f := p.Forecast
	return terms{model: f.Model, horizon: f.Horizon, levels: slices.Clone(f.Levels), settle: f.Settle.Std()}
}

func (t terms) equal(u terms) bool {
	return t.model == u.model && t.horizon == u.horizon && t.settle == u.settle && slices.Equal(t.levels, u.levels)
}

func (t terms) config(grid model.Grid) model.Config {
	return model.Config{Grid: grid, Horizon: t.horizon, Levels: t.levels}
}

// outlook is the forecast of a series in force: the model, what it published
// and was not judged yet, and how it did.
type outlook struct {
	terms terms
	model model.Model // nil where there is none of that name
	card  *score.Card
	// waiting has the last forecast published from an origin at the index
	// origin mod len. It is long enough for those whose targets have not
	// settled, unless that are more than mostWaiting.
	waiting []published
	judged  int          // steps that are judged
	changed map[int]bool // indices of waiting
}

// published are the quantiles of the first steps of a forecast, a row after a
// row; empty where there is none.
type published struct {
	origin int64
	cells  []float64
}

func newOutlook(t terms, grid model.Grid) *outlook {
	o := &outlook{terms: t, model: NewModel(t.model, t.config(grid)), card: score.NewCard(t.levels), changed: make(map[int]bool)}
	o.judged = min(t.horizon, mostJudged)
	unsettled := min(t.settle/grid.Period(), mostWaiting)
	o.waiting = make([]published, min(o.judged+int(unsettled)+2, mostWaiting))
	return o
}

// observe judges what was published for the newest bin of past and folds the
// bin in.
func (o *outlook) observe(past *model.History) {
	if o.model == nil {
		return
	}
	target := past.Newest()
	if value := past.Folded(target); !math.IsNaN(value) {
		o.judge(past, target, value)
	}
	o.model.Observe(past)
}

func (o *outlook) judge(past *model.History, target int64, value float64) {
	day := int64(past.Grid().PerDay())
	width := len(o.terms.levels)
	for h := 1; h <= o.judged; h++ {
		origin := target - int64(h)
		if origin < 0 {
			return
		}
		p := &o.waiting[origin%int64(len(o.waiting))]
		seasonal := past.Folded(target - day*((int64(h)+day-1)/day))
		if p.origin != origin || len(p.cells) == 0 || math.IsNaN(seasonal) {
			continue
		}
		o.card.Judge(past.Grid().Day(target), p.cells[(h-1)*width:h*width], seasonal, value)
	}
}

// publish keeps a forecast for its targets; the last one of an origin counts.
func (o *outlook) publish(origin int64, quantiles [][]float64) {
	i := int(origin % int64(len(o.waiting)))
	p := &o.waiting[i]
	p.origin, p.cells = origin, p.cells[:0]
	for _, row := range quantiles[:min(o.judged, len(quantiles))] {
		p.cells = append(p.cells, row...)
	}
	o.changed[i] = true
}

// forecast fills in what the series' outlook says from its newest value.
func (s *series) forecast(f *streams.Forecast) {
	f.Samples = s.past.Samples()
	if s.outlook == nil || s.outlook.model == nil {
		return
	}
	f.Score = s.outlook.card.Score()
	s.fill(f, s.outlook.model, s.outlook.terms)
}

func (s *series) fill(f *streams.Forecast, m model.Model, t terms) {
	bands := model.NewBands(t.levels, t.horizon)
	if !m.Forecast(s.past, s.tail(), bands) || !bands.Sound() {
		return
	}
	f.Quantiles, f.Peak = bands.Steps, bands.Peaks
	f.Warm = m.Warm(s.past)
}

func (s *series) publish(origin int64, quantiles [][]float64) {
	if s.outlook != nil && len(quantiles) > 0 {
		s.outlook.publish(origin, quantiles)
	}
}
