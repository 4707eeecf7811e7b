package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/deployments/aws"
)

// stackFlags say which stack is meant, and where.
type stackFlags struct {
	Stack  string `arg:"" enum:"target,controller" help:"target: a group to scale; or controller: the host that scales."`
	Name   string `placeholder:"NAME" help:"Name of the stack (default ml-autoscaling-target or ml-autoscaling-controller)."`
	Region string `placeholder:"NAME" help:"AWS region; before AWS_REGION. One of the two has to be given."`
}

// name is the stack's at AWS.
func (f stackFlags) name() string {
	if f.Name != "" {
		return f.Name
	}
	return "ml-autoscaling-" + f.Stack
}

// load says how AWS is reached.
func (f stackFlags) load(ctx context.Context, p process) (sdk.Config, error) {
	region := cmp.Or(f.Region, p.env("AWS_REGION"), p.env("AWS_DEFAULT_REGION"))
	if region == "" {
		return sdk.Config{}, errors.New("no region is given: want --region, or AWS_REGION in the environment")
	}
	if !regexp.MustCompile(`\A[A-Za-z][A-Za-z0-9-]{0,127}\z`).MatchString(f.name()) {
		return sdk.Config{}, fmt.Errorf("--name: want a letter, and then at most 127 letters, digits and hyphens, got %q", f.name())
	}
	return loadAWS(ctx, config.Scope{Region: region})
}

// again is the command that looks at the stack once more.
func (f stackFlags) again(verb, region string) string {
	words := "autoscaler aws " + verb + " " + f.Stack + " --region " + region
	if f.Name != "" {
		words += " --name " + f.Name
	}
	return words
}

// unwatched tells how to look again at what AWS goes on with.
func (f stackFlags) unwatched(p process, region string, err error) error {
	if errors.Is(err, aws.ErrUnwatched) {
		fmt.Fprintf(p.stderr, "AWS goes on with stack %s without being watched; look again with: %s\n", f.name(), f.again("status", region))
	}
	return err
}

// settings are what the parameters of a template are given.
type settings struct {
	Set []string `sep:"none" placeholder:"KEY=VALUE" help:"Value of a parameter of the template; may be given again. Without one the stack's stays, or the default is taken."`
}

// values reads the settings.
func (s settings) values() (map[string]string, error) {
	values := map[string]string{}
	for _, text := range s.Set {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("--set: want KEY=VALUE, got %q", text)
		}
		if _, twice := values[key]; twice {
			return nil, fmt.Errorf("--set: %s is given twice", key)
		}
		values[key] = value
	}
	return values, nil
}
