package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/ingest"
	ingestaws "github.com/ml-autoscaling/autoscaler/ingest/aws"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// polled says whether there is a scope to poll: without one ingest ends at once.
func (c *checkup) polled() bool {
	if len(c.cfg.Ingest.Scopes) > 0 {
		return true
	}
	c.fault("aws", "ingest.scopes: no scope is named, and no group names one")
	return false
}

// aws polls every scope once, and tries what the actuator reads.
func (c *checkup) aws(ctx context.Context) {
	if !c.polled() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	sources := map[string]ingest.Source{}
	for _, name := range c.scopes() {
		client, err := loadAWS(ctx, c.cfg.Ingest.Scopes[name])
		if err != nil {
			c.fault("aws", "scope %s: %v", name, err)
			continue
		}
		sources[name] = ingestaws.New(client, ingestaws.Options{})
	}
	if len(sources) == 0 {
		return
	}
	g, all := c.poll(ctx, sources)
	if c.cfg.Actuator.Mode == streams.DesiredControl {
		c.actuator(ctx, g, all)
	} else {
		c.unacted(g)
	}
	c.heartbeat()
}

// poll polls once and shows what came of every scope and every group.
func (c *checkup) poll(ctx context.Context, sources map[string]ingest.Source) (g *glimpse, all map[string]*witness) {
	all = map[string]*witness{}
	watched := map[string]ingest.Source{}
	for name, s := range sources {
		all[name] = &witness{Source: s, detailed: map[string]bool{}}
		watched[name] = all[name]
	}
	g, err := glimpseOf(ctx, c.cfg, watched, true)
	if err == nil {
		err = c.pollAgain(ctx, g, all)
	}
	if err != nil {
		c.fault("aws", "%v", err)
		return g, all
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		c.scope(name, all[name])
	}
	c.groups(g, all)
	return g, all
}

// pollAgain polls the scopes again that did not answer everything: without a
// choice of periods by what monitoring a group has, which may be unknown for
// want of a right, the groups are there all the same.
func (c *checkup) pollAgain(ctx context.Context, g *glimpse, all map[string]*witness) error {
	again := map[string]ingest.Source{}
	for name, w := range all {
		if len(w.errors) > 0 {
			again[name] = w.Source
		}
	}
	if len(again) == 0 {
		return nil
	}
	other, err := glimpseOf(ctx, c.cfg, again, false)
	if err != nil {
		return err
	}
	maps.Copy(g.states, other.states)
	maps.Copy(g.events, other.events)
	return nil
}

// scope tells what a scope answered, each failure once.
func (c *checkup) scope(name string, w *witness) {
	at := placeOf(name, c.cfg.Ingest.Scopes[name])
	if len(w.errors) == 0 {
		c.fine("aws", "scope %s: %d Auto Scaling groups, and their metrics", at, w.listed)
		return
	}
	told := map[string]bool{}
	for _, call := range ingest.CallErrors(errors.Join(w.errors...)) {
		words := call.Error()
		if call.Action != "" {
			words = fmt.Sprintf("permission %s: %v", call.Action, call.Err)
		}
		if !told[words] {
			c.fault("aws", "scope %s: %s", at, words)
		}
		told[words] = true
	}
}

func placeOf(name string, s config.Scope) string {
	if s.Region != name {
		name += " (" + s.Region + ")"
	}
	if s.RoleARN != "" {
		name += " as " + s.RoleARN
	}
	return name
}

