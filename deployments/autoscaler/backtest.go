package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/streams"
)

type backtestVerb struct {
	Traces []string `arg:"" optional:"" name:"trace" help:"Traces (CSV timestamp,value), directories of recordings, or generate:PROFILE,FLAG=VALUE,... FILE,sum5 or FILE,mean5 makes 5 minutes of one; FILE,set=NAME names its data set (default: its folder)."`

	FromGroup string `placeholder:"NAME" help:"Play the CloudWatch history of this Auto Scaling group, beside the policies and alarms that it has: read once, nothing is written."`
	Days      int    `default:"14" placeholder:"N" help:"How much of that history (default 14)."`
	Region    string `placeholder:"REGION" help:"Region of that group (default: the scope of the group in the configuration)."`

	Policies       string    `default:"ours,ours-naive,ours-perfect,oracle,tt.7,tt.9,step,hpa,aws-predictive" placeholder:"LIST" help:"Policies by comma, each with @KNOB where another than its own is meant; ours-MODEL is ours on the forecasts of another model; all is every one but those, with ours-naive; incumbent is what the group of --from-group scales by, and is added by itself."`
	ViolationPrice float64   `default:"8" placeholder:"W" help:"What a violated minute is worth to ours, in instance-hours (default 8)."`
	Sweep          bool      `help:"Play every rival at every knob, and ours at many prices."`
	Prices         []float64 `default:"1,4,16,32" placeholder:"W,..." help:"Prices at which --sweep plays ours beside 8 and 2, to show what hindsight would have chosen (default 1,4,16,32)."`

	Peak        float64       `default:"40" placeholder:"N" help:"Instances at the 99.9th percentile of a trace (default 40); a recording has its own."`
	Aggregate   string        `enum:"none,sum5,mean5" default:"none" help:"Make 5 minutes of one of every trace: none, sum5 or mean5."`
	Boot        string        `default:"180s" placeholder:"TIME" help:"Time from asking for an instance to its service: 180s, or lognormal:p50=120s,p95=300s (default 180s). Ours is not told: it begins with the boot_prior of its policy and learns."`
	BootCPU     float64       `default:"0" placeholder:"PERCENT" help:"What an instance that boots reports, in percent (default 0)."`
	MetricDelay time.Duration `default:"60s" help:"Time from the end of a period to its metric (default 60s)."`
	Signal      string        `enum:"cpu,requests" default:"cpu" help:"What the metric shows: cpu, which saturates, or requests."`
	SLO         float64       `name:"slo" default:"80" placeholder:"PERCENT" help:"Utilization above which a minute is violated (default 80)."`
	WarmUp      float64       `default:"0.5" placeholder:"SHARE" help:"Share of a trace that is lived and not scored (default 0.5)."`
	Seed        uint64        `default:"1" placeholder:"N" help:"Seed of boot times and of intervals (default 1)."`

	Config  string `short:"c" placeholder:"FILE" help:"Configuration whose policy is ours (default: the bundled sample)."`
	Group   string `placeholder:"NAME" help:"Group of --config (default: the first)."`
	Weights string `placeholder:"FILE" help:"Global weights that lstm and combined of ours begin with (default: those of the configuration, or of this binary)."`
	Folds   string `placeholder:"FILE" help:"Global weights by data set: JSON, a list of {\"exclude\": [\"web\"], \"weights\": \"web.weights\"}. Those of a trace exclude its data set."`
	Workers int    `default:"0" placeholder:"N" help:"Runs side by side (default: as many as there are cores). Results do not depend on it."`

	Known string `placeholder:"FILE" help:"Take what rivals scored from this --json of an earlier backtest with the same settings, where it has the load, instead of playing them again."`

	Price    float64 `default:"0" placeholder:"DOLLARS" help:"Dollars per instance-hour: show costs. Without it only the report does, at an assumed 0.10."`
	JSON     string  `name:"json" placeholder:"FILE" help:"Write every run and figure as JSON."`
	Timeline string  `placeholder:"FILE" help:"Write one row a minute of the policies that are named as CSV: what scores are computed from."`
	Report   string  `placeholder:"FILE" help:"Write a report as one HTML file."`
	AB       string  `name:"ab" placeholder:"A,B" help:"Compare two policies day by day, with intervals and a verdict."`

	Gate      bool   `help:"Exit with 1 unless J of ours at --violation-price is below the incumbent's by the margin, in the geometric mean over the traces."`
	Incumbent string `placeholder:"POLICY" help:"Policy that --gate compares with and --report draws (default: what the group of --from-group scales by, else tt.7). Where another is named here, the group's policies and alarms are not read."`
	Margin    string `default:"5%" placeholder:"PERCENT" help:"By how much --gate wants to see J below the incumbent's (default 5%)."`
}

