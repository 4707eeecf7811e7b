package main

import (
	"context"
	"fmt"
	"io"

	"github.com/ml-autoscaling/autoscaler/deployments/aws/attach"
	"github.com/ml-autoscaling/autoscaler/streams"
)

type awsAttachVerb struct {
	placeFlags
	Mode   string   `enum:"observe,desired" default:"observe" help:"observe: decide and change nothing; desired: set the capacity (default ${default})."`
	DryRun bool     `help:"Show what would be written, and write nothing."`
	Group  []string `arg:"" help:"The groups: names of Auto Scaling groups, or of the configuration."`
}

// Help describes the verb at length.
func (awsAttachVerb) Help() string {
	return `Puts groups that are there already into the care of the autoscaler. Each is
examined as 'autoscaler aws doctor' does, and refused where that refuses. Then
three tags are written, in one call, and nothing else of the group is touched:

  ml-autoscaling/managed=true      by which ingest finds the group
  ml-autoscaling/mode=MODE         what the actuator may do to it
  ml-autoscaling/baseline-min=N    its min as it is now, for detach; one that is
                                   there is kept

Begin in observe, which is the default, look at what is decided, and go on with
--mode desired: that is what lets the actuator set the capacity, where its own
actuator.mode is desired too. Back to observe is 'autoscaler aws attach GROUP'
again, and is never refused. To repeat it is harmless.

It needs the permissions of 'autoscaler aws policy attach', which an operator
has and no component.`
}

// Run attaches every group.
func (v awsAttachVerb) Run(ctx context.Context, p process) error {
	return v.each(ctx, p, v.Group, func(ctx context.Context, at place) error { return v.attach(ctx, p.stdout, at) })
}

// attach attaches one group.
func (v awsAttachVerb) attach(ctx context.Context, w io.Writer, at place) error {
	g, err := at.read(ctx)
	if err != nil {
		return err
	}
	mode, findings := streams.Mode(v.Mode), at.examine(g, v.Mode)
	fmt.Fprintln(w, at.title(g))
	printFindings(w, findings)
	lowers := attach.Lowers(g, mode)
	switch {
	case attach.Refused(findings) && !lowers:
		fmt.Fprintf(w, "%s: nothing was written\n", verdictOf(findings, v.Mode))
		if is := g.Tags[streams.ModeTag]; is != "" {
			fmt.Fprintf(w, "It stays attached in mode %s.", is)
			if is == string(streams.DesiredControl) {
				fmt.Fprintf(w, " To observe only: %s", v.again(at))
			}
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w)
		return refusal(findings, v.Mode)
	case attach.Refused(findings):
		fmt.Fprintln(w, "The group is attached already, and observe takes rights away only: it is not refused.")
	}
	changes := attach.Changes(g, mode)
	for _, c := range changes {
		fmt.Fprintf(w, "  %s\n", c)
	}
	if kept, ok := attach.KeptBaseline(g); ok {
		fmt.Fprintf(w, "  tag %s: %d is kept; min is %d by now, which detach would set back: to keep that, delete this tag and attach again\n", streams.BaselineMinTag, kept, g.Min)
	}
	if len(changes) == 0 {
		fmt.Fprintf(w, "The group is attached in mode %s already: nothing was written.\n\n", v.Mode)
		return nil
	}
	if v.DryRun {
		fmt.Fprint(w, "Dry run: nothing was written.\n\n")
		return nil
	}
	if err := attach.NewTagger(at.client).Write(ctx, g.Name, changes); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("write the tags: %w: they may be there or not; run it again to be sure", err)
		}
		return at.explain(err)
	}
	v.tellNext(w, at, g)
	return nil
}

// again is the command that puts the group into mode observe.
func (v awsAttachVerb) again(at place) string { return "autoscaler aws attach " + at.name + v.flags() }

// compared says which group backtest is to read, and where it is.
func (v awsAttachVerb) compared(at place, g attach.Group) string {
	if v.Config != "" {
		return at.name + v.flags()
	}
	return g.Name + " --region " + at.scope.Region
}

// flags are those that say where groups are, as they were typed.
func (f placeFlags) flags() string {
	text := ""
	if f.Config != "" {
		text += " --config " + f.Config
	}
	if f.Region != "" {
		text += " --region " + f.Region
	}
	return text
}

// tellNext says what happens now.
func (v awsAttachVerb) tellNext(w io.Writer, at place, g attach.Group) {
	again := v.again(at)
	if s := at.section; s != nil && v.Mode == string(streams.DesiredControl) && s.Policy.Mode != streams.DesiredControl {
		fmt.Fprintf(w, "The configuration has mode %s for %s, and goes before the tag: set groups.%s.mode to desired too.\n", s.Policy.Mode, s.ID, s.ID.Group)
	}
	if v.Mode == string(streams.DesiredControl) {
		fmt.Fprintf(w, `Attached in mode desired. An actuator whose own actuator.mode is desired sets the capacity from the
next round on.
  look:  autoscaler status %[1]s; autoscaler why %[1]s
  stop:  %[2]s
         which is mode observe, or: autoscaler aws detach %[3]s

`, at.told(g), again, at.name+v.flags())
		return
	}
	if g.Tags[streams.ModeTag] == string(streams.DesiredControl) {
		fmt.Fprintf(w, `Attached in mode observe: the actuator sets nothing any more. What was switched off for mode desired,
such as a policy's scale-in, is still off: switch it on again.

`)
		return
	}
	fmt.Fprintf(w, `Attached in mode observe. An ingest that discovers groups finds it within a minute, and reads its history.
  look:     autoscaler status %[1]s; autoscaler why %[1]s
  compare:  autoscaler backtest --from-group %[4]s
  next:     %[2]s --mode desired
  stop:     autoscaler aws detach %[3]s

`, at.told(g), again, at.name+v.flags(), v.compared(at, g))
}
