package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ml-autoscaling/autoscaler/streams"
)

type statusVerb struct {
	realmFlags
	Group string `arg:"" optional:"" help:"Only this group, as scope/group or group, at length."`
	JSON  bool   `name:"json" help:"Print JSON: a list with one object a group."`
}

// Help describes the verb at length.
func (statusVerb) Help() string {
	return `Reads the newest events of every group: its mode; how many instances are in
service, desired and pending; what the last decision wants, and the rail that it
hangs on; the age of the newest value, by the clock of the newest group event;
the age of that event, by the server's clock, in rounds; the load beside what was
forecast of it; the forecast of now with its peak; and the last outcome.

It exits with 1 where somebody should look: the newest group event is older than
three rounds or has no capacity; the newest decision, or a forecast that is owed,
is more than three rounds behind it; a decision that is no hold is past its
expiry and has no outcome; the newest value is older than scaling.stale_after;
the last outcome failed; or the newest decision was refused. Groups that are
retired are shown where they are asked for.`
}

// Run shows how the groups stand.
func (v statusVerb) Run(ctx context.Context, p process) error {
	l, done, err := v.open(ctx, p, "status")
	if err != nil {
		return err
	}
	defer done()
	ctx, cancel := context.WithTimeoutCause(ctx, readTimeout, fmt.Errorf("the server did not answer all within %v", readTimeout))
	defer cancel()
	all, err := v.read(ctx, l)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(err, context.Cause(ctx))
	}
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return noGroup(l.realm)
	}
	if err := v.print(p.stdout, all); err != nil {
		return err
	}
	return wrong(all)
}

// read gives how the groups stand, by name.
func (v statusVerb) read(ctx context.Context, l lookup) ([]standing, error) {
	groups, err := v.latest(ctx, l)
	if err != nil {
		return nil, err
	}
	if err := l.complete(ctx, groups); err != nil {
		return nil, err
	}
	all := []standing{}
	for _, g := range groups {
		all = append(all, stand(g, l.now))
	}
	return all, nil
}

func (v statusVerb) latest(ctx context.Context, l lookup) ([]*latest, error) {
	var groups []*latest
	if v.Group == "" {
		found, err := l.all(ctx)
		groups = slices.Collect(maps.Values(found))
		slices.SortFunc(groups, func(a, b *latest) int { return strings.Compare(a.id.String(), b.id.String()) })
		return groups, err
	}
	ids, err := l.find(ctx, v.Group)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		g, err := l.one(ctx, id)
		if err != nil {
			return nil, err
		}
		groups = append(groups, g)
	}
	return groups, nil
}

// wrong says which groups somebody should look at; nil where there is none.
func wrong(all []standing) error {
	var names []streams.GroupID
	for _, s := range all {
		if len(s.Faults) > 0 {
			names = append(names, s.GroupID)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return fmt.Errorf("look at %d of %d groups: %s", len(names), len(all), list(names))
}

func (v statusVerb) print(w io.Writer, all []standing) error {
	switch {
	case v.JSON:
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(all)
	case v.Group != "" && len(all) == 1:
		all[0].print(w)
		return nil
	}
	printTable(w, all, v.Group != "")
	return nil
}

// printTable prints a line a group, and then why somebody should look.
func printTable(w io.Writer, all []standing, retired bool) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "GROUP\tMODE\tSERVING/DESIRED/PENDING\tDECISION\tRAIL\tVALUE AGE\tEVENT AGE\tLOAD\tEXPECTED\tFORECAST NOW\tLAST OUTCOME")
	hidden := 0
	for _, s := range all {
		if s.Mode == "retired" && !retired {
			hidden++
			continue
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.GroupID, s.Mode, s.capacity(), s.decision(), orDash(s.Rail),
			s.valueAge(), s.eventAge(), s.load(), s.expected(), s.next(), s.outcome())
	}
	// What it writes to reports its own errors.
	_ = t.Flush()
	if hidden > 0 {
		fmt.Fprintf(w, "%d retired\n", hidden)
	}
	for _, s := range all {
		for _, fault := range s.Faults {
			fmt.Fprintf(w, "! %s: %s\n", s.GroupID, fault)
		}
	}
}

