package aws

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Parameter is one of a template.
type Parameter struct {
	Name string `yaml:"-"`
	Type string `yaml:"Type"`
	// Default is nil where a value has to be given.
	Default     *string  `yaml:"Default"`
	Description string   `yaml:"Description"`
	Constraint  string   `yaml:"ConstraintDescription"`
	Pattern     string   `yaml:"AllowedPattern"`
	Allowed     []string `yaml:"AllowedValues"`
	Min         *float64 `yaml:"MinValue"`
	Max         *float64 `yaml:"MaxValue"`
}

// Check refuses values of parameters that the template does not have, and those
// that AWS would refuse later and in fewer words.
func (t Template) Check(values map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(t.Parameters, func(p Parameter) bool { return p.Name == name })
		if i < 0 {
			return fmt.Errorf("set %s: the template has no such parameter; want one of %s", name, strings.Join(t.parameterNames(), ", "))
		}
		if err := t.Parameters[i].check(values[name]); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	return nil
}

// require refuses values where one is left out that has no default and that
// the stack, had, does not have either.
func (t Template) require(values, had map[string]string) error {
	var missing []error
	for _, p := range t.Parameters {
		_, given := values[p.Name]
		_, kept := had[p.Name]
		if p.Default == nil && !given && !kept {
			missing = append(missing, fmt.Errorf("set %s: it has no default; give --set %s=VALUE: %s", p.Name, p.Name, p.Description))
		}
	}
	return errors.Join(missing...)
}

// owns refuses a stack that was not made from the template: to apply to it would
// be to delete all that is in it. What tells is the parameters that name our
// resources; every version has them.
func (t Template) owns(s *Stack) error {
	for _, name := range t.parameterNames() {
		if _, ok := s.Parameters[name]; !ok && strings.HasSuffix(name, "Name") {
			return fmt.Errorf("stack %s is none of ours: it has no parameter %s, as every %s has; give another --name", s.Name, name, t.Name)
		}
	}
	return nil
}

// Complete adds to values the defaults of what they leave out.
func (t Template) Complete(values map[string]string) map[string]string {
	all := map[string]string{}
	for _, p := range t.Parameters {
		if p.Default != nil {
			all[p.Name] = *p.Default
		}
	}
	maps.Copy(all, values)
	return all
}

func (t Template) parameterNames() []string {
	var names []string
	for _, p := range t.Parameters {
		names = append(names, p.Name)
	}
	return names
}

func (p Parameter) check(value string) error {
	if len(p.Allowed) > 0 && !slices.Contains(p.Allowed, value) {
		return fmt.Errorf("want one of %s, got %q", strings.Join(p.Allowed, ", "), value)
	}
	if p.Pattern != "" {
		// The whole value, as CloudFormation matches it.
		pattern, err := regexp.Compile(`\A(?:` + p.Pattern + `)\z`)
		if err != nil {
			return err
		}
		if !pattern.MatchString(value) {
			return fmt.Errorf("want %s, got %q", p.Constraint, value)
		}
	}
	if p.Type != "Number" {
		return nil
	}
	number, err := strconv.ParseFloat(value, 64)
	switch {
	case err != nil:
		return fmt.Errorf("want a number, got %q", value)
	case p.Min != nil && number < *p.Min:
		return fmt.Errorf("want at least %v, got %s", *p.Min, value)
	case p.Max != nil && number > *p.Max:
		return fmt.Errorf("want at most %v, got %s", *p.Max, value)
	}
	return nil
}
