package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
)

// training is a run of the verb train.
type training struct {
	verb    trainVerb
	p       process
	began   time.Time
	data    lstm.Data
	trainer *lstm.Trainer
}

// prepare reads everything, and begins or resumes.
func (t *training) prepare(ctx context.Context) error {
	s := schooling{exclude: t.verb.Exclude, skip: t.verb.SkipUnreadable, stderr: t.p.stderr}
	for _, path := range t.verb.Paths {
		if err := s.read(ctx, path); err != nil {
			return err
		}
	}
	var err error
	if t.data, err = s.data(); err != nil {
		return err
	}
	options, checkpoint := t.verb.options(), []byte(nil)
	if t.verb.Resume != "" {
		if checkpoint, err = os.ReadFile(t.verb.Resume); err != nil {
			return fmt.Errorf("open checkpoint: %w", err)
		}
		if options, err = lstm.CheckpointOptions(checkpoint); err != nil {
			return fmt.Errorf("%s: %w", t.verb.Resume, err)
		}
	}
	if t.verb.Init != "" {
		if t.data.Init, err = readWeights(t.verb.Init); err != nil {
			return err
		}
	}
	if err := t.suffices(options); err != nil {
		return err
	}
	return t.begin(options, checkpoint)
}

func (t *training) suffices(o lstm.Options) error {
	free, known := freeMemory("/")
	if !known {
		return nil
	}
	return suffices(o, lstm.CountBins(t.data.Series), free)
}

func (t *training) begin(o lstm.Options, checkpoint []byte) (err error) {
	each := onCores(t.verb.Workers)
	if checkpoint == nil {
		t.trainer, err = lstm.NewTrainer(t.data, o, each)
	} else if t.trainer, err = lstm.Resume(t.data, checkpoint, each); err != nil {
		err = fmt.Errorf("%s: %w", t.verb.Resume, err)
	}
	if err != nil {
		return err
	}
	t.printBeginning(o)
	return nil
}

// run trains to the end, or until it is interrupted.
func (t *training) run(ctx context.Context) error {
	at := t.trainer.Progress()
	bar := newProgress(t.p.stderr, int64(at.Batches), t.epochName(at))
	bar.set(int64(at.Batch % at.Batches))
	defer func() { bar.done() }()
	for {
		if ctx.Err() != nil {
			bar.done()
			if err := t.interrupted(); err != nil {
				return err
			}
			return ctx.Err()
		}
		more := t.trainer.Step()
		bar.add(1)
		if now := t.trainer.Progress(); now.Epoch > at.Epoch {
			at = now
			bar.done()
			if err := t.endEpoch(now); err != nil {
				return err
			}
			if more {
				bar = newProgress(t.p.stderr, int64(now.Batches), t.epochName(now))
			}
		}
		if !more {
			return nil
		}
	}
}

func (t *training) epochName(at lstm.Progress) string {
	return fmt.Sprintf("epoch %d of %d", at.Epoch+1, t.trainer.Options().Epochs)
}

func (t *training) endEpoch(now lstm.Progress) error {
	t.printEpoch(now)
	if t.verb.Checkpoint == "" {
		return nil
	}
	return writeWhole(t.verb.Checkpoint, t.trainer.Checkpoint())
}

// interrupted writes a checkpoint, and says how to go on.
func (t *training) interrupted() error {
	path := t.verb.Checkpoint
	if path == "" {
		path = t.verb.Out + ".checkpoint"
	}
	if err := writeWhole(path, t.trainer.Checkpoint()); err != nil {
		return err
	}
	at := t.trainer.Progress()
	fmt.Fprintf(t.p.stderr, "wrote %s after mini-batch %d of epoch %d; go on with --resume %s over the same series, without the options of the network\n",
		path, at.Batch%at.Batches, at.Epoch+1, path)
	return nil
}

// finish writes the weights, and prints what they are.
func (t *training) finish() error {
	w, err := t.trainer.Weights()
	if err != nil {
		return err
	}
	if err := writeWhole(t.verb.Out, w.Binary()); err != nil {
		return err
	}
	t.printEnd(w)
	return nil
}

// writeWhole writes a file so that no half of it is ever there.
func writeWhole(path string, data []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	_, err = file.Write(data)
	// It is made for its owner alone, as something secret would be.
	err = errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(file.Name())))
	}
	return nil
}
