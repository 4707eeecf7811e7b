package rights

// What CloudFormation does in the name of whoever applies or destroys a stack,
// by the type of resource: what AWS's schema of the type lists for its handlers,
// or its documentation says, without what our templates do not use. No test can
// hold this to AWS; one holds the types to those of the templates, and cfn-lint
// knows the names of the actions.

// called narrows to calls that CloudFormation makes: whoever holds a policy
// cannot make a role or run an instance past the stack.
func (t Target) called() Target {
	return t.where("ForAnyValue:StringEquals", "aws:CalledVia", "cloudformation.amazonaws.com")
}

// planned is what a change set alone needs: the values of parameters, and of a
// function, that name something at AWS.
func planned() []Behalf {
	return []Behalf{
		{Type: "AWS::SSM::Parameter::Value", Actions: []string{"ssm:GetParameters"}, On: on("ssm:${AWS::Region}::parameter/aws/service/*")},
		{Type: "AWS::EC2::Image::Id", Actions: []string{"ec2:DescribeImages"}},
		{Type: "AWS::EC2::VPC::Id", Actions: []string{"ec2:DescribeVpcs"}},
		{Type: "Fn::GetAZs", Actions: []string{"ec2:DescribeAccountAttributes", "ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets"}},
	}
}

// made is what makes and changes resources.
func made() []Behalf {
	roles, instances := on(hostRole, actsRole).called(), Target{}.called()
	return []Behalf{
		{Type: "AWS::EC2::SecurityGroup", On: instances, Actions: []string{
			"ec2:CreateSecurityGroup", "ec2:DescribeSecurityGroups", "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress",
			"ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress", "ec2:CreateTags"}},
		{Type: "AWS::EC2::LaunchTemplate", On: instances, Actions: []string{
			"ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion", "ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions", "ec2:CreateTags"}},
		{Type: "AWS::AutoScaling::AutoScalingGroup", On: instances, Actions: []string{
			"autoscaling:CreateAutoScalingGroup", "autoscaling:UpdateAutoScalingGroup", "autoscaling:CreateOrUpdateTags", "autoscaling:DeleteTags",
			"autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities", "autoscaling:DescribeScheduledActions", "autoscaling:EnableMetricsCollection",
			"autoscaling:SuspendProcesses", "autoscaling:ResumeProcesses", "autoscaling:TerminateInstanceInAutoScalingGroup", // a rolling update
			"ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets", "ec2:RunInstances"}}, // which a launch template is tried with
		{Type: "AWS::AutoScaling::AutoScalingGroup", Actions: []string{"iam:CreateServiceLinkedRole"}, // of an account's first group
			On: on("iam::${AWS::AccountId}:role/aws-service-role/autoscaling.amazonaws.com/*").where("StringEquals", "iam:AWSServiceName", "autoscaling.amazonaws.com")},
		{Type: "AWS::AutoScaling::ScalingPolicy", On: instances, Actions: []string{"autoscaling:PutScalingPolicy", "autoscaling:DescribePolicies"}},
		{Type: "AWS::CloudWatch::Alarm", On: instances, Actions: []string{
			"cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms", "cloudwatch:ListTagsForResource", "cloudwatch:TagResource"}},
		{Type: "AWS::IAM::Role", On: roles, Actions: []string{
			"iam:CreateRole", "iam:GetRole", "iam:UpdateRole", "iam:UpdateRoleDescription", "iam:UpdateAssumeRolePolicy", "iam:TagRole",
			"iam:PutRolePermissionsBoundary", "iam:DeleteRolePermissionsBoundary", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies"}},
		{Type: "AWS::IAM::Policy", On: roles, Actions: []string{"iam:PutRolePolicy", "iam:GetRolePolicy"}},
		{Type: "AWS::IAM::InstanceProfile", On: on(profile).called(), Actions: []string{
			"iam:CreateInstanceProfile", "iam:GetInstanceProfile", "iam:AddRoleToInstanceProfile"}},
		// Into the profile, and to the instances: the actuator's role is given to none.
		{Type: "AWS::IAM::InstanceProfile", Actions: []string{"iam:PassRole"}, On: on(hostRole).called().where("StringEquals", "iam:PassedToService", "ec2.amazonaws.com")},
		{Type: "AWS::S3::Bucket", On: on(bucket).called(), Actions: []string{
			"s3:CreateBucket", "s3:ListBucket", "s3:GetBucketLocation", "s3:PutEncryptionConfiguration", "s3:GetEncryptionConfiguration", "s3:PutBucketPublicAccessBlock", "s3:GetBucketPublicAccessBlock",
			"s3:PutBucketOwnershipControls", "s3:GetBucketOwnershipControls", "s3:PutBucketTagging", "s3:GetBucketTagging"}},
		{Type: "AWS::S3::BucketPolicy", On: on(bucket).called(), Actions: []string{"s3:PutBucketPolicy", "s3:GetBucketPolicy"}},
	}
}

// removed is what takes resources away: when a stack is deleted, when an update
// replaces or drops one, and when either fails and goes back.
func removed() []Behalf {
	roles, instances := on(hostRole, actsRole).called(), Target{}.called()
	return []Behalf{
		{Type: "AWS::EC2::SecurityGroup", On: instances, Actions: []string{"ec2:DeleteSecurityGroup", "ec2:DescribeSecurityGroups"}},
		{Type: "AWS::EC2::LaunchTemplate", On: instances, Actions: []string{"ec2:DeleteLaunchTemplate", "ec2:DescribeLaunchTemplates", "ec2:DeleteTags"}},
		{Type: "AWS::AutoScaling::AutoScalingGroup", On: instances, Actions: []string{
			"autoscaling:UpdateAutoScalingGroup", "autoscaling:DeleteAutoScalingGroup", "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeScalingActivities"}},
		{Type: "AWS::AutoScaling::ScalingPolicy", On: instances, Actions: []string{"autoscaling:DeletePolicy", "autoscaling:DescribePolicies"}},
		{Type: "AWS::CloudWatch::Alarm", On: instances, Actions: []string{"cloudwatch:DeleteAlarms", "cloudwatch:DescribeAlarms"}},
		{Type: "AWS::IAM::Role", On: roles, Actions: []string{"iam:DeleteRole", "iam:GetRole", "iam:ListRolePolicies", "iam:ListAttachedRolePolicies", "iam:DeleteRolePolicy"}},
		{Type: "AWS::IAM::Policy", On: roles, Actions: []string{"iam:DeleteRolePolicy", "iam:GetRolePolicy"}},
		{Type: "AWS::IAM::InstanceProfile", On: on(profile).called(), Actions: []string{
			"iam:DeleteInstanceProfile", "iam:GetInstanceProfile", "iam:RemoveRoleFromInstanceProfile"}},
		{Type: "AWS::S3::Bucket", On: on(bucket).called(), Actions: []string{"s3:DeleteBucket"}},
		{Type: "AWS::S3::BucketPolicy", On: on(bucket).called(), Actions: []string{"s3:DeleteBucketPolicy", "s3:GetBucketPolicy"}},
	}
}
