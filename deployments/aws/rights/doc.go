// Package rights says what each verb may do at AWS, and writes the IAM policies
// of it.
//
// It is one table: the name of a verb, and for each SDK operation that its code
// reaches the resource, the condition and why. The table is written by hand and
// held to the code by tests: an operation that the code reaches and no row
// names fails, and so does one that a row names and no code reaches.
//
// CloudFormation makes the calls that a template needs with the rights of who
// applies it. Those are no operations of ours; they stand apart, by the type of
// resource that needs them, as Behalf.
//
// What the package does not say: what resource policies, permissions boundaries
// and service control policies of an account take away again.
package rights
