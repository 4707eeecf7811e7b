package awssim

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Server is one region of one account. It is an http.Handler.
type Server struct {
	config Config
	cloud  *Cloud // nil where the region is alone

	mu     sync.Mutex // of all below
	groups map[string]*group
	names  []string // of groups, sorted
	series map[string]series
	math   map[string]series // by the text of the expression
	faults faults
	bucket bucket
	ledger ledger
	data   []Datum // that PutMetricData brought, oldest first
}

// New makes a region without groups.
func New(c Config) *Server {
	return &Server{
		config: c.withDefaults(),
		groups: map[string]*group{},
		series: map[string]series{},
		math:   map[string]series{},
		bucket: newBucket(c.Rate, c.Burst),
		ledger: newLedger(),
	}
}

const (
	// maxBody bounds a request, in bytes, unpacked: 500 queries are 80 kB.
	maxBody = 8 << 20
	// maxHang bounds, in real time, how long a call hangs.
	maxHang = time.Minute
)

// ServeHTTP answers one call, whoever makes it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.serve(w, r, s.anybody()) }

// serve answers one call of a principal.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, who *principal) {
	wire := wireOf(r)
	body, err := readBody(r)
	if err != nil {
		wire.refuse(w, numbered("malformed", 0), malformed(err))
		return
	}
	call, act := wire.parse(s, body)
	call.Caller, call.who = who.arn, who
	answer, refused, lost := s.carryOut(&call, act)
	switch {
	case lost:
		hang(r.Context(), call)
		panic(http.ErrAbortHandler) // cuts the connection
	case refused != nil:
		wire.refuse(w, call.RequestID, refused)
	default:
		wire.answer(w, call, answer)
	}
}

// wire is a protocol: query or rpc-v2-cbor.
type wire interface {
	// parse reads a request, and gives what carries it out under the lock.
	parse(s *Server, body []byte) (Call, action)
	answer(w http.ResponseWriter, c Call, answer any)
	refuse(w http.ResponseWriter, requestID string, r *refusal)
}

// action carries a call out at c.At. It is run under the lock, and not where a
// fault or the rate refuse the call.
type action func(c *Call) (any, *refusal)

func refusing(r *refusal) action {
	return func(*Call) (any, *refusal) { return nil, r }
}

// carryOut carries a call out, unless something is in its way. Of a call that
// is lost the client hears nothing.
func (s *Server) carryOut(c *Call, act action) (answer any, refused *refusal, lost bool) {
	now := s.config.Now().UTC()
	s.mu.Lock()
	defer s.mu.Unlock()
	c.At = now
	if s.faults.strikes(Hang, *c) {
		s.ledger.record(c, &refusal{code: "hang"})
		return nil, nil, true
	}
	if refused = s.refuse(*c); refused == nil {
		answer, refused = act(c)
	}
	s.ledger.record(c, refused)
	return answer, refused, s.faults.strikes(Lost, *c)
}

// hang waits until the client gives up, where the call hangs.
func hang(ctx context.Context, c Call) {
	if c.Code != "hang" {
		return
	}
	patience := time.NewTimer(maxHang)
	defer patience.Stop()
	select {
	case <-ctx.Done():
	case <-patience.C:
	}
}

func readBody(r *http.Request) ([]byte, error) {
	var from io.Reader = r.Body
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, fmt.Errorf("read body: %w", err)
		}
		from = unpacked
	}
	body, err := io.ReadAll(io.LimitReader(from, maxBody+1))
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	if len(body) > maxBody {
		return nil, fmt.Errorf("read body: want at most %d bytes", maxBody)
	}
	return body, nil
}

// Advance moves every group on to the minute of now: the minutes before it are
// served, and that minute itself stays open, so that what is set until the next
// Advance counts in it. Now may stand still or go back: nothing happens then.
func (s *Server) Advance(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range s.names {
		s.groups[name].advance(s.faults, now)
	}
}

// Until is the instant at which the first of the groups' loads ends, from
// which on its capacity and metrics stand still; zero without a group.
func (s *Server) Until() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	var first time.Time
	for _, g := range s.groups {
		load := g.world.Config().Load
		if end := load.At(load.Minutes()); first.IsZero() || end.Before(first) {
			first = end
		}
	}
	return first
}

// SetBy sets a group's desired capacity as somebody else would, by a call that
// no fault hits and that is not among Calls. It refuses what AWS refuses.
func (s *Server) SetBy(name string, desired int) error {
	now := s.config.Now().UTC()
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.find(name, now)
	if !ok {
		return fmt.Errorf("set desired capacity of %s: no such group", name)
	}
	if r := g.set(s.faults, desired, now); r != nil {
		return fmt.Errorf("set desired capacity of %s: %s", name, r.message)
	}
	return nil
}

// find gives a group that is there at an instant.
func (s *Server) find(name string, at time.Time) (*group, bool) {
	g, ok := s.groups[name]
	return g, ok && !s.faults.active(Deleted, name, at)
}

// named gives the group that a call has to name.
func (s *Server) named(c *Call) (*group, *refusal) {
	if c.Group == "" {
		return nil, violated("null", "autoScalingGroupName", "Member must not be null")
	}
	g, ok := s.find(c.Group, c.At)
	if !ok {
		return nil, noSuchGroup(c.Group)
	}
	return g, nil
}

// oneOrAll gives the group that a call names; all that are there, in the order
// of their names, where it names none.
func (s *Server) oneOrAll(c *Call) ([]*group, *refusal) {
	if c.Group != "" {
		g, r := s.named(c)
		return []*group{g}, r
	}
	var all []*group
	for _, name := range s.names {
		if g, ok := s.find(name, c.At); ok {
			all = append(all, g)
		}
	}
	return all, nil
}

func (s *Server) arn(g *group) string {
	return fmt.Sprintf("arn:aws:autoscaling:%s:%s:autoScalingGroup:%s:autoScalingGroupName/%s",
		s.config.Region, s.config.Account, numbered(g.name, 0), g.name)
}
