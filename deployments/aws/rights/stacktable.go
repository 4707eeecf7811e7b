package rights

// What the rows know of a stack by the names that are its defaults: whoever gives
// other ones has to put them into the policy.
const (
	stacks = "cloudformation:${AWS::Region}:${AWS::AccountId}:stack/ml-autoscaling-*/*"
	// What plans have: Planner names them.
	changes  = "cloudformation:${AWS::Region}:${AWS::AccountId}:changeSet/autoscaler-*/*"
	bucket   = "s3:::ml-autoscaling-*" // CloudFormation begins its name with the stack's
	objects  = bucket + "/*"
	hostRole = "iam::${AWS::AccountId}:role/EC2-CloudWatch-Role"
	actsRole = "iam::${AWS::AccountId}:role/ml-autoscaling-actuator"
	profile  = "iam::${AWS::AccountId}:instance-profile/EC2-CloudWatch-Role"
)

// plan makes a change set. Of a stack that is not there yet that leaves an empty
// one, which is deleted with it.
func plan() []Grant {
	return []Grant{
		{Service: "cloudformation", Operation: "CreateChangeSet", On: on(stacks), Why: "what would change"},
		{Service: "cloudformation", Operation: "DeleteChangeSet", On: on(stacks), Why: "a plan that is not carried out"},
		{Service: "cloudformation", Operation: "DeleteStack", On: on(stacks), Why: "the empty stack of a first plan"},
		{Service: "cloudformation", Operation: "DescribeChangeSet", On: on(stacks), Why: "what would change"},
		{Service: "cloudformation", Operation: "DescribeEvents", On: on(stacks, changes), Why: "which resource AWS finds fault with before it begins"},
		{Service: "cloudformation", Operation: "DescribeStacks", On: on(stacks), Why: "whether it is there, and its parameters"},
		{Service: "cloudformation", Operation: "ListChangeSets", On: on(stacks), Why: "whether somebody else plans the same stack"},
	}
}

// apply carries a change set out, and brings a release.
func apply() []Grant {
	return []Grant{
		{Service: "cloudformation", Operation: "DescribeStackEvents", On: on(stacks), Why: "how it goes on"},
		{Service: "cloudformation", Operation: "ExecuteChangeSet", On: on(stacks), Why: "the plan"},
		{Service: "cloudformation", Operation: "ListStackResources", On: on(stacks), Why: "the bucket for the release"},
		{Service: "s3", Operation: "HeadObject", Actions: []string{"s3:GetObject"}, On: on(objects), Why: "whether the release is there already"},
		{Service: "s3", Operation: "PutObject", On: on(objects), Why: "the release and the policy"},
	}
}

// status reads. The command that it runs is on hosts that bear a stack's name,
// and is that document's only.
func status() []Grant {
	return []Grant{
		{Service: "cloudformation", Operation: "DescribeStacks", On: on(stacks), Why: "the stack"},
		{Service: "cloudformation", Operation: "ListStackResources", On: on(stacks), Why: "what is in it"},
		{Service: "autoscaling", Operation: "DescribeAutoScalingGroups", Why: "its groups"},
		{Service: "cloudwatch", Operation: "DescribeAlarms", Why: "its alarms"},
		{Service: "ssm", Operation: "SendCommand", On: on("ssm:${AWS::Region}::document/AWS-RunShellScript"), Why: "what the host says of itself"},
		{Service: "ssm", Operation: "SendCommand", On: on("ec2:${AWS::Region}:${AWS::AccountId}:instance/*").where("StringLike", "ssm:resourceTag/Name", "ml-autoscaling-*"),
			Why: "what the host says of itself"},
		{Service: "ssm", Operation: "GetCommandInvocation", Why: "its answer"},
	}
}

// destroy empties the bucket first: CloudFormation deletes no full one.
func destroy() []Grant {
	return []Grant{
		{Service: "cloudformation", Operation: "DeleteStack", On: on(stacks), Why: "the stack"},
		{Service: "cloudformation", Operation: "DescribeStackEvents", On: on(stacks), Why: "how it goes on"},
		{Service: "cloudformation", Operation: "DescribeStacks", On: on(stacks), Why: "whether it is there"},
		{Service: "cloudformation", Operation: "ListStackResources", On: on(stacks), Why: "what goes"},
		{Service: "s3", Operation: "ListObjectVersions", Actions: []string{"s3:ListBucketVersions"}, On: on(bucket), Why: "what is in the bucket"},
		{Service: "s3", Operation: "DeleteObjects", Actions: []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}, On: on(objects), Why: "all of it"},
	}
}