// Help describes the verb at length.
func (backtestVerb) Help() string {
	return `Every policy lives through the same load with the same boot times: rivals by
their published definitions, and ours by the code that runs live. The first half
of a trace is warm-up, the second is scored. J is instance-hours plus a price for
every minute in which the load was above the SLO's share of what was in service.

  autoscaler backtest requests.csv                        ours beside the usual rivals
  autoscaler backtest requests.csv --policies ours,tt.7@55,oracle
  autoscaler backtest requests.csv --policies ours,ours-arima,ours-dhr    other models
  autoscaler backtest a.csv b.csv,sum5 --policies all --sweep    every rival at every knob
  autoscaler backtest backup/                             the load of a recording
  autoscaler backtest --from-group web --region eu-west-1 --days 14
  autoscaler backtest requests.csv --gate --incumbent tt.7@60 --margin 10%

Ours forecasts with the model of its policy; ours-arima, ours-combined, ours-dhr,
ours-lstm, ours-naive, ours-rls and ours-stl_arima play the same policy with that
model instead. Those that are refitted daily (all but naive and rls) take up to
forty times as long as rls: that is why all leaves them out, and they are to be
named.

With --from-group the policies of the group itself play too, as incumbent: target
tracking, step and simple scaling on its CPU with the alarms that it really has,
scheduled actions that recur, and predictive scaling that scales, by emulation,
all within its min and max. It is what --gate compares with. What cannot be
played, such as a policy on the requests of a load balancer, is named, and the
rest is marked incumbent*; where nothing can be, tt.7 stands in and that is said.
It needs autoscaling:DescribeAutoScalingGroups, DescribePolicies and
DescribeScheduledActions, cloudwatch:GetMetricData and DescribeAlarms; with
--incumbent tt.7, DescribeAutoScalingGroups and GetMetricData are enough.

The knob of ours is the price of a violated minute (ours@4); ours@0 goes by the
fixed quantile of its policy. Recordings and CloudWatch show what was served:
load above what all instances could do is not in them.

The networks of lstm and combined begin with global weights. Where those were
trained on the data set of a trace, J is no evidence: --folds names others by
data set, which is the directory that a trace is in, or what set= says.

To try one's own settings again and again, let rivals play once with --json and
take what they scored from there with --known.

It exits with 1 where it could not play or the gate is not passed, with 2 where
the command line makes no sense, and with 130 where it was interrupted.

NATS_* is not read, and AWS_* with --from-group only.`
}

