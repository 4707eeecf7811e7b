package evaluation

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
)

// Entry is what a forecaster scored on a series.
type Entry struct {
	ID, Split, Method string
	Scores            Scores
}

// WriteScores writes entries as a score file: CSV with the columns id, split,
// method and those of Columns, six significant digits each. A score that there
// is none of is empty.
func WriteScores(w io.Writer, entries []Entry) error {
	out := csv.NewWriter(w)
	if err := out.Write(append([]string{"id", "split", "method"}, Columns()...)); err != nil {
		return err
	}
	for _, e := range entries {
		line := []string{e.ID, e.Split, e.Method}
		for _, x := range e.Scores.Values() {
			line = append(line, digits(x))
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func digits(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', 6, 64)
}

// ReadScores reads a score file. A score that is empty is NaN. Its errors name
// line and column.
func ReadScores(r io.Reader) ([]Entry, error) {
	t, err := newTable(r, append([]string{"id", "split", "method"}, Columns()...)...)
	if err != nil {
		return nil, fmt.Errorf("read scores: %w", err)
	}
	var entries []Entry
	for t.next() {
		e := Entry{ID: t.text("id"), Split: t.text("split"), Method: t.text("method")}
		for i, field := range e.Scores.fields() {
			*field = math.NaN()
			if column := Columns()[i]; t.text(column) != "" {
				*field = t.number(column)
			}
		}
		entries = append(entries, e)
	}
	if t.err != nil {
		return nil, fmt.Errorf("read scores: %w", t.err)
	}
	return entries, nil
}