// print prints all there is to say of a group.
func (s standing) print(w io.Writer) {
	fmt.Fprintf(w, "%s\n", s.GroupID)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, format string, args ...any) {
		fmt.Fprintf(t, "  %s\t%s\n", name, fmt.Sprintf(format, args...))
	}
	line("mode", "%s, policy %s", s.Mode, orDash(s.Fingerprint))
	if e := s.Event; e != nil {
		line("round", "%d of %s, %s", e.Round, clockOf(e.Now), s.eventAge())
		if c := e.Capacity; c != nil {
			line("capacity", "%d in service, %d desired, %d pending, %d terminating, min %d, max %d", c.InService, c.Desired, c.Pending, c.Terminating, c.Min, c.Max)
		}
		if len(e.Suspended) > 0 {
			line("suspended", "%s", strings.Join(e.Suspended, ", "))
		}
		for _, err := range e.Errors {
			line("aws", "%s: %s", err.Operation, err.Message)
		}
	}
	if l := s.Load; l != nil {
		line("load", "%s of %s, %s old", s.load(), clockOf(l.End), s.valueAge())
		if l.Expected != nil {
			line("expected", "%s, from %s", s.expected(), clockOf(*l.Origin))
		}
	}
	if n := s.Next; n != nil {
		line("forecast", "%s until %s", s.next(), clockOf(n.End))
		if len(n.Weights) > 0 {
			line("parts", "%s", byWeight(n.Weights))
		}
	}
	line("outcome", "%s", s.outcome())
	if o := s.Outcome; o != nil && o.Error != "" {
		line("", "%s", o.Error)
	}
	for _, fault := range s.Faults {
		line("!", "%s", fault)
	}
	_ = t.Flush()
	if s.Decision != nil {
		fmt.Fprintln(w)
		printDecision(w, *s.Decision)
	}
}

// The cells of a line; "-" where there is nothing to tell.

func (s standing) capacity() string {
	if s.Event == nil || s.Event.Capacity == nil {
		return "-"
	}
	c := s.Event.Capacity
	return fmt.Sprintf("%d/%d/%d", c.InService, c.Desired, c.Pending)
}

func (s standing) decision() string {
	if s.Decision == nil {
		return "-"
	}
	return fmt.Sprintf("%s %d", s.Decision.Verdict, s.Decision.Desired)
}

func (s standing) valueAge() string {
	if s.Load == nil {
		return "-"
	}
	return brief(s.Load.Age.Std())
}

func (s standing) eventAge() string {
	if s.Event == nil {
		return "-"
	}
	return fmt.Sprintf("%s (%.1f rounds)", brief(s.EventAge.Std()), s.Rounds)
}

func (s standing) load() string {
	if s.Load == nil {
		return "-"
	}
	return fmt.Sprintf("%.4g %s", s.Load.Value, s.Load.Unit)
}

func (s standing) expected() string {
	if s.Load == nil || s.Load.Expected == nil {
		return "-"
	}
	return fmt.Sprintf("%.4g", *s.Load.Expected)
}

func (s standing) next() string {
	if s.Next == nil {
		return "-"
	}
	peak := fmt.Sprintf("peak %.4g at %g%%", s.Next.Peak, 100*s.Next.Level)
	if s.Next.Median == nil {
		return peak
	}
	return fmt.Sprintf("%.4g, %s", *s.Next.Median, peak)
}

func (s standing) outcome() string {
	if s.Outcome == nil {
		return "-"
	}
	return fmt.Sprintf("%s %d, round %d", s.Outcome.Status, s.Outcome.Desired, s.Outcome.Round)
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// clockOf writes an instant for people, in UTC.
func clockOf(t time.Time) string { return t.UTC().Format(time.RFC3339) }
