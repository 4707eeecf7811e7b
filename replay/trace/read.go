package trace

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

const header = "timestamp,value"

// maxSpan bounds the grid, so that one mistyped year is an error and not an
// allocation.
const maxSpan = 20 * 366 * 24 * 3600 // seconds

// Read decodes CSV: the line "timestamp,value", then one line per recorded bin
// with the instant at which the bin begins, as RFC 3339 in UTC and whole
// seconds, and a finite value that is not negative. Instants ascend without a
// duplicate; a bin that is missing is a line that is missing.
//
// The period is the step that is most common between neighbours (the shorter
// one of two that are as common). Read refuses a period that is not one of
// Periods, an instant off the grid that the first line and the period span,
// fewer than two rows, and a span of more than twenty years. Its errors name
// the line, counted from 1 with the header, and what is wrong with it.
func Read(r io.Reader) (Trace, error) {
	rows, err := readRows(r)
	if err != nil {
		return Trace{}, fmt.Errorf("read trace: %w", err)
	}
	period, err := detectPeriod(rows)
	if err != nil {
		return Trace{}, fmt.Errorf("read trace: %w", err)
	}
	t, err := onGrid(rows, period)
	if err != nil {
		return Trace{}, fmt.Errorf("read trace: %w", err)
	}
	return t, nil
}

// row is one line of the file; its line number is its index + 2.
type row struct {
	at    int64 // Unix seconds
	value float64
}

func readRows(r io.Reader) ([]row, error) {
	s := bufio.NewScanner(r)
	line := 0
	var rows []row
	for s.Scan() {
		line++
		if line == 1 {
			if s.Text() != header {
				return nil, fmt.Errorf("line 1: want the header %s, got %.60q", header, s.Text())
			}
			continue
		}
		next, err := parseRow(s.Text())
		if err == nil && len(rows) > 0 {
			err = checkOrder(rows[len(rows)-1], next)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		rows = append(rows, next)
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", line+1, err)
	}
	return rows, checkCount(line, len(rows))
}

func checkCount(lines, rows int) error {
	switch {
	case lines == 0:
		return fmt.Errorf("line 1: want the header %s, got an empty file", header)
	case rows == 0:
		return errors.New("line 2: want a row, got the end of the file")
	case rows == 1:
		return errors.New("line 3: want a second row, got the end of the file: one row has no period")
	}
	return nil
}

func parseRow(text string) (row, error) {
	stamp, number, ok := strings.Cut(text, ",")
	if !ok {
		return row{}, fmt.Errorf("want %s, got %.60q", header, text)
	}
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return row{}, fmt.Errorf("timestamp: want RFC 3339, got %.60q", stamp)
	}
	if _, offset := at.Zone(); offset != 0 {
		return row{}, fmt.Errorf("timestamp: want UTC, got %.60q", stamp)
	}
	if at.Nanosecond() != 0 {
		return row{}, fmt.Errorf("timestamp: want whole seconds, got %.60q", stamp)
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return row{}, fmt.Errorf("value: want a number, got %.60q", number)
	}
	if math.IsNaN(value) || math.IsInf(value, 0) {
		return row{}, fmt.Errorf("value: want a finite number, got %.60q", number)
	}
	if value < 0 {
		return row{}, fmt.Errorf("value: want at least 0, got %.60q", number)
	}
	return row{at: at.Unix(), value: value}, nil
}

func checkOrder(last, next row) error {
	switch {
	case next.at == last.at:
		return fmt.Errorf("timestamp: %s is that of the line before", stamp(next.at))
	case next.at < last.at:
		return fmt.Errorf("timestamp: %s is before that of the line before, %s", stamp(next.at), stamp(last.at))
	}
	return nil
}

func detectPeriod(rows []row) (time.Duration, error) {
	count := map[int64]int{}
	for i := 1; i < len(rows); i++ {
		count[rows[i].at-rows[i-1].at]++
	}
	var best int64
	for step, n := range count {
		if n > count[best] || n == count[best] && step < best {
			best = step
		}
	}
	// Compared in seconds: a step of more than 292 years is no time.Duration.
	for _, p := range Periods() {
		if int64(p/time.Second) == best {
			return p, nil
		}
	}
	return 0, fmt.Errorf("period: want 60, 300, 900 or 3600 s between most lines, got %d s", best)
}

func onGrid(rows []row, period time.Duration) (Trace, error) {
	first := rows[0].at
	step := int64(period / time.Second)
	if i := slices.IndexFunc(rows, func(r row) bool { return r.at-first > maxSpan }); i >= 0 {
		return Trace{}, fmt.Errorf("line %d: timestamp: %s is more than twenty years after the first, %s",
			i+2, stamp(rows[i].at), stamp(first))
	}
	values := make([]float64, (rows[len(rows)-1].at-first)/step+1)
	for i := range values {
		values[i] = math.NaN()
	}
	for i, r := range rows {
		if (r.at-first)%step != 0 {
			return Trace{}, fmt.Errorf("line %d: timestamp: %s is off the grid of %d s that starts at %s",
				i+2, stamp(r.at), step, stamp(first))
		}
		values[(r.at-first)/step] = r.value
	}
	return Trace{Start: time.Unix(first, 0).UTC(), Period: period, Values: values}, nil
}

func stamp(unix int64) string { return time.Unix(unix, 0).UTC().Format(time.RFC3339) }
