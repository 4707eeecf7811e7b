package rights

import "strings"

// Grant is an SDK operation that a verb's code reaches, and what it needs.
type Grant struct {
	// Service and Operation are the SDK's names, such as autoscaling and
	// SetDesiredCapacity. Those of IAM's actions are the same except where
	// Actions says otherwise.
	Service, Operation string
	// Actions are IAM's names where they are not service:operation.
	Actions []string
	On      Target
	// Why is what the verb does with it, a phrase.
	Why string
}

// IAM gives the actions that have to be allowed.
func (g Grant) IAM() []string {
	if len(g.Actions) > 0 {
		return g.Actions
	}
	return []string{g.Service + ":" + g.Operation}
}

// Behalf is what CloudFormation needs in the caller's name for a type of
// resource in our templates.
type Behalf struct {
	Type    string // such as AWS::EC2::SecurityGroup
	Actions []string
	On      Target
}

// Target is what an action is allowed on. The zero value is everything, for
// actions that know no resources.
type Target struct {
	// Resources are ARNs. They may hold ${AWS::Partition}, ${AWS::Region} and
	// ${AWS::AccountId}, which are filled in or left to CloudFormation.
	Resources []string
	// Condition is IAM's: operator, key, values.
	Condition map[string]map[string][]string
}

// on names resources by the part of their ARNs behind arn:partition:.
func on(resources ...string) Target {
	var t Target
	for _, r := range resources {
		t.Resources = append(t.Resources, "arn:${AWS::Partition}:"+r)
	}
	return t
}

// where adds a condition. Of several values any one will do.
func (t Target) where(operator, key string, values ...string) Target {
	all := map[string]map[string][]string{}
	for op, keys := range t.Condition {
		all[op] = map[string][]string{}
		for k, v := range keys {
			all[op][k] = v
		}
	}
	if all[operator] == nil {
		all[operator] = map[string][]string{}
	}
	all[operator][key] = values
	t.Condition = all
	return t
}

// key tells targets apart.
func (t Target) key() string {
	var b strings.Builder
	b.WriteString(strings.Join(t.Resources, " "))
	for _, op := range sorted(t.Condition) {
		for _, k := range sorted(t.Condition[op]) {
			b.WriteString("\n" + op + " " + k + " " + strings.Join(t.Condition[op][k], " "))
		}
	}
	return b.String()
}
