package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"

	"github.com/ml-autoscaling/autoscaler/forecaster/evaluation"
	"github.com/ml-autoscaling/autoscaler/forecaster/model"
)

// forecastHeader is the first line of a file of forecasts.
func forecastHeader() string {
	head := "id,model,origin,h,mean"
	for _, p := range evaluation.Levels() {
		head += fmt.Sprintf(",q%g", p)
	}
	return head + "\n"
}

// appendForecast appends a forecast to rows: a line a step. What it is of has
// the first two columns.
func appendForecast(rows []byte, of string, origin int, bands *model.Bands) []byte {
	median := slices.Index(bands.Levels, 0.5)
	for h, quantiles := range bands.Steps {
		rows = append(append(rows, of...), ',')
		rows = strconv.AppendInt(rows, int64(origin), 10)
		rows = strconv.AppendInt(append(rows, ','), int64(h+1), 10)
		rows = appendNumber(rows, quantiles[median])
		for _, q := range quantiles {
			rows = appendNumber(rows, q)
		}
		rows = append(rows, '\n')
	}
	return rows
}

func appendNumber(b []byte, x float64) []byte {
	return strconv.AppendFloat(append(b, ','), x, 'g', 8, 64)
}

// forecastSink writes the forecasts of runs to a file in the order in which the
// runs are numbered, each as soon as all before it are written. A nil sink
// writes nothing.
type forecastSink struct {
	mu      sync.Mutex
	file    *os.File
	out     *bufio.Writer
	rows    [][]byte // of runs that ended and are not written yet
	ended   []bool
	written int
	err     error
}

func newForecastSink(path string, n int) (*forecastSink, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("write: %w", err)
	}
	s := &forecastSink{file: file, out: bufio.NewWriter(file), rows: make([][]byte, n), ended: make([]bool, n)}
	_, s.err = s.out.WriteString(forecastHeader())
	return s, nil
}

// finish takes in that a run ended, and its rows: none where it did not get to
// its end.
func (s *forecastSink) finish(i int, rows []byte) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended[i], s.rows[i] = true, rows
	for ; s.written < len(s.rows) && s.ended[s.written]; s.written++ {
		if s.err == nil {
			_, s.err = s.out.Write(s.rows[s.written])
		}
		s.rows[s.written] = nil
	}
}

func (s *forecastSink) close() error {
	if s == nil {
		return nil
	}
	if s.err == nil {
		s.err = s.out.Flush()
	}
	if err := s.file.Close(); s.err == nil {
		s.err = err
	}
	if s.err != nil {
		return fmt.Errorf("write %s: %w", s.file.Name(), s.err)
	}
	return nil
}
