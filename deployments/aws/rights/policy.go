package rights

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Policy is what a verb may do.
type Policy struct {
	// Name names the policy, and Verb is what is typed behind autoscaler for the
	// verb: aws attach, where Name is attach.
	Name, Verb string
	// Title says in a line what for.
	Title  string
	Grants []Grant
	Behalf []Behalf
	// Assumes says whether the verb takes on the roles that scopes name.
	Assumes bool
}

// Where is what a policy is narrowed to. Empty is any account and region, and
// the partition aws.
type Where struct {
	Partition, Account, Region string
	// Roles are the ARNs of roles that the scopes of a configuration name. They
	// go into the policies of verbs that assume roles; without any there is no
	// sts:AssumeRole in a policy.
	Roles []string
}

// Names gives the names of all policies, in the order of the table.
func Names() []string {
	var names []string
	for _, p := range table() {
		names = append(names, p.Name)
	}
	return names
}

// Of gives the policy of that name.
func Of(name string) (Policy, error) {
	for _, p := range table() {
		if p.Name == name {
			return p, nil
		}
	}
	return Policy{}, fmt.Errorf("find policy %q: want one of %s", name, strings.Join(Names(), ", "))
}

// Actions gives the IAM actions that the policy allows, sorted, without the
// sts:AssumeRole that a configuration may add.
func (p Policy) Actions() []string {
	var all []string
	for _, g := range p.Grants {
		all = append(all, g.IAM()...)
	}
	for _, b := range p.Behalf {
		all = append(all, b.Actions...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// document and statement are IAM's.
type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Effect    string
	Action    []string
	Resource  any
	Condition map[string]map[string]any `json:",omitempty"`
}

// JSON writes the policy as an IAM policy document, indented. A policy that
// allows nothing is an error: IAM has no such document.
func (p Policy) JSON(w Where) ([]byte, error) {
	fill := strings.NewReplacer("${AWS::Partition}", cmp.Or(w.Partition, "aws"),
		"${AWS::AccountId}", cmp.Or(w.Account, "*"), "${AWS::Region}", cmp.Or(w.Region, "*"))
	doc, err := p.document(w.Roles, func(text string) any { return fill.Replace(text) })
	if err != nil {
		return nil, err
	}
	return encode(doc, "  ")
}

// Template writes the policy as one line of JSON for a CloudFormation template.
// Account and partition are the stack's; the region is any, for a controller may
// serve groups in several.
func (p Policy) Template() (string, error) {
	doc, err := p.document(nil, func(text string) any {
		text = strings.ReplaceAll(text, "${AWS::Region}", "*")
		if strings.Contains(text, "${") {
			return map[string]string{"Fn::Sub": text}
		}
		return text
	})
	if err != nil {
		return "", err
	}
	line, err := encode(doc, "")
	return string(bytes.TrimSpace(line)), err
}

// document groups what is allowed on the same into one statement. Fill makes a
// value of a text of the table.
func (p Policy) document(roles []string, fill func(string) any) (document, error) {
	actions, targets := map[string][]string{}, map[string]Target{}
	allow := func(on Target, names []string) {
		actions[on.key()], targets[on.key()] = append(actions[on.key()], names...), on
	}
	for _, g := range p.Grants {
		allow(g.On, g.IAM())
	}
	for _, b := range p.Behalf {
		allow(b.On, b.Actions)
	}
	if p.Assumes && len(roles) > 0 {
		allow(Target{Resources: slices.Sorted(slices.Values(roles))}, []string{"sts:AssumeRole"})
	}
	if len(targets) == 0 {
		return document{}, fmt.Errorf("write policy %s: it may do %s", p.Name, p.Title)
	}
	doc := document{Version: "2012-10-17"}
	for _, key := range sorted(targets) {
		names := slices.Compact(slices.Sorted(slices.Values(actions[key])))
		doc.Statement = append(doc.Statement, targets[key].statement(names, fill))
	}
	return doc, nil
}

func (t Target) statement(actions []string, fill func(string) any) statement {
	s := statement{Effect: "Allow", Action: actions, Resource: "*"}
	if len(t.Resources) > 0 {
		s.Resource = oneOrMore(t.Resources, fill)
	}
	for op, keys := range t.Condition {
		if s.Condition == nil {
			s.Condition = map[string]map[string]any{}
		}
		s.Condition[op] = map[string]any{}
		for key, values := range keys {
			s.Condition[op][key] = oneOrMore(values, fill)
		}
	}
	return s
}

// oneOrMore writes a list of one as its element, as is usual in policies.
func oneOrMore(texts []string, fill func(string) any) any {
	if len(texts) == 1 {
		return fill(texts[0])
	}
	var all []any
	for _, text := range texts {
		all = append(all, fill(text))
	}
	return all
}

// encode writes without the escapes that JSON in HTML needs.
func encode(doc document, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(doc); err != nil {
		return nil, fmt.Errorf("write policy: %w", err)
	}
	return b.Bytes(), nil
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
