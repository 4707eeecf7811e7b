// Package config reads the one YAML file of the autoscaler into a typed
// struct, a section per component.
//
// Every error names the file, the line and the key. Unknown keys are errors.
// What is left out has the value that Default gives; a group has what
// `defaults` says, and what that leaves out has DefaultPolicy's value.
package config

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/ml-autoscaling/autoscaler/forecaster/fold"
	"github.com/ml-autoscaling/autoscaler/streams"
)

// Config is the whole file.
type Config struct {
	// Realm is the realm whose timeline the components share.
	Realm string `yaml:"realm"`
	NATS  NATS   `yaml:"nats"`
	Log   Log    `yaml:"log"`
	// Timeline bounds the stream when this process creates it.
	Timeline   Timeline  `yaml:"timeline"`
	Ingest     Ingest    `yaml:"ingest"`
	Forecaster Component `yaml:"forecaster"`
	Decider    Component `yaml:"decider"`
	Actuator   Actuator  `yaml:"actuator"`
	All        All       `yaml:"all"`
	// Groups is what `defaults` and `groups` come to, in the file's order.
	Groups []Group `yaml:"-"`

	base base // what a group is that has no section
}

// NATS says how to reach the server; each is empty where the file is silent.
type NATS struct {
	URL     string `yaml:"url"`
	Creds   string `yaml:"creds"`
	Context string `yaml:"context"`
}

// Log says what is logged: debug, info, warn or error, and above.
type Log struct {
	Level string `yaml:"level"`
}

// Timeline bounds the stream.
type Timeline struct {
	// Replicas of the stream: 1, 3 or 5.
	Replicas int `yaml:"replicas"`
	// MaxBytes refuses further events when the stream is as large; 0 is no
	// bound of ours.
	MaxBytes int64 `yaml:"max_bytes"`
}

// Component is the section of one component.
type Component struct {
	// Address of /health, /ready and /metrics; empty for none.
	Address string `yaml:"address"`
}

// Default gives the configuration of an empty file: no group.
func Default() Config {
	return Config{
		Realm:      streams.Live,
		Log:        Log{Level: "info"},
		Timeline:   Timeline{Replicas: 1},
		Ingest:     Ingest{Component: Component{Address: "127.0.0.1:5001"}, Discover: true, Backfill: streams.Duration(14 * 24 * time.Hour)},
		Forecaster: Component{Address: "127.0.0.1:5000"},
		Decider:    Component{Address: "127.0.0.1:5002"},
		Actuator:   Actuator{Component: Component{Address: "127.0.0.1:5003"}, Mode: streams.Observe},
		All:        All{Component: Component{Address: "127.0.0.1:5000"}, Listen: "127.0.0.1:4222"},
		base:       base{policy: DefaultPolicy(), autoPeriod: true},
	}
}

// DefaultPolicy gives the numbers that a group has where the file is silent:
// CPU at 80 % of an instance, read every 5 minutes.
func DefaultPolicy() streams.Policy {
	const second = streams.Duration(1e9)
	return streams.Policy{
		Mode:  streams.Observe,
		Round: 60 * second,
		Load:  streams.LoadPolicy{Series: "cpu", Unit: streams.Percent, Period: 300 * second, PerInstance: 80},
		Forecast: streams.ForecastPolicy{
			Model:    "combined",
			Levels:   []float64{0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.998, 0.999, 0.9995},
			Training: 20,
		},
		Scaling: streams.ScalingPolicy{
			Min: 1, Max: 100, ViolationPrice: 8, Quantile: 0.95, ScaleInRisk: 0.1,
			Hysteresis: streams.Hysteresis{Out: 0.1, In: 0.01, ReversalOut: 0.5, ReversalIn: 2, Reversals: 6, Growth: 0.03},
			BootPrior:  180 * second, MetricDelayPrior: 60 * second,
			Stabilization: 900 * second, ScaleInUtilization: 0.95,
			ScaleOutCooldown: 60 * second, ScaleInCooldown: 300 * second,
			StepOut:     streams.StepLimit{Instances: 10, Fraction: 2},
			StepIn:      streams.StepLimit{Instances: 2, Fraction: 0.5},
			ForeignHold: 600 * second, OutageHold: 3600 * second, OutageShare: 0.1, Expiry: 120 * second,
		},
	}
}

