package aws

import (
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
)

const (
	// longest is how many characters of a value are shown.
	longest = 100
	// mostLines is how many lines of a text that changes are shown.
	mostLines = 20
)

// knownLater is how AWS writes a value that only the work itself will give.
const knownLater = "{{changeSet:KNOWN_AFTER_APPLY}}"

// Print writes the plan for people: + is added, ~ changed, - removed.
func (p *Plan) Print(w io.Writer) error {
	switch {
	case p.Unchanged:
		fmt.Fprintf(w, "stack %s in %s: no changes; it is as it would be\n", p.Stack, p.Region)
		return nil
	case p.Before == nil:
		fmt.Fprintf(w, "stack %s in %s: it is not there; it would be created\n", p.Stack, p.Region)
	default:
		fmt.Fprintf(w, "stack %s in %s: it is %s; it would be updated\n", p.Stack, p.Region, p.Before.Status)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	p.printParameters(t)
	if err := t.Flush(); err != nil {
		return err
	}
	if len(p.Changes) > 0 {
		fmt.Fprintln(w, "\nresources")
	}
	for _, c := range p.Changes {
		c.print(t)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%s\n", p.summary())
	return nil
}

// printParameters shows those of a new stack that are not empty, and of another
// those that change.
func (p *Plan) printParameters(w io.Writer) {
	head := "\nparameters\n"
	for _, c := range p.Parameters {
		after := shown(c.New)
		if c.Resolved != "" && c.Resolved != c.New {
			after += " (now " + c.Resolved + ")"
		}
		switch {
		case p.Before == nil && c.New == "":
			continue
		case p.Before == nil:
			fmt.Fprintf(w, "%s    %s\t%s\n", head, c.Name, after)
		case c.Old == nil:
			fmt.Fprintf(w, "%s  + %s\t%s\n", head, c.Name, after)
		case *c.Old == c.New && c.OldResolved != "" && c.OldResolved != c.Resolved:
			// Nobody set it, and it changes all the same: a newer AMI.
			fmt.Fprintf(w, "%s  ~ %s\t%s: %s -> %s\n", head, c.Name, shown(c.New), c.OldResolved, c.Resolved)
		case *c.Old != c.New:
			fmt.Fprintf(w, "%s  ~ %s\t%s -> %s\n", head, c.Name, shown(*c.Old), after)
		default:
			continue
		}
		head = ""
	}
}

func (c Change) print(w io.Writer) {
	fmt.Fprintf(w, "  %s %s\t%s", c.mark(), c.Type, c.LogicalID)
	if c.PhysicalID != "" {
		fmt.Fprintf(w, "\t%s", c.PhysicalID)
	}
	fmt.Fprintln(w)
	if loud := c.loud(); loud != "" {
		fmt.Fprintf(w, "      %s\n", loud)
	}
	for _, p := range c.Properties {
		fmt.Fprintf(w, "      %s\n", p)
		for _, line := range p.lines() {
			fmt.Fprintf(w, "        %s\n", line)
		}
	}
}

func (c Change) mark() string {
	switch c.Action {
	case types.ChangeActionAdd, types.ChangeActionImport:
		return "+"
	case types.ChangeActionRemove:
		return "-"
	case types.ChangeActionModify, types.ChangeActionDynamic, types.ChangeActionSyncWithActual:
		return "~"
	}
	return "?"
}

// loud says what nobody should overlook.
func (c Change) loud() string {
	switch {
	case c.Replacement == types.ReplacementTrue:
		return "!! REPLACED: a new one is made, and this one deleted"
	case c.Replacement == types.ReplacementConditional:
		return "!! MAY BE REPLACED: AWS knows only when it is at it"
	case c.Policy == types.PolicyActionRetain:
		return "it leaves the stack, and stays at AWS"
	}
	return ""
}

// String writes a property as before -> after, as far as AWS gives them.
func (p PropertyChange) String() string {
	var b strings.Builder
	b.WriteString(p.Path + ": ")
	switch {
	case len(p.lines()) > 0:
		b.WriteString("lines change")
	case p.Before != nil && p.After != nil:
		b.WriteString(shown(*p.Before) + " -> " + shown(*p.After))
	case p.After != nil:
		b.WriteString("-> " + shown(*p.After))
	case p.Before != nil:
		b.WriteString(shown(*p.Before) + " -> (known when it is done)")
	default:
		b.WriteString("changes")
	}
	if p.Cause != "" {
		b.WriteString(", from " + p.Cause)
	}
	switch p.Recreates {
	case types.RequiresRecreationAlways:
		b.WriteString(" (replaces the resource)")
	case types.RequiresRecreationConditionally:
		b.WriteString(" (may replace the resource)")
	}
	return b.String()
}

// lines gives the lines that a script loses and gains; none where the property
// is no script, or AWS cut it off.
func (p PropertyChange) lines() []string {
	if p.Before == nil || p.After == nil || !strings.HasSuffix(p.Path, "UserData") {
		return nil
	}
	before, errBefore := base64.StdEncoding.DecodeString(*p.Before)
	after, errAfter := base64.StdEncoding.DecodeString(*p.After)
	if errBefore != nil || errAfter != nil {
		return nil
	}
	old, fresh := strings.Split(string(before), "\n"), strings.Split(string(after), "\n")
	var all []string
	for _, line := range old {
		if !slices.Contains(fresh, line) {
			all = append(all, "- "+line)
		}
	}
	for _, line := range fresh {
		if !slices.Contains(old, line) {
			all = append(all, "+ "+line)
		}
	}
	if more := len(all) - mostLines; more > 0 {
		all = append(all[:mostLines], fmt.Sprintf("and %d more lines", more))
	}
	return all
}

// shown writes a value in a line of bearable length.
func shown(value string) string {
	value = strings.Join(strings.Fields(value), " ")
	switch value {
	case "":
		return "(empty)"
	case knownLater:
		return "(known when it is done)"
	}
	if all := []rune(value); len(all) > longest {
		// What two long values differ in is mostly at their ends.
		return string(all[:longest/2]) + " ... " + string(all[len(all)-longest/2:])
	}
	return value
}

// summary counts what the plan does.
func (p *Plan) summary() string {
	var add, change, remove, replace int
	for _, c := range p.Changes {
		switch c.mark() {
		case "+":
			add++
		case "-":
			remove++
		default:
			change++
		}
		if c.Replacement == types.ReplacementTrue || c.Replacement == types.ReplacementConditional {
			replace++
		}
	}
	text := fmt.Sprintf("%d to add, %d to change, %d to remove", add, change, remove)
	if replace > 0 {
		text += fmt.Sprintf("; %d of them replaced, or maybe replaced", replace)
	}
	return text
}