// Validate checks what flags go together.
func (v backtestVerb) Validate() error {
	switch {
	case len(v.Traces) == 0 && v.FromGroup == "":
		return errors.New("want a trace, a recording or --from-group")
	case v.FromGroup != "" && (v.Days < 1 || v.Days > 455):
		return errors.New("--days: want 1 to 455")
	case !(v.ViolationPrice > 0 && v.ViolationPrice < 1e6):
		return errors.New("--violation-price: want above 0 and below 1e6 instance-hours")
	case !(v.WarmUp >= 0 && v.WarmUp < 1):
		return errors.New("--warm-up: want a share from 0 to below 1")
	case v.Workers < 0:
		return errors.New("--workers: must not be negative")
	case !(v.Price >= 0 && v.Price < 1e6):
		return errors.New("--price: want 0 to below 1e6 dollars")
	case !(v.SLO > 0 && v.SLO <= 100):
		return errors.New("--slo: want above 0 and at most 100 %")
	case !(v.BootCPU >= 0 && v.BootCPU <= 100):
		return errors.New("--boot-cpu: want 0 to 100 %")
	case v.MetricDelay < 0 || v.MetricDelay > 24*time.Hour:
		return errors.New("--metric-delay: want 0s to 24h")
	case v.Region != "" && v.FromGroup == "":
		return errors.New("--region: goes with --from-group")
	case v.Weights != "" && v.Folds != "":
		return errors.New("--folds: want no --weights with it")
	case v.Group != "" && v.Config == "":
		return errors.New("--group: goes with --config")
	}
	for _, text := range v.Traces {
		if err := v.checkTrace(text); err != nil {
			return err
		}
	}
	_, err := v.flags()
	return err
}

// Run plays the policies and prints what came of it.
func (v backtestVerb) Run(ctx context.Context, p process, line *kong.Context) error {
	if err := v.canWrite(); err != nil {
		return err
	}
	own, err := v.ownScaling(ctx)
	if err != nil {
		return err
	}
	plan, err := v.with(own).plan()
	if err != nil {
		return err
	}
	plan.own = own
	if plan.cases, err = v.cases(ctx, plan); err != nil {
		return err
	}
	if err := plan.equip(); err != nil {
		return err
	}
	began := time.Now()
	o, err := v.play(ctx, p, plan)
	if err != nil {
		return err
	}
	if err := o.write(v, line.Args); err != nil {
		return err
	}
	o.print(p.stdout)
	if err := o.printAB(p.stdout); err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "\n%s on %s in %.1f s.\n", counted(len(o.stories), "run"), counted(len(plan.cases), "trace"), time.Since(began).Seconds())
	return o.gated(p.stdout)
}

// canWrite looks, before hours of playing, whether there is a place for what is
// to be written.
func (v backtestVerb) canWrite() error {
	for _, path := range []string{v.JSON, v.Timeline, v.Report} {
		if path == "" {
			continue
		}
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return nil
}

// play plays what is planned and not known, and tells what is to be told of it.
func (v backtestVerb) play(ctx context.Context, p process, plan backtestPlan) (outcome, error) {
	tasks := backtest.Tasks(plan.cases, plan.contenders, plan.told)
	known, err := readKnown(v.Known, plan)
	if err != nil {
		return outcome{}, err
	}
	stories, open := known.answer(tasks)
	bench := backtest.Bench{Settings: plan.settings, Setup: plan.setup(), Incumbent: plan.own.Incumbent, Stop: ctx.Err}
	played, err := v.watched(p, bench, open.of(tasks))
	if err != nil {
		return outcome{}, err
	}
	open.fill(stories, played)
	o := newOutcome(plan, stories, v.Price)
	if v.Report != "" {
		o.best, err = bench.PlayAll(o.bestRivals(), backtest.Parallel(onCores(v.Workers)))
	}
	return o, err
}

// watched plays tasks under a progress bar.
func (v backtestVerb) watched(p process, bench backtest.Bench, tasks []backtest.Task) ([]backtest.Story, error) {
	work := 0
	for _, t := range tasks {
		work += t.Work()
	}
	bar := newShare(p.stderr, int64(work), "playing "+counted(len(tasks), "run"))
	defer bar.done()
	bench.Done = bar.add
	return bench.PlayAll(tasks, backtest.Parallel(onCores(v.Workers)))
}

// setup plays the group's policy at a price.
func (p backtestPlan) setup() backtest.Setup {
	g := p.group
	return backtest.Setup{ID: g.ID, Weights: p.weightsOf, Policy: func(period streams.Duration, price float64) streams.Policy {
		p := g.WithPeriod(period.Std())
		p.Scaling.ViolationPrice = price
		return p
	}}
}
