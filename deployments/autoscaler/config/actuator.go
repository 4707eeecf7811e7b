package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ml-autoscaling/autoscaler/streams"
)

// Actuator limits what the timeline may ask of the actuator, and says as whom it
// acts.
type Actuator struct {
	Component `yaml:",inline"`
	// Mode is the highest mode of any group.
	Mode streams.Mode `yaml:"mode"`
	// Groups are the groups that may be written to, as scope/group or group;
	// all where empty.
	Groups []string `yaml:"groups"`
	// Ceiling is the largest desired capacity that is ever raised to; 0 is none.
	Ceiling int `yaml:"ceiling"`
	// Scopes say what the actuator assumes in a scope of ingest's instead of
	// ingest's own role. In one that is not named it acts as ingest reads.
	Scopes map[string]Role `yaml:"scopes"`
	// Heartbeat is off where its scope and its name are empty.
	Heartbeat Heartbeat `yaml:"heartbeat"`
}

// Role is what is assumed in a scope; without RoleARN nothing is.
type Role struct {
	RoleARN    string `yaml:"role_arn"`
	ExternalID string `yaml:"external_id"`
}

// Heartbeat is a metric that tells an alarm that the process does its work.
type Heartbeat struct {
	// Scope is where the metric is put, as the actuator of that scope.
	Scope string `yaml:"scope"`
	// Name is the value of the metric's dimension Controller.
	Name string `yaml:"name"`
}

// On says whether there is a heartbeat.
func (h Heartbeat) On() bool { return h != Heartbeat{} }

// mostDimension is how long the value of a dimension of CloudWatch may be.
const mostDimension = 1024

// ActuatorScope gives a scope as the actuator reaches it.
func (c Config) ActuatorScope(name string) Scope {
	s := c.Ingest.Scopes[name]
	if role, ok := c.Actuator.Scopes[name]; ok {
		s.RoleARN, s.ExternalID = role.RoleARN, role.ExternalID
	}
	return s
}

// validateRoles checks what needs the scopes to be known.
func (c Config) validateRoles(doc *yaml.Node) error {
	for _, name := range slices.Sorted(maps.Keys(c.Actuator.Scopes)) {
		field, role := "actuator.scopes."+name, c.Actuator.Scopes[name]
		switch {
		case !c.isScope(name):
			return located(&streams.FieldError{Field: field, Cause: c.noScope()}, "", doc, nil, 1)
		case role.ExternalID != "" && role.RoleARN == "":
			return located(&streams.FieldError{Field: field + ".external_id", Cause: "goes with role_arn"}, "", doc, nil, 1)
		}
	}
	if !c.Actuator.Heartbeat.On() {
		return nil
	}
	if err := c.checkHeartbeat(); err != nil {
		return located(err, "", doc, nil, lineOf(doc, "actuator.heartbeat"))
	}
	return nil
}

func (c Config) checkHeartbeat() error {
	switch h := c.Actuator.Heartbeat; {
	case h.Scope == "":
		return &streams.FieldError{Field: "actuator.heartbeat.scope", Cause: "is missing: the scope that the metric is put in"}
	case !c.isScope(h.Scope):
		return &streams.FieldError{Field: "actuator.heartbeat.scope", Cause: c.noScope()}
	case strings.TrimSpace(h.Name) == "":
		return &streams.FieldError{Field: "actuator.heartbeat.name", Cause: "is missing: the value of the dimension Controller"}
	case len(h.Name) > mostDimension || strings.ContainsFunc(h.Name, func(r rune) bool { return r < ' ' || r > '~' }) || h.Name[0] == ':':
		return &streams.FieldError{Field: "actuator.heartbeat.name",
			Cause: fmt.Sprintf("want at most %d printable ASCII characters that do not begin with a colon, got %.40q", mostDimension, h.Name)}
	}
	return nil
}

func (c Config) isScope(name string) bool {
	_, ok := c.Ingest.Scopes[name]
	return ok
}

// noScope says what a name would have to be.
func (c Config) noScope() string {
	if len(c.Ingest.Scopes) == 0 {
		return "is no scope: ingest.scopes and the groups name none"
	}
	return fmt.Sprintf("is no scope: ingest.scopes and the groups name %s", strings.Join(slices.Sorted(maps.Keys(c.Ingest.Scopes)), ", "))
}

// lineOf gives the line of a dotted path, or the first one.
func lineOf(doc *yaml.Node, path string) int {
	if at := find(doc, path); at != nil {
		return at.Line
	}
	return 1
}
