package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/rs/zerolog"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/replay/sim"
	"github.com/ml-autoscaling/autoscaler/replay/trace"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// source is what a replay plays.
type source struct {
	name    string
	players []sim.Player
	plays   []*fleet.World
	rounds  int
	peak    float64
	weights shelf // that their policies may name
}

// worlds gives the result of each world that was played.
func (s source) worlds() []result {
	var out []result
	for i, w := range s.plays {
		r := newResult(w)
		if len(s.plays) > 1 {
			r.rename(s.players[i].ID())
		}
		out = append(out, r)
	}
	return out
}

// source finds out what is to be played.
func (v replayVerb) source(ctx context.Context, weights shelf, log zerolog.Logger) (source, error) {
	groups, err := v.groups()
	if err == nil {
		groups, err = weights.equip(groups)
	}
	if err != nil {
		return source{}, err
	}
	s, err := v.played(ctx, groups, log)
	s.weights = weights
	return s, err
}

// played plays what was given as groups.
func (v replayVerb) played(ctx context.Context, groups []config.Group, log zerolog.Logger) (source, error) {
	switch {
	case v.Stream != "":
		return v.fromStream(ctx, groups, log)
	case isRecipe(v.Path):
		return v.fromRecipe(groups[0])
	}
	dir, err := isDirectory(v.Path)
	switch {
	case err != nil:
		return source{}, err
	case dir:
		rec, err := recording.Open(v.Path)
		if err != nil {
			return source{}, err
		}
		return v.fromTapes(v.Path, groups, events(rec.Messages()))
	}
	return v.fromTrace(groups[0])
}

// groups are those of the configuration, the one that was asked for first.
func (v replayVerb) groups() ([]config.Group, error) {
	sample, err := sampleGroup()
	if err != nil || v.Config == "" {
		return []config.Group{sample}, err
	}
	cfg, err := loadConfig(v.Config)
	if err != nil {
		return nil, err
	}
	groups := cfg.Groups
	for i, g := range groups {
		if v.Group == "" || g.ID.Group == v.Group {
			groups[0], groups[i] = groups[i], groups[0]
			return groups, nil
		}
	}
	if v.Group == "" {
		return nil, fmt.Errorf("%s: has no group", v.Config)
	}
	return nil, fmt.Errorf("--group: %s has no group %q", v.Config, v.Group)
}

// fromTrace plays a CSV trace as one group, or as copies of it.
func (v replayVerb) fromTrace(g config.Group) (source, error) {
	tr, err := readTrace(v.Path)
	if err != nil {
		return source{}, err
	}
	if tr, err = aggregate(tr, v.Aggregate); err != nil {
		return source{}, fmt.Errorf("%s: %w", v.Path, err)
	}
	return v.play(g, tr, nil)
}

// fromRecipe plays a generated load as fromTrace does. Samples that it has late
// come late.
func (v replayVerb) fromRecipe(g config.Group) (source, error) {
	r, err := parseRecipe(v.Path)
	if err != nil {
		return source{}, err
	}
	made, err := r.generator()
	if err != nil {
		return source{}, err
	}
	series := made.Series()
	return v.play(g, series.Trace, func(end time.Time) time.Duration {
		return series.Late[(end.Sub(series.Trace.Start)-1)/series.Trace.Period]
	})
}

// play lives through a trace. Where late is not nil, it says how much later
// than others the metric of the bin that ends at end comes.
func (v replayVerb) play(g config.Group, tr trace.Trace, late func(end time.Time) time.Duration) (source, error) {
	load, err := fleet.NewLoad(tr, v.Peak)
	if err != nil {
		return source{}, fmt.Errorf("%s: %w", v.Path, err)
	}
	s := source{name: v.Path, peak: load.Peak}
	for i := range v.Copies {
		world, err := fleet.NewWorld(v.world(load))
		if err != nil {
			return source{}, err
		}
		id := g.ID
		if v.Copies > 1 {
			id.Group = fmt.Sprintf("%s-%d", id.Group, i+1)
		}
		group, err := sim.NewGroup(id, g.WithPeriod(load.Period), world)
		if err != nil {
			return source{}, err
		}
		var player sim.Player = group
		if late != nil {
			player = sim.NewLate(group, late)
		}
		s.add(player, world, load.Minutes()-world.Config().Start)
	}
	return s, nil
}

func (v replayVerb) world(load fleet.Load) fleet.Config {
	if v.Lived {
		return fleet.Lived("ours", load, v.Boot)
	}
	return fleet.History("ours", load, v.Boot, load.Minutes()/2)
}

func aggregate(tr trace.Trace, how string) (trace.Trace, error) {
	switch how {
	case "sum5":
		return tr.Sum5()
	case "mean5":
		return tr.Mean5()
	}
	return tr, nil
}

// fromStream plays the timeline that a server holds.
func (v replayVerb) fromStream(ctx context.Context, groups []config.Group, log zerolog.Logger) (source, error) {
	since, err := instant("--since", v.Since, time.Now())
	if err != nil {
		return source{}, err
	}
	conn, err := target{url: v.NatsURL, creds: v.NatsCreds, context: v.NatsContext}.connect("autoscaler replay source", log)
	if err != nil {
		return source{}, err
	}
	defer conn.nc.Close()
	return v.fromTapes(v.Stream, groups, replay.ReadStream(ctx, conn.js, v.Stream, since))
}

// instant reads what a flag names: an RFC 3339 instant, or an age such as 6h
// before now; empty is the zero instant.
func instant(flag, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if age, err := time.ParseDuration(text); err == nil && age >= 0 {
		return now.Add(-age), nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, fmt.Errorf("%s: want an instant such as 2026-11-01T00:00:00Z or an age such as 6h, got %q", flag, text)
	}
	return at, nil
}

// fromTapes plays recorded groups again.
func (v replayVerb) fromTapes(name string, groups []config.Group, recorded iter.Seq2[streams.Event, error]) (source, error) {
	var tapes sim.Tapes
	for ev, err := range recorded {
		if errors.Is(err, replay.ErrUndecodable) {
			continue // as the stages do
		}
		if err != nil {
			return source{}, err
		}
		tapes.Add(ev)
	}
	s := source{name: name}
	for _, tape := range tapes.All() {
		player, err := sim.NewRerun(tape, policyFor(tape.ID, groups), v.Boot)
		if err != nil {
			return source{}, err
		}
		s.add(player, player.World(), len(tape.Beats))
		s.peak = max(s.peak, player.World().Config().Load.Peak)
	}
	if len(s.players) == 0 {
		return source{}, fmt.Errorf("replay %s: holds no round of any group", name)
	}
	return s, nil
}

// policyFor gives the policy of a group by its name, else the first one's.
func policyFor(id streams.GroupID, groups []config.Group) streams.Policy {
	for _, g := range groups {
		if g.ID == id {
			return g.Policy
		}
	}
	return groups[0].Policy
}

func (s *source) add(p sim.Player, w *fleet.World, rounds int) {
	s.players = append(s.players, p)
	s.plays = append(s.plays, w)
	s.rounds += rounds
}

// events decodes the messages of a recording.
func events(messages iter.Seq2[recording.Message, error]) iter.Seq2[streams.Event, error] {
	return func(yield func(streams.Event, error) bool) {
		for m, err := range messages {
			if err != nil {
				yield(nil, err)
				return
			}
			ev, err := replay.DecodeInput(m.Subject, m.Data)
			if ev == nil && err == nil {
				continue
			}
			if !yield(ev, err) {
				return
			}
		}
	}
}
