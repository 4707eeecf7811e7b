package ingest

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
	"github.com/ml-autoscaling/autoscaler/streams/partition"
)

// partBins cuts long answers, so that what follows from a part, with a group
// event and a policy, fits what may be injected of one group.
const partBins = partition.MaxInjected - 50

// poll is one round of all groups.
type poll struct {
	*Ingest
	runner  Runner
	now     time.Time
	known   map[streams.GroupID]known
	members []*member
	round   time.Duration // the shortest of all groups
	dollars float64       // per month, at the present schedule
}

// known is what the states say of a group before the poll.
type known struct {
	policy  *streams.Policy
	retired bool
}

// member is a group in a poll.
type member struct {
	id        streams.GroupID
	group     *Group              // of the configuration, or discovered; nil where it is neither
	described *window.Description // nil where the listing lacks it
	listed    bool                // by a complete listing
	errors    []streams.CallError
	policy    streams.Policy // in force after this poll
	configure bool           // the policy is new
	queries   []window.Query
	answers   []window.Answer
}

// run polls: the listings, the policies, the windows that are due, and then
// everything into the fold.
func (p *poll) run(ctx context.Context) error {
	began := time.Now()
	if err := p.look(ctx); err != nil {
		return err
	}
	calling, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	p.list(calling)
	p.round = shortest(p.members)
	p.members = slices.DeleteFunc(p.members, func(m *member) bool { return !p.isTime(m) })
	if err := p.configure(calling, ctx); err != nil {
		return err
	}
	if err := p.due(ctx); err != nil {
		return err
	}
	p.read(calling)
	if err := p.fold(ctx); err != nil {
		return err
	}
	for _, m := range p.members {
		p.last[m.id] = p.now
		if m.described != nil {
			p.metrics.suspended.WithLabelValues(m.id.String()).Set(float64(len(m.described.Suspended)))
		}
	}
	p.metrics.polled(time.Since(began), len(p.members))
	return p.measure(ctx)
}

// look takes from the states which groups there are.
func (p *poll) look(ctx context.Context) error {
	p.known = map[streams.GroupID]known{}
	return p.runner.View(ctx, func(states map[streams.GroupID]streams.State) {
		for id, st := range states {
			s := st.(*state)
			k := known{retired: s.Retired()}
			if policy := s.Policy(); policy != nil {
				own := *policy
				own.Forecast.Levels = slices.Clone(policy.Forecast.Levels)
				k.policy = &own
			}
			p.known[id] = k
		}
	})
}

// list describes the groups of every scope, the scopes side by side.
func (p *poll) list(ctx context.Context) {
	scopes := slices.Sorted(maps.Keys(p.cfg.Sources))
	found := make([][]*member, len(scopes))
	var listing sync.WaitGroup
	for n, scope := range scopes {
		listing.Go(func() {
			described, err := p.cfg.Sources[scope].Groups(ctx, p.wanted(scope))
			p.called("listing of scope "+scope, err)
			if err != nil { // half a listing is none
				described = nil
			}
			found[n] = p.match(scope, described, err)
		})
	}
	listing.Wait()
	p.members = slices.Concat(found...)
	slices.SortFunc(p.members, func(a, b *member) int { return strings.Compare(a.id.String(), b.id.String()) })
}

// wanted is the listing of a scope.
func (p *poll) wanted(scope string) window.Listing {
	want := window.Listing{Managed: p.cfg.Discovered != nil}
	for _, g := range p.cfg.Groups {
		switch name := g.Policy.AutoScalingGroup; {
		case g.ID.Scope != scope:
		case IsPattern(name):
			want.Patterns = append(want.Patterns, name)
		default:
			want.Names = append(want.Names, name)
		}
	}
	return want
}

// configure settles which policy each group is under, and puts those that are
// new into the fold.
func (p *poll) configure(calling, ctx context.Context) error {
	p.choosePeriods(calling)
	var inputs []streams.Event
	for _, m := range p.members {
		if m.configure {
			inputs = append(inputs, window.Configured{GroupID: m.id, At: p.now, Policy: m.policy, Backfill: p.cfg.Backfill})
		}
	}
	if len(inputs) == 0 {
		return nil
	}
	return p.runner.Inject(ctx, inputs...)
}

