package report

import (
	"math"
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
)

// span is the minutes of a trace that are drawn: from the first scored one to
// the last, the gaps between included.
type span struct {
	from   time.Time
	need   []float64 // instances that the load needs under the SLO
	scored []bool
	tracks []track
	// low, median and high are the forecast of the need; NaN where there was
	// none, nil where there never was one.
	low, median, high []float64
}

// track is what one policy had in service.
type track struct {
	name, tag string
	class     string    // the colour
	have      []float64 // NaN where the story has no such minute
	billed    []float64 // instance-minutes
	short     []bool    // violated, in a scored minute
}

// newSpan reads the stories; nil where there is no scored minute.
func (b *book) newSpan(stories []backtest.Story, slo float64) *span {
	drawn := b.tracked(stories)
	if len(drawn) == 0 || !(slo > 0) {
		return nil
	}
	rows := drawn[0].Rows
	first, last := -1, -1
	for i, r := range rows {
		if r.Scored {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return nil
	}
	rows = rows[first : last+1]
	s := &span{from: rows[0].Time.UTC(), need: make([]float64, len(rows)), scored: make([]bool, len(rows))}
	for i, r := range rows {
		s.need[i] = r.Load / (slo / 100)
		s.scored[i] = r.Scored
	}
	for _, story := range drawn {
		t := s.newTrack(story, b.tag(story.Policy, story.Knob), slo)
		t.class = b.class(story.Policy)
		if slices.ContainsFunc(s.tracks, func(o track) bool { return o.class == t.class }) {
			t.class = "alt"
		}
		s.tracks = append(s.tracks, t)
	}
	s.readBands(drawn[0].Bands, slo)
	return s
}

// minute counts an instant from the beginning of the span; ok says whether it
// lies in it.
func (s *span) minute(at time.Time) (m int, ok bool) {
	if at.Before(s.from) {
		return 0, false
	}
	m = int(at.Sub(s.from) / time.Minute)
	return m, m < len(s.need)
}

// at is the beginning of a minute.
func (s *span) at(minute int) time.Time { return s.from.Add(time.Duration(minute) * time.Minute) }

func (s *span) newTrack(story backtest.Story, tag string, slo float64) track {
	n := len(s.need)
	t := track{name: story.Policy, tag: tag, have: nans(n), billed: make([]float64, n), short: make([]bool, n)}
	for _, r := range story.Rows {
		m, ok := s.minute(r.Time)
		if !ok {
			continue
		}
		t.have[m] = float64(r.InService)
		if r.Scored {
			t.billed[m] = float64(r.Billed)
			t.short[m] = r.Load > float64(r.InService)*slo/100
		}
	}
	return t
}

func (s *span) readBands(bands []backtest.Band, slo float64) {
	if len(bands) == 0 {
		return
	}
	n := len(s.need)
	s.low, s.median, s.high = nans(n), nans(n), nans(n)
	share := slo / 100
	for _, b := range bands {
		if m, ok := s.minute(b.Time); ok {
			s.low[m], s.median[m], s.high[m] = b.Low/share, b.Median/share, b.High/share
		}
	}
}

func nans(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// cost is what a track cost in the minutes from i to j.
func (t track) cost(i, j int, weight float64) day {
	var d day
	for m := i; m < j; m++ {
		d.hours += t.billed[m] / 60
		if t.short[m] {
			d.violations++
		}
	}
	d.j = d.hours + weight*float64(d.violations)
	return d
}

// day is what a policy cost in a day.
type day struct {
	violations int
	hours, j   float64
}
