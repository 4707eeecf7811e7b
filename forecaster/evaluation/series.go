package evaluation

import (
	"fmt"
	"io"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// monday is the UTC day, counted from 1 January 1970, at which a series begins
// whose time stamps are off the grid: 5 January 2026.
const monday = 20458

// Series is a series of a panel with its values.
type Series struct {
	Row
	// First is the bin of the first value.
	First  int64
	Values []float64
}

// ReadSeries reads the values of a row: CSV with the columns timestamp (RFC
// 3339, the begin of each bin) and value. Time stamps must be one period apart
// throughout. Where they lie on the grid they say which bins the values are of,
// so that hour and weekday are right; otherwise the first value is that of the
// first bin of a Monday. It refuses a file that has not as many values as the
// row says, and a value that is negative or not finite. Its errors name the
// line.
func (r Row) ReadSeries(file io.Reader) (Series, error) {
	values, first, err := readValues(file, r.Grid)
	if err == nil && len(values) != r.N {
		err = fmt.Errorf("want %d values, as the panel says, got %d", r.N, len(values))
	}
	if err != nil {
		return Series{}, fmt.Errorf("read series %s: %w", r.ID, err)
	}
	return Series{Row: r, First: firstBin(r.Grid, first), Values: values}, nil
}

func firstBin(grid model.Grid, start time.Time) int64 {
	if bin, ok := grid.Bin(start.Add(grid.Period())); ok {
		return bin
	}
	return monday * int64(grid.PerDay())
}

// readValues gives the values of a file and the time stamp of the first.
func readValues(file io.Reader, grid model.Grid) (values []float64, first time.Time, err error) {
	t, err := newTable(file, "timestamp", "value")
	if err != nil {
		return nil, time.Time{}, err
	}
	for t.next() {
		at, value := t.instant("timestamp"), t.number("value")
		if len(values) == 0 {
			first = at
		}
		if want := first.Add(time.Duration(len(values)) * grid.Period()); !at.Equal(want) {
			t.fail("timestamp", want.Format(time.RFC3339))
		}
		if value < 0 {
			t.fail("value", "at least 0")
		}
		values = append(values, value)
	}
	return values, first, t.err
}

func (t *table) instant(column string) time.Time {
	at, err := time.Parse(time.RFC3339, t.text(column))
	if err != nil {
		t.fail(column, "RFC 3339")
	}
	return at.UTC()
}
