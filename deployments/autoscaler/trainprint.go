package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

// printBeginning says what is trained, and on what.
func (t *training) printBeginning(o lstm.Options) {
	out, at := t.p.stdout, t.trainer.Progress()
	fmt.Fprintf(out, "series    %d of %s; with coarser bins %d that are long enough, %d values\n",
		len(t.data.Series), strings.Join(t.data.Sets, ", "), t.trainer.Tracks(), t.trainer.Bins())
	fmt.Fprintf(out, "network   %d hidden units, %d parameters\n", o.Hidden, o.Parameters())
	fmt.Fprintf(out, "training  %d epochs of %d mini-batches at most, each %d stretches of %d bins\n", o.Epochs, at.Batches, o.Batch, o.Segment)
	if at.Batch > 0 {
		fmt.Fprintf(out, "resumed   after mini-batch %d of epoch %d\n", at.Batch%at.Batches, at.Epoch+1)
	}
	fmt.Fprintf(out, "loss on what is held out before the first epoch: %.4f\n\n", at.Start)
}

// printEpoch prints the losses of the newest epoch.
func (t *training) printEpoch(at lstm.Progress) {
	best := ""
	if at.BestEpoch == at.Epoch {
		best = "  best"
	}
	fmt.Fprintf(t.p.stdout, "epoch %3d  loss %.4f  held out %.4f%s\n", at.Epoch, at.Loss, at.Validation, best)
}

// printEnd says what was written, and what to do with it.
func (t *training) printEnd(w *lstm.Weights) {
	out, at := t.p.stdout, t.trainer.Progress()
	if at.Early {
		fmt.Fprintf(out, "ended early: no smaller loss on what is held out in %d epochs\n", at.Epoch-at.BestEpoch)
	}
	p := w.Provenance()
	fmt.Fprintf(out, "\nwrote %s: %d bytes, the weights after epoch %d (held out %.4f, before it all %.4f)\n",
		t.verb.Out, len(w.Binary()), at.BestEpoch, at.Best, at.Start)
	fmt.Fprintf(out, "trained on %d series of %s, %d values\n", p.Series, strings.Join(p.DataSets, ", "), p.Bins)
	fmt.Fprintf(out, "sha256 %s\n\nFor the groups of a realm:\n\n  autoscaler weights put %s\n\nand in their policy:\n\n  forecast: {model: combined, weights: %s}\n",
		w.Sum(), t.verb.Out, w.Sum())
	fmt.Fprintf(t.p.stderr, "%.1f s\n", time.Since(t.began).Seconds())
}
