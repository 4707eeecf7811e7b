package streams

import (
	"encoding/json"
	"fmt"
	"time"
)

// Checkpoint is how far a stage has come in one partition, and who brought it
// there.
type Checkpoint struct {
	Version int    `json:"version"`
	Stage   string `json:"stage"`
	// Fold is Stage.Version of the fold whose states belong to it.
	Fold int `json:"fold_version"`
	// Began is the last sequence of the stream when this fold started over.
	// It tells the states of this fold from those of an earlier one, and what
	// follows from events up to it may have been published by an earlier one.
	Began uint64 `json:"began"`
	// Owner names the process that wrote it to people, Instance to itself;
	// Epoch counts the takeovers.
	Owner    string `json:"owner"`
	Instance string `json:"instance"`
	Epoch    uint64 `json:"epoch"`
	// Seq is the sequence of the last event folded in; 0 is none.
	Seq uint64 `json:"sequence"`
	// Created is when the stream was made: the sequences of another stream
	// mean nothing in this one.
	Created time.Time `json:"stream_created"`
	// Folded is when the last commit was stored, by the server's clock, in a
	// checkpoint that only changed hands since.
	Folded *time.Time `json:"folded,omitempty"`
}

// FoldHeader is the header of a state that holds the FoldMark of its fold.
const FoldHeader = "Autoscaling-Fold"

// FoldMark names the fold that a state or a checkpoint belongs to.
func (c Checkpoint) FoldMark() string { return fmt.Sprintf("%d/%d", c.Fold, c.Began) }

// Encode gives the body of a checkpoint.
func (c Checkpoint) Encode() ([]byte, error) {
	c.Version = Version
	body, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("ckpt: %w", err)
	}
	return body, nil
}

// DecodeCheckpoint reads the body of a checkpoint. One of a newer version is
// ErrNewerVersion.
func DecodeCheckpoint(body []byte) (Checkpoint, error) {
	var c Checkpoint
	if err := versioned(body, &c, &c.Version); err != nil {
		return Checkpoint{}, fmt.Errorf("ckpt: %w", err)
	}
	return c, nil
}
