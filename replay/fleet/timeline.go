package fleet

import (
	"bufio"
	"fmt"
	"io"
	"time"
)

// WriteRows writes a timeline as CSV with a header: one row a minute, the
// policies one after another or interleaved, as the rows are. It refuses a
// policy without a name, and one whose name holds a comma or a line break.
func WriteRows(w io.Writer, rows []Row) error {
	b := bufio.NewWriter(w)
	if _, err := b.WriteString(rowHeader + "\n"); err != nil {
		return fmt.Errorf("write timeline: %w", err)
	}
	var line []byte
	for i, r := range rows {
		if err := checkPolicy(r.Policy); err != nil {
			return fmt.Errorf("write timeline: row %d: %w", i+1, err)
		}
		line = r.append(line[:0])
		if _, err := b.Write(line); err != nil {
			return fmt.Errorf("write timeline: row %d: %w", i+1, err)
		}
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write timeline: %w", err)
	}
	return nil
}

// ReadRows reads what WriteRows wrote, number for number. Its errors name the
// line, counted from 1 with the header: a wrong header or field, and a row
// that is not one minute after the row of the same policy before it.
func ReadRows(r io.Reader) ([]Row, error) {
	s := bufio.NewScanner(r)
	var rows []Row
	newest := map[string]time.Time{}
	line := 0
	for s.Scan() {
		line++
		if line == 1 {
			if s.Text() != rowHeader {
				return nil, fmt.Errorf("read timeline: line 1: want the header %s, got %.100q", rowHeader, s.Text())
			}
			continue
		}
		row, err := parseRow(s.Text())
		if err != nil {
			return nil, fmt.Errorf("read timeline: line %d: %w", line, err)
		}
		before, ok := newest[row.Policy]
		if ok && row.Time.Sub(before) != time.Minute {
			return nil, fmt.Errorf("read timeline: line %d: timestamp: want one minute after %s, got %s",
				line, before.Format(time.RFC3339), row.Time.Format(time.RFC3339))
		}
		newest[row.Policy] = row.Time
		rows = append(rows, row)
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("read timeline: line %d: %w", line+1, err)
	}
	if line == 0 {
		return nil, fmt.Errorf("read timeline: line 1: want the header %s, got an empty file", rowHeader)
	}
	return rows, nil
}

// ByPolicy parts a timeline into one for each policy, in the order in which
// the policies first appear.
func ByPolicy(rows []Row) [][]Row {
	var parts [][]Row
	index := map[string]int{}
	for _, r := range rows {
		i, ok := index[r.Policy]
		if !ok {
			i = len(parts)
			index[r.Policy] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], r)
	}
	return parts
}
