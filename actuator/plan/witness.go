package plan

import (
	"fmt"
	"slices"
	"time"
)

const (
	// ourHand is how long a capacity that a round of ours set is never a
	// foreign hand.
	ourHand = 5 * time.Minute
	// settling is how long a description may still show what was there before
	// a change of ours.
	settling = 30 * time.Second
	// patience is the span within which mostForeign changes by others make the
	// group only observed, until as long passed without one.
	patience    = 10 * time.Minute
	mostForeign = 3
)

// witness watches what others do to the group, in the time of group events.
type witness struct {
	// Hands are what rounds of ours set, or may have, in the last minutes.
	Hands []hand `json:"hands,omitempty"`
	// Unseen is the last applied one, until a group event was compared with it.
	Unseen *hand `json:"unseen,omitempty"`
	// Mismatch is what became of it, until an outcome has named it.
	Mismatch *mismatch `json:"mismatch,omitempty"`
	// Foreign is when others lowered desired, or changed min or max.
	Foreign []time.Time `json:"foreign,omitempty"`
	// Until is when the group is trusted again.
	Until time.Time `json:"until,omitzero"`
}

// hand is a desired capacity that a round of ours set, or may have, and what
// was there before.
type hand struct {
	Round   uint64    `json:"round"`
	At      time.Time `json:"at"`
	From    int       `json:"from"`
	Desired int       `json:"desired"`
}

// settles says whether what was there before may still be shown.
func (h hand) settles(now time.Time) bool { return now.Before(h.At.Add(settling)) }

// mismatch is a desired capacity that is neither what a round of ours set nor
// any other of ours.
type mismatch struct {
	Round uint64    `json:"round"`
	Set   int       `json:"set"`
	Found int       `json:"found"`
	Now   time.Time `json:"now"`
}

// String names the mismatch for an outcome.
func (m mismatch) String() string {
	return fmt.Sprintf("somebody else changed desired to %d after round %d had set %d, seen at %s", m.Found, m.Round, m.Set, clock(m.Now))
}

// sight is one description of the group on the timeline.
type sight struct {
	now     time.Time
	group   Sizes
	before  *Sizes  // the last one; nil where there is none
	pending *Intent // may have been called; nil where there is none
}

// hand notes a change of ours.
func (w *witness) hand(h hand, applied bool) {
	w.Hands = append(slices.Clone(w.Hands), h)
	if applied {
		w.Unseen = &h
	}
}

// look compares the group with what was there, and with what was set.
func (w *witness) look(s sight) {
	old := func(at time.Time, span time.Duration) bool { return at.Before(s.now.Add(-span)) }
	w.Hands = slices.DeleteFunc(slices.Clone(w.Hands), func(h hand) bool { return old(h.At, ourHand) })
	w.Foreign = slices.DeleteFunc(slices.Clone(w.Foreign), func(at time.Time) bool { return old(at, patience) })
	if w.Mismatch != nil && old(w.Mismatch.Now, patience) {
		w.Mismatch = nil // every decision since has seen it
	}
	lowered := w.lowered(s)
	bounds := s.before != nil && (s.before.Min != s.group.Min || s.before.Max != s.group.Max)
	if !lowered && !bounds {
		return
	}
	w.Foreign = append(w.Foreign, s.now)
	if len(w.Foreign) > mostForeign {
		w.Foreign = w.Foreign[1:]
	}
	if len(w.Foreign) == mostForeign || s.now.Before(w.Until) {
		w.Until = s.now.Add(patience)
	}
}

// lowered says whether somebody else lowered the desired capacity.
func (w *witness) lowered(s sight) bool {
	u, n := w.Unseen, s.group.Desired
	if u == nil {
		return s.before != nil && n < s.before.Desired && !w.ours(s)
	}
	switch {
	case !s.now.After(u.At):
		return false // described before the call
	case w.outdated(n, s.now):
		return false // not visible yet
	}
	w.Unseen = nil
	if n == u.Desired || w.ours(s) {
		return false
	}
	w.Mismatch = &mismatch{Round: u.Round, Set: u.Desired, Found: n, Now: s.now}
	return n < u.Desired
}

// outdated says whether a desired capacity may be from before what a round of
// ours set last, and no group event has shown that yet.
func (w *witness) outdated(n int, now time.Time) bool {
	u := w.Unseen
	if u == nil || n == u.Desired || !u.settles(now) {
		return false
	}
	if n == u.From {
		return true
	}
	for _, h := range w.Hands { // u is among them, and later ones are not certain
		if h.Round == u.Round {
			break
		}
		if n == h.From && h.settles(now) {
			return true
		}
	}
	return false
}

// ours says whether a round of ours set the desired capacity, or may have.
func (w *witness) ours(s sight) bool {
	if i := s.pending; i != nil && (s.group.Desired == i.To || i.met(s.group)) {
		return true
	}
	return slices.ContainsFunc(w.Hands, func(h hand) bool { return h.Desired == s.group.Desired })
}

// distrust says why the group is only observed; empty where it is not.
func (w *witness) distrust(now time.Time) string {
	if !now.Before(w.Until) {
		return ""
	}
	return fmt.Sprintf("others changed the group %d times within %v: it is only observed until %s without another change",
		mostForeign, patience, clock(w.Until))
}