// due asks the states which windows are to be read.
func (p *poll) due(ctx context.Context) error {
	return p.runner.View(ctx, func(states map[streams.GroupID]streams.State) {
		for _, m := range p.members {
			if s, ok := states[m.id].(*state); ok {
				m.queries = s.Due(p.now)
			}
		}
	})
}

// read asks the sources, the scopes side by side.
func (p *poll) read(ctx context.Context) {
	byScope := map[string][]*member{}
	for _, m := range p.members {
		if len(m.queries) > 0 {
			byScope[m.id.Scope] = append(byScope[m.id.Scope], m)
		}
	}
	var reading sync.WaitGroup
	for scope, members := range byScope {
		reading.Go(func() { p.readScope(ctx, scope, members) })
	}
	reading.Wait()
}

func (p *poll) readScope(ctx context.Context, scope string, members []*member) {
	var queries []window.Query
	for _, m := range members {
		queries = append(queries, m.queries...)
	}
	answers, err := p.cfg.Sources[scope].Read(ctx, queries)
	p.called("metrics of scope "+scope, err)
	for _, m := range members {
		m.answers, answers = answers[:len(m.queries)], answers[len(m.queries):]
		whole := !slices.ContainsFunc(m.answers, func(a window.Answer) bool { return !a.Complete })
		if !whole && err != nil {
			m.errors = append(m.errors, callErrorsOf(err)...)
		}
	}
}

// fold puts what came into the fold: long history in parts of their own, and
// the rest of each group with its round.
func (p *poll) fold(ctx context.Context) error {
	var inputs []streams.Event
	for _, m := range p.members {
		rest, err := p.history(ctx, m)
		if err != nil {
			return err
		}
		inputs = append(inputs, rest...)
		inputs = append(inputs, window.Polled{GroupID: m.id, Now: p.now, Described: m.described, Listed: m.listed,
			Unnamed: m.group == nil, Errors: m.errors})
	}
	return p.runner.Inject(ctx, inputs...)
}

// history stores the answers of a group that are too long for one commit but
// for their rest, which it gives.
func (p *poll) history(ctx context.Context, m *member) (rest []streams.Event, err error) {
	bins, stored := 0, 0
	for n, q := range m.queries {
		a := window.Answered{GroupID: m.id, Now: p.now, Query: q, Answer: m.answers[n]}
		for _, part := range a.Parts(partBins) {
			rest = append(rest, part)
			if bins += len(part.Answer.Points); !part.More && bins <= partBins {
				continue
			}
			if err := p.runner.Inject(ctx, rest...); err != nil {
				return nil, err
			}
			rest, bins, stored = nil, 0, stored+bins
		}
	}
	if stored > 0 {
		p.cfg.Log.Info().Stringer("group", m.id).Int("bins", stored+bins).Msg("history is stored")
	}
	return rest, nil
}

// measure exports what the states tell of delay and cost.
func (p *poll) measure(ctx context.Context) error {
	perHour := 0.0
	err := p.runner.View(ctx, func(states map[streams.GroupID]streams.State) {
		for id, st := range states {
			s := st.(*state)
			if s.Retired() || p.cfg.Sources[id.Scope] == nil {
				p.metrics.forget(id)
				continue
			}
			perHour += s.MetricsPerHour()
			if delay, ok := s.MetricDelay(); ok {
				p.measured(id, delay)
			}
		}
	})
	p.dollars = DollarsPerMonth(perHour)
	p.metrics.dollars.Set(p.dollars)
	return err
}

// isTime says whether a group's round has come: the first poll on the grid of
// its round, where other groups have shorter ones.
func (p *poll) isTime(m *member) bool {
	round, last := m.policy.Round.Std(), p.last[m.id]
	return m.configure || round <= p.round || p.now.Truncate(round).After(last)
}

// shortest is the shortest round of some groups.
func shortest(members []*member) time.Duration {
	least := time.Duration(0)
	for _, m := range members {
		if round := m.policy.Round.Std(); round > 0 && (least == 0 || round < least) {
			least = round
		}
	}
	return cmp.Or(least, defaultRound)
}

// callErrorsOf gives the calls that failed as a group event tells them.
func callErrorsOf(err error) []streams.CallError {
	var all []streams.CallError
	for _, e := range CallErrors(err) {
		all = append(all, streams.CallError{Operation: e.Operation, Message: fmt.Sprint(e.Err)})
	}
	return all
}
