// Package attach puts an Auto Scaling group that is there already into the care
// of the autoscaler, and takes it out again. It runs with the credentials of
// whoever does that, never with those of a component.
//
//	group, err := attach.NewReader(config, time.Now).Read(ctx, "web")
//	findings := attach.Examine(group, streams.Observe)
//	changes := attach.Changes(group, streams.Observe)
//	err = attach.NewTagger(config).Write(ctx, "web", changes)
//	for _, step := range attach.Steps(group, false) {
//		err = attach.NewDetacher(config).Take(ctx, "web", step)
//	}
//
// What holds:
//
//  1. From a Describer or a Reader no call can be reached that changes anything.
//  2. A Tagger sets tags; a Detacher removes tags and sets the group's min. The
//     tags are ManagedTag, ModeTag and BaselineMinTag of package streams, and
//     nothing else of a group is ever touched.
//  3. What could not be read never passes for what is not there: it is a
//     finding of its own, and a refusal where a refusal hangs on it.
//  4. The tags of an attachment go in one call: a group has all of them or
//     none. A baseline that is there is kept, so that attaching again does not
//     take a min of ours for the owner's.
//  5. A group is detached in steps, and BaselineMinTag goes last: what was
//     interrupted is run again and ends where it would have.
//
// Not to be assumed: that what was found still holds a moment later; that a
// group whose findings are empty scales well.
package attach
