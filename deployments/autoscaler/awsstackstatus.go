package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

type awsStatusVerb struct {
	stackFlags
}

// Run shows how a stack stands.
func (v awsStatusVerb) Run(ctx context.Context, p process) error {
	return errors.New("soon")
}

type awsDestroyVerb struct {
	stackFlags
	Yes bool `short:"y" help:"Do not ask."`
}

// Run destroys.
func (v awsDestroyVerb) Run(ctx context.Context, p process) error {
	return errors.New("soon")
}

// printOutputs writes what a stack gives to others.
func printOutputs(w io.Writer, s *aws.Stack) {
	fmt.Fprintf(w, "\nstack %s: %s\n", s.Name, s.Status)
	for _, o := range s.Outputs {
		fmt.Fprintf(w, "  %-20s %s\n", o.Key, o.Value)
	}
}
