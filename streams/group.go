package streams

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// Group is one round of a group: the clock, the group as it was described, and
// what came since the round before.
type Group struct {
	GroupID
	// Round counts the group events of this group, from 1.
	Round uint64 `json:"round"`
	// Now is ingest's clock at this round; it never goes back.
	Now time.Time `json:"now"`
	// Capacity is absent where the describe call failed.
	Capacity *Capacity `json:"capacity,omitempty"`
	// Suspended lists the suspended processes by AWS's names, sorted.
	Suspended []string `json:"suspended,omitempty"`
	// Boots are the times that instances which came into service since the
	// last round took, from the last poll that did not show them.
	Boots []Duration `json:"boots_s,omitempty"`
	// Series says what came of each series since the last round. A series of
	// which nothing came is not in it.
	Series map[string]Arrival `json:"series,omitempty"`
	// Errors are the calls of this round that did not answer.
	Errors []CallError `json:"errors,omitempty"`
	// MetricDelay is how long after its end a bin could be read, as measured;
	// absent where it was not measured yet.
	MetricDelay *Duration `json:"metric_delay_s,omitempty"`
}

// Capacity is a group's size, in instances or, where the group is weighted, in
// capacity units.
type Capacity struct {
	Desired     int `json:"desired"`
	InService   int `json:"in_service"`
	Pending     int `json:"pending"`
	Terminating int `json:"terminating"`
	Min         int `json:"min"`
	Max         int `json:"max"`
}

// Arrival says how many metrics of a series came, and how new the newest is.
type Arrival struct {
	Count     int       `json:"count"`
	NewestEnd time.Time `json:"newest_period_end"`
}

// CallError is a call that did not answer: the operation and AWS's words.
type CallError struct {
	Operation string `json:"operation"`
	Message   string `json:"message"`
}

// Kind gives KindGroup.
func (Group) Kind() Kind { return KindGroup }

// Came gives how many metrics of the series came since the last round.
func (g Group) Came(series string) int { return g.Series[series].Count }

// SuspendedProcess says whether AWS's process of that name is suspended.
func (g Group) SuspendedProcess(name string) bool { return slices.Contains(g.Suspended, name) }

// maxListed bounds what a group event lists of suspended processes and errors.
const maxListed = 32

func (g Group) check(c *checker) {
	g.GroupID.check(c)
	c.round(g.Round)
	c.observed("now", g.Now)
	if g.Capacity != nil {
		g.Capacity.check(c)
	}
	if !slices.IsSorted(g.Suspended) || len(g.Suspended) > maxListed {
		c.failf("suspended", "want at most %d names, sorted, got %d", maxListed, len(g.Suspended))
	}
	for i, b := range g.Boots {
		if b < 0 || b > maxSpan {
			c.failf(fmt.Sprintf("boots_s[%d]", i), "want 0 s to a year, got %v", b)
		}
	}
	if len(g.Errors) > maxListed {
		c.failf("errors", "want at most %d, got %d", maxListed, len(g.Errors))
	}
	for i, e := range g.Errors {
		if len(e.Operation)+len(e.Message) > maxText {
			c.failf(fmt.Sprintf("errors[%d].message", i), "want at most %d bytes, got %d", maxText, len(e.Message))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.Series)) {
		g.Series[name].check(c, name)
	}
	if g.MetricDelay != nil {
		c.notNegative("metric_delay", *g.MetricDelay)
	}
}

func (k Capacity) check(c *checker) {
	c.count("capacity.desired", k.Desired, 0)
	c.count("capacity.in_service", k.InService, 0)
	c.count("capacity.pending", k.Pending, 0)
	c.count("capacity.terminating", k.Terminating, 0)
	c.count("capacity.min", k.Min, 0)
	if k.Max < k.Min {
		c.failf("capacity.max", "must not be below min %d, got %d", k.Min, k.Max)
	}
}

func (a Arrival) check(c *checker, series string) {
	c.name("series", series)
	path := "series." + series
	c.count(path+".count", a.Count, 1)
	c.instant(path+".newest_period_end", a.NewestEnd)
}
