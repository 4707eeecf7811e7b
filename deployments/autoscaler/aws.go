package main

// awsVerb is everything that sets something up at AWS, or looks at it: with the
// credentials of whoever runs it, never with those of a component.
type awsVerb struct {
	Plan     awsPlanVerb     `cmd:"" help:"Show what applying a stack would change."`
	Apply    awsApplyVerb    `cmd:"" help:"Create or update a stack: show the plan, ask, and follow it to its end."`
	Status   awsStatusVerb   `cmd:"" help:"Show how a stack stands, and its host; exit with 1 where somebody should look."`
	Destroy  awsDestroyVerb  `cmd:"" help:"Delete a stack: show what goes, ask, and follow it to its end."`
	Template awsTemplateVerb `cmd:"" help:"Print a stack's CloudFormation template."`
	Doctor   awsDoctorVerb   `cmd:"" help:"Say what is to be known of a group before it is attached; change nothing."`
	Attach   awsAttachVerb   `cmd:"" help:"Put a group into our care: examine it, and tag it."`
	Detach   awsDetachVerb   `cmd:"" help:"Take a group out of our care: restore its min, and remove our tags."`
	Policy   awsPolicyVerb   `cmd:"" help:"Print the IAM policy that a component or a verb needs."`
}
