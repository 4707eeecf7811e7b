package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

type trainVerb struct {
	Paths []string `arg:"" name:"path" help:"Traces (CSV timestamp,value), directories that have some, and directories of recordings."`

	Out        string `default:"weights.bin" placeholder:"FILE" help:"File to write the weights to, which must not be there yet (default weights.bin)."`
	Init       string `placeholder:"FILE" help:"Weights to begin with (default: drawn by --seed)."`
	Checkpoint string `placeholder:"FILE" help:"Where to write what --resume goes on from: after each epoch, and where it is interrupted (default: only then, to the file of --out with .checkpoint behind it)."`
	Resume     string `placeholder:"FILE" help:"Go on from a checkpoint, over the same series and with its options."`

	Exclude        []string `placeholder:"DATASET" help:"Leave out data sets: a trace is of that which its directory names, a group of that which its recording names."`
	SkipUnreadable bool     `help:"Leave out the files of directories that cannot be read, and say which."`

	Epochs   int     `default:"8" placeholder:"N" help:"Epochs at most: in each as many bins are learned from as there are (default 8)."`
	Patience int     `default:"3" placeholder:"N" help:"Epochs without a smaller loss on what is held out after which it ends (default 3)."`
	Hidden   int     `default:"64" placeholder:"N" help:"Hidden units (default 64)."`
	Batch    int     `default:"32" placeholder:"N" help:"Stretches learned from side by side (default 32); less takes less memory."`
	Segment  int     `default:"96" placeholder:"BINS" help:"Bins of each that errors are propagated back through (default 96); less takes less memory."`
	Rate     float64 `default:"0.004" placeholder:"X" help:"Rate of learning at the beginning (default 0.004)."`
	Seed     uint64  `default:"1" placeholder:"N" help:"What everything is drawn by (default 1)."`

	Workers int `default:"0" placeholder:"N" help:"Pieces of work side by side (default: as many as there are cores). The weights do not depend on it."`
}

// Help describes the verb at length.
func (trainVerb) Help() string {
	return `Trains the network that models lstm and combined begin with on every new series.

  autoscaler train loads/ --out weights.bin
  autoscaler train web.csv recording/ --epochs 20 --hidden 32
  autoscaler train loads/ --exclude nasa --checkpoint run.checkpoint
  autoscaler train loads/ --resume run.checkpoint --checkpoint run.checkpoint

Of each series the last tenth is held out: the weights of the epoch that forecasts
it best are written. The loss is that of quantiles, averaged over steps and levels,
in units in which a load of any size counts the same. Series of 60 s are learned
from at 300 s too, and those of more than 20 days at 30 minutes.

The same series and options give the same file, on any number of cores, and whether
it was interrupted or not. Ctrl-C writes a checkpoint first.

It exits with 1 where a file cannot be read, the memory does not suffice or nothing
was learned, with 2 where the command line makes no sense, and with 130 where it
was interrupted.`
}

// Validate checks the flags.
func (v trainVerb) Validate() error {
	if v.Resume != "" && (v.Init != "" || v.options() != lstm.DefaultOptions()) {
		return errors.New("--resume: goes on with the options of the checkpoint, want none beside it")
	}
	if v.Workers < 0 {
		return errors.New("--workers: must not be negative")
	}
	if err := v.options().Validate(); err != nil {
		return fmt.Errorf("--%w", err)
	}
	return nil
}

// options are those of the flags.
func (v trainVerb) options() lstm.Options {
	o := lstm.DefaultOptions()
	o.Epochs, o.Patience, o.Hidden, o.Batch, o.Segment = v.Epochs, v.Patience, v.Hidden, v.Batch, v.Segment
	o.Rate, o.Seed = v.Rate, v.Seed
	return o
}

// Run trains, and writes the weights.
func (v trainVerb) Run(ctx context.Context, p process) error {
	if _, err := os.Stat(v.Out); err == nil {
		return fmt.Errorf("--out: %s is there already", v.Out)
	}
	if err := canWriteAll(v.Out, v.Checkpoint); err != nil {
		return err
	}
	t := training{verb: v, p: p, began: time.Now()}
	if err := t.prepare(ctx); err != nil {
		return err
	}
	if err := t.run(ctx); err != nil {
		return err
	}
	return t.finish()
}
