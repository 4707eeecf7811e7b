package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/attach"
	"github.com/ml-autoscaling/autoscaler/streams"
)

type awsDoctorVerb struct {
	placeFlags
	Mode  string   `enum:",observe,desired" default:"" placeholder:"MODE" help:"Mode that the groups are to be attached in: observe or desired (default: the one that they are in, else observe)."`
	JSON  bool     `name:"json" help:"Print JSON: a list with one object a group."`
	Group []string `arg:"" help:"The groups: names of Auto Scaling groups, or of the configuration."`
}

// Help describes the verb at length.
func (awsDoctorVerb) Help() string {
	return `Reads everything of a group that matters before it is attached: its sizes and
tags, its policies with their alarms, scheduled actions, suspended processes,
warm pool, instance refresh and newest activity, and whether its CPU comes every
minute. It says what refuses the mode, what somebody should know or mend, and
what was found; each with the command or the step that mends it. It writes
nothing.

In mode observe decisions are made and none is carried out; a group needs
something of its own then that reacts to load, which also carries it where the
autoscaler is down. In mode desired no policy may scale in: a launch ahead of
the load would be undone by it.

It exits with 1 where something refuses. What could not be read, for want of a
permission for instance, is named, and refuses where safety hangs on it:
'autoscaler aws policy doctor' prints the permissions.`
}

// examined is what doctor says of a group.
type examined struct {
	Group            string           `json:"group"`
	AutoScalingGroup string           `json:"auto_scaling_group"`
	Region           string           `json:"region"`
	Mode             string           `json:"mode"`
	Refused          bool             `json:"refused"`
	Findings         []attach.Finding `json:"findings"`
}

// Run examines every group.
func (v awsDoctorVerb) Run(ctx context.Context, p process) error {
	all := []examined{}
	err := v.each(ctx, p, v.Group, func(ctx context.Context, at place) error {
		g, err := at.read(ctx)
		if err != nil {
			return err
		}
		mode := cmp.Or(v.Mode, modeOf(g))
		findings := at.examine(g, mode)
		if !v.JSON {
			fmt.Fprintln(p.stdout, at.title(g))
			printFindings(p.stdout, findings)
			fmt.Fprintf(p.stdout, "%s\n\n", verdictOf(findings, mode))
		}
		all = append(all, examined{at.name, g.Name, at.scope.Region, mode, attach.Refused(findings), append([]attach.Finding{}, findings...)})
		return refusal(findings, mode)
	})
	if v.JSON {
		out := json.NewEncoder(p.stdout)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		return errors.Join(err, out.Encode(all))
	}
	return err
}

// read reads everything of a group.
func (at place) read(ctx context.Context) (attach.Group, error) {
	return attach.NewReader(at.client, time.Now).Read(ctx, at.group)
}

// examine says what is to be known of a group in a mode.
func (at place) examine(g attach.Group, mode string) []attach.Finding {
	return attach.Examine(g, streams.Policy{Mode: streams.Mode(mode), Load: at.load})
}

// modeOf is the mode that a group is attached in; observe where it is in none.
func modeOf(g attach.Group) string {
	if g.Tags[streams.ManagedTag] == "true" && g.Tags[streams.ModeTag] == string(streams.DesiredControl) {
		return string(streams.DesiredControl)
	}
	return string(streams.Observe)
}

// printFindings prints what was found, a paragraph each.
func printFindings(w io.Writer, findings []attach.Finding) {
	for _, f := range findings {
		mark := string(f.Severity)
		if f.Severity == attach.Refuse {
			mark = strings.ToUpper(mark)
		}
		for _, line := range append(wrapped(f.Code+": "+f.Found, 92), wrapped(f.Why, 92)...) {
			fmt.Fprintf(w, "%-7s %s\n", mark, line)
			mark = ""
		}
		if f.Fix != "" { // whole, for it is to be pasted
			fmt.Fprintf(w, "        fix: %s\n", f.Fix)
		}
	}
}

// wrapped breaks a text into lines of a width, between words.
func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// verdictOf counts findings.
func verdictOf(findings []attach.Finding, mode string) string {
	count := map[attach.Severity]int{}
	for _, f := range findings {
		count[f.Severity]++
	}
	text := fmt.Sprintf("%d refuse, %d warn: ", count[attach.Refuse], count[attach.Warn])
	if count[attach.Refuse] > 0 {
		return text + "not to be attached in mode " + mode
	}
	return text + "nothing is in the way of mode " + mode
}

// refusal is the error of findings that refuse; nil where none does.
func refusal(findings []attach.Finding, mode string) error {
	var codes []string
	for _, f := range findings {
		if f.Severity == attach.Refuse {
			codes = append(codes, f.Code)
		}
	}
	if codes == nil {
		return nil
	}
	return fmt.Errorf("mode %s is refused: %s", mode, strings.Join(codes, ", "))
}
