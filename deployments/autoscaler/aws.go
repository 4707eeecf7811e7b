package main

// awsVerb is everything that sets something up at AWS, or looks at it: with the
// credentials of whoever runs it, never with those of a component.
type awsVerb struct {
	Doctor awsDoctorVerb `cmd:"" help:"Say what is to be known of a group before it is attached; change nothing."`
	Attach awsAttachVerb `cmd:"" help:"Put a group into our care: examine it, and tag it."`
	Detach awsDetachVerb `cmd:"" help:"Take a group out of our care: restore its min, and remove our tags."`
	Policy awsPolicyVerb `cmd:"" help:"Print the IAM policy that a component or a verb needs."`
}
