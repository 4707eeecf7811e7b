package partition

import (
	"fmt"
	"time"
)

// settle finds out what became of a batch by what its checkpoints are now: nil
// where it was stored, errAgain where it was not, an error that is a
// *FencedError where another runner has taken over, errRecover where the
// stream is another.
func (l *loop) settle(b batch) error {
	var wait backoff
	for {
		found, err := l.standing(b.partitions)
		switch {
		case err == nil:
			return l.verdict(b, found)
		case final(err):
			return err
		}
		l.trouble(err)
		if !l.wait(&wait) {
			return fmt.Errorf("%w: %w", errUnfinished, err)
		}
	}
}

func (l *loop) standing(partitions []int) (map[int]held, error) {
	stream, err := lookUp(l.finish, l.js, l.stream)
	if err != nil {
		return nil, err
	}
	return l.readCheckpoints(l.finish, stream, partitions)
}

func (l *loop) verdict(b batch, found map[int]held) error {
	if err := l.foreign(found); err != nil {
		return err
	}
	var missing, written int
	for _, p := range b.partitions {
		h := found[p]
		switch {
		case h.at == 0:
			missing++
		case h.Epoch == b.next[p].Epoch && h.Seq == b.next[p].Seq && h.at != l.fold.held[p].at:
			written++
		}
	}
	switch {
	case written == len(b.partitions):
		for _, p := range b.partitions {
			l.fold.held[p] = found[p]
		}
		_ = l.status.setStore(nil)
		l.log.Info().Msg("commit was stored, its answer was lost")
		return nil
	case written > 0 || missing > 0:
		return errRecover
	}
	return errAgain
}

// wait pauses, longer each time, while the states can be viewed. It reports
// whether there is patience left.
func (l *loop) wait(b *backoff) bool {
	timer := time.NewTimer(b.next())
	defer timer.Stop()
	for {
		select {
		case v := <-l.views:
			v.serve(l.fold.states)
		case <-timer.C:
			return l.finish.Err() == nil
		case <-l.finish.Done():
			return false
		}
	}
}