// Complete fills what follows from other fields where it is not set: the
// horizon, the settle time, when a value is stale or a launch late, and of a model
// that reads global weights those that this binary embeds.
func Complete(p streams.Policy) streams.Policy {
	const second = streams.Duration(1e9)
	if p.Forecast.Settle == 0 {
		p.Forecast.Settle = 600 * second
		if p.Load.Period == 60*second {
			p.Forecast.Settle = 180 * second
		}
	}
	p = eachScaling(p, func(s streams.ScalingPolicy) streams.ScalingPolicy {
		if s.StaleAfter == 0 {
			s.StaleAfter = 2*p.Load.Period + s.MetricDelayPrior
		}
		if s.LaunchGrace == 0 {
			s.LaunchGrace = 2*s.BootPrior + 2*p.Round
		}
		return s
	})
	if p.Forecast.Horizon == 0 {
		p.Forecast.Horizon = p.DefaultHorizon()
	}
	reads := fold.ReadsWeights(p.Forecast.Model) || slices.ContainsFunc(p.Forecast.Members, fold.ReadsWeights)
	if reads && p.Forecast.Weights == "" {
		p.Forecast.Weights = fold.EmbeddedWeights()
	}
	return p
}

// file is the form of the YAML. Groups are decoded a second time over the
// defaults; this form is what knows every key.
type file struct {
	Config   `yaml:",inline"`
	Defaults streams.Policy          `yaml:"defaults"`
	Groups   map[string]groupSection `yaml:"groups"`
}

type groupSection struct {
	Scope          string `yaml:"scope"`
	streams.Policy `yaml:",inline"`
}

// Read reads a configuration; name is the file's name in errors.
func Read(r io.Reader, name string) (Config, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return Config{}, fmt.Errorf("read %s: %w", name, err)
	}
	cfg, err := parse(text)
	if err != nil {
		return Config{}, fmt.Errorf("read %s: %w", name, err)
	}
	return cfg, nil
}

func parse(text []byte) (Config, error) {
	f := file{Config: Default()}
	if err := decodeStrict(text, &f); err != nil {
		return Config{}, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return Config{}, err
	}
	cfg := f.Config
	if err := cfg.validate(&doc); err != nil {
		return Config{}, err
	}
	if node := child(&doc, "defaults"); node != nil {
		if err := node.Decode(&cfg.base.policy); err != nil {
			return Config{}, err
		}
		var err error
		if cfg.base.policy, err = withShadows(cfg.base.policy, node); err != nil {
			return Config{}, err
		}
		cfg.base.autoPeriod = find(node, "load.period") == nil
		some := cfg.base.group("any", "any") // a group that is discovered
		if err := some.validate(); err != nil {
			return Config{}, located(err, "defaults", node, nil, node.Line)
		}
	}
	if err := cfg.readGroups(&doc); err != nil {
		return Config{}, err
	}
	return cfg, cfg.readScopes(&doc)
}

func (c *Config) readGroups(doc *yaml.Node) error {
	section := child(doc, "groups")
	if section == nil {
		return nil
	}
	for i := 0; i+1 < len(section.Content); i += 2 {
		name, node := section.Content[i].Value, section.Content[i+1]
		base := c.base.group(c.onlyScope(), name)
		read := groupSection{Scope: base.ID.Scope, Policy: base.given.Alone()}
		if err := node.Decode(&read); err != nil {
			return err
		}
		given, err := withShadows(read.Policy, child(doc, "defaults"), node)
		if err != nil {
			return err
		}
		g := newGroup(streams.GroupID{Scope: read.Scope, Group: name}, given, base.AutoPeriod && find(node, "load.period") == nil)
		if err := g.validate(); err != nil {
			return located(err, "groups."+name, node, child(doc, "defaults"), section.Content[i].Line)
		}
		c.Groups = append(c.Groups, g)
	}
	return nil
}

