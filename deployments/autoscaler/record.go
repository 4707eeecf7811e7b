package main

import (
	"context"
	"fmt"

	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/streams"
)

type recordVerb struct {
	connectFlags
	Config string `short:"c" placeholder:"FILE" help:"Configuration; without one, the defaults."`
	Realm  string `placeholder:"NAME" help:"Realm to record; before the configuration (default live)."`
	Dir    string `arg:"" help:"Directory to write; made where it is missing, and must hold no recording."`
}

// Help describes the verb at length.
func (recordVerb) Help() string {
	return `The recording is the standard backup of NATS 2.15: 'nats backup info',
'validate', 'edit' and 'restore' work on it, 'autoscaler replay DIR' plays it
again, and 'autoscaler replay --verify DIR' proves that its forecasts and
decisions follow from its metrics.`
}

// Run records the stream of a realm.
func (v recordVerb) Run(ctx context.Context, p process) error {
	flags := componentFlags{connectFlags: v.connectFlags, Config: v.Config, Realm: v.Realm}
	cfg, log, err := flags.load(p)
	if err != nil {
		return err
	}
	conn, err := v.resolve(p.env, cfg.NATS).connect("autoscaler record", log)
	if err != nil {
		return err
	}
	defer conn.nc.Close()
	bar := newProgress(p.stderr, -1, "recording")
	written, err := recording.Write(ctx, recording.Source{JetStream: conn.js, Stream: streams.StreamName(cfg.Realm)}, v.Dir, bar.set)
	bar.done()
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stdout, "recorded %d messages of stream %s, sequences %d to %d, into %s (%d bytes)\n",
		written.Messages, written.Config.Name, written.State.FirstSeq, written.State.LastSeq, v.Dir, written.Bytes)
	if n := written.Absent(); n > 0 {
		fmt.Fprintf(p.stderr, "%d messages were replaced or expired meanwhile: verify this recording from its beginning, not from its states\n", n)
	}
	return nil
}
