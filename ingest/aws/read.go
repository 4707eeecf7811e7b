package aws

import (
	"context"
	"errors"
	"fmt"

	sdk "github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

// errNoTime is of a call that its quota lets begin after its deadline only.
var errNoTime = errors.New("the quota leaves no room before the deadline")

// Read gives one answer for each query, in their order. With an error, the
// answers that were not asked for, or whose call failed, are not complete.
func (s *Source) Read(ctx context.Context, queries []window.Query) ([]window.Answer, error) {
	answers := make([]window.Answer, len(queries))
	var asks []ask
	var errs []error
	for i, q := range queries {
		a, err := newAsk(i, q)
		if err != nil {
			errs = append(errs, &window.CallError{Operation: getMetricData, Err: err})
			continue
		}
		asks = append(asks, a)
	}
	for _, b := range batches(asks) {
		wrong := s.read(ctx, b, answers)
		errs = append(errs, wrong...)
		if outOfTime := ctx.Err() != nil || errors.Is(errors.Join(wrong...), errNoTime); outOfTime && len(wrong) > 0 {
			break // its error stands for the calls that were to follow
		}
	}
	return answers, errors.Join(errs...)
}

// read makes a call, and writes down what came of it.
func (s *Source) read(ctx context.Context, b batch, answers []window.Answer) (errs []error) {
	got, err := s.pages(ctx, b)
	if half := len(b) / 2; half > 0 && got.pages == 0 && invalid(err) {
		return append(s.read(ctx, b[:half], answers), s.read(ctx, b[half:], answers)...)
	}
	if err != nil {
		cause := failed(getMetricData, err)
		if len(b) == 1 && invalid(err) {
			cause.Err = fmt.Errorf("%s: %w", b[0].subject(), cause.Err)
		}
		errs = append(errs, cause)
	}
	var wrong faults
	rest := got.series
	for _, a := range b {
		own := rest[:len(a.data)]
		rest = rest[len(a.data):]
		answers[a.index] = a.answer(own)
		if err != nil || got.message != "" && a.Measure == window.Expression {
			answers[a.index].Complete = false
		}
		wrong.add(a.subject(), own, err != nil)
	}
	if got.message != "" {
		errs = append(errs, &window.CallError{Operation: getMetricData, Err: errors.New(got.message)})
	}
	return append(errs, wrong.errors()...)
}

// pages reads every page of a call. With an error, what came before it is
// still there.
func (s *Source) pages(ctx context.Context, b batch) (*tally, error) {
	in := b.input()
	got := newTally(b[0].Query, len(in.MetricDataQueries))
	for {
		if err := s.wait(ctx, b.datapoints()); err != nil {
			return got, err
		}
		s.told(getMetricData, b.metrics())
		out, err := s.getMetricData(ctx, in)
		if err != nil {
			return got, err
		}
		got.add(out)
		next := sdk.ToString(out.NextToken)
		if next == "" {
			return got, nil
		}
		if next == sdk.ToString(in.NextToken) {
			return got, errSameToken
		}
		in.NextToken = &next
	}
}

// wait returns when the quotas allow a request for so many datapoints.
func (s *Source) wait(ctx context.Context, datapoints int) error {
	if s.datapoints.WaitN(ctx, datapoints) == nil && s.requests.Wait(ctx) == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return errNoTime
}