// validate checks a group and its policy, at every period that it may have.
func (g Group) validate() error {
	err := validatePolicy(g.ID, g.Policy)
	if err == nil && g.AutoPeriod {
		err = g.WithPeriod(time.Minute).Validate()
	}
	return err
}

func validatePolicy(id streams.GroupID, p streams.Policy) error {
	if id.Scope == "" {
		return &streams.FieldError{Field: "scope", Cause: "is missing; the name of the account and region, such as eu-west-1"}
	}
	if _, err := path.Match(p.AutoScalingGroup, ""); err != nil {
		return &streams.FieldError{Field: "auto_scaling_group", Cause: fmt.Sprintf("is no pattern: %q", p.AutoScalingGroup)}
	}
	if err := checkModel("forecast.model", p.Forecast.Model); err != nil {
		return err
	}
	for i, name := range p.Forecast.Members {
		if err := checkModel(fmt.Sprintf("forecast.members[%d]", i), name); err != nil {
			return err
		}
	}
	return p.Validate()
}

// checkModel wants a model that there is.
func checkModel(field, name string) error {
	if slices.Contains(KnownModels(), name) {
		return nil
	}
	return &streams.FieldError{Field: field, Cause: fmt.Sprintf("want one of %v, got %.80q", KnownModels(), name)}
}

func (c Config) validate(doc *yaml.Node) error {
	if err := streams.CheckRealm(c.Realm); err != nil {
		return located(err, "", doc, nil, 1)
	}
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		return located(&streams.FieldError{Field: "log.level", Cause: fmt.Sprintf("want debug, info, warn or error, got %q", c.Log.Level)}, "", doc, nil, 1)
	}
	if !slices.Contains([]int{1, 3, 5}, c.Timeline.Replicas) {
		return located(&streams.FieldError{Field: "timeline.replicas", Cause: fmt.Sprintf("want 1, 3 or 5, got %d", c.Timeline.Replicas)}, "", doc, nil, 1)
	}
	if c.Actuator.Mode != streams.Observe && c.Actuator.Mode != streams.DesiredControl {
		return located(&streams.FieldError{Field: "actuator.mode", Cause: fmt.Sprintf("want observe or desired, got %q", string(c.Actuator.Mode))}, "", doc, nil, 1)
	}
	if c.Actuator.Ceiling < 0 {
		return located(&streams.FieldError{Field: "actuator.ceiling", Cause: fmt.Sprintf("must not be negative, got %d", c.Actuator.Ceiling)}, "", doc, nil, 1)
	}
	if b := c.Ingest.Backfill; b < 0 || b > streams.Duration(455*24*time.Hour) {
		return located(&streams.FieldError{Field: "ingest.backfill", Cause: fmt.Sprintf("want 0 s to 455 days, got %v", b)}, "", doc, nil, 1)
	}
	if c.Timeline.MaxBytes < 0 {
		return located(&streams.FieldError{Field: "timeline.max_bytes", Cause: fmt.Sprintf("must not be negative, got %d", c.Timeline.MaxBytes)}, "", doc, nil, 1)
	}
	return nil
}

// located gives a field's error the line of the field: in the section itself,
// else where the defaults set it, else the section's own line.
func located(err error, section string, node, defaults *yaml.Node, line int) error {
	var field *streams.FieldError
	if !errors.As(err, &field) {
		return err
	}
	for _, n := range []*yaml.Node{node, defaults} {
		if at := find(n, field.Field); at != nil {
			line = at.Line
			break
		}
	}
	if section != "" {
		section += "."
	}
	return fmt.Errorf("line %d: %s%w", line, section, field)
}
