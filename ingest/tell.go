package ingest

import (
	"slices"
	"time"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// tell logs once what the poller found and what it will cost.
func (p *poll) tell() {
	line := p.cfg.Log.Info().Int("groups", len(p.members)).Stringer("round", p.round).Stringer("backfill", p.cfg.Backfill)
	if r := p.cfg.Requests; r != nil {
		line = line.Int64("requests", r.all.Load()).Int64("metrics_requested", r.metrics.Load())
	}
	line.Float64("cloudwatch_dollars_per_month", p.dollars).Msg("polled for the first time")
	for _, m := range p.members {
		line := p.cfg.Log.Info().Stringer("group", m.id).Str("series", m.policy.Load.Series).Stringer("period", m.policy.Load.Period.Std())
		if m.described != nil {
			line = line.Str("auto_scaling_group", m.described.Name).Int("desired", m.described.Desired)
		}
		line.Msg("polling a group")
		if m.weighted() {
			p.cfg.Log.Warn().Stringer("group", m.id).Float64("per_instance", m.policy.Load.PerInstance).
				Msg("the group has weights: load.per_instance has to be what one capacity unit bears")
		}
	}
	for id := range p.known {
		if p.cfg.Sources[id.Scope] == nil {
			p.cfg.Log.Warn().Stringer("group", id).Msg("a group of the timeline is of a scope that is not polled any more")
		}
	}
	for _, g := range p.cfg.Groups {
		if !slices.ContainsFunc(p.members, func(m *member) bool { return m.id == g.ID }) {
			p.cfg.Log.Warn().Stringer("group", g.ID).Str("auto_scaling_group", g.Policy.AutoScalingGroup).
				Msg("a group of the configuration is not there")
		}
	}
}

// weighted says whether some instance counts for more than one capacity unit.
func (m *member) weighted() bool {
	return m.described != nil && slices.ContainsFunc(m.described.Instances, func(i window.Instance) bool { return i.Weight > 1 })
}

// measured exports a group's measured delay, and logs the first.
func (i *Ingest) measured(id streams.GroupID, delay time.Duration) {
	i.metrics.delay.WithLabelValues(id.String()).Set(delay.Seconds())
	if !i.delays[id] {
		i.delays[id] = true
		i.cfg.Log.Info().Stringer("group", id).Stringer("delay", delay).Msg("measured the delay of cloudwatch")
	}
}
