package aws

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

// answer puts the answer together from the ask's metrics, in the order of its
// data.
func (a ask) answer(all []*series) window.Answer {
	answer := window.Answer{Complete: true}
	values := map[int64]float64{}
	for _, s := range all {
		answer.Complete = answer.Complete && s.complete()
		maps.Copy(values, s.values)
	}
	for _, at := range slices.Sorted(maps.Keys(values)) {
		if p, ok := a.point(at, all); ok {
			answer.Points = append(answer.Points, p)
		}
	}
	return answer
}

// point puts a bin together; false where the bin has nothing to tell. A Sum of
// CPU tells nothing without its SampleCount, and the other way round; which of
// several series is meant nobody can tell.
func (a ask) point(at int64, all []*series) (window.Point, bool) {
	p := window.Point{Start: time.Unix(at, 0).UTC()}
	value, has := all[0].values[at]
	if has {
		p.Value = &value
	}
	switch {
	case all[0].many:
		return p, false
	case a.Measure == window.CPU:
		p.Samples = all[1].values[at]
		return p, has && p.Samples > 0
	case a.Alive:
		if !has && all[0].refused[at] { // alive alone would say that it is zero
			return p, false
		}
		if instances, alive := all[1].values[at]; alive {
			p.Instances = &instances
			return p, true
		}
	}
	return p, has
}

// faults collects what is wrong with the answers of a call. The same trouble of
// many queries is one error.
type faults struct {
	words   []string // in the order in which they came
	subject map[string]string
	more    map[string]int
}

func (f *faults) add(subject string, all []*series, failed bool) {
	if f.subject == nil {
		f.subject, f.more = map[string]string{}, map[string]int{}
	}
	var own []string
	for _, s := range all {
		own = append(own, s.wrong(failed)...)
	}
	slices.Sort(own)
	for _, words := range slices.Compact(own) {
		if _, ok := f.subject[words]; ok {
			f.more[words]++
			continue
		}
		f.words = append(f.words, words)
		f.subject[words] = subject
	}
}

func (f *faults) errors() []error {
	var errs []error
	for _, words := range f.words {
		who := f.subject[words]
		if n := f.more[words]; n > 0 {
			who = fmt.Sprintf("%s and %d more", who, n)
		}
		e := &window.CallError{Operation: getMetricData, Err: errors.New(who + ": " + words)}
		if words == string(types.StatusCodeForbidden) {
			e.Action = "cloudwatch:" + getMetricData
		}
		errs = append(errs, e)
	}
	return errs
}
