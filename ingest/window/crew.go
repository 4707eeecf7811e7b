package window

import (
	"slices"
	"time"
)

const (
	// mostCrews bounds the changes of a group that are remembered.
	mostCrews = 16
	// fewRatio is the part of the instances in service that a bin's samples
	// have to be of; with fewer their sum does not speak for the group.
	fewRatio = 0.9
	// doubtRatio is how far samples and instances lie apart, down or up, where
	// the monitoring is in doubt.
	doubtRatio = 2
	// doubtPause is how long no doubt follows another: in a group of which some
	// instances report every minute and some every fifth, no answer ends it.
	doubtPause = time.Hour
)

// crew is how many instances a group was described to have, from an instant
// until that of the next crew.
type crew struct {
	From time.Time `json:"from"`
	// Serving counts those in service, whatever their weight; the fewest there
	// were.
	Serving int `json:"serving"`
	// All counts all, for one that boots or ends has samples too; the most
	// there were.
	All int `json:"all"`
}

// muster remembers how many instances a group is described to have.
func (s *State) muster(d *Description, now time.Time) {
	c := crew{From: now, All: len(d.Instances)}
	for _, i := range d.Instances {
		if i.Lifecycle == "InService" {
			c.Serving++
		}
	}
	crews := s.head.Crews
	if n := len(crews); n == 0 || crews[n-1].Serving != c.Serving || crews[n-1].All != c.All {
		crews = append(slices.Clone(crews), c)
	}
	if s.policy != nil { // the oldest bin that may come the first time, and is not late
		from := now.Add(-s.policy.Forecast.Settle.Std() - 2*s.period())
		for len(crews) > 1 && !crews[1].From.After(from) {
			crews = crews[1:]
		}
	}
	if len(crews) > mostCrews {
		a, b := crews[0], crews[1]
		crews = slices.Clone(crews[1:])
		crews[0] = crew{a.From, min(a.Serving, b.Serving), max(a.All, b.All)}
	}
	s.head.Crews = crews
}

// crewOf gives the fewest instances in service and the most instances from
// before a bin began to the newest description, which is not much older than
// its end; false where the descriptions do not reach that far. So an instance
// that came into service within the bin, or left, is no reason for anything.
func (s *State) crewOf(end time.Time) (c crew, ok bool) {
	if measureOf(s.policy.Load) != CPU || s.head.Described.Before(end.Add(-s.policy.Round.Std())) {
		return crew{}, false
	}
	start := end.Add(-s.period())
	for _, one := range slices.Backward(s.head.Crews) {
		if !ok {
			c, ok = one, true
		}
		c.From, c.Serving, c.All = one.From, min(c.Serving, one.Serving), max(c.All, one.All)
		if !one.From.After(start) {
			return c, true
		}
	}
	return crew{}, false
}

// census is by what a bin's samples are counted. It stays with the bin, so that
// no change of the monitoring or of the group restates anything.
type census struct {
	// PerInstance is how many samples an instance has.
	PerInstance float64 `json:"per,omitempty"`
	// Serving is how many instances were in service all the while; 0 where that
	// is not known.
	Serving float64 `json:"serving,omitempty"`
}

// censusOf gives by what the samples of a bin are counted that comes now.
func (s *State) censusOf(end time.Time) census {
	c, _ := s.crewOf(end)
	return census{PerInstance: s.series.PerInstance, Serving: float64(c.Serving)}
}

// few says whether samples are of so few instances that others, which were in
// service, were not heard.
func (c census) few(samples float64) bool {
	return samples/c.PerInstance < fewRatio*c.Serving
}

// doubted says whether a bin's samples are of half of its instances or fewer,
// or of twice as many or more. That is how a change of the monitoring shows
// which comes instance by instance, and makes no step.
func (s *State) doubted(end time.Time, point Point) bool {
	c, ok := s.crewOf(end)
	if !ok || !(point.Samples > 0) {
		return false
	}
	count := point.Samples / s.series.PerInstance
	few := count*doubtRatio <= float64(c.Serving)
	return few || c.All > 0 && count >= doubtRatio*float64(c.All)
}
