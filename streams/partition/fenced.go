package partition

import (
	"errors"
	"fmt"
)

// ErrFenced is what a *FencedError is.
var ErrFenced = errors.New("fenced")

// errRecover says that memory no longer follows from what is stored, so that
// the fold has to be taken up from the checkpoints again.
var errRecover = errors.New("memory and stream disagree")

// errUnfinished says that the context ended, and the time to finish with it,
// before the last commit was stored.
var errUnfinished = errors.New("ended before the last commit was stored")

// errTooLarge comes with errRecover where a commit has more messages than a
// batch may have.
var errTooLarge = errors.New("too many messages for one commit")

// FencedError says that another runner has taken over. The process that gets
// it should end, and not try again.
type FencedError struct {
	Stage     string
	Partition int
	Owner     string // the Owner of the other runner
	Epoch     uint64 // which takeover that was, counted from 1
}

// Error names the other runner.
func (e *FencedError) Error() string {
	return fmt.Sprintf("fenced: %s took over stage %s at partition %d, epoch %d", e.Owner, e.Stage, e.Partition, e.Epoch)
}

// Is makes it ErrFenced.
func (*FencedError) Is(target error) bool { return target == ErrFenced }

// faultError is a fault of the stage or of what is stored, at which trying
// again does not help.
type faultError struct{ error }

func faultf(format string, args ...any) error { return &faultError{fmt.Errorf(format, args...)} }

// Unwrap gives the fault itself.
func (e *faultError) Unwrap() error { return e.error }

// final reports whether trying again does not help.
func final(err error) bool {
	var fault *faultError
	return errors.Is(err, ErrFenced) || errors.As(err, &fault)
}
