package main

// awsVerb is everything that sets something up at AWS, or looks at it: with the
// credentials of whoever runs it, never with those of a component.
type awsVerb struct {
	Policy awsPolicyVerb `cmd:"" help:"Print the IAM policy that a component or a verb needs."`
}
