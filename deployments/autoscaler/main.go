// Command autoscaler is the whole predictive auto scaler in one binary: a verb
// for each component, and verbs to replay, record and demonstrate it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
)

// cli is the command line: a field a verb.
type cli struct {
	Ingest     ingestVerb     `cmd:"" help:"Poll CloudWatch and Auto Scaling, once a round."`
	Forecaster forecasterVerb `cmd:"" help:"Forecast every group's load, and answer predictions."`
	Decider    deciderVerb    `cmd:"" help:"Decide the desired capacity of every group, once a round."`
	Actuator   actuatorVerb   `cmd:"" help:"Carry decisions out."`
	All        allVerb        `cmd:"" help:"Run all four components in one process, with an embedded NATS server."`
	Status     statusVerb     `cmd:"" help:"Show how every group stands; exit with 1 where somebody should look."`
	Why        whyVerb        `cmd:"" help:"Show a decision of a group, its trail and the forecast behind it."`
	Check      checkVerb      `cmd:"" help:"Check a configuration against NATS and AWS: what would be seen, what it costs, what is missing."`
	Demo       demoVerb       `cmd:"" help:"Scale a group through a week of recorded traffic, and show what it did and why."`
	Replay     replayVerb     `cmd:"" help:"Play a trace, a recorded timeline or a live one through the pipeline; or verify a recording."`
	Aws        awsVerb        `cmd:"" help:"Set up, attach and look at what is at AWS."`
	Awssim     awssimVerb     `cmd:"" help:"Serve a simulated AWS to clients on this host."`
	Record     recordVerb     `cmd:"" help:"Write a realm's timeline to a directory, as nats backup does."`
	Backtest   backtestVerb   `cmd:"" help:"Play policies over recorded loads, and say which did better."`
	Evaluate   evaluateVerb   `cmd:"" help:"Forecast recorded series from every origin, and score models against one another."`
	Forecast   forecastVerb   `cmd:"" help:"Fit one model on a load, and forecast what comes next."`
	Generate   generateVerb   `cmd:"" help:"Make up a load, from a profile and a seed."`
	Train      trainVerb      `cmd:"" help:"Train the network that models lstm and combined begin with, over many loads."`
	Weights    weightsVerb    `cmd:"" help:"Put global weights into a realm's bucket, list what is there, or get it."`
	Ab         abVerb         `cmd:"" help:"Compare policies that decide side by side."`
	Version    versionVerb    `cmd:"" help:"Print the version of this binary and of what it is made of."`
}

const description = `A predictive auto scaler for EC2 Auto Scaling groups.

Metrics, forecasts, decisions and outcomes are events on one NATS JetStream
timeline; each component is a fold over it. Start with: autoscaler demo`

// process is what a verb has of the world around it.
type process struct {
	stdout, stderr io.Writer
	// stdin is where an answer of a person is read from; nil where there is none.
	stdin io.Reader
	env   func(string) string
	// publish stores a component's commits; nil is the usual way. A test puts
	// a crash there.
	publish partition.Publish
	// stacks says how what AWS does is watched.
	stacks aws.Options
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := process{stdout: os.Stdout, stderr: os.Stderr, stdin: os.Stdin, env: os.Getenv}
	os.Exit(run(ctx, p, os.Args[1:]))
}

// run parses the arguments, runs the verb and gives the exit code: 0 where all
// went well, 1 where it did not, 2 where the command line is wrong.
func run(ctx context.Context, p process, args []string) int {
	var verbs cli
	exit := -1
	parser, err := kong.New(&verbs, kong.Name("autoscaler"), kong.Description(description), kong.UsageOnError(),
		kong.Writers(p.stdout, p.stderr), kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(p))
	if err != nil {
		fmt.Fprintln(p.stderr, "autoscaler:", err)
		return 2
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // help was asked for, and printed
		return exit
	}
	if err != nil {
		fmt.Fprintln(p.stderr, "autoscaler:", err)
		return 2
	}
	switch err := parsed.Run(); {
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(p.stderr, "autoscaler: interrupted")
		return 130
	case err != nil:
		fmt.Fprintln(p.stderr, "autoscaler:", err)
		return 1
	}
	return 0
}
