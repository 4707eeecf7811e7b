package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/streams"
)

type weightsGetVerb struct {
	realmFlags
	Sum    string `arg:"" help:"SHA-256 of the weights, as 'autoscaler weights list' shows it."`
	Output string `short:"o" placeholder:"FILE" help:"File to write, which must not be there yet (default: the checksum with .bin behind it, in this directory)."`
}

// Help describes the verb at length.
func (weightsGetVerb) Help() string {
	return `What it writes has the checksum that was asked for, or it writes nothing. Those
that this binary embeds need no server.

  autoscaler weights get 2c26b46b68ffc68ff99b453c1d304134... -o weights.bin

It exits with 1 where the bucket does not have them, or the file is there already.`
}

// Validate checks the checksum.
func (v weightsGetVerb) Validate() error {
	if !streams.IsChecksum(v.Sum) {
		return fmt.Errorf("want 64 lower-case hexadecimal digits, got %.80q", v.Sum)
	}
	return nil
}

// Run gets the weights.
func (v weightsGetVerb) Run(ctx context.Context, p process) error {
	ctx, cancel := context.WithTimeout(ctx, weightsTimeout)
	defer cancel()
	body, err := v.read(ctx, p)
	if err != nil {
		return err
	}
	path := cmp.Or(v.Output, v.Sum+".bin")
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("write weights: %w", err)
	}
	_, err = file.Write(body)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write weights: %w", errors.Join(err, os.Remove(path)))
	}
	fmt.Fprintf(p.stderr, "wrote %d bytes to %s\n", len(body), path)
	return nil
}

func (v weightsGetVerb) read(ctx context.Context, p process) ([]byte, error) {
	if shipped := lstm.Embedded(); shipped.Sum() == v.Sum {
		return shipped.Binary(), nil
	}
	b, _, done, err := v.bucket(ctx, p, false)
	if err != nil {
		return nil, err
	}
	defer done()
	return b.Get(ctx, v.Sum)
}
