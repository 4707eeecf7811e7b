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

// place says for a question what would change, and in which account: whose
// credentials are in the environment is easily forgotten.
func (f stackFlags) place(region, stackID string) string {
	return fmt.Sprintf("stack %s in %s of account %s", f.name(), region, cmp.Or(aws.Account(stackID), "(unknown)"))
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

// wishFlags say what a stack is to become.
type wishFlags struct {
	stackFlags
	settings
	deliveryFlags
}

// Validate checks the flags against each other.
func (f wishFlags) Validate() error { return f.validate(f.Stack, f.settings) }

// wish is what a stack is to become, read and checked as far as that goes
// without AWS.
type wish struct {
	cfg      sdk.Config
	template aws.Template
	values   map[string]string
	goods    delivery
}

func (f wishFlags) wish(ctx context.Context, p process) (wish, error) {
	values, err := f.values()
	if err != nil {
		return wish{}, err
	}
	template, err := aws.Read(f.Stack)
	if err != nil {
		return wish{}, err
	}
	cfg, err := f.load(ctx, p)
	if err != nil {
		return wish{}, err
	}
	goods, err := f.read(cfg.Region)
	return wish{cfg, template, values, goods}, err
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
