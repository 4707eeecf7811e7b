package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/streams/topology"
)

type weightsListVerb struct{ realmFlags }

// Help describes the verb at length.
func (weightsListVerb) Help() string {
	return `Lists what lies in the bucket, the newest first, with the size in bytes and when
it was put there. Those that this binary embeds are marked: a policy that names none
has them.

  autoscaler weights list
  autoscaler weights list --realm trial

It exits with 1 where the server cannot be asked.`
}

// Run lists the bucket. One that was never made holds nothing.
func (v weightsListVerb) Run(ctx context.Context, p process) error {
	ctx, cancel := context.WithTimeout(ctx, weightsTimeout)
	defer cancel()
	var all []topology.StoredWeights
	b, _, done, err := v.bucket(ctx, p, false)
	switch {
	case errors.Is(err, topology.ErrNoWeights):
	case err != nil:
		return err
	default:
		defer done()
		if all, err = b.List(ctx); err != nil {
			return err
		}
	}
	printWeights(p.stdout, all)
	return nil
}

func printWeights(w io.Writer, all []topology.StoredWeights) {
	shipped := lstm.Embedded()
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "WEIGHTS\tBYTES\tSTORED\t")
	found := false
	for _, s := range all {
		mark := ""
		if s.Sum == shipped.Sum() {
			mark, found = "embedded", true
		}
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\n", s.Sum, s.Bytes, clockOf(s.Stored), mark)
	}
	if !found {
		fmt.Fprintf(t, "%s\t%d\t-\tembedded\n", shipped.Sum(), len(shipped.Binary()))
	}
	// What it writes to reports its own errors.
	_ = t.Flush()
}
