package window

import (
	"math"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// mostInstances is the most that a group is believed to have, in capacity
// units.
const mostInstances = 1e6

// reading is what a point says of its bin.
type reading struct {
	// Value is absent where the bin is a gap.
	Value     *float64 `json:"value,omitempty"`
	Instances *float64 `json:"instances,omitempty"`
	Censored  bool     `json:"censored,omitempty"`
}

// same says whether two readings say the same.
func (r reading) same(o reading) bool {
	return equal(r.Value, o.Value) && equal(r.Instances, o.Instances) && r.Censored == o.Censored
}

func equal(a, b *float64) bool {
	if a == nil || b == nil {
		return a == b
	}
	return *a == *b
}

// read gives what a point says, where c is by what samples are counted. A point
// without a value that a load can have says nothing.
func (s *State) read(p Point, c census) (reading, bool) {
	if p.Value == nil || !believable(*p.Value) {
		return reading{}, false
	}
	switch measureOf(s.policy.Load) {
	case CPU:
		return readCPU(*p.Value, p.Samples, c)
	case Requests:
		value := *p.Value / s.period().Seconds()
		return reading{Value: &value, Instances: instances(p.Instances)}, true
	}
	value := *p.Value
	return reading{Value: &value}, true
}

// readCPU gives the load in percent of one instance: the sum over the samples,
// taken together by instance. Where samples of instances in service are missing
// those that are there speak for all: a load that is too low would take
// capacity away, and the mean is right where they bear alike, however often
// each of them reports.
func readCPU(sum, samples float64, c census) (reading, bool) {
	value, count := sum/c.PerInstance, samples/c.PerInstance
	if c.few(samples) {
		value, count = sum/samples*c.Serving, c.Serving
	}
	if !(samples > 0) || !(c.PerInstance > 0) || !believable(value) || !believable(count) {
		return reading{}, false
	}
	return reading{Value: &value, Instances: instances(&count), Censored: sum/samples >= streams.CensoredUtilization}, true
}

// alive reads a point without a value as zero, where the policy says so and
// the point shows that CloudWatch has the bin. A value that no load can have
// is none, and not zero.
func (s *State) alive(p *Point) (reading, bool) {
	if p == nil || p.Value != nil || !s.policy.Load.AbsentAsZero {
		return reading{}, false
	}
	n := instances(p.Instances)
	zero := 0.0
	return reading{Value: &zero, Instances: n}, n != nil
}

func instances(n *float64) *float64 {
	if n == nil || !believable(*n) || *n > mostInstances {
		return nil
	}
	own := *n
	return &own
}

// believable says whether x is a number that a load can be.
func believable(x float64) bool { return x >= 0 && !math.IsInf(x, 1) }

// counts says whether the samples of an instance in a period are to be found
// out: at a minute there is one.
func (s *State) counts() bool {
	return measureOf(s.policy.Load) == CPU && s.period() > time.Minute
}
