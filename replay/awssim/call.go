package awssim

import (
	"fmt"
	"hash/fnv"
	"maps"
	"time"
)

// The services, by their IAM prefix.
const (
	cloudWatch  = "cloudwatch"
	autoScaling = "autoscaling"
	tokens      = "sts"
)

// Call is one request that was answered, or was to be.
type Call struct {
	Operation string
	// Group is the Auto Scaling group that the request names; empty where it
	// names none, or several.
	Group string
	// Desired is the capacity that SetDesiredCapacity or UpdateAutoScalingGroup
	// asked for; 0 where it asked for none.
	Desired int
	// Metrics is how many metrics GetMetricData asked for, which is what AWS
	// bills: the statistics of one metric in one call count once. A call that
	// was refused costs nothing.
	Metrics int
	// At is the instant of the server's clock.
	At time.Time
	// Code is the error that was answered; empty where there was none.
	Code string
	// RequestID is the id that the answer bore.
	RequestID string
	// Caller is the ARN of who made the call.
	Caller string

	who     *principal
	service string
	later   bool // a page after the first
}

// Counts are the calls since the server was made.
type Counts struct {
	// Calls counts all calls per operation, Errors those that were refused.
	Calls, Errors map[string]int
	// Metrics is how many metrics were asked for.
	Metrics int
}

// keptCalls is how many calls a server remembers at least.
const keptCalls = 1 << 16

// ledger remembers calls.
type ledger struct {
	calls  []Call
	counts Counts
	issued map[string]int // request ids, by operation and group
}

func newLedger() ledger {
	return ledger{counts: Counts{Calls: map[string]int{}, Errors: map[string]int{}}, issued: map[string]int{}}
}

// record keeps a call and gives its request id: the count of the operation for
// the group, so that calls side by side do not change each other's.
func (l *ledger) record(c *Call, r *refusal) {
	if r != nil {
		c.Code, c.Metrics = r.code, 0
		l.counts.Errors[c.Operation]++
	}
	l.counts.Calls[c.Operation]++
	l.counts.Metrics += c.Metrics
	key := c.Operation + "/" + c.Group
	l.issued[key]++
	c.RequestID = numbered(key, l.issued[key])
	if len(l.calls) >= 2*keptCalls {
		l.calls = append([]Call(nil), l.calls[keptCalls:]...)
	}
	l.calls = append(l.calls, *c)
}

// numbered gives an id in the form of a UUID that is made of a name and a
// number, and of nothing else.
func numbered(name string, n int) string {
	high, low := hashes(name)
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", high, low>>16, low>>4&0xfff, low&0xf, n)
}

// hashes gives two numbers that tell names apart.
func hashes(name string) (uint32, uint32) {
	a, b := fnv.New32a(), fnv.New32()
	a.Write([]byte(name))
	b.Write([]byte(name))
	return a.Sum32(), b.Sum32()
}

// Calls gives the calls in the order in which they were answered: the newest
// 65,536 at least.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.ledger.calls...)
}

// Counts gives how many calls there were.
func (s *Server) Counts() Counts {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.ledger.counts
	c.Calls, c.Errors = maps.Clone(c.Calls), maps.Clone(c.Errors)
	return c
}
