package dress

import (
	"fmt"
	"math"

	"github.com/ml-autoscaling/autoscaler/forecaster/calibrate"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

const (
	// mostSteps is the last step whose errors are learned from.
	mostSteps = 64
	// trackRate is the step of quantile tracking, in scales.
	trackRate = 0.02
	// mostLoad is the largest number that is taken for a load, in whatever unit:
	// errors of its size are still finite in single precision.
	mostLoad = 1e30
	// never stands for a bin where there is none.
	never = math.MinInt64
)

// Dresser learns the errors that the path forecasts of one series make.
type Dresser struct {
	levels []float64
	leads  []lead
	lead   []int // the index of the first lead at or after a step
	days   []days
	paths  paths
	// steps and peaks are what the quantiles are moved by, a row a lead.
	steps, peaks *calibrate.Tracker
	// values has the last bins, as many as there are steps, at the bin's number
	// mod their count; NaN where there is none.
	values []float64
	newest int64 // the bin that was judged last
	path   path  // scratch
}

// New gives a dresser that has seen no errors, for quantile levels rising within
// (0, 1), paths of at most so many steps, and so many bins a day. Errors are
// taken to be normal and independent from step to step until Prior says more.
func New(levels []float64, horizon, perDay int) *Dresser {
	d := &Dresser{levels: levels, newest: never, path: newPath(horizon)}
	last := min(horizon, mostSteps)
	for _, h := range model.Leads(last) {
		if n := len(d.days); n == 0 || h >= 2*d.days[n-1].step || h == last {
			d.days = append(d.days, newDays(h, perDay))
		}
		d.leads = append(d.leads, newLead(h, len(levels)))
		for len(d.lead) <= h {
			d.lead = append(d.lead, len(d.leads)-1)
		}
	}
	at := 0
	for i := range d.leads {
		for d.days[at].step < d.leads[i].step {
			at++
		}
		d.leads[i].days = at
	}
	d.steps, d.peaks = calibrate.NewTracker(levels, len(d.leads)), calibrate.NewTracker(levels, len(d.leads))
	d.values = make([]float64, last)
	for k := range d.values {
		d.values[k] = math.NaN()
	}
	d.Prior(nil)
	return d
}

// Steps gives the number of steps that Issue reads: the horizon, 64 at most.
func (d *Dresser) Steps() int { return len(d.values) }

// Prior says how the errors of a path hang together: as those of innovations
// that have these weights on the steps after them, the first one 1 (the psi
// weights of an ARIMA model). Weights beyond those given are 0. Before the first
// error the law of peaks follows from it. It is no part of the binary form: say
// it again after UnmarshalBinary.
func (d *Dresser) Prior(psi []float64) {
	d.paths = newPaths(psi, len(d.path.points))
	if d.leads[0].steps.law.Errors() > priorErrors {
		return
	}
	for i := range d.leads {
		l := &d.leads[i]
		l.steps.suppose(d.levels, normals())
		l.peaks.suppose(d.levels, d.paths.peaks(l.step))
	}
}

// Issue keeps a path forecast from an origin, a bin, to be judged as its bins
// come: the points and the model's own standard errors, one a step. Of these the
// first Steps are read; it panics where there are fewer.
func (d *Dresser) Issue(origin int64, points, se []float64) {
	if min(len(points), len(se)) < d.Steps() {
		panic(fmt.Sprintf("dress: %d points and %d standard errors, want %d", len(points), len(se), d.Steps()))
	}
	d.spread(origin, points[:d.Steps()], se)
	for i := range d.leads {
		l := &d.leads[i]
		h := l.step - 1
		*l.ring.at(origin) = issued{
			origin: origin, raw: finite(points[h]), se: finite(se[h]),
			point: d.path.points[h], scale: d.path.scales[h],
			peak: d.path.peaks[h], peakScale: d.path.peakScales[h],
			inputs: d.path.inputs[h],
		}
	}
}

// Judge holds the value of a bin, NaN where it is a gap, against every forecast
// that was issued for it. It is called once for each bin, in order, before Issue
// from that bin. A bin that is left out is a gap.
func (d *Dresser) Judge(bin int64, value float64) {
	if !(math.Abs(value) <= mostLoad) {
		value = math.NaN()
	}
	d.keep(bin, value)
	highest, known, back := math.Inf(-1), 0, 0
	for i := range d.leads {
		step := d.leads[i].step
		for ; back < step; back++ {
			if x := d.values[place(bin-int64(back), len(d.values))]; !math.IsNaN(x) {
				highest = max(highest, x)
				known++
			}
		}
		was := d.leads[i].ring.at(bin)
		if was.origin != bin-int64(step) {
			continue
		}
		if 4*known >= 3*step {
			d.enter(i, (highest-was.peak)/was.peakScale, &d.leads[i].peaks, d.peaks)
		}
		if !math.IsNaN(value) {
			d.enter(i, (value-was.point)/was.scale, &d.leads[i].steps, d.steps)
			d.learn(&d.leads[i], bin, value)
		}
	}
}

// enter judges the quantiles of a law by a standardised error, then adds it. One
// of a forecast that expected none is no number, or infinite.
func (d *Dresser) enter(lead int, z float64, s *shape, t *calibrate.Tracker) {
	if math.IsNaN(z) || math.IsInf(z, 0) {
		return
	}
	t.Judge(lead, s.quantiles, z, trackRate)
	s.add(d.levels, z)
}

// Revisit is Judge for a bin that was judged before, where the model has changed
// and would have issued something else: only the errors that others lean on are
// replaced. Called for each bin of some weeks, with Issue after each, it keeps the
// points from being moved by the errors of a model that is no longer in force.
func (d *Dresser) Revisit(bin int64, value float64) {
	if !(math.Abs(value) <= mostLoad) {
		value = math.NaN()
	}
	d.keep(bin, value)
	if math.IsNaN(value) {
		return
	}
	for i := range d.leads {
		l := &d.leads[i]
		if was := l.ring.at(bin); was.origin == bin-int64(l.step) {
			d.note(l, bin, bounded(value-was.raw, mostCorrection*was.scale))
		}
	}
}

// learn takes in the value of a bin of what a lead issued for it.
func (d *Dresser) learn(l *lead, bin int64, value float64) {
	was := l.ring.at(bin)
	err := bounded(value-was.raw, mostCorrection*was.scale)
	l.size.add(was, value-was.point)
	l.lean.learn(was.inputs, err, was.scale)
	d.note(l, bin, err)
}

// note keeps an error of the model for others to lean on.
func (d *Dresser) note(l *lead, bin int64, err float64) {
	l.recent += recentRate * (err - l.recent)
	if days := &d.days[l.days]; days.step == l.step {
		days.add(bin, err)
	}
}

// keep notes the value of a bin.
func (d *Dresser) keep(bin int64, value float64) {
	n := len(d.values)
	for b := max(d.newest+1, bin-int64(n)+1); b < bin; b++ {
		d.values[place(b, n)] = math.NaN()
	}
	d.values[place(bin, n)] = value
	d.newest = bin
}

// Bands writes quantiles of steps and peaks around a path that begins after an
// origin, a bin: its points and the model's own standard errors, one for each
// row of dst at least. It changes nothing. It panics where dst has more rows
// than the horizon.
func (d *Dresser) Bands(origin int64, points, se []float64, dst *model.Bands) {
	rows := len(dst.Steps)
	d.spread(origin, points[:rows], se)
	for h := range rows {
		i := d.lead[min(h+1, d.Steps())]
		copy(dst.Steps[h], d.leads[i].steps.quantiles)
		copy(dst.Peaks[h], d.leads[i].peaks.quantiles)
		d.steps.Apply(i, dst.Steps[h])
		d.peaks.Apply(i, dst.Peaks[h])
		for j := range d.levels {
			dst.Steps[h][j] = d.path.points[h] + d.path.scales[h]*dst.Steps[h][j]
			dst.Peaks[h][j] = d.path.peaks[h] + d.path.peakScales[h]*dst.Peaks[h][j]
		}
	}
	dst.Settle()
}

// spread corrects the points of a path that begins after an origin, and expects
// the sizes of its errors.
func (d *Dresser) spread(origin int64, points, se []float64) {
	for h, point := range points {
		l := &d.leads[d.lead[min(h+1, d.Steps())]]
		days := &d.days[l.days]
		target := origin + int64(h) + 1
		owner := &d.leads[d.lead[days.step]]
		scale := l.size.expect(finite(se[h]), days.square(target)/owner.size.slow)
		x := days.inputs(target, l.recent).bounded(mostInput * scale)
		d.path.points[h] = finite(point) + bounded(l.lean.expect(x), mostCorrection*scale)
		d.path.scales[h] = scale
		d.path.inputs[h] = x
	}
	d.paths.moments(&d.path, len(points))
}

// finite bounds a number, and takes 0 for what is none.
func finite(x float64) float64 {
	if math.IsNaN(x) {
		return 0
	}
	return bounded(x, mostLoad)
}

// bounded bounds the size of a number.
func bounded(x, most float64) float64 { return min(max(x, -most), most) }

// place gives the index of a bin in a ring of n.
func place(bin int64, n int) int {
	m := int64(n)
	return int((bin%m + m) % m)
}
