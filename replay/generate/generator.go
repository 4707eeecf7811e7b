package generate

import (
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/trace"
)

// Generator makes one load, as often as it is asked.
type Generator struct{ config Config }

// New takes a configuration. Where a value is out of its range, its error wraps
// a *streams.FieldError with the parameter's name.
func New(c Config) (Generator, error) {
	if err := c.validate(); err != nil {
		return Generator{}, fmt.Errorf("generate load: %w", err)
	}
	return Generator{c}, nil
}

// Minutes gives what each component contributed, minute by minute.
func (g Generator) Minutes() iter.Seq[Minute] {
	return func(yield func(Minute) bool) {
		m := newMaker(g.config)
		for i := range g.config.minutes() {
			if !yield(m.step(i)) {
				return
			}
		}
	}
}

// Series is what a load looks like from outside.
type Series struct {
	// Trace holds the samples, in requests per second or in those at the first
	// cost; a sample that was dropped is missing.
	Trace trace.Trace
	// Late is, for each of them, how much later than others it comes, in whole
	// seconds.
	Late []time.Duration
}

// Series gives the samples.
func (g Generator) Series() Series {
	n := g.config.minutes() / g.config.perSample()
	s := Series{Trace: trace.Trace{Start: g.config.Start.UTC(), Period: g.config.Period}}
	s.Trace.Values, s.Late = make([]float64, 0, n), make([]time.Duration, 0, n)
	sum, minutes := 0.0, 0
	for m := range g.Minutes() {
		sum += g.config.value(m)
		if minutes++; minutes < g.config.perSample() {
			continue
		}
		value := round(sum / float64(minutes))
		if m.Dropped {
			value = math.NaN()
		}
		s.Trace.Values, s.Late = append(s.Trace.Values, value), append(s.Late, m.Late)
		sum, minutes = 0, 0
	}
	return s
}

// round is to a ten-thousandth: finer than anybody measures, and shorter to
// write.
func round(v float64) float64 { return math.Round(float64(v*1e4)) / 1e4 }

func (c *Config) value(m Minute) float64 {
	if c.Requests {
		return m.Requests()
	}
	return m.Load()
}

func (c *Config) perSample() int { return int(c.Period / time.Minute) }

// maker makes minutes, in order. All components move on in every minute, also
// those that are off: what they give is then left out.
type maker struct {
	config   Config
	calendar *calendar
	shifts   *shifts
	jobs     *jobs
	flash    *flash
	wander   *memory
	noise    *noise
	counts   stream
	deploys  *deploys
	delivery *delivery
	dropped  bool
	late     time.Duration
}

func newMaker(c Config) *maker {
	p := c.Profile
	return &maker{
		config: c, calendar: newCalendar(p, c.Location), shifts: newShifts(c.Seed, p), jobs: newJobs(c.Seed, p), flash: newFlash(c.Seed, p),
		wander: newMemory(newStream(c.Seed, "wander"), p.WanderMemory), noise: newNoise(c.Seed, p), counts: newStream(c.Seed, "counts"),
		deploys: newDeploys(c.Seed, p), delivery: newDelivery(&c),
	}
}

func (k *maker) step(i int) Minute {
	at := k.config.Start.Add(time.Duration(i) * time.Minute).UTC()
	now, local := float64(i), at.In(k.config.Location)
	m := Minute{At: at, Base: k.config.Profile.Base, Trend: k.config.growth(i)}
	m.Season, m.Holiday = k.calendar.at(local)
	m.Shift, m.Jobs, m.Flash = k.shifts.step(now), k.jobs.step(now, local), k.flash.step(now)
	m.Wander, m.Noise = factor(k.wander.step(), k.config.Profile.Wander), k.noise.step()
	m.Counts = float64(math.Sqrt(k.config.Profile.Dispersion) * k.counts.normal())
	m.Cost = k.deploys.step(now, local)
	for _, name := range k.config.Without {
		m.without(name)
	}
	m.Dropped, m.Late = k.deliver(i)
	return m
}

// deliver tells of the sample that minute i is in.
func (k *maker) deliver(i int) (dropped bool, late time.Duration) {
	n := k.config.perSample()
	if i%n == 0 {
		k.dropped, k.late = k.delivery.step(float64(i + n))
		if last := i+n == k.config.minutes(); last || i == 0 {
			k.dropped = false
		}
	}
	return k.dropped, k.late
}

// without takes out what a component contributed.
func (m *Minute) without(component string) {
	switch component {
	case "trend":
		m.Trend = 1
	case "season":
		m.Season = 1
	case "holidays":
		m.Holiday = 1
	case "jobs":
		m.Jobs = 0
	case "flash":
		m.Flash = 0
	case "shifts":
		m.Shift = 1
	case "wander":
		m.Wander = 1
	case "noise":
		m.Noise = 1
	case "counts":
		m.Counts = 0
	case "deploys":
		m.Cost = 1
	}
}
