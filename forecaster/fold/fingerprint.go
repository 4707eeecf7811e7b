package fold

import (
	"fmt"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// fingerprint is FNV-1a of 64 bits over the bodies of metrics, one behind the
// other (Fowler, Noll and Vo 1991). Each byte maps the fingerprints one to
// one, so of two streams that differ in one byte none can end in the same.
type fingerprint uint64

const (
	noInputs fingerprint = 0xcbf29ce484222325 // the offset basis
	fnvPrime fingerprint = 0x100000001b3
)

// add continues with a metric. One that has no body, which no timeline holds,
// changes nothing and gives false.
func (f *fingerprint) add(m streams.Metric) bool {
	body, err := streams.Encode(m)
	if err != nil {
		return false
	}
	for _, b := range body {
		*f = (*f ^ fingerprint(b)) * fnvPrime
	}
	return true
}

// String gives 16 lower-case hexadecimal digits.
func (f fingerprint) String() string { return fmt.Sprintf("%016x", uint64(f)) }
