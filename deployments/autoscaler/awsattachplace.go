package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ml-autoscaling/autoscaler/deployments/autoscaler/config"
	"github.com/ml-autoscaling/autoscaler/deployments/aws/attach"
	"github.com/ml-autoscaling/autoscaler/ingest"
	"github.com/ml-autoscaling/autoscaler/ingest/window"
	"github.com/ml-autoscaling/autoscaler/streams"
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
	older   []string      // others that the pattern matches and that are attached
	section *config.Group // of the configuration; nil where it has none
	load    streams.LoadPolicy
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

// sections gives the groups of a configuration that a name may mean: those of
// that name or scope/name, else those of that Auto Scaling group.
func sections(cfg config.Config, name string) []config.Group {
	for _, means := range []func(config.Group) string{
		func(g config.Group) string { return g.ID.Group },
		func(g config.Group) string { return g.Policy.AutoScalingGroup },
	} {
		var found []config.Group
		for _, g := range cfg.Groups {
			if name == means(g) || name == g.ID.Scope+"/"+means(g) {
				found = append(found, g)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

// place finds one group: in the configuration, by an Auto Scaling group's name
// within one of its scopes, else by an Auto Scaling group's name.
func (f placeFlags) place(cfg config.Config, p process, name string) (place, error) {
	found := sections(cfg, name)
	if len(found) > 1 {
		return place{}, fmt.Errorf("group %s: %s has several: name one of %s", name, f.Config, idsOf(found))
	}
	if len(found) == 1 {
		g := found[0]
		return place{name: name, group: g.Policy.AutoScalingGroup, section: &g, load: g.Policy.Load, scope: cfg.Ingest.Scopes[g.ID.Scope]}, nil
	}
	load := cfg.Discovered("", name).Policy.Load
	if scope, group, ok := strings.Cut(name, "/"); ok && group != "" {
		if s, ok := cfg.Ingest.Scopes[scope]; ok {
			return place{name: name, group: group, load: load, scope: s}, nil
		}
	}
	if f.Config != "" && len(cfg.Ingest.Scopes) == 1 {
		for _, only := range cfg.Ingest.Scopes {
			return place{name: name, group: name, load: load, scope: only}, nil
		}
	}
	region := cmp.Or(f.Region, p.env("AWS_REGION"), p.env("AWS_DEFAULT_REGION"))
	switch {
	case f.Config != "" && len(cfg.Ingest.Scopes) > 1:
		return place{}, fmt.Errorf("group %s: %s does not have it, and has several scopes: name it as scope/group", name, f.Config)
	case region == "":
		return place{}, fmt.Errorf("group %s: in which region: give --region, --config or AWS_REGION", name)
	}
	return place{name: name, group: name, load: load, scope: config.Scope{Region: region}}, nil
}

// idsOf names groups.
func idsOf(groups []config.Group) string {
	var ids []string
	for _, g := range groups {
		ids = append(ids, g.ID.String())
	}
	return strings.Join(ids, ", ")
}

// resolve gives the place with the name of the newest group where it is a
// pattern.
func (at place) resolve(ctx context.Context) (place, error) {
	if !ingest.IsPattern(at.group) || at.section == nil {
		return at, nil
	}
	found, err := attach.NewDescriber(at.client).Match(ctx, at.group)
	if err != nil {
		return at, at.explain(err)
	}
	if found.Newest == "" {
		return at, fmt.Errorf("there is no Auto Scaling group like %s in %s", at.group, at.scope.Region)
	}
	at.group = found.Newest
	at.older = slices.DeleteFunc(found.Attached, func(name string) bool { return name == found.Newest })
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

// told is the group's name on the timeline: that of the configuration, or one
// that ingest discovers is called like the Auto Scaling group.
func (at place) told(g attach.Group) string {
	if at.section != nil {
		return at.section.ID.String()
	}
	return g.Name
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
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", at.name, err))
		}
		if ctx.Err() != nil { // of which only that it was is told later
			fmt.Fprintln(p.stderr, errors.Join(errs...))
			return ctx.Err()
		}
	}
	return errors.Join(errs...)
}
