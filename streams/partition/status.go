package partition

import (
	"cmp"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// readyLag is how many messages a ready runner may be behind.
const readyLag = 1000

// ErrEnded says that the runner has ended.
var ErrEnded = errors.New("ended")

var errNotStarted = errors.New("not started")

// status is what Ready tells. Its methods may be called from any goroutine.
type status struct {
	mu    sync.Mutex
	down  error // why there are no states to step; nil while the runner follows
	store error // why the last commit is not stored yet
	lag   uint64

	rounds   bool          // group events are waited for
	since    time.Time     // the newest group event, or the beginning
	now      time.Time     // of the newest group event
	interval time.Duration // between rounds
}

// staleAfter is how many intervals the newest group event may be old.
const staleAfter = 3

// defaultInterval is the time between two rounds until it was seen.
const defaultInterval = time.Minute

func (s *status) setDown(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = cause
	if cause == nil && s.since.IsZero() {
		s.since = time.Now()
	}
}

// round notes a group event and when the server stored it. Of events with the
// same now, or of one that is older, the interval cannot be told.
func (s *status) round(g streams.Group, stored time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if apart := g.Now.Sub(s.now); apart > 0 && !s.now.IsZero() {
		s.interval = apart
	}
	s.now, s.since = g.Now, stored
}

// age is how old the newest group event is.
func (s *status) age() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.since.IsZero() {
		return 0
	}
	return time.Since(s.since)
}

// setStore keeps why a commit is not stored, and returns what was kept before.
func (s *status) setStore(cause error) (before error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before, s.store = s.store, cause
	return before
}

func (s *status) setLag(messages uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lag = messages
}

// recovered gives nil when there are states to look at.
func (s *status) recovered() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down
}

// waits tells that the runner knows why it does not go on.
func (s *status) waits() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.down != nil || s.store != nil
}

func (s *status) ready() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.down != nil:
		return s.down
	case s.store != nil:
		return s.store
	case s.lag > readyLag:
		return fmt.Errorf("%d messages behind", s.lag)
	}
	if age := time.Since(s.since); s.rounds && age > staleAfter*cmp.Or(s.interval, defaultInterval) {
		return fmt.Errorf("the newest group event is %v old", age.Round(time.Second))
	}
	return nil
}
