package partition

import (
	"errors"
	"fmt"
	"sync"
)

// readyLag is how many messages a ready runner may be behind.
const readyLag = 1000

var (
	errNotStarted = errors.New("not started")
	errEnded      = errors.New("ended")
)

// status is what Ready tells. Its methods may be called from any goroutine.
type status struct {
	mu    sync.Mutex
	down  error // why there are no states to step; nil while the runner follows
	store error // why the last commit is not stored yet
	lag   uint64
}

func (s *status) setDown(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = cause
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
	return nil
}
