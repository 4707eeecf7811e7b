package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/forecaster/model"
	"github.com/ml-autoscaling/autoscaler/forecaster/model/lstm"
	"github.com/ml-autoscaling/autoscaler/replay"
	"github.com/ml-autoscaling/autoscaler/replay/recording"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// schooling gathers the series of a training.
type schooling struct {
	exclude []string
	skip    bool
	stderr  io.Writer
	series  []lstm.Series
	sets    []string
	skipped []string
}

// data gives the series, in an order that does not depend on how they were
// named.
func (s *schooling) data() (lstm.Data, error) {
	for _, name := range s.exclude {
		if !slices.Contains(s.skipped, name) {
			slices.Sort(s.sets)
			return lstm.Data{}, fmt.Errorf("--exclude: no data set is named %s: want one of %s", name, strings.Join(s.sets, ", "))
		}
	}
	if len(s.series) == 0 {
		return lstm.Data{}, errors.New("train: no series is left")
	}
	slices.SortFunc(s.series, func(a, b lstm.Series) int { return strings.Compare(a.Name, b.Name) })
	for i, one := range s.series[1:] {
		if one.Name == s.series[i].Name {
			return lstm.Data{}, fmt.Errorf("train: series %s is given twice", one.Name)
		}
	}
	slices.Sort(s.sets)
	return lstm.Data{Series: s.series, Sets: s.sets}, nil
}

// wants says whether a data set is not excluded.
func (s *schooling) wants(set string) bool {
	if slices.Contains(s.exclude, set) {
		s.skipped = append(s.skipped, set)
		return false
	}
	return true
}

func (s *schooling) add(set string, one lstm.Series) {
	one.Name = set + "/" + one.Name
	s.series = append(s.series, one)
	if !slices.Contains(s.sets, set) {
		s.sets = append(s.sets, set)
	}
}

// read reads a trace, a directory of traces, or a recording.
func (s *schooling) read(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("open series: %w", err)
	}
	if !info.IsDir() {
		return s.readTrace(path)
	}
	traces, err := tracesIn(path)
	if err != nil {
		return err
	}
	if len(traces) == 0 {
		return s.readRecording(ctx, path)
	}
	for _, file := range traces {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.readTrace(file); err != nil && !s.skip {
			return fmt.Errorf("%w (--skip-unreadable leaves out such files)", err)
		} else if err != nil {
			fmt.Fprintln(s.stderr, "left out:", err)
		}
	}
	return nil
}

// tracesIn gives the CSV files below a directory, in their order.
func tracesIn(dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.EqualFold(filepath.Ext(path), ".csv") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open series: %w", err)
	}
	return out, nil
}

func (s *schooling) readTrace(path string) error {
	set, err := dataSetOf(path)
	if err != nil {
		return err
	}
	if !s.wants(set) {
		return nil
	}
	tr, err := readTrace(path)
	if err != nil {
		return err
	}
	grid, err := model.NewGrid(tr.Period)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	s.add(set, lstm.Series{Name: strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)), Grid: grid, First: grid.Last(tr.At(1)), Values: tr.Values})
	return nil
}

// readRecording reads the loads of all groups of a recorded timeline.
func (s *schooling) readRecording(ctx context.Context, dir string) error {
	full, err := filepath.Abs(dir) // "." names nothing
	if err != nil {
		return fmt.Errorf("open series: %w", err)
	}
	set := filepath.Base(full)
	if !s.wants(set) {
		return nil
	}
	rec, err := recording.Open(dir)
	if err != nil {
		return err
	}
	loads := map[string]*recordedLoad{}
	for ev, err := range events(rec.Messages()) {
		if errors.Is(err, replay.ErrUndecodable) {
			continue // as the stages do
		}
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if m, ok := ev.(streams.Metric); ok {
			if err := keepMetric(loads, m); err != nil {
				return fmt.Errorf("%s: %w", dir, err)
			}
		}
	}
	for name, load := range loads {
		one, err := load.series(name)
		if err != nil {
			return fmt.Errorf("%s: %w", dir, err)
		}
		s.add(set, one)
	}
	return nil
}

// recordedLoad is a load as it was published, by bins.
type recordedLoad struct {
	grid   model.Grid
	values map[int64]recordedBin // the newest of each bin
}

// recordedBin is what a metric said of its bin; NaN where it had no value.
type recordedBin struct {
	revision int
	value    float64
}

func valueOf(m streams.Metric) float64 {
	if m.Value == nil {
		return math.NaN()
	}
	return *m.Value
}

// mostRecorded bounds the bins of a recorded load, so that one mistyped year is an
// error and not an allocation.
const mostRecorded = 20 * 366 * 1440

// keepMetric notes a metric. A series whose period changed is two.
func keepMetric(loads map[string]*recordedLoad, m streams.Metric) error {
	name := fmt.Sprintf("%s@%v", m.SeriesID, time.Duration(m.Period))
	load, known := loads[name]
	if !known {
		grid, err := model.NewGrid(time.Duration(m.Period))
		if err != nil {
			return fmt.Errorf("series %s: %w", m.SeriesID, err)
		}
		load = &recordedLoad{grid: grid, values: map[int64]recordedBin{}}
		loads[name] = load
	}
	bin, ok := load.grid.Bin(m.End)
	if old, known := load.values[bin]; ok && (!known || m.Revision >= old.revision) {
		load.values[bin] = recordedBin{m.Revision, valueOf(m)}
	}
	return nil
}

func (r *recordedLoad) series(name string) (lstm.Series, error) {
	first, last := int64(math.MaxInt64), int64(-1)
	for bin := range r.values {
		first, last = min(first, bin), max(last, bin)
	}
	out := lstm.Series{Name: name, Grid: r.grid, First: first}
	if last-first >= mostRecorded {
		return out, fmt.Errorf("series %s: from %v to %v are more than %d bins", name, r.grid.End(first), r.grid.End(last), mostRecorded)
	}
	for bin := first; bin <= last; bin++ {
		x := math.NaN()
		if m, ok := r.values[bin]; ok {
			x = m.value
		}
		out.Values = append(out.Values, x)
	}
	return out, nil
}
