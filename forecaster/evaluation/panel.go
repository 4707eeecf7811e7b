package evaluation

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// Row says how one series of a panel is evaluated.
type Row struct {
	// ID names the series and its file; Split is the part of the panel that it
	// belongs to.
	ID, Split string
	// Set is the data set that the series is of; empty where the panel does not
	// say it.
	Set  string
	Grid model.Grid
	// N counts the values of the series, Day those of a day, and Window those of
	// the initial history. The first origin is after the window.
	N, Day, Window int
	// Horizon is the number of steps that the panel's own scores are over.
	Horizon int
	// MASEScale and PinScale are in units of the series, RMSSEScale2 in their
	// square: what errors are divided by.
	MASEScale, RMSSEScale2, PinScale float64
	// Refits are the origins at which parameters may be estimated, rising.
	Refits []int
}

// ReadPanel reads a panel: CSV with a header that has at least the columns id,
// split, period_s, n, day, W, H, mase_scale, rmsse_scale2, pin_scale and refits
// (origins separated by semicolons), in any order. A column source, a path such
// as dev/web/nasa.csv, says the data set of a series by its last folder. Its
// errors name line and column.
func ReadPanel(r io.Reader) ([]Row, error) {
	t, err := newTable(r, "id", "split", "period_s", "n", "day", "W", "H", "mase_scale", "rmsse_scale2", "pin_scale", "refits")
	if err != nil {
		return nil, fmt.Errorf("read panel: %w", err)
	}
	var rows []Row
	for t.next() {
		row := t.panelRow()
		if slices.ContainsFunc(rows, func(other Row) bool { return other.ID == row.ID }) {
			t.fail("id", "a name of its own")
		}
		rows = append(rows, row)
	}
	if t.err == nil && len(rows) == 0 {
		t.err = errors.New("want a row after the header, got none")
	}
	if t.err != nil {
		return nil, fmt.Errorf("read panel: %w", t.err)
	}
	return rows, nil
}

func (t *table) panelRow() Row {
	row := Row{
		ID: t.text("id"), Split: t.text("split"), Set: t.dataSet(),
		N: t.count("n"), Day: t.count("day"), Window: t.count("W"), Horizon: t.count("H"),
		MASEScale: t.positive("mase_scale"), RMSSEScale2: t.positive("rmsse_scale2"), PinScale: t.positive("pin_scale"),
	}
	grid, err := model.NewGrid(time.Duration(t.count("period_s")) * time.Second)
	switch {
	case row.ID == "" || strings.ContainsAny(row.ID, `/\`):
		t.fail("id", "a name that is one of a file")
	case err != nil:
		t.fail("period_s", "whole seconds that divide a day")
	case grid.PerDay() != row.Day:
		t.fail("day", fmt.Sprintf("%d, as period_s says", grid.PerDay()))
	case row.Window <= row.Day || row.Window+row.Horizon > row.N:
		t.fail("W", "more than day and at most n - H")
	}
	row.Grid = grid
	for field := range strings.SplitSeq(t.text("refits"), ";") {
		o, err := strconv.Atoi(field)
		if err != nil || o < row.Window || o >= row.N || len(row.Refits) > 0 && o <= row.Refits[len(row.Refits)-1] {
			t.fail("refits", "rising origins from W to below n, separated by semicolons")
			break
		}
		row.Refits = append(row.Refits, o)
	}
	if len(row.Refits) > 0 && row.Refits[0] != row.Window {
		t.fail("refits", "W as the first origin")
	}
	return row
}

// dataSet gives the folder of the file that a series was made from.
func (t *table) dataSet() string {
	i, ok := t.column["source"]
	if !ok || !strings.Contains(t.fields[i], "/") {
		return ""
	}
	return path.Base(path.Dir(t.fields[i]))
}

// table reads CSV with named columns, and keeps the first thing that is wrong
// with it.
type table struct {
	csv    *csv.Reader
	column map[string]int
	fields []string
	line   int
	err    error
}

func newTable(r io.Reader, want ...string) (*table, error) {
	t := &table{csv: csv.NewReader(r), column: map[string]int{}}
	t.csv.ReuseRecord = true
	header, err := t.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, errors.New("line 1: want a header, got an empty file")
	case err != nil:
		return nil, fmt.Errorf("line 1: %w", err)
	}
	for i, name := range header {
		t.column[strings.TrimPrefix(name, "\ufeff")] = i
	}
	for _, name := range want {
		if _, ok := t.column[name]; !ok {
			return nil, fmt.Errorf("line 1: want a column %s", name)
		}
	}
	return t, nil
}

// next goes to the next line; false at the end or after an error.
func (t *table) next() bool {
	if t.err != nil {
		return false
	}
	fields, err := t.csv.Read()
	if err != nil {
		if !errors.Is(err, io.EOF) {
			t.err = err // it names the line
		}
		return false
	}
	t.fields = fields
	t.line, _ = t.csv.FieldPos(0)
	return true
}

func (t *table) fail(column, want string) {
	if t.err == nil {
		t.err = fmt.Errorf("line %d: %s: want %s, got %.60q", t.line, column, want, t.text(column))
	}
}

func (t *table) text(column string) string { return t.fields[t.column[column]] }

func (t *table) count(column string) int {
	n, err := strconv.Atoi(t.text(column))
	if err != nil || n < 1 || n > math.MaxInt32 {
		t.fail(column, "a whole number above 0")
	}
	return n
}

func (t *table) number(column string) float64 {
	x, err := strconv.ParseFloat(t.text(column), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		t.fail(column, "a finite number")
	}
	return x
}

func (t *table) positive(column string) float64 {
	x := t.number(column)
	if !(x > 0) {
		t.fail(column, "a number above 0")
	}
	return x
}
