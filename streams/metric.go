package streams

import "time"

// Metric is one bin of one series: what a group's load was over a period.
type Metric struct {
	SeriesID
	// End is the end of the period; the bin covers (End - Period, End].
	End    time.Time `json:"period_end"`
	Period Duration  `json:"period_s"`
	// Value is the load, not negative; absent exactly where Gap is set.
	// Absent is not zero.
	Value *float64 `json:"value,omitempty"`
	Unit  Unit     `json:"unit"`
	// Instances is the mean number in service over the period, each counted once
	// whatever it weighs; absent where unknown.
	Instances *float64 `json:"instances,omitempty"`
	// Censored says that the instances were saturated: the true load is at
	// least Value.
	Censored bool `json:"censored,omitempty"`
	// Gap says that the bin settled without a value.
	Gap bool `json:"gap,omitempty"`
	// Revision counts what was published for this bin, from 1.
	Revision int `json:"revision"`
	// Settled says that the bin is as good as it will get: backfill, or a gap.
	Settled bool `json:"settled,omitempty"`
	// Seen is when ingest saw this value.
	Seen time.Time `json:"seen"`
}

// Kind gives KindMetric.
func (Metric) Kind() Kind { return KindMetric }

func (m Metric) check(c *checker) {
	m.SeriesID.check(c)
	c.observed("period_end", m.End)
	c.positive("period", m.Period)
	switch {
	case m.Gap && m.Value != nil:
		c.failf("value", "a gap has no value, got %v", *m.Value)
	case !m.Gap && m.Value == nil:
		c.failf("value", "is missing, and gap is not set")
	case m.Value != nil:
		c.finite("value", *m.Value)
		if *m.Value < 0 {
			c.failf("value", "must not be negative, got %v", *m.Value)
		}
	}
	if m.Gap && !m.Settled {
		c.failf("settled", "a gap is published when its bin settles")
	}
	c.unit("unit", m.Unit)
	if m.Instances != nil {
		c.within("instances", *m.Instances, 0, 1e6)
	}
	c.count("revision", m.Revision, 1)
	c.observed("seen", m.Seen)
}
