package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/deployments/aws/attach"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
)

// placeFlags say where groups are that are named on the command line.
type placeFlags struct {
	Config string `short:"c" placeholder:"FILE" help:"Configuration that names the groups and their scopes; without one, names are those of Auto Scaling groups."`
	Region string `placeholder:"NAME" help:"Region of the groups, with your own credentials (default AWS_REGION)."`
}

// Validate refuses two answers to one question.
func (f placeFlags) Validate() error {
	if f.Config != "" && f.Region != "" {
		return errors.New("--region, --config: want one of them; the scopes of the configuration have their regions")
	}
	return nil
}

// place is where a group is.
type place struct {
	name    string        // as it was typed
	group   string        // the Auto Scaling group, or a pattern of its name
	section *config.Group // of the configuration; nil where it has none
	scope   config.Scope
	client  aws.Config
}

// places finds the groups that are named.
func (f placeFlags) places(ctx context.Context, p process, names []string) ([]place, error) {
	cfg, err := loadConfig(f.Config)
	if err != nil {
		return nil, err
	}
	clients := map[config.Scope]aws.Config{}
	var all []place
	for _, name := range names {
		at, err := f.place(cfg, p, name)
		if err != nil {
			return nil, err
		}
		if _, ok := clients[at.scope]; !ok {
			if clients[at.scope], err = loadAWS(ctx, at.scope); err != nil {
				return nil, err
			}
		}
		at.client = clients[at.scope]
		all = append(all, at)
	}
	return all, nil
}

// place finds one group: by its name or scope/name in the configuration, by an
// Auto Scaling group's name within one of its scopes, else by an Auto Scaling
// group's name.
func (f placeFlags) place(cfg config.Config, p process, name string) (place, error) {
	var found []place
	for i, g := range cfg.Groups {
		if name == g.ID.String() || name == g.ID.Group {
			found = append(found, place{name: name, group: g.Policy.AutoScalingGroup, section: &cfg.Groups[i], scope: cfg.Ingest.Scopes[g.ID.Scope]})
		}
	}
	if len(found) > 1 {
		return place{}, fmt.Errorf("group %s: several scopes of %s have one: name it as scope/group", name, f.Config)
	}
	if len(found) == 1 {
		return found[0], nil
	}
	if scope, group, ok := strings.Cut(name, "/"); ok && group != "" {
		if s, ok := cfg.Ingest.Scopes[scope]; ok {
			return place{name: name, group: group, scope: s}, nil
		}
	}
	if f.Config != "" && len(cfg.Ingest.Scopes) == 1 {
		for _, only := range cfg.Ingest.Scopes {
			return place{name: name, group: name, scope: only}, nil
		}
	}
	region := cmp.Or(f.Region, p.env("AWS_REGION"), p.env("AWS_DEFAULT_REGION"))
	switch {
	case f.Config != "" && len(cfg.Ingest.Scopes) > 1:
		return place{}, fmt.Errorf("group %s: %s does not have it, and has several scopes: name it as scope/group", name, f.Config)
	case region == "":
		return place{}, fmt.Errorf("group %s: in which region: give --region, --config or AWS_REGION", name)
	}
	return place{name: name, group: name, scope: config.Scope{Region: region}}, nil
}

// resolve gives the place with the name of the group where it is a pattern.
func (at place) resolve(ctx context.Context) (place, error) {
	if !strings.ContainsAny(at.group, `*?[`) || at.section == nil {
		return at, nil
	}
	name, err := attach.NewDescriber(at.client).Newest(ctx, at.group)
	if err != nil {
		return at, at.explain(err)
	}
	if name == "" {
		return at, fmt.Errorf("there is no Auto Scaling group like %s in %s", at.group, at.scope.Region)
	}
	at.group = name
	return at, nil
}

// explain names the IAM action where a call was denied, and who was.
func (at place) explain(err error) error {
	var call *window.CallError
	if !errors.As(err, &call) || call.Action == "" {
		return err
	}
	who := "the credentials in use"
	if at.scope.RoleARN != "" {
		who = fmt.Sprintf("the role %s of the configuration (--region uses your own credentials instead)", at.scope.RoleARN)
	}
	return fmt.Errorf("permission %s is missing, for %s: %w", call.Action, who, call.Err)
}

// title names a group and its sizes.
func (at place) title(g attach.Group) string {
	text := fmt.Sprintf("%s: Auto Scaling group %s in %s", at.name, g.Name, at.scope.Region)
	if at.name == g.Name {
		text = fmt.Sprintf("%s in %s", g.Name, at.scope.Region)
	}
	if g.Found {
		text += fmt.Sprintf(": desired %d, min %d, max %d", g.Desired, g.Min, g.Max)
	}
	return text
}

// each does something with every group, also where it failed with others.
func (f placeFlags) each(ctx context.Context, p process, names []string, do func(context.Context, place) error) error {
	all, err := f.places(ctx, p, names)
	if err != nil {
		return err
	}
	var errs []error
	for _, at := range all {
		at, err := at.resolve(ctx)
		if err == nil {
			err = do(ctx, at)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", at.name, err))
		}
	}
	return errors.Join(errs...)
}
