package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// officialShown is how many submissions are shown beside the benchmarks.
const officialShown = 8

// readOfficial reads the official table: the best submissions by OWA, in whose
// order it is, and the organisers' benchmarks.
func (v evaluateVerb) readOfficial() ([]m4Line, error) {
	path := v.Official
	for _, dir := range []string{v.M4, filepath.Dir(filepath.Clean(v.M4))} {
		beside := filepath.Join(dir, "m4_official_hourly.csv")
		if _, err := os.Stat(beside); path == "" && err == nil {
			path = beside
		}
	}
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open official table: %w", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	const columns = "submission,author,sMAPE,MASE,OWA,MSIS,ACD"
	if len(rows) == 0 || strings.Join(rows[0], ",") != columns {
		return nil, fmt.Errorf("%s: line 1: want the header %s", path, columns)
	}
	var lines []m4Line
	for i, row := range rows[1:] {
		line, err := officialLine(row)
		if err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, i+2, err)
		}
		if i < officialShown || strings.HasPrefix(row[1], "-") {
			lines = append(lines, line)
		}
	}
	return lines, nil
}

func officialLine(row []string) (line m4Line, err error) {
	line.name = row[1]
	if strings.HasPrefix(row[1], "-") { // a benchmark has no author
		line.name = row[0]
	}
	line.mean.MSIS = math.NaN()
	for i, field := range []*float64{&line.mean.SMAPE, &line.mean.MASE, &line.owa, &line.mean.MSIS} {
		text := row[2+i]
		if text == "" && field == &line.mean.MSIS {
			continue
		}
		if *field, err = strconv.ParseFloat(text, 64); err != nil {
			return line, fmt.Errorf("column %d: want a number, got %.60q", 3+i, text)
		}
	}
	return line, nil
}
