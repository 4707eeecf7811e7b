package fleet

import (
	"fmt"
	"slices"
	"time"
)

// Instance is one instance of a group, billed from Asked on.
type Instance struct {
	// ID numbers the instances of a fleet from 1, in the order of launches.
	ID int
	// Asked is the minute in which it was launched.
	Asked time.Time
	// Boot is the time from Asked until it can serve, as drawn; or Never.
	Boot time.Duration
}

// Boot tells of an instance that came into service.
type Boot struct {
	Instance
	// InService is the minute in which it began to serve.
	InService time.Time
}

// Observed is the boot time on the grid of minutes, as a poll once a minute
// sees it: at least Boot, and less than a minute more.
func (b Boot) Observed() time.Duration { return b.InService.Sub(b.Asked) }

// Fleet is the instances of a group. What is billed is what serves and what
// boots; together they are the desired capacity.
type Fleet struct {
	boot     BootTime
	now      time.Time
	launched int
	ready    []Instance // in the order of launches
	booting  []Instance // in the order of launches
	finished []Boot     // since the last Advance
}

// NewFleet starts with n instances in service. It panics where n is negative.
func NewFleet(n int, now time.Time, boot BootTime) *Fleet {
	if n < 0 {
		panic(fmt.Sprintf("fleet: %d instances in service", n))
	}
	f := &Fleet{boot: boot, now: now}
	for range n {
		f.launched++
		f.ready = append(f.ready, Instance{ID: f.launched, Asked: now})
	}
	return f
}

// Desired is how many instances are asked for.
func (f *Fleet) Desired() int { return len(f.ready) + len(f.booting) }

// InService is how many instances serve.
func (f *Fleet) InService() int { return len(f.ready) }

// Booting is how many instances are asked for and do not serve yet.
func (f *Fleet) Booting() int { return len(f.booting) }

// Billed is how many instances are paid for.
func (f *Fleet) Billed() int { return len(f.ready) + len(f.booting) }

// Ready lists the instances in service, in the order of launches.
func (f *Fleet) Ready() []Instance { return slices.Clone(f.ready) }

// Pending lists the instances that boot, in the order of launches.
func (f *Fleet) Pending() []Instance { return slices.Clone(f.booting) }

// Advance moves to the given minute and reports the boots that finished since
// the call before, in the order of launches.
func (f *Fleet) Advance(now time.Time) []Boot {
	f.now = now
	f.finish()
	done := f.finished
	f.finished = nil
	return done
}

// SetDesired launches or removes instances until n are asked for. Those that
// boot are removed first, the youngest first, since it would have served last;
// of those that serve, the youngest goes first too. It panics where n is
// negative.
func (f *Fleet) SetDesired(n int) {
	if n < 0 {
		panic(fmt.Sprintf("fleet: desired capacity %d", n))
	}
	if excess := f.Desired() - n; excess > 0 {
		drop := min(excess, len(f.booting))
		f.booting = f.booting[:len(f.booting)-drop]
		f.ready = f.ready[:len(f.ready)-(excess-drop)]
		return
	}
	for f.Desired() < n {
		f.launched++
		f.booting = append(f.booting, Instance{ID: f.launched, Asked: f.now, Boot: f.boot(f.now)})
	}
	f.finish()
}

// finish moves the instances whose boot is over into service.
func (f *Fleet) finish() {
	still := f.booting[:0]
	for _, i := range f.booting {
		// Never is the largest span: no difference of two minutes reaches it.
		if f.now.Sub(i.Asked) < i.Boot {
			still = append(still, i)
			continue
		}
		f.ready = append(f.ready, i)
		f.finished = append(f.finished, Boot{Instance: i, InService: f.now})
	}
	f.booting = still
}
