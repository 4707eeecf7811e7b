package main

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/replay/fleet"
)

// outcome is what came of a backtest.
type outcome struct {
	plan    backtestPlan
	stories []backtest.Story
	trials  []backtest.Trial
	// swept says that rivals played at every knob.
	swept bool
	price float64 // dollars per instance-hour; 0 where costs are not shown
	// best tells of the best rivals in hindsight, for a report.
	best []backtest.Story
	// figures and standings are there where rivals were swept.
	figures   []backtest.Figure
	standings []backtest.Standing
	// variants are ours on other forecasts.
	variants []backtest.Variant
}

func newOutcome(plan backtestPlan, stories []backtest.Story, price float64) outcome {
	o := outcome{plan: plan, stories: stories, price: price, swept: len(plan.contenders) > len(plan.named)}
	o.trials = plan.settings.Trials(plan.cases, stories)
	for _, w := range plan.prices() {
		o.standings = append(o.standings, backtest.Standings(o.trials, w)...)
		o.variants = append(o.variants, backtest.Variants(o.trials, w)...)
	}
	if o.swept && len(backtest.Contests(o.trials, backtest.Headline)) > 0 {
		o.figures = backtest.Figures(o.trials, plan.settings.Seed)
	}
	return o
}

// shown says whether a run is of a contender that the command line names.
func (o outcome) shown(r backtest.Run) bool { return slices.Contains(o.plan.named, r.Contender()) }

// write writes figures, rows and pictures to the files that are named.
// args are those of the command line.
func (o outcome) write(v backtestVerb, args []string) error {
	for _, file := range []struct {
		path string
		fill func(io.Writer) error
	}{
		{v.JSON, o.writeJSON},
		{v.Timeline, o.writeTimeline},
		{v.Report, func(w io.Writer) error { return o.writeReport(w, "autoscaler "+strings.Join(args, " ")) }},
	} {
		if file.path == "" {
			continue
		}
		if err := writeFile(file.path, file.fill); err != nil {
			return err
		}
	}
	return nil
}

// writeTimeline writes the rows of what was told, each policy under its name;
// where there are several traces, under trace/policy.
func (o outcome) writeTimeline(w io.Writer) error {
	var rows []fleet.Row
	for _, s := range o.stories {
		if !o.shown(s.Run) {
			continue
		}
		for _, r := range s.Rows {
			r.Policy = s.Label()
			if len(o.plan.cases) > 1 {
				r.Policy = s.Case + "/" + r.Policy
			}
			rows = append(rows, r)
		}
	}
	return fleet.WriteRows(w, rows)
}

// The form of the JSON.
type (
	backtestJSON struct {
		Settings  settingsJSON   `json:"settings"`
		Traces    []traceJSON    `json:"traces"`
		Contests  []contestJSON  `json:"contests,omitempty"`
		Figures   []figureJSON   `json:"figures,omitempty"`
		Standings []standingJSON `json:"standings,omitempty"`
		Variants  []variantJSON  `json:"variants,omitempty"`
		Gate      *gateJSON      `json:"gate,omitempty"`
		// Incumbent is there with --from-group, unless another was named.
		Incumbent *incumbentJSON `json:"incumbent,omitempty"`
	}
	settingsJSON struct {
		Boot        float64 `json:"boot_s"`
		BootP95     float64 `json:"boot_p95_s,omitempty"`
		BootCPU     float64 `json:"boot_cpu_percent"`
		MetricDelay float64 `json:"metric_delay_s"`
		Signal      string  `json:"signal"`
		SLO         float64 `json:"slo_percent"`
		WarmUp      float64 `json:"warm_up"`
		Seed        uint64  `json:"seed"`
	}
	traceJSON struct {
		Trace string `json:"trace"`
		Load  string `json:"load"` // its fingerprint
		Set   string `json:"set"`
		// Weights is the checksum of what the networks of ours began with.
		Weights string    `json:"weights,omitempty"`
		Small   bool      `json:"small"`
		Scored  int       `json:"scored_minutes"`
		Peak    float64   `json:"peak_instances"`
		Runs    []runJSON `json:"runs"`
	}
	runJSON struct {
		Policy    string  `json:"policy"`
		Knob      float64 `json:"knob"`
		Emulation bool    `json:"emulation,omitempty"`
		scoreJSON
		Dollars *float64  `json:"dollars,omitempty"`
		Before  scoreJSON `json:"before"`
	}
	contestJSON struct {
		Trace      string  `json:"trace"`
		Price      float64 `json:"price"`
		Ratio      float64 `json:"j_over_best_rival"`
		Best       string  `json:"best_rival"`
		Beforehand string  `json:"rival_chosen_beforehand,omitempty"`
		Fewest     string  `json:"fewest_violations_at_equal_hours,omitempty"`
		Cheapest   string  `json:"fewest_hours_at_equal_violations,omitempty"`
		Hindsight  string  `json:"ours_in_hindsight"`
	}
	figureJSON struct {
		Name    string   `json:"name"`
		Price   float64  `json:"price"`
		Value   *float64 `json:"value"` // null where not known
		Low     *float64 `json:"low,omitempty"`
		High    *float64 `json:"high,omitempty"`
		Must    *float64 `json:"must,omitempty"`
		Aim     *float64 `json:"aim,omitempty"`
		Verdict string   `json:"verdict,omitempty"`
		Traces  int      `json:"traces"`
		LeftOut int      `json:"left_out,omitempty"`
		Notes   []string `json:"notes,omitempty"`
	}
	standingJSON struct {
		Policy          string  `json:"policy"`
		Price           float64 `json:"price"`
		OwnOracle       float64 `json:"j_over_oracle"`
		HindsightOracle float64 `json:"j_over_oracle_best_knob"`
		OwnBest         float64 `json:"j_over_best_rival"`
		HindsightBest   float64 `json:"j_over_best_rival_best_knob"`
	}
	variantJSON struct {
		Policy string  `json:"policy"`
		Price  float64 `json:"price"`
		Ratio  float64 `json:"j_over_ours"`
		Traces int     `json:"traces"`
	}
	gateJSON struct {
		Passed  bool    `json:"passed"`
		Ratio   float64 `json:"j_over_incumbent"`
		Margin  float64 `json:"margin"`
		Verdict string  `json:"verdict"`
	}
)

func (o outcome) writeJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(o.json())
}
