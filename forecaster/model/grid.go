package model

import (
	"fmt"
	"time"
)

const daySeconds = 86400

// Grid numbers the bins of a series. Bin n covers (n × period, (n+1) × period]
// since the Unix epoch, so that bin and UTC day follow from one another by
// division. The zero Grid has no bins.
type Grid struct{ seconds int64 }

// NewGrid gives the grid of a period, which must be whole seconds and divide a
// day.
func NewGrid(period time.Duration) (Grid, error) {
	if period < time.Second || period%time.Second != 0 || 24*time.Hour%period != 0 {
		return Grid{}, fmt.Errorf("grid: want a period of whole seconds that divides a day, got %v", period)
	}
	return Grid{int64(period / time.Second)}, nil
}

// Period gives the length of a bin.
func (g Grid) Period() time.Duration { return time.Duration(g.seconds) * time.Second }

// PerDay gives the number of bins in a day.
func (g Grid) PerDay() int {
	if g.seconds == 0 {
		return 0
	}
	return int(daySeconds / g.seconds)
}

// Bin gives the number of the bin that ends at an instant; false where none
// does, or the bin began before 1970.
func (g Grid) Bin(end time.Time) (int64, bool) {
	s := end.Unix()
	if g.seconds == 0 || end.Nanosecond() != 0 || s%g.seconds != 0 || s < g.seconds {
		return 0, false
	}
	return s/g.seconds - 1, true
}

// Last gives the number of the last bin that ended by an instant, -1 where it
// lies before the first one's end.
func (g Grid) Last(by time.Time) int64 {
	s := by.Unix()
	if s < 0 || g.seconds == 0 {
		return -1
	}
	return s/g.seconds - 1
}

// End gives the instant at which a bin ends, in UTC.
func (g Grid) End(bin int64) time.Time { return time.Unix((bin+1)*g.seconds, 0).UTC() }

// Day gives the UTC day of a bin, counted from 1 January 1970.
func (g Grid) Day(bin int64) int64 { return bin / int64(g.PerDay()) }
