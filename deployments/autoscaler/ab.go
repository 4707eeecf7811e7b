package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/replay/backtest"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// defaultPrice is what a violated minute counts as, in instance-hours, where
// nobody says otherwise.
const defaultPrice = 8

// abVerb compares policies of a group that runs.
type abVerb struct {
	Report abReportVerb `cmd:"" help:"Compare the live policy of a group with one of its shadows."`
}

type abReportVerb struct {
	realmFlags
	Group string  `arg:"" help:"The group, as scope/group, or group where no other scope has it."`
	Days  int     `default:"21" placeholder:"N" help:"Days before the newest group event that are compared (default 21, which is what is kept)."`
	A     string  `default:"live" placeholder:"NAME" help:"The policy that is compared: live, a shadow, or group (default live)."`
	B     string  `placeholder:"NAME" help:"The policy that it is compared with (default: the group's only shadow)."`
	Price float64 `name:"violation-price" placeholder:"H" help:"Instance-hours that a violated minute counts as (default: the live policy's, or 8 where it has none)."`
}

// Help describes the verb at length.
func (abReportVerb) Help() string {
	return `A shadow is a second policy of a group, which decides beside the live one and
is never acted on: name it under shadows in the group's configuration. The report
reads the timeline and puts what both decided through the same simulated fleet,
under the load that the group had. "group" is whoever sets the real group's
capacity. Minutes in which the real group was saturated hide their load, and are
counted apart; so are those whose load is not known.

It exits with 1 where there is too little to tell.`
}

// Validate checks the flags.
func (v abReportVerb) Validate() error {
	switch {
	case v.Days < 1:
		return errors.New("--days: want at least 1")
	case v.A == v.B:
		return errors.New("--b: want another policy than --a")
	case !(v.Price >= 0):
		return errors.New("--violation-price: must not be negative")
	}
	return nil
}

// Run compares.
func (v abReportVerb) Run(ctx context.Context, p process) error {
	l, done, err := v.open(ctx, p, "ab report")
	if err != nil {
		return err
	}
	defer done()
	const timeout = 4 * readTimeout // of three weeks of everything
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("the server did not answer all within %v", timeout))
	defer cancel()
	err = v.report(ctx, l, p.stdout)
	if errors.Is(err, context.DeadlineExceeded) {
		err = errors.Join(err, context.Cause(ctx))
	}
	return err
}

func (v abReportVerb) report(ctx context.Context, l lookup, w io.Writer) error {
	id, err := l.only(ctx, v.Group)
	if err != nil {
		return err
	}
	policy, err := l.policyInForce(ctx, id)
	if err != nil {
		return err
	}
	if v.B, err = v.other(id, policy); err != nil {
		return err
	}
	if v.Price == 0 {
		v.Price = cmp.Or(policy.Scaling.ViolationPrice, defaultPrice)
	}
	duel := backtest.NewDuel(v.A, v.B)
	if err := l.readDuel(ctx, span{id: id, days: v.Days, series: policy.Load.Series, policies: []string{v.A, v.B}}, duel.Add); err != nil {
		return err
	}
	r := duel.Result()
	if r.Since.IsZero() {
		return fmt.Errorf("ab report %s: the timeline of the last %s does not hold what both %s and %s decided", id, counted(v.Days, "day"), v.A, v.B)
	}
	ab, err := backtest.CompareAB([]backtest.Pair{{Case: id.String(), A: r.A, B: r.B}}, backtest.ABOptions{
		A: v.A, B: v.B, Price: v.Price, Rng: rand.New(rand.NewPCG(1, 1)),
	})
	if err != nil {
		return err
	}
	v.print(w, id, r)
	if policy.Mode == streams.Observe && (v.A == streams.LiveName || v.B == streams.LiveName) {
		fmt.Fprintf(w, "the group is only observed: what %s decided was never done, and each round it saw what others had set; --a %s compares with these\n",
			streams.LiveName, streams.GroupName)
	}
	fmt.Fprintln(w)
	printAB(w, ab)
	if why := ab.TooLittle(); why != "" {
		return fmt.Errorf("ab report %s: too little to tell: %s", id, why)
	}
	return nil
}

// other is the policy that --a is compared with.
func (v abReportVerb) other(id streams.GroupID, policy streams.Policy) (string, error) {
	if v.B != "" {
		return v.B, nil
	}
	names := policy.ShadowNames()
	switch {
	case len(names) == 0:
		return "", fmt.Errorf("ab report %s: its policy has no shadow to compare with: name one under shadows", id)
	case len(names) > 1:
		return "", fmt.Errorf("ab report %s: --b: want one of its shadows %s", id, strings.Join(names, ", "))
	case names[0] == v.A:
		return streams.LiveName, nil
	}
	return names[0], nil
}

// print tells what was compared.
func (v abReportVerb) print(w io.Writer, id streams.GroupID, r backtest.DuelResult) {
	fmt.Fprintf(w, "%s: %s against %s, %s to %s\n", id, v.A, v.B, clockOf(r.Since), clockOf(r.Until))
	fmt.Fprintf(w, "%s decided by both, %d by one of them, as far as decisions are kept (holds for 7 days)\n", counted(r.Both, "round"), r.One)
	source := fmt.Sprintf("the 90th percentile of %s of the group", counted(r.Boots, "boot"))
	if r.Boots < backtest.EnoughBoots {
		source = fmt.Sprintf("as the policy expects it: %s of the group were seen", counted(r.Boots, "boot"))
	}
	fmt.Fprintf(w, "instances of both boot %v, %s\n", r.Boot.Round(time.Second), source)
	if r.Unknown > 0 {
		fmt.Fprintf(w, "%s left out: their load is not known, or could not be acted on yet\n", counted(r.Unknown, "minute"))
	}
	if r.Saturated > 0 {
		fmt.Fprintf(w, "%s left out: the group was saturated and hid its load, of which %s violated at least %d, and %s %d\n",
			counted(r.Saturated, "minute"), v.A, r.Missed[0], v.B, r.Missed[1])
	}
}