// groups tells what ingest would see of each group.
func (c *checkup) groups(g *glimpse, all map[string]*witness) {
	ids := slices.Collect(maps.Keys(g.states))
	for _, want := range c.cfg.Groups {
		if all[want.ID.Scope] != nil && g.states[want.ID] == nil {
			ids = append(ids, want.ID)
		}
	}
	slices.SortFunc(ids, func(a, b streams.GroupID) int { return strings.Compare(a.String(), b.String()) })
	if len(ids) == 0 && slices.ContainsFunc(slices.Collect(maps.Values(all)), func(w *witness) bool { return w.listed < 0 }) {
		return // that a listing failed has been told
	}
	if len(ids) == 0 {
		c.fault("groups", "none is known: none is configured, and none was found that bears the tag ml-autoscaling/managed=true")
		return
	}
	t := tabwriter.NewWriter(c.w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nGROUP\tAUTO SCALING GROUP\tMODE\tSERVING/DESIRED\tMIN-MAX\tLOAD NOW\tAT LEAST\tPERIOD\t$/MONTH\tGB/MONTH")
	var missing []string
	var dollars, bytes float64
	for _, id := range ids {
		row := c.row(g, id, all[id.Scope])
		dollars, bytes = dollars+row.dollars, bytes+row.bytes
		fmt.Fprintln(t, strings.Join(row.cells, "\t"))
		for _, what := range row.missing {
			missing = append(missing, id.String()+": "+what)
		}
	}
	_ = t.Flush()
	fmt.Fprintf(c.w, "%d groups: $%.2f for GetMetricData and %.2f GB on the timeline per month\n\n", len(ids), dollars, bytes/1e9)
	for _, what := range missing {
		c.fault("group", "%s", what)
	}
}

// row is a line of the table.
type row struct {
	cells          []string
	dollars, bytes float64 // per month
	missing        []string
}

func (c *checkup) row(g *glimpse, id streams.GroupID, w *witness) row {
	s, ok := g.of(id)
	if !ok {
		why := "there is no such Auto Scaling group"
		if w.listed < 0 {
			why = "whether its Auto Scaling group is there is not known"
		}
		return row{cells: []string{id.String(), "-", "-", "-", "-", "-", "-", "-", "-", "-"}, missing: []string{why}}
	}
	r := row{dollars: ingest.DollarsPerMonth(s.perHour)}
	size, limits, loadNow, least := "-", "-", "-", "-"
	if k := s.capacity; k != nil {
		size, limits = fmt.Sprintf("%d/%d", k.InService, k.Desired), fmt.Sprintf("%d-%d", k.Min, k.Max)
	} else {
		r.missing = append(r.missing, "it was not described"+said(s.errors))
	}
	if m := s.value; m != nil {
		loadNow = fmt.Sprintf("%.4g %s (%s)", *m.Value, m.Unit, m.End.Format(time.TimeOnly))
		least = fmt.Sprintf("%.1f", *m.Value/s.policy.Load.PerInstance)
	} else {
		r.missing = append(r.missing, "no value of its load came"+whyNone(s.errors))
	}
	var err error
	if r.bytes, err = g.bytesPerMonth(c.cfg.Realm, id, s.policy); err != nil {
		r.missing = append(r.missing, err.Error())
	}
	r.cells = []string{id.String(), s.policy.AutoScalingGroup, bothModes(s.policy.Mode, w.groups[s.policy.AutoScalingGroup]), size, limits, loadNow, least,
		s.policy.Load.Period.String() + monitoring(w, s.policy.AutoScalingGroup), fmt.Sprintf("%.2f", r.dollars), fmt.Sprintf("%.3f", r.bytes/1e9)}
	return r
}

// bothModes tells the mode of a policy and, where it says something else, that
// of the group's tag.
func bothModes(mode streams.Mode, d window.Description) string {
	tag := streams.Mode(d.Mode)
	switch {
	case d.Managed && tag == mode, tag == "" && mode == streams.Observe:
		return string(mode)
	case !d.Managed || tag == "":
		return string(mode) + " (not attached)"
	case tag == streams.Observe || tag == streams.DesiredControl:
		return fmt.Sprintf("%s (tag %s)", mode, tag)
	}
	return fmt.Sprintf("%s (tag %.20q)", mode, d.Mode)
}

// whyNone says why no value may have come.
func whyNone(errors []streams.CallError) string {
	if len(errors) > 0 {
		return ", for " + errors[0].Operation + " failed"
	}
	return ": is the metric there, and does the group serve?"
}

// monitoring says what monitoring a group has, where that was asked and told.
func monitoring(w *witness, name string) string {
	detailed, known := w.detailed[name]
	switch {
	case !known:
		return ""
	case detailed:
		return " (detailed monitoring)"
	}
	return " (basic monitoring)"
}
