package main

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// parseBoot reads a boot time: 180s, or lognormal:p50=120s,p95=300s, whose
// second result is the 95th percentile.
func parseBoot(text string) (p50, p95 time.Duration, err error) {
	drawn, lognormal := strings.CutPrefix(text, "lognormal:")
	if !lognormal {
		p50, err = time.ParseDuration(text)
		if err != nil || p50 < 0 {
			return 0, 0, fmt.Errorf("--boot: want a time such as 180s or lognormal:p50=120s,p95=300s, got %q", text)
		}
		return p50, 0, nil
	}
	for part := range strings.SplitSeq(drawn, ",") {
		name, value, _ := strings.Cut(part, "=")
		d, err := time.ParseDuration(value)
		switch {
		case err != nil || d <= 0:
			return 0, 0, fmt.Errorf("--boot: lognormal: %s: want a time such as 120s, got %q", name, value)
		case name == "p50":
			p50 = d
		case name == "p95":
			p95 = d
		default:
			return 0, 0, fmt.Errorf("--boot: lognormal: want p50 and p95, got %q", name)
		}
	}
	if p50 == 0 || p95 <= p50 || p95 > 24*time.Hour {
		return 0, 0, fmt.Errorf("--boot: lognormal: want 0 < p50 < p95 <= 24h, got %q", text)
	}
	return p50, p95, nil
}

// traceFlags are what may follow the path of a trace.
type traceFlags struct {
	path, aggregate, set string
}

// parseTrace reads PATH[,sum5|,mean5][,set=NAME].
func (v backtestVerb) parseTrace(text string) (traceFlags, error) {
	parts := strings.Split(text, ",")
	f := traceFlags{path: parts[0], aggregate: v.Aggregate}
	for _, part := range parts[1:] {
		set, named := strings.CutPrefix(part, "set=")
		switch {
		case part == "none" || part == "sum5" || part == "mean5":
			f.aggregate = part
		case named && set != "":
			f.set = set
		default:
			return f, fmt.Errorf("trace %s: want sum5, mean5 or set=NAME after a comma, got %q", f.path, part)
		}
	}
	if f.set == "" {
		var err error
		if f.set, err = dataSetOf(f.path); err != nil {
			return f, err
		}
	}
	return f, nil
}

// dataSetOf names the data set of a trace: the directory that it is in.
func dataSetOf(path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("open trace: %w", err)
	}
	return filepath.Base(filepath.Dir(whole)), nil
}

// checkTrace looks at how a trace is named, and reads nothing.
func (v backtestVerb) checkTrace(text string) error {
	if isRecipe(text) {
		_, err := parseRecipe(text)
		return err
	}
	_, err := v.parseTrace(text)
	return err
}

// cases reads the loads that policies are to be tried on, each under a name of
// its own.
func (v backtestVerb) cases(ctx context.Context, plan backtestPlan) ([]backtest.Case, error) {
	var all []backtest.Case
	for _, text := range v.Traces {
		if isRecipe(text) {
			c, err := v.fromRecipe(text)
			if err != nil {
				return nil, err
			}
			all = append(all, c)
			continue
		}
		f, err := v.parseTrace(text)
		if err != nil {
			return nil, err
		}
		read := v.fromTrace
		switch dir, err := isDirectory(f.path); {
		case err != nil:
			return nil, err
		case dir:
			read = v.fromRecording(plan.group)
		}
		cases, err := read(f)
		if err != nil {
			return nil, err
		}
		all = append(all, cases...)
	}
	if v.FromGroup != "" {
		cases, err := v.fromCloudWatch(ctx, plan)
		if err != nil {
			return nil, err
		}
		all = append(all, cases...)
	}
	distinguish(all)
	return all, nil
}

// distinguish numbers the cases that have the same name.
func distinguish(cases []backtest.Case) {
	seen := map[string]int{}
	for i := range cases {
		name := cases[i].Name
		if seen[name]++; seen[name] > 1 {
			cases[i].Name = fmt.Sprintf("%s#%d", name, seen[name])
		}
	}
}

// fromTrace reads a CSV file.
func (v backtestVerb) fromTrace(f traceFlags) ([]backtest.Case, error) {
	tr, err := readTrace(f.path)
	if err != nil {
		return nil, err
	}
	if tr, err = aggregate(tr, f.aggregate); err != nil {
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	load, err := fleet.NewLoad(tr, v.Peak)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.path, err)
	}
	return []backtest.Case{{Name: strings.TrimSuffix(filepath.Base(f.path), ".csv"), Set: f.set, Load: load}}, nil
}

// fromRecipe generates a trace. Its late samples come in time.
func (v backtestVerb) fromRecipe(word string) (backtest.Case, error) {
	r, err := parseRecipe(word)
	if err != nil {
		return backtest.Case{}, err
	}
	g, err := r.generator()
	if err != nil {
		return backtest.Case{}, fmt.Errorf("%s: %w", word, err)
	}
	tr, err := aggregate(g.Series().Trace, v.Aggregate)
	if err != nil {
		return backtest.Case{}, fmt.Errorf("%s: %w", word, err)
	}
	load, err := fleet.NewLoad(tr, v.Peak)
	if err != nil {
		return backtest.Case{}, fmt.Errorf("%s: %w", word, err)
	}
	return backtest.Case{Name: fmt.Sprintf("%s-%d", r.Profile, r.Seed), Set: "generated", Load: load}, nil
}

// fromRecording reads the loads that the groups of a recorded timeline had, in
// instances as they were.
func (v backtestVerb) fromRecording(g config.Group) func(traceFlags) ([]backtest.Case, error) {
	return func(f traceFlags) ([]backtest.Case, error) {
		rec, err := recording.Open(f.path)
		if err != nil {
			return nil, err
		}
		return casesOf(f.path, f.set, g, events(rec.Messages()))
	}
}

// casesOf gives the loads that events show, as a replay would play them.
func casesOf(name, set string, g config.Group, events iter.Seq2[streams.Event, error]) ([]backtest.Case, error) {
	s, err := replayVerb{}.fromTapes(name, []config.Group{g}, events)
	if err != nil {
		return nil, err
	}
	var all []backtest.Case
	for i, world := range s.plays {
		all = append(all, backtest.Case{Name: s.players[i].ID().Group, Set: set, Load: world.Config().Load})
	}
	return all, nil
}
