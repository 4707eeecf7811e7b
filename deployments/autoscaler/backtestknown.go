package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"os"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// known is what rivals scored in an earlier backtest, by load and contender.
type known map[string]map[backtest.Contender]backtest.Run

// readKnown reads the JSON of an earlier backtest; nothing is known where no
// file is named. It refuses one with other settings.
// What an incumbent scored is known where it is the same one.
func readKnown(path string, plan backtestPlan) (known, error) {
	if path == "" {
		return nil, nil
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("open known scores: %w", err)
	}
	var earlier backtestJSON
	if err := json.Unmarshal(body, &earlier); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if want := newSettingsJSON(plan.settings); earlier.Settings != want {
		return nil, fmt.Errorf("read %s: settings: want %+v, got %+v", path, want, earlier.Settings)
	}
	same, err := earlier.Incumbent.same(plan.own.json())
	if err != nil {
		return nil, fmt.Errorf("read %s: incumbent: %w", path, err)
	}
	k := known{}
	for _, t := range earlier.Traces {
		k[t.Load] = map[backtest.Contender]backtest.Run{}
		for _, r := range t.Runs {
			if backtest.IsIncumbent(r.Policy) && !same {
				continue
			}
			k[t.Load][backtest.Contender{Policy: r.Policy, Knob: r.Knob}] = backtest.Run{
				Case: t.Trace, Policy: r.Policy, Knob: r.Knob, Score: r.score(), Before: r.Before.score(),
			}
		}
	}
	return k, nil
}

// answer gives a story to each task, and says which are still to be played:
// all of ours, what is to be told, and what is not known.
func (k known) answer(tasks []backtest.Task) ([]backtest.Story, places) {
	stories := make([]backtest.Story, len(tasks))
	loads := map[string]string{} // fingerprints by case
	var open places
	for i, t := range tasks {
		if k != nil && loads[t.Case.Name] == "" {
			loads[t.Case.Name] = fingerprintOf(t.Case.Load)
		}
		run, ok := k[loads[t.Case.Name]][t.Contender]
		if !ok || t.Told || backtest.IsOurs(t.Contender.Policy) {
			open = append(open, i)
			continue
		}
		run.Case = t.Case.Name
		stories[i].Run = run
	}
	return stories, open
}

// places are indices of tasks.
type places []int

// of picks the tasks.
func (p places) of(tasks []backtest.Task) []backtest.Task {
	picked := make([]backtest.Task, len(p))
	for i, at := range p {
		picked[i] = tasks[at]
	}
	return picked
}

// fill puts the stories of the tasks that were picked where they belong.
func (p places) fill(stories, played []backtest.Story) {
	for i, at := range p {
		stories[at] = played[i]
	}
}

// fingerprintOf names a load by its content, in hex.
func fingerprintOf(l fleet.Load) string {
	sum := fnv.New64a()
	word := func(x uint64) { sum.Write(binary.LittleEndian.AppendUint64(nil, x)) }
	word(uint64(l.Start.Unix()))
	word(uint64(l.Period))
	word(math.Float64bits(l.Peak))
	for _, d := range l.Demand {
		word(math.Float64bits(d))
	}
	for i, missing := range l.Missing {
		if missing {
			word(uint64(i))
		}
	}
	return fmt.Sprintf("%016x", sum.Sum64())
}
