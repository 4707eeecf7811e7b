package fold

import (
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/score"
	"github.com/ml-autoscaling/autoscaler/streams"
)

const (
	// mostJudged bounds the steps of a published forecast that are judged: what
	// streams bounds models times levels by is of that many.
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
	// weights is the checksum of the global weights, empty for the embedded
	// ones, and training the mini-batches of a refit.
	weights  string
	training int
	seed     uint64 // of the series
}

// termsOf gives the terms of the model whose forecast is published, then those
// of the members.
func termsOf(p *streams.Policy, id streams.SeriesID) []terms {
	f := p.Forecast
	weights, _ := WeightsOf(f)
	all := make([]terms, 0, 1+len(f.Members))
	for _, name := range slices.Concat([]string{f.Model}, f.Members) {
		all = append(all, terms{model: name, horizon: f.Horizon, levels: slices.Clone(f.Levels), settle: f.Settle.Std(),
			weights: weights, training: f.Training, seed: seedOf(id)})
	}
	return all
}

// equal says whether an outlook of the one terms is one of the other.
func (t terms) equal(u terms) bool {
	learned := t.weights == u.weights && t.training == u.training || !ReadsWeights(t.model)
	return t.model == u.model && t.horizon == u.horizon && t.settle == u.settle && learned && slices.Equal(t.levels, u.levels)
}

func (t terms) config(grid model.Grid) model.Config {
	return model.Config{Grid: grid, Horizon: t.horizon, Levels: t.levels, Seed: t.seed, Training: t.training}
}

// seedOf is FNV-1a of 64 bits over scope/group/series.
func seedOf(id streams.SeriesID) uint64 {
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%s/%s", id.GroupID, id.Series)
	return sum.Sum64()
}

// outlook is what one model says of a series: the model, what it said and was
// not judged yet, and how it did.
type outlook struct {
	id     streams.SeriesID
	kit    kit
	terms  terms
	place  int         // tells its slots from those of the series' other outlooks
	epoch  uint64      // its number among the outlooks that the series had
	model  model.Model // nil where there is none of that name
	refits refits
	card   *score.Card
	// waiting has the last forecast made from an origin at the index origin mod
	// len, which is the same in all outlooks of a series. It is long enough for
	// those whose targets have not settled, unless these are more than
	// mostWaiting.
	waiting []published
	judged  int  // steps that are judged
	changed bool // the model, its refits or the card
	// fitted says that there are other parameters than those stored, which are
	// fixed bytes.
	fitted bool
	fixed  int
	used   [halves]int // slots that are taken in the store
}

// published are the quantiles of the first steps of a forecast, a row after a
// row; empty where there is none.
type published struct {
	origin int64
	cells  []float64
}

func (s *series) newOutlook(t terms, place int, epoch uint64) *outlook {
	o := &outlook{id: s.id, kit: s.kit, terms: t, place: place, epoch: epoch, model: s.kit.make(t, s.grid),
		card: score.NewCard(t.levels), changed: true, fitted: true}
	o.judged = min(t.horizon, mostJudged)
	unsettled := min(t.settle/s.grid.Period(), mostWaiting)
	o.waiting = make([]published, min(o.judged+int(unsettled)+2, mostWaiting))
	return o
}

// observe judges what was said of the newest bin of past, folds the bin in, and
// refits the model where that is due.
func (o *outlook) observe(past *model.History) {
	if o.model == nil {
		return
	}
	target := past.Newest()
	if value := past.Folded(target); !math.IsNaN(value) {
		o.judge(past, target, value)
	}
	o.model.Observe(past)
	o.refit(past)
	o.changed = true
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

// expect keeps a forecast for its targets; the last one of an origin counts.
// It gives the index.
func (o *outlook) expect(origin int64, quantiles [][]float64) int {
	i := int(origin % int64(len(o.waiting)))
	p := &o.waiting[i]
	p.origin, p.cells = origin, p.cells[:0]
	for _, row := range quantiles[:min(o.judged, len(quantiles))] {
		p.cells = append(p.cells, row...)
	}
	return i
}
